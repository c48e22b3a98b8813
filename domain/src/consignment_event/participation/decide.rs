//! Decisions about who takes part.

use std::collections::BTreeSet;

use super::super::decide::{Decision, conflict, not_found, rule};
use super::super::event::{ConsignorsJoined, Event};
use super::super::fees::{self, FeeKind, FeeMethod, FeeWaived, FeesCharged, WaiverReason};
use super::super::items::{ItemsPulled, MAX_TAGS, PullReason};
use super::super::schedule::{BookingCancelled, CancelReason, HolderKey};
use super::super::state::State;
use super::{
    ConsignorErased, ConsignorQueued, ConsignorRegistered, LeaveReason, Participation,
    ParticipationCancelled, ParticipationChanged, PlaceOfferExpired, PlaceOffered, Referral, ReferralSource,
    Registration, RegistrationPlanned, RightsKnown, Standing, TermsChanged,
};
use crate::commission::Tier;
use crate::ids::{BookingId, ConsignorNumber, NoteRef, PersonId};
use crate::lifecycle::{BookingStatus, EventStatus, ItemStatus};
use crate::money::Cents;
use crate::organization::{Enrolment, EventFounded, Settings};
use crate::rejection::Rejection;
use crate::rights::Role;
use crate::tag::Tag;

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

fn free_places(state: &State, capacity: Option<u32>) -> usize {
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

fn offers(state: &State, rules: &Settings, free: usize, now: i64) -> impl Iterator<Item = Event> {
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

fn known(state: &State, consignor: ConsignorNumber) -> Result<&Participation, Rejection> {
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

fn lapse(consignor: ConsignorNumber, amount: Cents, reason: WaiverReason) -> Event {
    FeeWaived { consignor, kind: FeeKind::Participation, amount, part_of_share: None, reason, note: None }
        .into()
}

pub(in super::super) fn cancel(
    state: &State,
    founding: &EventFounded,
    consignor: ConsignorNumber,
    (reason, note): (LeaveReason, Option<NoteRef>),
    now: i64,
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
    if found.standing == Standing::Active
        && !matches!(state.status, EventStatus::Draft | EventStatus::Registration | EventStatus::Intake)
    {
        return Err(rule("PAR-10", "too_late_to_leave", state.status.name(), "before the event sells"));
    }
    leave(state, founding, consignor, found, (reason, note), now)
}

fn leave(
    state: &State,
    founding: &EventFounded,
    consignor: ConsignorNumber,
    found: &Participation,
    (reason, note): (LeaveReason, Option<NoteRef>),
    now: i64,
) -> Decision {
    let (mut waiting, mut came) = (Vec::new(), 0_usize);
    for (number, slot) in (1..).zip(&state.items).filter(|(_, slot)| slot.consignor == consignor) {
        match slot.status {
            ItemStatus::Draft | ItemStatus::Pulled | ItemStatus::Retagged | ItemStatus::Transferred => {}
            ItemStatus::Listed => waiting.extend(Tag::new(founding.ordinal, number)),
            ItemStatus::CheckedIn
            | ItemStatus::OnFloor
            | ItemStatus::Sold
            | ItemStatus::Returned
            | ItemStatus::Released
            | ItemStatus::Rejected
            | ItemStatus::Missing
            | ItemStatus::Donated
            | ItemStatus::PickedUp => came += 1,
        }
    }
    if came > 0 {
        return Err(conflict("PAR-10", "items_in_hall", format!("{came} items"), "no items that came in"));
    }
    let had_place = found.standing != Standing::Waiting;
    let mut events: Vec<Event> = waiting
        .chunks(MAX_TAGS)
        .map(|tags| {
            let (tags, reason) = (tags.to_vec(), PullReason::ParticipationEnded);
            ItemsPulled { tags, reason, refused: Vec::new() }.into()
        })
        .collect();
    events.extend(leave_bookings(state, consignor));
    let open = found.open(FeeKind::Participation);
    if open > Cents::ZERO {
        events.push(lapse(consignor, open, WaiverReason::Cancelled));
    }
    events.push(ParticipationCancelled { consignor, reason, note, had_place }.into());
    // The freed place is offered to the first who waits, unless fewer places are left than taken.
    if had_place && free_places(state, state.registration.capacity) < usize::MAX && state.status.takes_items()
    {
        let free = free_places(state, state.registration.capacity).saturating_add(1);
        events.extend(offers(state, &founding.settings, free, now));
    }
    Ok(events)
}

/// Gives up what a consignor has booked and not used yet. The places are offered by the timer's next run.
fn leave_bookings(state: &State, consignor: ConsignorNumber) -> Vec<Event> {
    let given_up =
        |status| matches!(status, BookingStatus::Waiting | BookingStatus::Offered | BookingStatus::Scheduled);
    let bookings: Vec<BookingId> = state
        .schedule
        .of(HolderKey::Consignor(consignor))
        .filter(|(booking, _)| given_up(booking.status))
        .map(|(booking, _)| booking.id)
        .collect();
    bookings
        .into_iter()
        .map(|booking| {
            BookingCancelled { booking, reason: CancelReason::ParticipationEnded, note: None }.into()
        })
        .collect()
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

/// Personal data is gone: bookings and waiting end; a participation without items ends too. Items that came in
/// stay and sell under their number.
pub(in super::super) fn erase(
    state: &State,
    founding: &EventFounded,
    consignor: ConsignorNumber,
    now: i64,
) -> Vec<Event> {
    let Some(found) = state.participations.get(&consignor).filter(|found| !found.erased) else {
        return Vec::new();
    };
    let mut events = vec![ConsignorErased { consignor }.into()];
    let before_sale =
        matches!(state.status, EventStatus::Draft | EventStatus::Registration | EventStatus::Intake);
    let leaving = match found.standing {
        Standing::Left => None,
        Standing::Waiting | Standing::Offered => Some(()),
        Standing::Active => before_sale.then_some(()),
    };
    let left = leaving
        .and_then(|()| leave(state, founding, consignor, found, (LeaveReason::Erased, None), now).ok())
        .unwrap_or_else(|| leave_bookings(state, consignor));
    events.extend(left);
    events
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
