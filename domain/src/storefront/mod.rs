//! All traffic with one store: what it told us, what it must be told, and which session an order's lines belong to.

mod agreement;
mod budget;
mod command;
mod decide;
mod deliveries;
mod event;
mod orders;
mod state;
#[cfg(test)]
mod tests;

pub use budget::{CostBudget, RESERVE_PERCENT, Urgency};
pub use command::{Agreement, Command, FetchedOrder};
pub use decide::{
    CIRCUIT_FAILURES, Facts, MAX_CHANGES_SENT, MAX_PENDING, NEEDED_TOPICS, RETRY_FIRST_MS, RETRY_LONGEST_MS,
};
pub use event::{
    Access, AgreedSale, AgreementKind, AgreementRecorded, Change, ChangeFailed, ChangeQueued,
    ChangesConfirmed, ChangesSent, CircuitClosed, CircuitOpened, CursorMoved, DisconnectReason, Event,
    EventRouted, Failure, Handed, HandedOver, KnownOrder, OrderNudged, OrderRouted, RefundedLine, RoutedLine,
    SaleKind, StoreConnected, StoreDisconnected, SubscriptionsChecked, Via,
};
pub use orders::{MAX_AGREEMENTS, MAX_SALES};
pub use state::{Pending, Progress, State};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::ids::RemoteId;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// The storefront's rules.
#[derive(Debug)]
pub struct Storefront;

/// What a storefront can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Where it stands, with what is to be done at `now`.
    Overview {
        /// The host's clock, ms since 1970 UTC.
        now: i64,
    },
}

/// Where a storefront stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// True while a store is connected.
    pub connected: bool,
    /// Needed topics that the store does not send.
    pub missing_topics: Vec<String>,
    /// Orders to fetch, at most `MAX_CHANGES_SENT` of them.
    pub nudged: Vec<RemoteId>,
    /// Orders with lines that no session takes, likewise.
    pub unrouted: Vec<RemoteId>,
    /// Changes to send now, likewise.
    pub due: Vec<u64>,
    /// Changes that the store has not taken yet.
    pub pending: u32,
    /// All orders changed up to here were asked for.
    pub cursor: i64,
}

fn order_key(order: RemoteId) -> String {
    format!("order/{order}")
}

impl Aggregate for Storefront {
    const KIND: &'static str = "storefront";
    const STATE_VERSION: u32 = 1;
    type State = State;
    type Event = Event;
    type Command = Command;
    type Facts = Facts;
    type Query = Query;
    type Answer = Answer;

    fn needs(command: &Command) -> Vec<String> {
        match command {
            Command::RecordOrder(order) => vec![order_key(order.order)],
            Command::RerouteOrder { order } => vec![order_key(*order)],
            Command::Connect { .. }
            | Command::Disconnect { .. }
            | Command::CheckSubscriptions { .. }
            | Command::RouteEvent { .. }
            | Command::Nudge { .. }
            | Command::MoveCursor { .. }
            | Command::QueueChange { .. }
            | Command::SendChanges { .. }
            | Command::ConfirmChanges { .. }
            | Command::FailChange { .. } => Vec::new(),
        }
    }

    fn recall(facts: &mut Facts, _key: &str, event: &Event) {
        if let Event::OrderRouted(routed) = event {
            facts.orders.insert(routed.known.order, routed.known.clone());
        }
    }

    fn remember(event: &Event) -> Vec<String> {
        let Event::OrderRouted(routed) = event else { return Vec::new() };
        vec![order_key(routed.known.order)]
    }

    fn decide(
        state: &State,
        command: Command,
        context: &Context<'_, Facts>,
    ) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
        deliveries::deliveries(stream, seq, event)
    }

    fn answer(state: &State, query: &Query) -> Answer {
        let Query::Overview { now } = query;
        let first = |orders: &std::collections::BTreeSet<RemoteId>| {
            orders.iter().copied().take(MAX_CHANGES_SENT).collect()
        };
        Answer {
            connected: state.store.is_some(),
            missing_topics: state.missing_topics.clone(),
            nudged: first(&state.nudged),
            unrouted: first(&state.unrouted),
            due: state.due(*now, MAX_CHANGES_SENT),
            pending: u32::try_from(state.pending.len()).unwrap_or(u32::MAX),
            cursor: state.cursor,
        }
    }

    fn evolve(state: &mut State, event: &Event, _recorded_at: i64) {
        state.evolve(event);
    }
}
