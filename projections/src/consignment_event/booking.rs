//! `booking`: who has which place, or waits for it.

use domain::consignment_event::Event;
use domain::consignment_event::schedule::{CancelReason, Holder};
use domain::ids::{BookingId, SlotId};
use domain::lifecycle::BookingStatus;
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(booking where (organization, event));

const MAKE: &Sql = insert!(booking (organization, event, booking, slot, consignor, shopper, status, made_at, changed_at)
    "");
const MOVE: &Sql =
    update!(booking set (status, offer_expires_at, changed_at) where (organization, event, booking));
const CANCEL: &Sql = update!(booking set (status, offer_expires_at, cancelled, changed_at)
    where (organization, event, booking));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let moved = |booking, status| moved_row(at, booking, status, None);
    match event {
        Event::BookingMade(made) => writes
            .write(MAKE, [made_row(at, made.booking, made.slot, &made.holder, BookingStatus::Scheduled)]),
        Event::BookingQueued(made) => {
            writes.write(MAKE, [made_row(at, made.booking, made.slot, &made.holder, BookingStatus::Waiting)])
        }
        Event::BookingOffered(offer) => {
            writes.write(MOVE, [moved_row(at, offer.booking, BookingStatus::Offered, Some(offer.expires_at))])
        }
        Event::BookingConfirmed(one) => writes.write(MOVE, [moved(one.booking, BookingStatus::Scheduled)]),
        Event::BookingCheckedIn(one) => writes.write(MOVE, [moved(one.booking, BookingStatus::CheckedIn)]),
        Event::BookingCompleted(one) => writes.write(MOVE, [moved(one.booking, BookingStatus::Completed)]),
        Event::BookingMissed(one) => writes.write(MOVE, [moved(one.booking, BookingStatus::NoShow)]),
        Event::BookingOfferExpired(one) => writes.write(MOVE, [moved(one.booking, BookingStatus::Cancelled)]),
        Event::BookingCancelled(one) => writes.write(CANCEL, [cancelled(at, one.booking, one.reason)]),
        Event::SlotCancelled(slot) => writes.write(
            CANCEL,
            slot.bookings.iter().map(|booking| cancelled(at, *booking, CancelReason::SlotCancelled)),
        ),
        _ => Ok(()),
    }
}

fn made_row(at: &At<'_>, booking: BookingId, slot: SlotId, holder: &Holder, status: BookingStatus) -> Value {
    let (consignor, shopper) = match holder {
        Holder::Consignor(number) => (Some(number), None),
        Holder::Shopper(digest) => (None, Some(digest)),
    };
    json!({
        "organization": at.organization, "event": at.id, "booking": booking, "slot": slot,
        "consignor": consignor, "shopper": shopper, "status": status.name(), "made_at": at.entry.recorded_at,
        "changed_at": at.entry.recorded_at,
    })
}

fn moved_row(at: &At<'_>, booking: BookingId, status: BookingStatus, offer: Option<i64>) -> Value {
    json!({
        "organization": at.organization, "event": at.id, "booking": booking, "status": status.name(),
        "offer_expires_at": offer, "changed_at": at.entry.recorded_at,
    })
}

fn cancelled(at: &At<'_>, booking: BookingId, reason: CancelReason) -> Value {
    let mut row = moved_row(at, booking, BookingStatus::Cancelled, None);
    row["cancelled"] = json!(reason);
    row
}
