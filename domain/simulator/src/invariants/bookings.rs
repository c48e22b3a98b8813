//! Places: never more taken than there are, and a completed shift counts once.

use domain::consignment_event::schedule::HolderKey;
use domain::lifecycle::BookingStatus;

use crate::Broken;
use crate::world::World;

pub(crate) fn check(world: &World) -> Result<(), Broken> {
    let state = world.event.state();
    for (index, slot) in (0_u16..).zip(&state.schedule.slots) {
        let taken = state.schedule.taken(index);
        if taken > usize::from(slot.capacity) {
            return Err(Broken::from(format!(
                "slot {index} has {} places, and {taken} are taken",
                slot.capacity
            )));
        }
    }
    for (consignor, participation) in &state.participations {
        let completed = state
            .schedule
            .of(HolderKey::Consignor(*consignor))
            .filter(|(booking, _)| booking.status == BookingStatus::Completed)
            .count();
        if completed != usize::from(participation.shifts) {
            return Err(Broken::from(format!(
                "consignor {consignor} completed {completed} shifts, and {} count",
                participation.shifts
            )));
        }
    }
    Ok(())
}
