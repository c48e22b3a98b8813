//! Read models of a sale session's stream.

mod conflict_case;
mod drawer;
mod goods_return;
mod pairing;
mod receipt;
mod receipt_line;
mod share_estimate;
mod status;
mod terminal;

use domain::sale_session::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[
    status::WIPE,
    pairing::WIPE,
    terminal::WIPE,
    receipt::WIPE,
    receipt_line::WIPE,
    share_estimate::WIPE,
    conflict_case::WIPE,
    goods_return::WIPE,
    drawer::WIPE,
    drawer::WIPE_MOVES,
];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    status::project(at, event, writes)?;
    pairing::project(at, event, writes)?;
    terminal::project(at, event, writes)?;
    receipt::project(at, event, writes)?;
    receipt_line::project(at, event, writes)?;
    conflict_case::project(at, event, writes)?;
    goods_return::project(at, event, writes)?;
    drawer::project(at, event, writes)
}
