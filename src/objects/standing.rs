//! What an object is told about who may speak to it at all: a suspended organization, a person or terminal whose
//! right has ended. Told by the edge after the log that decides has taken it; the open sockets are closed at once,
//! and while the organization is suspended no person and no terminal gets a command taken here, by whichever door.

use domain::aggregate::Aggregate;
use domain::ids::Actor;
use domain::journal::RawEntry;
use domain::rejection::{Refusal, Rejection};
use serde::{Deserialize, Serialize};
use worker::{Response, Result, State, WebSocket};

use super::host::{Host, ObjectLog, reply};
use super::live::hang_up_for;
use super::wire::{AskError, SubmitError};

/// The note under which an object remembers that its organization is suspended.
const NOTE: &str = "standing";

/// Close code for somebody whose right has ended: a token is of no more use.
pub const CLOSE_NOT_YOU: u16 = 4401;

/// Close code for everybody of a suspended organization: the token may be good again later.
pub const CLOSE_SUSPENDED: u16 = 4403;

/// What an object is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// The platform has stopped the organization, or lets it go on.
    Suspended {
        /// True while it is stopped.
        on: bool,
    },
    /// This person's or terminal's right has ended.
    TurnedAway {
        /// As sockets are tagged: `person:…`, `terminal:…`.
        who: String,
    },
}

/// That it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knows {
    /// Sockets that were closed.
    pub closed: usize,
}

/// The part of a command's envelope that says who asks.
#[derive(Deserialize)]
struct Asking {
    actor: Actor,
}

impl<A: Aggregate + 'static> Host<A> {
    /// Takes what the edge says.
    ///
    /// # Errors
    /// When the runtime refuses to make the response.
    pub(super) fn told(&self, log: &ObjectLog<A>, body: &str) -> Result<Response> {
        let told: Told = match serde_json::from_str(body) {
            Ok(told) => told,
            Err(error) => return reply(400, &AskError::Malformed(error.to_string())),
        };
        let closed = match &told {
            Told::Suspended { on } => {
                // An object that was never written to stays that way.
                if log.store().exists().unwrap_or(false)
                    && let Err(error) = log.store().set_note(NOTE, if *on { "true" } else { "false" })
                {
                    return reply(503, &AskError::Unavailable(error.to_string()));
                }
                self.suspended.set(Some(*on));
                self.sockets.tell(&self.state);
                if *on { close_all(&self.state.get_websockets(), CLOSE_SUSPENDED, "suspended") } else { 0 }
            }
            Told::TurnedAway { who } => {
                self.sockets.tell(&self.state);
                turn_away(&self.state, who)
            }
        };
        tracing::info!(stream = log.stream(), closed, "told of a standing");
        reply(200, &Knows { closed })
    }

    /// The refusal of a person's or a terminal's command while the organization is suspended. Logs and timers go on:
    /// what was promised between logs is kept.
    pub(super) fn refused_by_standing(
        &self,
        log: &ObjectLog<A>,
        actor: impl FnOnce() -> Option<Actor>,
    ) -> Option<SubmitError> {
        let suspended = self.suspended.get().unwrap_or_else(|| {
            let note = log.store().exists().unwrap_or(false).then(|| log.store().note(NOTE).ok().flatten());
            let suspended = note.flatten().as_deref() == Some("true");
            self.suspended.set(Some(suspended));
            suspended
        });
        if !suspended {
            return None;
        }
        matches!(actor()?, Actor::Person(_) | Actor::Terminal(_)).then(|| {
            SubmitError::Rejected(Rejection::new(
                Refusal::Forbidden,
                "ORG-13",
                "organization_suspended",
                "the organization is suspended",
                "waiting until the platform lets it go on",
            ))
        })
    }

    /// Closes the sockets of those whom these entries turn away.
    pub(super) fn turn_away_by(&self, entries: &[RawEntry]) {
        for actor in entries.iter().filter_map(A::turned_away) {
            self.sockets.tell(&self.state);
            turn_away(&self.state, &actor.to_string());
        }
    }
}

/// Who asks, by a command's envelope.
pub(super) fn asking(body: &str) -> Option<Actor> {
    serde_json::from_str::<Asking>(body).ok().map(|asking| asking.actor)
}

fn turn_away(state: &State, who: &str) -> usize {
    close_all(&state.get_websockets_with_tag(who), CLOSE_NOT_YOU, "revoked")
}

fn close_all(sockets: &[WebSocket], code: u16, reason: &str) -> usize {
    for socket in sockets {
        hang_up_for(socket, code, reason);
    }
    sockets.len()
}
