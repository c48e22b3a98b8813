//! `planned_session`: the event's word that a sale session is planned, and what moved to it and back.

use domain::consignment_event::{Channel, Event};
use domain::ids::SessionId;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(planned_session where (organization, event));

const PLAN: &Sql = insert!(planned_session
    (organization, session, event, number, name, channels, handed_over, taken_back, opening_at, planned_at) "");
const OPENING: &Sql = update!(planned_session set (opening_at) where (organization, session));
const CANCEL: &Sql = update!(planned_session set (cancelled_at) where (organization, session));
const MOVED: &Sql = add!(planned_session add (handed_over, taken_back) where (organization, session));

#[derive(Serialize)]
struct PlannedRow<'a> {
    organization: &'a str,
    session: String,
    event: &'a str,
    number: u16,
    name: &'a str,
    channels: &'a [Channel],
    handed_over: u32,
    taken_back: u32,
    opening_at: Option<i64>,
    planned_at: i64,
}

#[derive(Serialize)]
struct OpeningRow<'a> {
    organization: &'a str,
    session: String,
    opening_at: i64,
}

#[derive(Serialize)]
struct CancelledRow<'a> {
    organization: &'a str,
    session: String,
    cancelled_at: i64,
}

#[derive(Serialize)]
struct MovedRow<'a> {
    organization: &'a str,
    session: String,
    handed_over: usize,
    taken_back: usize,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let moved = |session: SessionId, handed_over, taken_back| MovedRow {
        organization: &at.organization,
        session: session.to_string(),
        handed_over,
        taken_back,
    };
    match event {
        Event::SessionScheduled(plan) => writes.write(
            PLAN,
            [PlannedRow {
                organization: &at.organization,
                session: plan.session.to_string(),
                event: &at.id,
                number: plan.number,
                name: &plan.name,
                channels: &plan.channels,
                handed_over: 0,
                taken_back: 0,
                opening_at: None,
                planned_at: at.entry.recorded_at,
            }],
        ),
        Event::SessionOpening(opening) => writes.write(
            OPENING,
            [OpeningRow {
                organization: &at.organization,
                session: opening.session.to_string(),
                opening_at: at.entry.recorded_at,
            }],
        ),
        Event::SessionCancelled(cancelled) => writes.write(
            CANCEL,
            [CancelledRow {
                organization: &at.organization,
                session: cancelled.session.to_string(),
                cancelled_at: at.entry.recorded_at,
            }],
        ),
        Event::CustodyHandedOver(page) => writes.write(MOVED, [moved(page.session, page.items.len(), 0)]),
        Event::ItemsTakenBack(page) => writes.write(MOVED, [moved(page.session, 0, page.items.len())]),
        _ => Ok(()),
    }
}
