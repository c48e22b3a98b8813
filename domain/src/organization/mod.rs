//! The tenant: settings and their versions, who may do what, consignor numbers, and the events it founds.

mod command;
mod decide;
mod event;
mod fees;
mod settings;
mod state;
#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::{
    ConsignorsEnrolled, Enrolment, Event, EventFounded, OrganizationCreated, RoleGranted, RoleRevoked,
    SettingsChanged,
};
pub use fees::{FeeRules, MAX_SLOT_MINUTES, Penalty, RegistrationRules, ScheduleRules};
pub use settings::{ItemRules, Settings};
pub use state::State;

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::consignment_event;
use crate::ids::{ConsignorNumber, PersonId};
use crate::rejection::Rejection;
use crate::rights::Role;
use crate::stream::StreamId;

/// The organization's rules.
#[derive(Debug)]
pub struct Organization;

/// What the organization can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// The settings in force.
    Settings,
    /// What a person may do.
    Roles {
        /// Who.
        person: PersonId,
    },
    /// Which of these numbers are enrolled.
    Enrolled {
        /// Asked for.
        numbers: Vec<ConsignorNumber>,
    },
}

/// Answers, in the order of [`Query`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// The settings in force; `None` before the organization exists.
    Settings {
        /// In force.
        settings: Option<Box<Settings>>,
    },
    /// The person's roles.
    Roles {
        /// Empty for strangers.
        roles: Vec<Role>,
    },
    /// The enrolled ones among those asked for.
    Enrolled {
        /// With what they are enrolled as.
        enrolled: Vec<Enrolment>,
    },
}

impl Aggregate for Organization {
    const KIND: &'static str = "organization";
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
        match event {
            Event::EventFounded(founded) => Delivery::of(
                StreamId::Event(stream.organization(), founded.event),
                format!("{stream}#{seq}"),
                &consignment_event::Command::Create(Box::new(founded.clone())),
            ),
            Event::OrganizationCreated(_)
            | Event::SettingsChanged(_)
            | Event::RoleGranted(_)
            | Event::RoleRevoked(_)
            | Event::ConsignorsEnrolled(_) => Vec::new(),
        }
    }

    fn answer(state: &State, query: &Query) -> Answer {
        match query {
            Query::Settings => Answer::Settings { settings: state.settings.clone().map(Box::new) },
            Query::Roles { person } => Answer::Roles { roles: state.roles_of(person) },
            Query::Enrolled { numbers } => Answer::Enrolled {
                enrolled: numbers
                    .iter()
                    .filter_map(|number| {
                        state.tier_of(*number).map(|tier| Enrolment { number: *number, tier })
                    })
                    .collect(),
            },
        }
    }

    fn evolve(state: &mut State, event: &Event, _recorded_at: i64) {
        state.evolve(event);
    }
}
