//! Read models of a consignment event's stream.

mod item;
mod participation;
mod planned_session;
mod status;

use domain::consignment_event::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[status::WIPE, participation::WIPE, item::WIPE, planned_session::WIPE];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    status::project(at, event, writes)?;
    participation::project(at, event, writes)?;
    item::project(at, event, writes)?;
    planned_session::project(at, event, writes)
}
