//! What can happen to shifts, slots and bookings.

use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, ConsignorNumber, NoteRef, SlotId};
use crate::journal::Hash;

/// Work to volunteer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftKind {
    /// Sorting what is dropped off.
    DropOffSorting,
    /// Putting items in order.
    ItemOrganization,
    /// Helping shoppers.
    ShopperAssistance,
    /// Whatever there is.
    GeneralHelp,
}

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A volunteer shift.
    Shift(ShiftKind),
    /// Dropping items off, at a zone of the hall.
    DropOff {
        /// The zone, from 1.
        zone: u8,
    },
    /// Shoppers pick up what they bought.
    PickUp,
}

/// A slot, as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotPlan {
    /// Its id, made by the edge.
    pub slot: SlotId,
    /// What for.
    pub kind: SlotKind,
    /// When it begins, ms since 1970 UTC.
    pub starts_at: i64,
    /// Places.
    pub capacity: u16,
}

/// A slot with its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedSlot {
    /// As planned.
    #[serde(flatten)]
    pub plan: SlotPlan,
    /// When it ends, ms since 1970 UTC.
    pub ends_at: i64,
}

/// Slots can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsOpened {
    /// Which.
    pub slots: Vec<OpenedSlot>,
}

/// A slot has more or fewer places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotResized {
    /// Which.
    pub slot: SlotId,
    /// Places now.
    pub capacity: u16,
}

/// Why a slot or a booking is called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The person wants so.
    OwnWish,
    /// Moved to another slot.
    Moved,
    /// The organizer decided so.
    Organizer,
    /// The slot is gone.
    SlotCancelled,
    /// The participation ended.
    ParticipationEnded,
}

/// A slot is called off, with all that was booked in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCancelled {
    /// Which.
    pub slot: SlotId,
    /// Why.
    pub reason: CancelReason,
    /// Bookings that go with it.
    pub bookings: Vec<BookingId>,
}

/// Who booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A consignor.
    Consignor(ConsignorNumber),
    /// A shopper, by the keyed digest of e-mail and invoice number.
    Shopper(Hash),
}

/// A place is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingMade {
    /// Its id, made by the edge.
    pub booking: BookingId,
    /// Where.
    pub slot: SlotId,
    /// By whom.
    pub holder: Holder,
}

/// Somebody waits for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingQueued {
    /// Its id, made by the edge.
    pub booking: BookingId,
    /// Where.
    pub slot: SlotId,
    /// By whom.
    pub holder: Holder,
}

/// A free place is kept for the first who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingOffered {
    /// Which.
    pub booking: BookingId,
    /// Until when, ms since 1970 UTC.
    pub expires_at: i64,
}

/// The offer was taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingConfirmed {
    /// Which.
    pub booking: BookingId,
}

/// The offer was not taken up in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingOfferExpired {
    /// Which.
    pub booking: BookingId,
}

/// A booking is given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCancelled {
    /// Which.
    pub booking: BookingId,
    /// Why.
    pub reason: CancelReason,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// The person is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCheckedIn {
    /// Which.
    pub booking: BookingId,
}

/// The shift is done, the drop-off or pick-up over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCompleted {
    /// Which.
    pub booking: BookingId,
}

/// The person did not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingMissed {
    /// Which.
    pub booking: BookingId,
}

/// What a reminder reminds of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// It is tomorrow.
    DayBefore,
    /// It is today.
    DayOf,
}

/// A reminder is due; a reaction sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderDue {
    /// Of which booking.
    pub booking: BookingId,
    /// Which reminder.
    pub reminder: Reminder,
}
