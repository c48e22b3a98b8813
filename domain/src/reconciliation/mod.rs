//! The comparison of an event's and its sessions' logs with the store: runs, differences, and their resolutions.

mod command;
mod compare;
mod decide;
mod diff;
mod event;
mod expected;
#[cfg(test)]
mod expected_tests;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod view;

pub use command::Command;
pub use compare::{Compared, StoreAnswer, compare_with_store};
pub use decide::{MAX_COMPARED, MAX_FINDINGS, RUN_STALE_MS};
pub use diff::{Class, Finding, Subject, compare_items, compare_orders, compare_topics};
pub use event::{
    DiscrepancyFound, DiscrepancyResolved, DiscrepancyVanished, Event, Policy, PolicyChosen, Resolution,
    ResolutionReason, RunAbandoned, RunFinished, RunKind, RunStarted,
};
pub use expected::{Expected, ExpectedError, MissedWebhooks, WEBHOOK_GRACE_MS};
pub use state::{OpenCase, Running, State};
pub use store::order_of_store;
pub use view::{EntryRef, Evidence, ItemView, LineView, OrderView, RefundView};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::money::Cents;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// The reconciliation's rules.
#[derive(Debug)]
pub struct Reconciliation;

/// What a reconciliation can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Where it stands.
    Overview,
}

/// Where a reconciliation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How differences are resolved.
    pub policy: Policy,
    /// True while a run is under way.
    pub running: bool,
    /// Open differences.
    pub open: u32,
    /// Money at stake in them, each without its sign.
    #[serde(rename = "at_stake_cents")]
    pub at_stake: Cents,
}

impl Aggregate for Reconciliation {
    const KIND: &'static str = "reconciliation";
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

    fn recall((): &mut (), _key: &str, _event: &Event) {}

    fn remember(_event: &Event) -> Vec<String> {
        Vec::new()
    }

    fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(_stream: &StreamId, _seq: u64, _event: &Event) -> Vec<Delivery> {
        // What follows from a resolution is decided by a person or the store's object, never by this log.
        Vec::new()
    }

    fn answer(state: &State, query: &Query) -> Answer {
        match query {
            Query::Overview => Answer {
                policy: state.policy,
                running: state.running.is_some(),
                open: u32::try_from(state.open.len()).unwrap_or(u32::MAX),
                at_stake: state.open.values().fold(Cents::ZERO, |sum, case| {
                    Cents(sum.0.saturating_add(case.difference.0.saturating_abs()))
                }),
            },
        }
    }

    fn evolve(state: &mut State, event: &Event, recorded_at: i64) {
        state.evolve(event, recorded_at);
    }
}
