//! Decisions about leaving: by one's own wish, by the organizer's, or by an erasure.

use super::super::decide::Decision;
use super::super::event::Event;
use super::super::fees::{FeeKind, WaiverReason};
use super::super::items::{ItemsPulled, MAX_TAGS, PullReason};
use super::super::schedule::{BookingCancelled, CancelReason, HolderKey};
use super::super::state::State;
use super::decide::{free_places, known, lapse, offers};
use super::{ConsignorErased, LeaveReason, Participation, ParticipationCancelled, Standing};
use crate::ids::{BookingId, ConsignorNumber, NoteRef};
use crate::lifecycle::{BookingStatus, EventStatus, ItemStatus};
use crate::money::Cents;
use crate::organization::EventFounded;
use crate::rejection::{conflict, rule};
use crate::tag::Tag;

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
