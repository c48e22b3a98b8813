//! `consignment_event`: where an event stands, with counts of what belongs to it.

use chrono::NaiveDate;
use domain::consignment_event::Event;
use domain::lifecycle::EventStatus;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(consignment_event where (organization, event));

const CREATE: &Sql = insert!(consignment_event
    (organization, event, ordinal, name, status, currency, starts_on, ends_on, items, refused, sessions, created_at, changed_at) "");
const CHANGE: &Sql = update!(consignment_event set (status, changed_at) where (organization, event));
const COUNT: &Sql = add!(consignment_event add (items, refused, sessions) where (organization, event));

#[derive(Serialize)]
struct CreatedRow<'a> {
    organization: &'a str,
    event: &'a str,
    ordinal: u16,
    name: &'a str,
    status: &'a str,
    currency: &'a str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    items: u32,
    refused: u32,
    sessions: u32,
    created_at: i64,
    changed_at: i64,
}

#[derive(Serialize)]
struct ChangedRow<'a> {
    organization: &'a str,
    event: &'a str,
    status: &'a str,
    changed_at: i64,
}

#[derive(Serialize)]
struct More<'a> {
    organization: &'a str,
    event: &'a str,
    items: usize,
    refused: usize,
    sessions: usize,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let more = |items, refused, sessions| More {
        organization: &at.organization,
        event: &at.id,
        items,
        refused,
        sessions,
    };
    match event {
        Event::EventCreated(created) => writes.write(
            CREATE,
            [CreatedRow {
                organization: &at.organization,
                event: &at.id,
                ordinal: created.0.ordinal,
                name: &created.0.name,
                status: EventStatus::default().name(),
                currency: &created.0.settings.currency,
                starts_on: created.0.starts_on,
                ends_on: created.0.ends_on,
                items: 0,
                refused: 0,
                sessions: 0,
                created_at: at.entry.recorded_at,
                changed_at: at.entry.recorded_at,
            }],
        ),
        Event::StatusChanged(changed) => writes.write(
            CHANGE,
            [ChangedRow {
                organization: &at.organization,
                event: &at.id,
                status: changed.to.name(),
                changed_at: at.entry.recorded_at,
            }],
        ),
        Event::ItemsListed(listed) => {
            writes.write(COUNT, [more(listed.items.len(), listed.refused.len(), 0)])
        }
        Event::TransfersReceived(received) => writes.write(COUNT, [more(received.items.len(), 0, 0)]),
        Event::SessionScheduled(_) => writes.write(COUNT, [more(0, 0, 1)]),
        _ => Ok(()),
    }
}
