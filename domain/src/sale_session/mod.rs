//! A sale session: custody of its items, terminals, receipts, and the share estimated with each line.

pub mod basket;
mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use command::{AskedLine, Command};
pub use decide::{MAX_BASKET_LINES, MAX_TENDERS};
pub use event::{
    CustodyReleased, CustodyTaken, Event, Line, PairingOffered, ReceiptCompleted, ReleaseConfirmed,
    SessionClosed, SessionClosing, SessionOpened, SessionPaused, SessionResumed, SessionScheduled, Tender,
    TenderKind, TerminalPaired, TerminalRevoked,
};
pub use state::{ReceiptStub, Slot, State, TerminalState};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::consignment_event;
use crate::ids::{EventId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// The sale session's rules.
#[derive(Debug)]
pub struct SaleSession;

/// What a sale session can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Which terminal holds the token with this digest.
    Terminal {
        /// SHA-256 of the token.
        token_digest: Hash,
    },
    /// Where it stands.
    Overview,
}

/// Answers, in the order of [`Query`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// The terminal, unless it is unknown or revoked.
    Terminal {
        /// Its id and name.
        terminal: Option<(TerminalId, String)>,
    },
    /// Where it stands; `None` before it is scheduled.
    Overview {
        /// The overview.
        overview: Option<Box<Overview>>,
    },
}

/// Where a sale session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Its consignment event.
    pub event: EventId,
    /// Its status.
    pub status: SessionStatus,
    /// Items in its custody.
    pub items: u32,
    /// Of them, sold.
    pub sold: u32,
    /// Receipts so far.
    pub receipts: u32,
    /// Sum of line prices so far.
    pub gross: Cents,
}

impl Aggregate for SaleSession {
    const KIND: &'static str = "session";
    const STATE_VERSION: u32 = 1;
    type State = State;
    type Event = Event;
    type Command = Command;
    type Facts = ();
    type Query = Query;
    type Answer = Answer;

    fn needs(_command: &Command) -> Vec<String> {
        Vec::new()
    }

    fn recall((): &mut (), _key: &str, _json: &str) {}

    fn remember(event: &Event) -> Vec<(String, String)> {
        match event {
            Event::ReceiptCompleted(receipt) => serde_json::to_string(receipt)
                .map(|json| (format!("receipt/{}", receipt.receipt), json))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
        let StreamId::Session(organization, session) = *stream else { return Vec::new() };
        let to_event = |event: EventId, command: &consignment_event::Command| {
            Delivery::of(StreamId::Event(organization, event), format!("{stream}#{seq}"), command)
        };
        match event {
            Event::CustodyTaken(taken) => to_event(
                taken.event,
                &consignment_event::Command::ConfirmCustody { session, page: taken.page },
            ),
            Event::CustodyReleased(released) => to_event(
                released.event,
                &consignment_event::Command::TakeBack(consignment_event::ItemsTakenBack {
                    session,
                    page: released.page,
                    last: released.last,
                    items: released.items.clone(),
                }),
            ),
            Event::SessionScheduled(_)
            | Event::SessionOpened(_)
            | Event::SessionPaused(_)
            | Event::SessionResumed(_)
            | Event::PairingOffered(_)
            | Event::TerminalPaired(_)
            | Event::TerminalRevoked(_)
            | Event::ReceiptCompleted(_)
            | Event::SessionClosing(_)
            | Event::ReleaseConfirmed(_)
            | Event::SessionClosed(_) => Vec::new(),
        }
    }

    fn answer(state: &State, query: &Query) -> Answer {
        match query {
            Query::Terminal { token_digest } => Answer::Terminal {
                terminal: state
                    .terminals
                    .iter()
                    .find(|terminal| !terminal.revoked && terminal.token_digest == *token_digest)
                    .map(|terminal| (terminal.id, terminal.name.clone())),
            },
            Query::Overview => Answer::Overview { overview: state.overview().map(Box::new) },
        }
    }

    fn evolve(state: &mut State, event: &Event, recorded_at: i64) {
        state.evolve(event, recorded_at);
    }
}
