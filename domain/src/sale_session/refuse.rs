//! Words for refusals that several subjects share.

use super::event::Event;
use super::state::{State, TerminalState};
use crate::ids::{Actor, EventId, TerminalId};
use crate::money::OutOfRange;
use crate::rejection::{Rejection, forbidden, rule};
use crate::stream::StreamId;

pub(super) type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn out_of_range(_: OutOfRange) -> Rejection {
    rule("MNY-4", "amount_out_of_range", "an amount that no sale has", "amounts up to 9,999,999.99")
}

/// Deliveries count only when they come from the stream that they speak for.
pub(super) fn from_event(actor: &Actor, event: EventId) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Event(_, id)) if id == event => Ok(()),
        _ => Err(forbidden("CUS-1", "not_the_event", actor.to_string(), "the event's own log")),
    }
}

/// What steers the session is asked by people (whose roles the edge has checked) or the platform's own timers,
/// never by a till or another log.
pub(super) fn organizer(actor: &Actor) -> Result<(), Rejection> {
    match actor {
        Actor::Person(_) | Actor::System(_) => Ok(()),
        Actor::Terminal(_) | Actor::Stream(_) => {
            Err(forbidden("SES-11", "not_a_person", actor.to_string(), "a person who may manage sessions"))
        }
    }
}

/// The terminal that acts, whether its pairing holds or not.
pub(super) fn terminal_of<'a>(
    state: &'a State,
    actor: &Actor,
) -> Result<(TerminalId, &'a TerminalState), Rejection> {
    let Actor::Terminal(id) = actor else {
        return Err(forbidden("TRM-5", "not_a_terminal", actor.to_string(), "a paired terminal"));
    };
    match state.terminal(*id) {
        Some((_, terminal)) => Ok((*id, terminal)),
        None => Err(forbidden("TRM-5", "terminal_unknown", id.to_string(), "a paired terminal")),
    }
}

/// The terminal that acts, if its pairing holds.
pub(super) fn paired<'a>(
    state: &'a State,
    actor: &Actor,
) -> Result<(TerminalId, &'a TerminalState), Rejection> {
    let (id, terminal) = terminal_of(state, actor)?;
    if terminal.revoked {
        return Err(forbidden("TRM-5", "terminal_revoked", id.to_string(), "a terminal whose pairing holds"));
    }
    Ok((id, terminal))
}
