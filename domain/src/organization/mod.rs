//! The tenant: settings and their versions, who may do what, consignor accounts and their ledgers, witnessed
//! heads of other logs, and the events it founds.

mod accounts;
#[cfg(test)]
mod bounds_tests;
mod command;
mod decide;
mod event;
mod fees;
mod invitations;
mod ledger;
mod platform;
mod settings;
mod state;
#[cfg(test)]
mod tests;

pub use accounts::{MAX_CODE_CHARS, MIN_CODE_CHARS};
pub use command::Command;
pub use decide::{MAX_CONSIGNOR_NUMBER, MAX_ENROLMENTS};
pub use event::{
    AccountFlag, AccountFlagged, AccountLinked, ConsignorErased, ConsignorsEnrolled, Enrolment, Event,
    EventEnded, EventFounded, HeadContradicted, HeadWitnessed, InvitationAccepted, InvitationWithdrawn,
    OrganizationCreated, OrganizationReinstated, OrganizationSuspended, ParticipationCount,
    ParticipationUncounted, ParticipationsCounted, PersonInvited, ReferralCodeIssued, ReferralCodeRetired,
    RightsAcknowledged, RoleGranted, RoleRevoked, SettingsChanged, SuspensionReason, TierChanged, Topic,
    WebhookRegistered, WebhookRemoved,
};
pub use fees::{FeeRules, MAX_SLOT_MINUTES, Penalty, RegistrationRules, ScheduleRules};
pub use invitations::{INVITATION_DAYS, MAX_INVITATIONS, OpenInvitation};
pub use ledger::{Account, Facts, LedgerEntry, LedgerPosted, LedgerReason, MAX_POSTINGS, Posting, Source};
pub use platform::{
    HostAdded, HostRemoved, MAX_HOST_CHARS, MAX_HOSTS, MAX_SUPPORT_MINUTES, SupportClosed, SupportOpened,
    SupportReason,
};
pub use settings::{ItemRules, Settings};
pub use state::{AccountState, State};

use serde::{Deserialize, Serialize};

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::consignment_event;
use crate::ids::{ConsignorNumber, EventId, PersonId};
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
    /// All that the edge must know to let a person in.
    Caller {
        /// Who.
        person: PersonId,
    },
    /// A consignor's account.
    Account {
        /// Whose.
        number: ConsignorNumber,
    },
    /// The account that a person signs in for.
    AccountOf {
        /// Who.
        person: PersonId,
    },
    /// Whose a referral code is.
    ReferralCode {
        /// As entered.
        code: String,
    },
    /// Whether the platform has stopped the organization.
    Standing,
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
    /// What the person may do here, and whether anybody may do anything.
    Caller {
        /// Empty for strangers.
        roles: Vec<Role>,
        /// True while the platform has stopped the organization.
        suspended: bool,
        /// Until when the person may read here for the platform, ms since 1970 UTC; may be over.
        support_until: Option<i64>,
    },
    /// The account, unless it is unknown.
    Account {
        /// Its figures and flags.
        account: Option<AccountState>,
    },
    /// The account's number, unless the person has none.
    AccountOf {
        /// The number.
        number: Option<ConsignorNumber>,
    },
    /// Whose the code is, unless it counts no more.
    ReferralCode {
        /// The number.
        number: Option<ConsignorNumber>,
    },
    /// How it stands with the platform.
    Standing {
        /// True while it is stopped.
        suspended: bool,
    },
    /// The enrolled ones among those asked for.
    Enrolled {
        /// With what they are enrolled as.
        enrolled: Vec<Enrolment>,
    },
}

impl Aggregate for Organization {
    const KIND: &'static str = "organization";
    const STATE_VERSION: u32 = 4;
    type State = State;
    type Event = Event;
    type Command = Command;
    type Facts = Facts;
    type Query = Query;
    type Answer = Answer;

    fn needs(command: &Command) -> Vec<String> {
        let Command::Post { postings } = command else { return Vec::new() };
        postings.iter().filter_map(|posting| posting.source.as_ref()).map(ledger::source_key).collect()
    }

    fn recall(facts: &mut Facts, key: &str, _event: &Event) {
        facts.posted.insert(key.to_owned());
    }

    fn remember(event: &Event) -> Vec<String> {
        let Event::LedgerPosted(posted) = event else { return Vec::new() };
        let sources = posted.entries.iter().filter_map(|entry| entry.posting.source.as_ref());
        sources.map(ledger::source_key).collect()
    }

    fn decide(
        state: &State,
        command: Command,
        context: &Context<'_, Facts>,
    ) -> Result<Vec<Event>, Rejection> {
        decide::decide(state, command, context)
    }

    fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
        let command_id = format!("{stream}#{seq}");
        let to_events = |events: &[EventId], command: &consignment_event::Command| {
            let to = |event: &EventId| {
                Delivery::of(StreamId::Event(stream.organization(), *event), command_id.clone(), command)
            };
            events.iter().flat_map(to).collect()
        };
        let rights = |person: &PersonId, roles: &[Role], tell: &[EventId]| {
            let roles = roles.to_vec();
            to_events(tell, &consignment_event::Command::KnowRights { person: person.clone(), roles, seq })
        };
        match event {
            Event::EventFounded(founded) => {
                to_events(&[founded.event], &consignment_event::Command::Create(Box::new(founded.clone())))
            }
            Event::RoleGranted(granted) => rights(&granted.person, &granted.roles, &granted.tell),
            Event::RoleRevoked(revoked) => rights(&revoked.person, &revoked.roles, &revoked.tell),
            Event::ConsignorErased(erased) => to_events(
                &erased.tell,
                &consignment_event::Command::EraseConsignor { consignor: erased.consignor },
            ),
            Event::ParticipationsCounted(counted) => {
                let free = counted.counts.iter().filter(|count| count.free);
                let consignors: Vec<_> = free.map(|count| count.consignor).collect();
                let tell = if consignors.is_empty() { &[][..] } else { &[counted.event] };
                to_events(tell, &consignment_event::Command::GrantLoyalty { consignors })
            }
            Event::OrganizationCreated(_)
            | Event::SettingsChanged(_)
            | Event::ConsignorsEnrolled(_)
            | Event::EventEnded(_)
            | Event::OrganizationSuspended(_)
            | Event::OrganizationReinstated(_)
            | Event::SupportOpened(_)
            | Event::SupportClosed(_)
            | Event::HostAdded(_)
            | Event::HostRemoved(_)
            | Event::RightsAcknowledged(_)
            | Event::TierChanged(_)
            | Event::AccountFlagged(_)
            | Event::AccountLinked(_)
            | Event::ReferralCodeIssued(_)
            | Event::ReferralCodeRetired(_)
            | Event::ParticipationUncounted(_)
            | Event::LedgerPosted(_)
            | Event::HeadWitnessed(_)
            | Event::HeadContradicted(_)
            | Event::WebhookRegistered(_)
            | Event::WebhookRemoved(_)
            | Event::PersonInvited(_)
            | Event::InvitationAccepted(_)
            | Event::InvitationWithdrawn(_) => Vec::new(),
        }
    }

    fn answer(state: &State, query: &Query) -> Answer {
        match query {
            Query::Settings => Answer::Settings { settings: state.settings.clone().map(Box::new) },
            Query::Roles { person } => Answer::Roles { roles: state.roles_of(person) },
            Query::Caller { person } => Answer::Caller {
                roles: state.roles_of(person),
                suspended: state.suspended,
                support_until: state.support.get(person).copied(),
            },
            Query::Account { number } => Answer::Account { account: state.account(*number).copied() },
            Query::AccountOf { person } => Answer::AccountOf { number: state.links.get(person).copied() },
            Query::ReferralCode { code } => {
                Answer::ReferralCode { number: state.codes.get(&code.trim().to_uppercase()).copied() }
            }
            Query::Standing => Answer::Standing { suspended: state.suspended },
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
