//! `registration_plan`: how registration goes, where somebody has said so.

use domain::consignment_event::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(registration_plan where (organization, event));

const PLAN: &Sql = insert!(registration_plan (organization, event, opens_at, closes_at, capacity, terms, planned_at)
    "ON CONFLICT (organization, event) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at,
        capacity = excluded.capacity, terms = excluded.terms, planned_at = excluded.planned_at");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let Event::RegistrationPlanned(plan) = event else { return Ok(()) };
    let row = json!({
        "organization": at.organization,
        "event": at.id,
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "capacity": plan.capacity,
        "terms": plan.terms,
        "planned_at": at.entry.recorded_at,
    });
    writes.write(PLAN, [row])
}
