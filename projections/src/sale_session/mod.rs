//! Read models of a sale session's stream.

mod pairing;
mod receipt;
mod receipt_line;
mod share_estimate;
mod status;
mod terminal;

use domain::sale_session::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] =
    &[status::WIPE, pairing::WIPE, terminal::WIPE, receipt::WIPE, receipt_line::WIPE, share_estimate::WIPE];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    status::project(at, event, writes)?;
    pairing::project(at, event, writes)?;
    terminal::project(at, event, writes)?;
    receipt::project(at, event, writes)?;
    receipt_line::project(at, event, writes)
}
