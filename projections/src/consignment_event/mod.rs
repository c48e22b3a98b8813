//! Read models of a consignment event's stream.

mod booking;
mod claim;
mod fee_entry;
mod item;
mod participation;
mod payout;
mod planned_session;
mod registration_plan;
mod settlement;
mod slot;
mod statement;
mod status;
mod stock_count;

use domain::consignment_event::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[
    status::WIPE,
    registration_plan::WIPE,
    participation::WIPE,
    fee_entry::WIPE,
    item::WIPE,
    planned_session::WIPE,
    slot::WIPE,
    booking::WIPE,
    claim::WIPE,
    stock_count::WIPE,
    stock_count::WIPE_DIFFERENCES,
    settlement::WIPE,
    statement::WIPE,
    statement::WIPE_PARTS,
    payout::WIPE,
    payout::WIPE_CARRIED,
];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    status::project(at, event, writes)?;
    registration_plan::project(at, event, writes)?;
    participation::project(at, event, writes)?;
    fee_entry::project(at, event, writes)?;
    item::project(at, event, writes)?;
    planned_session::project(at, event, writes)?;
    slot::project(at, event, writes)?;
    booking::project(at, event, writes)?;
    claim::project(at, event, writes)?;
    stock_count::project(at, event, writes)?;
    settlement::project(at, event, writes)?;
    statement::project(at, event, writes)?;
    payout::project(at, event, writes)
}
