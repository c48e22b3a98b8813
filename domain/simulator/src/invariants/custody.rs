//! Where items are: with their event or with exactly one session, and at the end nowhere else.

use domain::lifecycle::{ItemStatus, SessionStatus};

use crate::Broken;
use crate::world::World;

pub(crate) fn check(world: &World) -> Result<(), Broken> {
    for (index, session) in world.sessions.iter().enumerate() {
        if session.state().status != SessionStatus::Closed {
            return Err(Broken::from(format!(
                "session {} is {} and never closed",
                index + 1,
                session.state().status
            )));
        }
    }
    let on_floor = world.event.state().items.iter().filter(|slot| slot.status == ItemStatus::OnFloor).count();
    if on_floor > 0 {
        return Err(Broken::from(format!(
            "{on_floor} items are still in the custody of sessions that are closed"
        )));
    }
    Ok(())
}
