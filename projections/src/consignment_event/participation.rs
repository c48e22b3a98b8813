//! `participation`: which consignors take part in an event, and how.

use domain::consignment_event::Event;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(participation where (organization, event));

const JOIN: &Sql = insert!(participation (organization, event, consignor, tier, joined_at)
    "ON CONFLICT (organization, event, consignor) DO UPDATE SET tier = excluded.tier");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    event: &'a str,
    consignor: u32,
    tier: &'a str,
    joined_at: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ConsignorsJoined(joined) => writes.write(
            JOIN,
            joined.consignors.iter().map(|consignor| Row {
                organization: &at.organization,
                event: &at.id,
                consignor: consignor.number.0,
                tier: consignor.tier.name(),
                joined_at: at.entry.recorded_at,
            }),
        ),
        Event::EventCreated(_)
        | Event::StatusChanged(_)
        | Event::ItemsListed(_)
        | Event::SessionScheduled(_)
        | Event::SessionOpening(_)
        | Event::CustodyHandedOver(_)
        | Event::CustodyConfirmed(_)
        | Event::ItemsTakenBack(_) => Ok(()),
    }
}
