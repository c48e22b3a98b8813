//! What is due at what time: offers that expire, places to offer, reminders to send. Data only: the host wakes
//! the event, and reactions send the mails.

use super::super::event::Event;
use super::super::participation::{Standing, expire_offers};
use super::super::state::State;
use super::decide::{HOUR_MS, offers};
use super::{BookingOfferExpired, BookingState, Reminder, ReminderDue, SlotState};
use crate::lifecycle::BookingStatus;
use crate::organization::Settings;

/// Things one run of the timer does: an append that stays quick while the event is busy.
pub const MAX_DUE: usize = 500;

/// When a reminder's time begins and ends.
fn window(rules: &Settings, slot: &SlotState, reminder: Reminder) -> (i64, i64) {
    let before = |hours: u16| slot.starts_at.saturating_sub(i64::from(hours) * HOUR_MS);
    let (first, second) =
        (before(rules.schedule.reminder_hours), before(rules.schedule.day_of_reminder_hours));
    match reminder {
        Reminder::DayBefore => (first, second),
        Reminder::DayOf => (second, slot.starts_at),
    }
}

fn scheduled(state: &State) -> impl Iterator<Item = (&BookingState, &SlotState)> {
    state
        .schedule
        .bookings
        .iter()
        .filter(|booking| booking.status == BookingStatus::Scheduled)
        .filter_map(|booking| state.schedule.slot_of(booking).map(|slot| (booking, slot)))
}

fn reminders(state: &State, rules: &Settings, now: i64) -> Vec<Event> {
    let due = |(booking, slot): (&BookingState, &SlotState)| {
        let is_due = |reminder: &Reminder| {
            let (from, until) = window(rules, slot, *reminder);
            !booking.was_reminded(*reminder) && (from..until).contains(&now)
        };
        let reminder = [Reminder::DayBefore, Reminder::DayOf].into_iter().find(is_due)?;
        Some(ReminderDue { booking: booking.id, reminder }.into())
    };
    scheduled(state).filter_map(due).collect()
}

/// Offers that expired, and places that nobody has while others wait.
fn places(state: &State, rules: &Settings, now: i64) -> Vec<Event> {
    let expired: Vec<&BookingState> = state
        .schedule
        .bookings
        .iter()
        .filter(|booking| booking.status == BookingStatus::Offered && booking.offer_expires_at <= now)
        .collect();
    let mut events: Vec<Event> =
        expired.iter().map(|booking| BookingOfferExpired { booking: booking.id }.into()).collect();
    for (index, slot) in (0..).zip(&state.schedule.slots) {
        if slot.cancelled || state.schedule.first_waiting(index).is_none() {
            continue;
        }
        let ending = expired.iter().filter(|booking| booking.slot == index).count();
        let taken = state.schedule.taken(index).saturating_sub(ending);
        events.extend(offers(state, rules, index, usize::from(slot.capacity).saturating_sub(taken), now));
    }
    events
}

/// Does what is due by `now`.
pub(in super::super) fn run(state: &State, rules: &Settings, now: i64) -> Vec<Event> {
    let mut events = expire_offers(state, rules, now);
    events.extend(places(state, rules, now));
    events.extend(reminders(state, rules, now));
    events.truncate(MAX_DUE);
    events
}

impl State {
    /// When the timer has something to do next, ms since 1970 UTC; none when nothing is to come. A time that
    /// has passed means: now.
    #[must_use]
    pub fn next_due(&self, now: i64) -> Option<i64> {
        let rules = &self.founding.as_ref()?.settings;
        let participations = self
            .participations
            .values()
            .filter(|found| found.standing == Standing::Offered)
            .map(|found| found.offer_expires_at);
        let bookings = self
            .schedule
            .bookings
            .iter()
            .filter(|booking| booking.status == BookingStatus::Offered)
            .map(|booking| booking.offer_expires_at);
        let reminders = scheduled(self).flat_map(|(booking, slot)| {
            [Reminder::DayBefore, Reminder::DayOf]
                .into_iter()
                .filter(|reminder| !booking.was_reminded(*reminder))
                .map(|reminder| window(rules, slot, reminder))
                .filter(|(_, until)| now < *until)
                .map(|(from, _)| from)
        });
        participations.chain(bookings).chain(reminders).min()
    }
}
