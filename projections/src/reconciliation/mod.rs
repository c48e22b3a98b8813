//! Read models of a reconciliation's stream.

mod discrepancy;
mod run;

use domain::reconciliation::Event;

use crate::At;
use crate::statement::{Sql, Writes};

pub(crate) const WIPE: &[&Sql] = &[run::WIPE, discrepancy::WIPE];

pub(crate) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    run::project(at, event, writes)?;
    discrepancy::project(at, event, writes)
}
