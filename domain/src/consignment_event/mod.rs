//! A consignment event: lifecycle, participations, fees, schedule, and items until they go on the floor and after
//! they come back.

pub mod claims;
mod command;
pub mod count;
mod custody;
mod decide;
mod deliveries;
mod event;
mod evolve;
mod facts;
pub mod fees;
#[cfg(test)]
pub(crate) mod fixture;
pub mod items;
pub mod participation;
pub mod payouts;
mod rights;
pub mod schedule;
mod sessions;
pub mod settlement;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use custody::{CUSTODY_PAGE_ITEMS, CustodyItem, ItemFlags, ItemOutcome, Outcome, Terms};
pub use event::{
    Channel, ConsignorsJoined, CustodyConfirmed, CustodyHandedOver, Event, EventCreated, ItemsListed,
    ItemsTakenBack, SessionCancelled, SessionOpening, SessionScheduled, StatusChanged,
};
pub use facts::Facts;
pub use items::MAX_ITEMS_LISTED;
pub use participation::MAX_JOINING;
pub use state::{ItemSlot, SessionRef, State};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery, Timer};
use crate::ids::ConsignorNumber;
use crate::lifecycle::EventStatus;
use crate::organization::ItemRules;
use crate::rejection::Rejection;
use crate::stream::StreamId;
use participation::Participation;

/// The consignment event's rules.
#[derive(Debug)]
pub struct ConsignmentEvent;

/// What a consignment event can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Where it stands.
    Overview,
    /// How a consignor takes part.
    Participation {
        /// Whose.
        consignor: ConsignorNumber,
    },
    /// When the timer has something to do.
    NextDue {
        /// The clock, ms since 1970 UTC.
        now: i64,
    },
}

/// Answers, in the order of [`Query`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// Where it stands; `None` before it is created.
    Overview {
        /// The overview.
        overview: Option<Box<Overview>>,
    },
    /// How they take part; `None` for strangers.
    Participation {
        /// The participation.
        participation: Option<Box<Participation>>,
    },
    /// When the timer has something to do next.
    NextDue {
        /// Ms since 1970 UTC; `None` when nothing is to come.
        at: Option<i64>,
    },
}

/// Where a consignment event stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// First digits of its tags.
    pub ordinal: u16,
    /// Its status.
    pub status: EventStatus,
    /// What its items must be like.
    pub item_rules: ItemRules,
    /// How many items it has.
    pub items: u32,
}

impl Aggregate for ConsignmentEvent {
    const KIND: &'static str = "event";
    const STATE_VERSION: u32 = 2;
    const TIMED: bool = true;
    type State = State;
    type Event = Event;
    type Command = Command;
    type Facts = Facts;
    type Query = Query;
    type Answer = Answer;

    fn needs(command: &Command) -> Vec<String> {
        match command {
            Command::RecordFeePayment { reference, .. } => vec![fees::payment_key(reference)],
            _ => Vec::new(),
        }
    }

    fn recall(facts: &mut Facts, key: &str, _event: &Event) {
        facts.found.insert(key.to_owned());
    }

    fn remember(event: &Event) -> Vec<String> {
        match event {
            Event::FeePaid(paid) => vec![fees::payment_key(&paid.reference)],
            _ => Vec::new(),
        }
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
        match query {
            Query::Participation { consignor } => Answer::Participation {
                participation: state.participations.get(consignor).cloned().map(Box::new),
            },
            Query::NextDue { now } => Answer::NextDue { at: state.next_due(*now) },
            Query::Overview => Answer::Overview {
                overview: state.founding.as_ref().map(|founding| {
                    Box::new(Overview {
                        ordinal: founding.ordinal,
                        status: state.status,
                        item_rules: founding.settings.items.clone(),
                        items: u32::try_from(state.items.len()).unwrap_or(u32::MAX),
                    })
                }),
            },
        }
    }

    fn timers(state: &State, now: i64) -> Vec<Timer<Command>> {
        let due = state.next_due(now);
        due.map(|due_at| Timer { name: "schedule", due_at, command: Command::RunTimers })
            .into_iter()
            .collect()
    }

    fn evolve(state: &mut State, event: &Event, _recorded_at: i64) {
        state.evolve(event);
    }
}
