//! Volunteer shifts, drop-off and pick-up slots, bookings, waiting lists and reminders.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;
mod timers;

pub(super) use decide::{
    Asked, accept_offer, book, cancel_booking, cancel_slot, check_in, complete, miss, open_slots, resize,
};
pub use decide::{MAX_BOOKINGS, MAX_SLOT_CAPACITY, MAX_SLOTS, MAX_SLOTS_OPENED};
pub use event::{
    BookingCancelled, BookingCheckedIn, BookingCompleted, BookingConfirmed, BookingMade, BookingMissed,
    BookingOfferExpired, BookingOffered, BookingQueued, CancelReason, Holder, OpenedSlot, Reminder,
    ReminderDue, ShiftKind, SlotCancelled, SlotKind, SlotPlan, SlotResized, SlotsOpened,
};
pub use state::{BookingState, HolderKey, Schedule, SlotState};
pub use timers::MAX_DUE;
pub(super) use timers::run;
