//! Volunteers: more people than places, who book, cancel, come, stay away and finish.

use domain::consignment_event::Command;
use domain::consignment_event::schedule::{CancelReason, Holder, ShiftKind, SlotKind, SlotPlan};
use domain::ids::{BookingId, ConsignorNumber, SlotId};

use super::World;
use crate::Broken;
use crate::host::Reply;

/// From the beginning of the run to the first shift, ms.
const UNTIL_FIRST_SHIFT_MS: i64 = 20 * 60 * 1_000;

/// Between the beginnings of two shifts, ms: they are three hours long, so nobody can do all of them.
const BETWEEN_SHIFTS_MS: i64 = 2 * 60 * 60 * 1_000;

impl World {
    /// Plans a few shifts with few places.
    pub(crate) fn open_shifts(&mut self) -> Result<(), Broken> {
        let count = self.chance.between(1, 4);
        let slots = (0..count)
            .map(|number| SlotPlan {
                slot: SlotId(self.chance.id()),
                kind: SlotKind::Shift(ShiftKind::GeneralHelp),
                starts_at: self.now
                    + UNTIL_FIRST_SHIFT_MS
                    + i64::try_from(number).unwrap_or(0) * BETWEEN_SHIFTS_MS,
                capacity: u16::try_from(self.chance.between(1, 3)).unwrap_or(1),
            })
            .collect();
        self.event_command(&Command::OpenSlots { slots })
    }

    /// Somebody does something about a shift; much of it is refused.
    pub(crate) fn volunteer(&mut self) -> Result<(), Broken> {
        let schedule = &self.event.state().schedule;
        let slots: Vec<SlotId> = schedule.slots.iter().map(|slot| slot.id).collect();
        let bookings: Vec<BookingId> = schedule.bookings.iter().map(|booking| booking.id).collect();
        let slot = self.chance.pick(&slots).copied();
        let booking = self.chance.pick(&bookings).copied();
        let command = match (self.chance.below(8), slot, booking) {
            (0..=2, Some(slot), _) => Command::Book {
                booking: BookingId(self.chance.id()),
                slot,
                holder: Holder::Consignor(ConsignorNumber(
                    u32::try_from(self.chance.between(1, 6)).unwrap_or(1),
                )),
                wait: self.chance.percent(50),
            },
            (3, _, Some(booking)) => {
                Command::CancelBooking { booking, reason: CancelReason::OwnWish, note: None }
            }
            (4, _, Some(booking)) => Command::AcceptOffer { booking },
            (5, _, Some(booking)) => Command::CheckInBooking { booking },
            (6, _, Some(booking)) => Command::CompleteBooking { booking },
            (7, _, Some(booking)) => Command::MissBooking { booking },
            _ => Command::RunTimers,
        };
        let json = serde_json::to_string(&command).map_err(|error| error.to_string())?;
        let (id, now) = (self.next_command(), self.now);
        match self.event.submit(now, &Self::organizer(), &id, &json) {
            Reply::Accepted { .. } => {
                self.figures.bookings += 1;
                Ok(())
            }
            Reply::Refused(_) => Ok(()),
            other => Err(Broken::from(format!("a booking is not understood: {json}: {other:?}"))),
        }
    }
}
