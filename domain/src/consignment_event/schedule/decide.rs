//! Decisions about slots and bookings.

use std::collections::BTreeSet;

use super::super::decide::Decision;
use super::super::event::Event;
use super::super::fees::{self, FeeCharge, FeeKind, FeesCharged};
use super::super::participation::terms_changed;
use super::super::state::State;
use super::{
    BookingCancelled, BookingCheckedIn, BookingCompleted, BookingConfirmed, BookingMade, BookingMissed,
    BookingOffered, BookingQueued, BookingState, CancelReason, Holder, HolderKey, OpenedSlot, SlotCancelled,
    SlotKind, SlotPlan, SlotResized, SlotState, SlotsOpened,
};
use crate::ids::{BookingId, ConsignorNumber, NoteRef, SlotId};
use crate::lifecycle::{BookingStatus, EventStatus};
use crate::money::Cents;
use crate::organization::{Penalty, Settings};
use crate::rejection::{Rejection, conflict, not_found, rule};

/// Slots opened in one command: a week of quarter hours.
pub const MAX_SLOTS_OPENED: usize = 500;

/// Slots of one event.
pub const MAX_SLOTS: usize = 5_000;

/// Bookings of one event, given-up ones included.
pub const MAX_BOOKINGS: usize = 50_000;

/// Places in one slot.
pub const MAX_SLOT_CAPACITY: u16 = 1_000;

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60 * 1_000;

/// Milliseconds in an hour.
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A booking, as asked for.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Asked {
    pub booking: BookingId,
    pub slot: SlotId,
    pub holder: Holder,
    pub wait: bool,
}

fn minutes(rules: &Settings, kind: SlotKind) -> i64 {
    i64::from(match kind {
        SlotKind::Shift(_) => rules.schedule.shift_minutes,
        SlotKind::DropOff { .. } => rules.schedule.drop_off_minutes,
        SlotKind::PickUp => rules.schedule.pick_up_minutes,
    })
}

pub(in super::super) fn open_slots(
    state: &State,
    rules: &Settings,
    plans: Vec<SlotPlan>,
    now: i64,
) -> Decision {
    if matches!(state.status, EventStatus::Complete | EventStatus::Cancelled) {
        return Err(rule("BKG-1", "event_over", state.status.name(), "an event that is not over"));
    }
    if plans.is_empty() || plans.len() > MAX_SLOTS_OPENED {
        return Err(rule("BKG-1", "too_many_slots", plans.len().to_string(), "1 to 500 at once"));
    }
    if state.schedule.slots.len() + plans.len() > MAX_SLOTS {
        return Err(rule("BKG-1", "too_many_slots", plans.len().to_string(), "at most 5,000 slots an event"));
    }
    let mut ids: BTreeSet<SlotId> = state.schedule.slots.iter().map(|slot| slot.id).collect();
    let mut slots = Vec::with_capacity(plans.len());
    for plan in plans {
        if !ids.insert(plan.slot) {
            return Err(conflict("BKG-1", "slot_exists", plan.slot.to_string(), "a fresh id"));
        }
        if plan.starts_at <= now {
            return Err(rule("BKG-1", "slot_in_the_past", plan.starts_at.to_string(), "a later beginning"));
        }
        if plan.capacity == 0 || plan.capacity > MAX_SLOT_CAPACITY {
            return Err(rule("BKG-1", "capacity_unusable", plan.capacity.to_string(), "1 to 1,000 places"));
        }
        let ends_at = plan.starts_at.saturating_add(minutes(rules, plan.kind) * MINUTE_MS);
        slots.push(OpenedSlot { plan, ends_at });
    }
    Ok(vec![SlotsOpened { slots }.into()])
}

fn known_slot(state: &State, id: SlotId) -> Result<(u16, &SlotState), Rejection> {
    let (index, slot) = state
        .schedule
        .slot(id)
        .ok_or_else(|| not_found("BKG-2", "slot_unknown", id.to_string(), "a slot of this event"))?;
    if slot.cancelled {
        return Err(conflict("BKG-2", "slot_cancelled", id.to_string(), "a slot that was not called off"));
    }
    Ok((index, slot))
}

fn known_booking(state: &State, id: BookingId) -> Result<(&BookingState, &SlotState), Rejection> {
    state
        .schedule
        .booking(id)
        .and_then(|booking| state.schedule.slot_of(booking).map(|slot| (booking, slot)))
        .ok_or_else(|| not_found("BKG-2", "booking_unknown", id.to_string(), "a booking of this event"))
}

fn in_status(booking: &BookingState, allowed: BookingStatus) -> Result<(), Rejection> {
    if booking.status == allowed {
        return Ok(());
    }
    Err(conflict("BKG-7", "booking_status", booking.status.name(), allowed.name()))
}

/// Offers up to `free` places of a slot to those who wait, in order. Nobody is offered a place in a slot that
/// has begun.
pub(super) fn offers(state: &State, rules: &Settings, index: u16, free: usize, now: i64) -> Vec<Event> {
    let Some(slot) = state.schedule.slots.get(usize::from(index)).filter(|slot| now < slot.starts_at) else {
        return Vec::new();
    };
    let held = now.saturating_add(i64::from(rules.schedule.offer_hours) * HOUR_MS);
    let expires_at = held.min(slot.starts_at);
    let waiting = state.schedule.waiting(index).take(free);
    waiting.map(|booking| BookingOffered { booking: booking.id, expires_at }.into()).collect()
}

pub(in super::super) fn resize(
    state: &State,
    rules: &Settings,
    id: SlotId,
    capacity: u16,
    now: i64,
) -> Decision {
    let (index, slot) = known_slot(state, id)?;
    let taken = state.schedule.taken(index);
    if usize::from(capacity) < taken {
        return Err(rule(
            "BKG-3",
            "capacity_below_taken",
            format!("{taken} places taken"),
            format!("at least {taken}"),
        ));
    }
    if capacity == 0 || capacity > MAX_SLOT_CAPACITY {
        return Err(rule("BKG-1", "capacity_unusable", capacity.to_string(), "1 to 1,000 places"));
    }
    if capacity == slot.capacity {
        return Ok(Vec::new());
    }
    let mut events = vec![SlotResized { slot: id, capacity }.into()];
    events.extend(offers(state, rules, index, usize::from(capacity) - taken, now));
    Ok(events)
}

pub(in super::super) fn cancel_slot(state: &State, id: SlotId, reason: CancelReason) -> Decision {
    let (index, _) = known_slot(state, id)?;
    let ends =
        |status| matches!(status, BookingStatus::Waiting | BookingStatus::Offered | BookingStatus::Scheduled);
    let bookings = state
        .schedule
        .bookings
        .iter()
        .filter(|booking| booking.slot == index && ends(booking.status))
        .map(|booking| booking.id)
        .collect();
    Ok(vec![SlotCancelled { slot: id, reason, bookings }.into()])
}

pub(in super::super) fn book(state: &State, rules: &Settings, asked: Asked, now: i64) -> Decision {
    let Asked { booking, slot: id, holder, wait } = asked;
    let (index, slot) = known_slot(state, id)?;
    if state.schedule.booking(booking).is_some() {
        return Err(conflict("BKG-2", "booking_exists", booking.to_string(), "a fresh id"));
    }
    if state.schedule.bookings.len() >= MAX_BOOKINGS {
        return Err(rule("BKG-2", "too_many_bookings", "50,000 bookings", "at most 50,000 an event"));
    }
    if now >= slot.ends_at {
        return Err(rule("BKG-2", "slot_over", "the slot is over", "a slot that is not over"));
    }
    check_holder(state, slot, &holder)?;
    check_limits(state, rules, slot, index, (&holder).into())?;
    if state.schedule.taken(index) < usize::from(slot.capacity) {
        return Ok(vec![BookingMade { booking, slot: id, holder }.into()]);
    }
    if wait && now < slot.starts_at {
        return Ok(vec![BookingQueued { booking, slot: id, holder }.into()]);
    }
    Err(conflict("BKG-4", "slot_full", format!("{} places taken", slot.capacity), "a free place, or waiting"))
}

fn check_holder(state: &State, slot: &SlotState, holder: &Holder) -> Result<(), Rejection> {
    match (slot.kind, holder) {
        (SlotKind::PickUp, Holder::Shopper(_)) => Ok(()),
        (SlotKind::Shift(_) | SlotKind::DropOff { .. }, Holder::Consignor(number)) => {
            let active = state.active(*number).filter(|found| !found.erased);
            active.map(|_| ()).ok_or_else(|| {
                rule("BKG-5", "not_participating", number.to_string(), "a consignor who takes part")
            })
        }
        (SlotKind::PickUp, Holder::Consignor(_)) => {
            Err(rule("BKG-5", "holder_unusable", "a consignor", "a shopper, for a pick-up"))
        }
        (SlotKind::Shift(_) | SlotKind::DropOff { .. }, Holder::Shopper(_)) => {
            Err(rule("BKG-5", "holder_unusable", "a shopper", "a consignor, for a shift or drop-off"))
        }
    }
}

/// How many a holder may have of a kind of slot, and which of theirs count.
fn check_limits(
    state: &State,
    rules: &Settings,
    slot: &SlotState,
    index: u16,
    holder: HolderKey,
) -> Result<(), Rejection> {
    let (mut count, mut overlapping) = (0_usize, false);
    for (booking, other) in state.schedule.of(holder) {
        let counts = match (slot.kind, other.kind) {
            // A shift that was done or missed is used up.
            (SlotKind::Shift(_), SlotKind::Shift(_)) => booking.status != BookingStatus::Cancelled,
            (SlotKind::DropOff { .. }, SlotKind::DropOff { .. }) | (SlotKind::PickUp, SlotKind::PickUp) => {
                booking.status.is_active()
            }
            (SlotKind::Shift(_) | SlotKind::DropOff { .. } | SlotKind::PickUp, _) => false,
        };
        count += usize::from(counts);
        let same = booking.slot == index;
        let meets = counts && other.starts_at < slot.ends_at && slot.starts_at < other.ends_at;
        overlapping |=
            (same && booking.status.is_active()) || (matches!(slot.kind, SlotKind::Shift(_)) && meets);
    }
    let limit = match slot.kind {
        SlotKind::Shift(_) => rules.schedule.shifts_per_consignor,
        SlotKind::DropOff { .. } => rules.schedule.drop_offs_per_consignor,
        SlotKind::PickUp => rules.schedule.pick_ups_per_invoice,
    };
    if count >= usize::from(limit) {
        return Err(rule("BKG-6", "too_many_bookings", count.to_string(), format!("at most {limit}")));
    }
    if overlapping {
        return Err(conflict("BKG-6", "overlapping", "a booking at the same time", "one at a time"));
    }
    Ok(())
}

pub(in super::super) fn accept_offer(state: &State, id: BookingId, now: i64) -> Decision {
    let (booking, _) = known_booking(state, id)?;
    in_status(booking, BookingStatus::Offered)?;
    if now >= booking.offer_expires_at {
        return Err(conflict("BKG-8", "offer_expired", "the offer is over", "an offer that holds still"));
    }
    Ok(vec![BookingConfirmed { booking: id }.into()])
}

pub(in super::super) fn cancel_booking(
    state: &State,
    rules: &Settings,
    id: BookingId,
    (reason, note): (CancelReason, Option<NoteRef>),
    now: i64,
) -> Decision {
    let (booking, slot) = known_booking(state, id)?;
    let had_place = match booking.status {
        BookingStatus::Waiting => false,
        BookingStatus::Offered | BookingStatus::Scheduled => true,
        BookingStatus::CheckedIn
        | BookingStatus::Completed
        | BookingStatus::NoShow
        | BookingStatus::Cancelled => {
            return Err(conflict("BKG-7", "booking_status", booking.status.name(), "a booking to come"));
        }
    };
    let mut events = vec![BookingCancelled { booking: id, reason, note }.into()];
    if had_place && !slot.cancelled {
        // The place is free again, unless the slot holds more than it has places for.
        let taken = state.schedule.taken(booking.slot).saturating_sub(1);
        let free = usize::from(slot.capacity).saturating_sub(taken);
        events.extend(offers(state, rules, booking.slot, free, now));
    }
    Ok(events)
}

pub(in super::super) fn check_in(state: &State, id: BookingId) -> Decision {
    let (booking, _) = known_booking(state, id)?;
    if booking.status == BookingStatus::CheckedIn {
        return Ok(Vec::new());
    }
    in_status(booking, BookingStatus::Scheduled)?;
    Ok(vec![BookingCheckedIn { booking: id }.into()])
}

/// A completed shift brings its points to all of the consignor's sales; sessions are told.
pub(in super::super) fn complete(state: &State, id: BookingId) -> Decision {
    let (booking, _) = known_booking(state, id)?;
    if booking.status == BookingStatus::Completed {
        return Ok(Vec::new());
    }
    in_status(booking, BookingStatus::CheckedIn)?;
    let told = state.shift_holder(id).and_then(|consignor| {
        let mut terms = state.terms(consignor);
        terms.shifts = terms.shifts.saturating_add(1);
        terms_changed(state, terms)
    });
    Ok(std::iter::once(BookingCompleted { booking: id }.into()).chain(told).collect())
}

/// Nobody came. A missed shift costs what the settings say; after the payout it is carried by the ledger.
pub(in super::super) fn miss(state: &State, rules: &Settings, id: BookingId, now: i64) -> Decision {
    let (booking, slot) = known_booking(state, id)?;
    if booking.status == BookingStatus::NoShow {
        return Ok(Vec::new());
    }
    in_status(booking, BookingStatus::Scheduled)?;
    if now < slot.starts_at {
        return Err(rule("BKG-9", "not_begun", "before it begins", "missing it once it has begun"));
    }
    let fine = state.shift_holder(id).and_then(|consignor| no_show_charge(state, rules, consignor, id));
    let charged = fine.map(|charge| FeesCharged { charges: vec![charge] }.into());
    Ok(std::iter::once(BookingMissed { booking: id }.into()).chain(charged).collect())
}

fn no_show_charge(
    state: &State,
    rules: &Settings,
    consignor: ConsignorNumber,
    booking: BookingId,
) -> Option<FeeCharge> {
    let charge = |amount| FeeCharge {
        booking: Some(booking),
        ..fees::fee_charge(state, consignor, FeeKind::NoShow, amount)
    };
    match rules.fees.no_show {
        Penalty::Amount(amount) if amount > Cents::ZERO => Some(charge(amount)),
        Penalty::PartOfShare(part) if part.0 > 0 => {
            Some(FeeCharge { part_of_share: Some(part), ..charge(Cents::ZERO) })
        }
        Penalty::Amount(_) | Penalty::PartOfShare(_) => None,
    }
}
