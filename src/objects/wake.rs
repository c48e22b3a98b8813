//! Waking an object that may have lost its alarm: the runtime gives one up that failed too often, and then nothing
//! that waits for it would happen before the next command.

use std::rc::Rc;

use domain::aggregate::Aggregate;
use domain::journal::Head;
use serde::{Deserialize, Serialize};
use worker::{Response, Result};

use super::database::{Database, StoreError};
use super::host::{Host, NO_ALARM, ObjectLog, reply};
use super::outbox;
use super::store::Store;
use super::wire::AskError;

/// What a woken object says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Woken {
    /// Where its log stands.
    pub head: Head,
    /// True when something waited for an alarm that was not set.
    pub armed: bool,
}

/// Where the log stands, and whether anything waits for the alarm.
fn waiting<D: Database>(store: &Store<D>, stream: &str) -> std::result::Result<(Head, bool), StoreError> {
    if !store.exists()? {
        return Ok((Head::EMPTY, false));
    }
    let head = store.head()?.0;
    let waits = !outbox::rests(store, stream, head.seq)?
        || store.has_pending_deliveries()?
        || store.next_timers()?.iter().any(Option::is_some);
    Ok((head, waits))
}

impl<A: Aggregate + 'static> Host<A> {
    /// Sets the alarm anew where something waits and none is set.
    ///
    /// # Errors
    /// When the runtime refuses.
    pub(super) async fn wake(self: &Rc<Self>, log: &ObjectLog<A>) -> Result<Response> {
        let (head, waits) = match waiting(log.store(), log.stream()) {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(stream = log.stream(), %error, "not woken");
                return reply(503, &AskError::Unavailable(error.to_string()));
            }
        };
        let armed = waits && self.state.storage().get_alarm().await?.is_none();
        if armed {
            tracing::warn!(stream = log.stream(), "an alarm was lost, setting it anew");
            self.alarm_at.set(NO_ALARM);
            self.arm_soon().await;
        }
        reply(200, &Woken { head, armed })
    }
}
