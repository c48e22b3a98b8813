//! `founded_event`: the organization's word that a consignment event exists.

use chrono::NaiveDate;
use domain::organization::Event;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(founded_event where (organization));

const FOUND: &Sql =
    insert!(founded_event (organization, event, ordinal, name, starts_on, ends_on, founded_at) "");
const END: &Sql = update!(founded_event set (ended_at) where (organization, event));

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    event: String,
    ordinal: u16,
    name: &'a str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    founded_at: i64,
}

#[derive(Serialize)]
struct EndedRow<'a> {
    organization: &'a str,
    event: String,
    ended_at: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::EventFounded(founded) => writes.write(
            FOUND,
            [Row {
                organization: &at.organization,
                event: founded.event.to_string(),
                ordinal: founded.ordinal,
                name: &founded.name,
                starts_on: founded.starts_on,
                ends_on: founded.ends_on,
                founded_at: at.entry.recorded_at,
            }],
        ),
        Event::EventEnded(ended) => writes.write(
            END,
            [EndedRow {
                organization: &at.organization,
                event: ended.event.to_string(),
                ended_at: at.entry.recorded_at,
            }],
        ),
        _ => Ok(()),
    }
}
