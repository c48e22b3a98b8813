//! A consignment event: lifecycle, participations, and items until they go on the floor and after they come back.

mod command;
mod custody;
mod decide;
mod event;
pub mod items;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use custody::{CUSTODY_PAGE_ITEMS, CustodyItem, ItemFlags, ItemOutcome, Outcome, Terms};
pub use decide::{MAX_ITEMS_LISTED, MAX_JOINING};
pub use event::{
    Channel, ConsignorsJoined, CustodyConfirmed, CustodyHandedOver, Event, EventCreated, ItemsListed,
    ItemsTakenBack, SessionOpening, SessionScheduled, StatusChanged,
};
pub use state::{ItemSlot, SessionRef, State};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::lifecycle::EventStatus;
use crate::organization::ItemRules;
use crate::rejection::Rejection;
use crate::sale_session;
use crate::stream::StreamId;

/// The consignment event's rules.
#[derive(Debug)]
pub struct ConsignmentEvent;

/// What a consignment event can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Where it stands.
    Overview,
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

    fn remember(_event: &Event) -> Vec<(String, String)> {
        Vec::new()
    }

    fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
        let to_session = |session, command: &sale_session::Command| {
            Delivery::of(
                StreamId::Session(stream.organization(), session),
                format!("{stream}#{seq}"),
                command,
            )
        };
        match event {
            Event::SessionScheduled(scheduled) => {
                to_session(scheduled.session, &sale_session::Command::Schedule(Box::new(scheduled.clone())))
            }
            Event::CustodyHandedOver(page) => {
                to_session(page.session, &sale_session::Command::TakeCustody(page.clone()))
            }
            Event::ItemsTakenBack(page) => {
                to_session(page.session, &sale_session::Command::ConfirmRelease { page: page.page })
            }
            Event::EventCreated(_)
            | Event::StatusChanged(_)
            | Event::ConsignorsJoined(_)
            | Event::ItemsListed(_)
            | Event::SessionOpening(_)
            | Event::CustodyConfirmed(_) => Vec::new(),
        }
    }

    fn answer(state: &State, query: &Query) -> Answer {
        match query {
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

    fn evolve(state: &mut State, event: &Event, _recorded_at: i64) {
        state.evolve(event);
    }
}
