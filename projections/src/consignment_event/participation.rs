//! `participation`: which consignors take part in an event or wait for a place, and how.

use domain::consignment_event::Event;
use domain::consignment_event::fees::FeeMethod;
use domain::consignment_event::participation::{LeaveReason, ReferralSource, Registration, Standing};
use domain::ids::ConsignorNumber;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(participation where (organization, event));

const JOIN: &Sql = insert!(participation (organization, event, consignor, tier, joined_at)
    "ON CONFLICT (organization, event, consignor) DO UPDATE SET
        tier = excluded.tier, standing = 'active', offer_expires_at = NULL, left_reason = NULL");
const REGISTER: &Sql = insert!(participation (organization, event, consignor, tier, joined_at, standing,
    method, referral_source, referred_by, terms)
    "ON CONFLICT (organization, event, consignor) DO UPDATE SET
        tier = excluded.tier, standing = excluded.standing, method = excluded.method, offer_expires_at = NULL,
        referral_source = excluded.referral_source, referred_by = excluded.referred_by, terms = excluded.terms,
        left_reason = NULL");
const STANDING: &Sql =
    update!(participation set (standing, offer_expires_at) where (organization, event, consignor));
const LEAVE: &Sql = update!(participation set (standing, offer_expires_at, left_reason)
    where (organization, event, consignor));
const CHANGE: &Sql = update!(participation set (tier, method) where (organization, event, consignor));
const ERASE: &Sql = update!(participation set (erased) where (organization, event, consignor));

/// A row, or what changes in it; each statement reads the columns that it sets.
#[derive(Clone, Copy, Default, Serialize)]
struct Row<'a> {
    organization: &'a str,
    event: &'a str,
    consignor: u32,
    joined_at: i64,
    tier: Option<&'static str>,
    standing: Option<&'static str>,
    method: Option<FeeMethod>,
    offer_expires_at: Option<i64>,
    erased: Option<u8>,
    referral_source: Option<ReferralSource>,
    referred_by: Option<u32>,
    terms: u32,
    left_reason: Option<LeaveReason>,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let of = |consignor: ConsignorNumber| Row {
        organization: &at.organization,
        event: &at.id,
        consignor: consignor.0,
        joined_at: at.entry.recorded_at,
        ..Row::default()
    };
    let standing = |consignor, standing| Row { standing: Some(name_of(standing)), ..of(consignor) };
    match event {
        Event::ConsignorsJoined(joined) => writes.write(
            JOIN,
            joined
                .consignors
                .iter()
                .map(|consignor| Row { tier: Some(consignor.tier.name()), ..of(consignor.number) }),
        ),
        Event::ConsignorRegistered(made) => {
            let row = of(made.registration.consignor);
            writes.write(REGISTER, [registered(row, &made.registration, Standing::Active)])
        }
        Event::ConsignorQueued(made) => {
            let row = of(made.registration.consignor);
            writes.write(REGISTER, [registered(row, &made.registration, Standing::Waiting)])
        }
        Event::PlaceOffered(offer) => writes.write(
            STANDING,
            [Row {
                offer_expires_at: Some(offer.expires_at),
                ..standing(offer.consignor, Standing::Offered)
            }],
        ),
        Event::PlaceOfferExpired(expired) => {
            writes.write(STANDING, [standing(expired.consignor, Standing::Left)])
        }
        Event::ParticipationCancelled(cancelled) => {
            let row =
                Row { left_reason: Some(cancelled.reason), ..standing(cancelled.consignor, Standing::Left) };
            writes.write(LEAVE, [row])
        }
        Event::ParticipationChanged(changed) => writes.write(
            CHANGE,
            [Row { tier: Some(changed.tier.name()), method: Some(changed.method), ..of(changed.consignor) }],
        ),
        Event::ConsignorErased(erased) => {
            writes.write(ERASE, [Row { erased: Some(1), ..of(erased.consignor) }])
        }
        _ => Ok(()),
    }
}

fn registered<'a>(row: Row<'a>, registration: &Registration, standing: Standing) -> Row<'a> {
    Row {
        tier: Some(registration.tier.name()),
        method: Some(registration.method),
        standing: Some(name_of(standing)),
        referral_source: registration.referral.map(|referral| referral.source),
        referred_by: registration.referral.and_then(|referral| referral.by).map(|by| by.0),
        terms: registration.terms,
        ..row
    }
}

/// The name in read models and API.
const fn name_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Waiting => "waiting",
        Standing::Offered => "offered",
        Standing::Left => "left",
    }
}
