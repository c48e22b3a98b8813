//! Decisions about who takes part.

use std::collections::BTreeSet;

use super::super::decide::Decision;
use super::super::event::{ConsignorsJoined, Event};
use super::super::fees::{self, FeeKind, FeeMethod, FeeWaived, FeesCharged, WaiverReason};
use super::super::state::State;
use super::{
    ConsignorQueued, ConsignorRegistered, Participation, ParticipationChanged, PlaceOfferExpired,
    PlaceOffered, Referral, ReferralSource, Registration, RegistrationPlanned, RightsKnown, Standing,
    TermsChanged,
};
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, PersonId};
use crate::lifecycle::EventStatus;
use crate::money::Cents;
use crate::organization::{Enrolment, Settings};
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::rights::Role;

/// Consignors joining in one command.
pub const MAX_JOINING: usize = 1_000;

/// Milliseconds in an hour.
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Consignors join by an organizer's import, without registering themselves. They owe the fee of their tier;
/// what is not paid before comes from the payout.
pub(in super::super) fn join(state: &State, rules: &Settings, consignors: Vec<Enrolment>) -> Decision {
    if consignors.len() > MAX_JOINING {
        return Err(rule("PAR-1", "too_many_joining", consignors.len().to_string(), "at most 1,000 at once"));
    }
    takes_part(state)?;
    let mut seen = BTreeSet::new();
    let fresh: Vec<Enrolment> = consignors
        .into_iter()
        .filter(|consignor| {
            let joins = state
                .participations
                .get(&consignor.number)
                .is_none_or(|found| found.standing != Standing::Active && !found.erased);
            joins && seen.insert(consignor.number)
        })
        .collect();
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let fees: Vec<_> = fresh
        .iter()
        .filter_map(|who| fees::participation_fee(state, rules, who.number, who.tier, FeeMethod::Payout))
        .collect();
    let charged = (!fees.is_empty()).then(|| FeesCharged { charges: fees }.into());
    Ok(std::iter::once(ConsignorsJoined { consignors: fresh }.into()).chain(charged).collect())
}

fn takes_part(state: &State) -> Result<(), Rejection> {
    if state.status.takes_items() {
        return Ok(());
    }
    Err(rule("PAR-2", "registration_closed", state.status.name(), "registration to markdown"))
}

pub(super) fn free_places(state: &State, capacity: Option<u32>) -> usize {
    capacity.map_or(usize::MAX, |capacity| {
        usize::try_from(capacity).unwrap_or(usize::MAX).saturating_sub(state.places_taken())
    })
}

/// Says how registration goes; new places go to those who wait.
pub(in super::super) fn plan(
    state: &State,
    rules: &Settings,
    plan: RegistrationPlanned,
    now: i64,
) -> Decision {
    if plan.opens_at.zip(plan.closes_at).is_some_and(|(opens, closes)| closes <= opens) {
        return Err(rule("PAR-3", "period_reversed", "an end before its beginning", "an end after it"));
    }
    let taken = state.places_taken();
    if plan.capacity.is_some_and(|capacity| usize::try_from(capacity).unwrap_or(usize::MAX) < taken) {
        return Err(rule(
            "PAR-7",
            "capacity_below_taken",
            format!("{taken} places taken"),
            format!("at least {taken}"),
        ));
    }
    if plan == state.registration {
        return Ok(Vec::new());
    }
    let mut events = vec![plan.into()];
    let free = free_places(state, plan.capacity);
    events.extend(offers(state, rules, free, now));
    Ok(events)
}

pub(super) fn offers(state: &State, rules: &Settings, free: usize, now: i64) -> impl Iterator<Item = Event> {
    let expires_at = now.saturating_add(i64::from(rules.registration.offer_hours) * HOUR_MS);
    state.queue.iter().take(free).map(move |waiting| PlaceOffered { consignor: *waiting, expires_at }.into())
}

pub(in super::super) fn register(
    state: &State,
    rules: &Settings,
    registration: Registration,
    now: i64,
) -> Decision {
    takes_part(state)?;
    let plan = &state.registration;
    if plan.opens_at.is_some_and(|opens| now < opens) || plan.closes_at.is_some_and(|closes| now >= closes) {
        return Err(rule("PAR-3", "outside_period", "outside the registration period", "within the period"));
    }
    if plan.terms > 0 && registration.terms != plan.terms {
        return Err(rule(
            "PAR-4",
            "terms_not_accepted",
            format!("version {}", registration.terms),
            format!("version {}", plan.terms),
        ));
    }
    if let Some(referral) = &registration.referral {
        check_referral(state, registration.consignor, referral)?;
    }
    if registration.method == FeeMethod::Ledger {
        return Err(rule("PAR-5", "method_unusable", "ledger", "online, door or payout"));
    }
    let number = registration.consignor;
    if let Some(found) = state.participations.get(&number) {
        if found.erased {
            return Err(conflict("ERA-2", "consignor_erased", number.to_string(), "another account"));
        }
        if found.standing != Standing::Left {
            return Err(conflict("PAR-6", "registered_already", number.to_string(), "registering once"));
        }
    }
    if free_places(state, plan.capacity) == 0 || !state.queue.is_empty() {
        return Ok(vec![ConsignorQueued { registration }.into()]);
    }
    Ok(take_place(state, rules, registration, false))
}

fn check_referral(state: &State, consignor: ConsignorNumber, referral: &Referral) -> Result<(), Rejection> {
    let of = |number| state.participations.get(&number).and_then(|found| found.referral).and_then(|it| it.by);
    match (referral.source, referral.by) {
        (ReferralSource::Consignor, Some(by)) if by != consignor && of(by) != Some(consignor) => Ok(()),
        (ReferralSource::Consignor, _) => Err(rule(
            "PAR-5",
            "referrer_unusable",
            referral.by.map_or_else(|| "no number".to_owned(), |by| by.to_string()),
            "another consignor's number, who did not come through the same consignor",
        )),
        (_, None) => Ok(()),
        (_, Some(by)) => Err(rule("PAR-5", "referrer_unusable", by.to_string(), "no number for this source")),
    }
}

fn take_place(state: &State, rules: &Settings, registration: Registration, waited: bool) -> Vec<Event> {
    let fee =
        fees::participation_fee(state, rules, registration.consignor, registration.tier, registration.method);
    let charged = fee.map(|charge| FeesCharged { charges: vec![charge] }.into());
    let registered = ConsignorRegistered { registration, from_waiting_list: waited };
    std::iter::once(registered.into()).chain(charged).collect()
}

pub(super) fn known(state: &State, consignor: ConsignorNumber) -> Result<&Participation, Rejection> {
    state.participations.get(&consignor).ok_or_else(|| {
        not_found("PAR-8", "not_participating", consignor.to_string(), "a consignor who takes part or waits")
    })
}

pub(in super::super) fn accept(
    state: &State,
    rules: &Settings,
    consignor: ConsignorNumber,
    now: i64,
) -> Decision {
    let found = known(state, consignor)?;
    if found.standing != Standing::Offered || now >= found.offer_expires_at {
        return Err(conflict(
            "PAR-8",
            "no_place_offered",
            consignor.to_string(),
            "a place that is kept still",
        ));
    }
    takes_part(state)?;
    let registration = Registration {
        consignor,
        tier: found.tier,
        method: found.method,
        referral: found.referral,
        terms: state.registration.terms,
    };
    Ok(take_place(state, rules, registration, true))
}

pub(in super::super) fn change(
    state: &State,
    rules: &Settings,
    consignor: ConsignorNumber,
    tier: Tier,
    method: FeeMethod,
) -> Decision {
    let found = known(state, consignor)?;
    if found.standing == Standing::Left {
        return Err(conflict(
            "PAR-8",
            "not_participating",
            consignor.to_string(),
            "a consignor who takes part",
        ));
    }
    if !matches!(state.status, EventStatus::Registration | EventStatus::Intake) {
        return Err(rule("PAR-9", "too_late_to_change", state.status.name(), "registration or intake"));
    }
    if method == FeeMethod::Ledger {
        return Err(rule("PAR-5", "method_unusable", "ledger", "online, door or payout"));
    }
    if (found.tier, found.method) == (tier, method) {
        return Ok(Vec::new());
    }
    let mut events = vec![ParticipationChanged { consignor, tier, method }.into()];
    if found.standing == Standing::Active {
        let due = found.fee(FeeKind::Participation).map_or(Cents::ZERO, super::FeeAccount::due);
        let fee = rules.plan.terms(tier).fee;
        // A participation that was free stays free.
        let was_free = found.fee(FeeKind::Participation).is_some_and(|account| account.waived.0 > 0);
        if fee < due {
            events.push(lapse(consignor, Cents(due.0 - fee.0), WaiverReason::TierLowered));
        } else if !was_free && found.tier != tier {
            let charge = fees::participation_fee(state, rules, consignor, tier, method);
            events.extend(charge.map(|charge| FeesCharged { charges: vec![charge] }.into()));
        }
    }
    Ok(events)
}

pub(super) fn lapse(consignor: ConsignorNumber, amount: Cents, reason: WaiverReason) -> Event {
    FeeWaived { consignor, kind: FeeKind::Participation, amount, part_of_share: None, reason, note: None }
        .into()
}

/// Expired offers of places: each ends, and the next who waits gets the place.
pub(in super::super) fn expire_offers(state: &State, rules: &Settings, now: i64) -> Vec<Event> {
    let expired: Vec<ConsignorNumber> = state
        .participations
        .iter()
        .filter(|(_, found)| found.standing == Standing::Offered && found.offer_expires_at <= now)
        .map(|(number, _)| *number)
        .collect();
    let free = match state.registration.capacity {
        None => usize::MAX,
        Some(capacity) => usize::try_from(capacity)
            .unwrap_or(usize::MAX)
            .saturating_sub(state.places_taken().saturating_sub(expired.len())),
    };
    let offered = if state.status.takes_items() { free } else { 0 };
    let next: Vec<Event> = offers(state, rules, offered, now).collect();
    expired.into_iter().map(|consignor| PlaceOfferExpired { consignor }.into()).chain(next).collect()
}

/// These participations are free by loyalty: whatever was charged and not waived for them falls away; what was
/// paid already is credited with the settlement.
pub(in super::super) fn grant_loyalty(state: &State, consignors: &[ConsignorNumber]) -> Vec<Event> {
    let due = |number: &ConsignorNumber| {
        let account = state.active(*number)?.fee(FeeKind::Participation)?;
        (account.due() > Cents::ZERO).then(|| lapse(*number, account.due(), WaiverReason::Loyalty))
    };
    consignors.iter().collect::<BTreeSet<_>>().into_iter().filter_map(due).collect()
}

/// What a person may do, after a revocation. Older news than those known is passed over, but acknowledged by the
/// newer.
pub(in super::super) fn know_rights(
    state: &State,
    person: PersonId,
    roles: Vec<Role>,
    seq: u64,
) -> Vec<Event> {
    if state.narrowed.get(&person).is_some_and(|(_, known)| *known >= seq) {
        return Vec::new();
    }
    vec![RightsKnown { person, roles, seq }.into()]
}

/// Tells the sessions the new terms of `consignor`, if there are any sessions to tell.
pub(in super::super) fn terms_changed(
    state: &State,
    terms: crate::consignment_event::Terms,
) -> Option<Event> {
    let sessions = state.estimating();
    (!sessions.is_empty()).then(|| TermsChanged { terms: vec![terms], sessions }.into())
}
