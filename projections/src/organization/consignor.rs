//! `consignor`: the accounts behind the numbers on tags. Names and addresses are in the vault.

use domain::organization::Event;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(consignor where (organization));

const ENROL: &Sql = insert!(consignor (organization, number, tier, enrolled_at)
    "ON CONFLICT (organization, number) DO UPDATE SET tier = excluded.tier");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    number: u32,
    tier: &'a str,
    enrolled_at: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ConsignorsEnrolled(enrolled) => writes.write(
            ENROL,
            enrolled.consignors.iter().map(|consignor| Row {
                organization: &at.organization,
                number: consignor.number.0,
                tier: consignor.tier.name(),
                enrolled_at: at.entry.recorded_at,
            }),
        ),
        Event::OrganizationCreated(_)
        | Event::SettingsChanged(_)
        | Event::RoleGranted(_)
        | Event::RoleRevoked(_)
        | Event::EventFounded(_) => Ok(()),
    }
}
