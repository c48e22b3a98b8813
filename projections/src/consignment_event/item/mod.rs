//! `item`: the event's view of its items.

mod changed;
mod listed;
mod moved;

use domain::consignment_event::Event;

use crate::At;
use crate::statement::{Sql, Writes, delete};

pub(super) const WIPE: &Sql = delete!(item where (organization, event));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    listed::project(at, event, writes)?;
    changed::project(at, event, writes)?;
    moved::project(at, event, writes)
}
