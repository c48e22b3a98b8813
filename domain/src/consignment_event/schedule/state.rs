//! What the event remembers of its schedule: 48 bytes a booking.

use serde::{Deserialize, Serialize};

use super::{Holder, OpenedSlot, Reminder, SlotKind};
use crate::ids::{BookingId, ConsignorNumber, SlotId};
use crate::lifecycle::BookingStatus;

/// Who booked, compactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HolderKey {
    /// A consignor.
    Consignor(ConsignorNumber),
    /// A shopper: the first 64 bits of the digest.
    Shopper(u64),
}

impl From<&Holder> for HolderKey {
    fn from(holder: &Holder) -> Self {
        match holder {
            Holder::Consignor(number) => Self::Consignor(*number),
            Holder::Shopper(digest) => {
                Self::Shopper(digest.0.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
            }
        }
    }
}

/// A slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotState {
    /// Its id.
    pub id: SlotId,
    /// What for.
    pub kind: SlotKind,
    /// When it begins, ms since 1970 UTC.
    pub starts_at: i64,
    /// When it ends.
    pub ends_at: i64,
    /// Places.
    pub capacity: u16,
    /// It was called off.
    pub cancelled: bool,
}

/// A booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingState {
    /// Its id.
    pub id: BookingId,
    /// By whom.
    pub holder: HolderKey,
    /// Until when the offer holds, ms since 1970 UTC; 0 for none.
    pub offer_expires_at: i64,
    /// Index of its slot.
    pub slot: u16,
    /// Where it stands.
    pub status: BookingStatus,
    /// Reminders that were due: bit 0 the day before, bit 1 the day of.
    pub reminded: u8,
}

impl BookingState {
    /// True when this reminder was due already.
    #[must_use]
    pub const fn was_reminded(&self, reminder: Reminder) -> bool {
        self.reminded & bit(reminder) != 0
    }
}

const fn bit(reminder: Reminder) -> u8 {
    match reminder {
        Reminder::DayBefore => 1,
        Reminder::DayOf => 2,
    }
}

/// Slots and bookings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// In the order they were opened.
    pub slots: Vec<SlotState>,
    /// In the order they were made: so waiting lists are in order too.
    pub bookings: Vec<BookingState>,
}

impl Schedule {
    /// The slot with `id`, and its index.
    #[must_use]
    pub fn slot(&self, id: SlotId) -> Option<(u16, &SlotState)> {
        (0..).zip(&self.slots).find(|(_, slot)| slot.id == id)
    }

    /// The booking with `id`.
    #[must_use]
    pub fn booking(&self, id: BookingId) -> Option<&BookingState> {
        self.bookings.iter().find(|booking| booking.id == id)
    }

    /// The slot of `booking`.
    #[must_use]
    pub fn slot_of(&self, booking: &BookingState) -> Option<&SlotState> {
        self.slots.get(usize::from(booking.slot))
    }

    /// Places taken or kept in the slot with this index.
    #[must_use]
    pub fn taken(&self, slot: u16) -> usize {
        self.bookings.iter().filter(|booking| booking.slot == slot && booking.status.holds_place()).count()
    }

    /// The first who waits for the slot with this index.
    #[must_use]
    pub fn first_waiting(&self, slot: u16) -> Option<&BookingState> {
        self.waiting(slot).next()
    }

    /// All who wait for the slot with this index, in order.
    pub fn waiting(&self, slot: u16) -> impl Iterator<Item = &BookingState> {
        self.bookings
            .iter()
            .filter(move |booking| booking.slot == slot && booking.status == BookingStatus::Waiting)
    }

    /// Bookings of `holder` with their slots.
    pub fn of(&self, holder: HolderKey) -> impl Iterator<Item = (&BookingState, &SlotState)> {
        self.bookings
            .iter()
            .filter(move |booking| booking.holder == holder)
            .filter_map(|booking| self.slot_of(booking).map(|slot| (booking, slot)))
    }

    pub(in super::super) fn open(&mut self, slots: &[OpenedSlot]) {
        self.slots.extend(slots.iter().map(|slot| SlotState {
            id: slot.plan.slot,
            kind: slot.plan.kind,
            starts_at: slot.plan.starts_at,
            ends_at: slot.ends_at,
            capacity: slot.plan.capacity,
            cancelled: false,
        }));
    }

    pub(in super::super) fn with_slot(&mut self, id: SlotId, change: impl FnOnce(&mut SlotState)) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) {
            change(slot);
        }
    }

    pub(in super::super) fn made(
        &mut self,
        id: BookingId,
        slot: SlotId,
        holder: &Holder,
        status: BookingStatus,
    ) {
        let slot = self.slot(slot).map_or(u16::MAX, |(index, _)| index);
        self.bookings.push(BookingState {
            id,
            holder: holder.into(),
            offer_expires_at: 0,
            slot,
            status,
            reminded: 0,
        });
    }

    pub(in super::super) fn set(&mut self, id: BookingId, status: BookingStatus, offer_expires_at: i64) {
        if let Some(booking) = self.bookings.iter_mut().find(|booking| booking.id == id) {
            booking.status = status;
            booking.offer_expires_at = offer_expires_at;
        }
    }

    pub(in super::super) fn reminded(&mut self, id: BookingId, reminder: Reminder) {
        if let Some(booking) = self.bookings.iter_mut().find(|booking| booking.id == id) {
            booking.reminded |= bit(reminder);
        }
    }
}
