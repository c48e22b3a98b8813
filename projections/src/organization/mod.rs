//! Read models of the organization's stream.

mod consignor;
mod founded_event;
mod membership;
mod profile;

use domain::organization::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[profile::WIPE, membership::WIPE, consignor::WIPE, founded_event::WIPE];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    profile::project(at, event, writes)?;
    membership::project(at, event, writes)?;
    consignor::project(at, event, writes)?;
    founded_event::project(at, event, writes)
}
