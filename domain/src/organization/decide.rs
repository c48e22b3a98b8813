//! The organization's decisions.

use chrono::NaiveDate;

use super::accounts;
use super::command::Command;
use super::event::{
    ConsignorsEnrolled, Enrolment, Event, EventEnded, EventFounded, HeadContradicted, HeadWitnessed,
    OrganizationCreated, RightsAcknowledged, RoleGranted, RoleRevoked, SettingsChanged, Topic,
    WebhookRegistered, WebhookRemoved,
};
use super::invitations;
use super::ledger::{self, Facts};
use super::platform;
use super::settings::{MAX_NAME_CHARS, Settings};
use super::state::State;
use crate::aggregate::Context;
use crate::ids::{Actor, EventId, PersonId, WebhookId};
use crate::journal::Hash;
use crate::rejection::{Rejection, conflict, forbidden, not_found, rule};
use crate::rights::Role;
use crate::stream::StreamId;
use crate::tag::MAX_EVENT_ORDINAL;

/// Accounts in one enrolment: an entry stays far below the 2 MB row limit.
pub const MAX_ENROLMENTS: usize = 1_000;

/// Highest consignor number: seven digits still fit on a label.
pub const MAX_CONSIGNOR_NUMBER: u32 = 9_999_999;

/// Longest host label of an organization, in characters; DNS allows 63, prefixes need room.
pub const MAX_SLUG_CHARS: usize = 40;

/// Outbound webhooks of one organization.
pub const MAX_WEBHOOKS: usize = 20;

/// Persons with roles in one organization.
pub const MAX_PEOPLE: usize = 10_000;

pub(super) type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, Facts>) -> Decision {
    let actor = context.actor;
    match command {
        Command::Create { slug, name, currency, time_zone, first_admin } => {
            create(state, slug, &name, Settings::new(&currency, &time_zone), first_admin)
        }
        Command::ChangeSettings { settings } => change_settings(state, *settings),
        Command::GrantRole { person, role } => grant(state, person, role),
        Command::RevokeRole { person, role } => revoke(state, person, role),
        Command::InvitePerson { invitation, role } => {
            invitations::invite(state, invitation, role, context.now)
        }
        Command::AcceptInvitation { invitation } => {
            invitations::accept(state, invitation, actor, context.now)
        }
        Command::WithdrawInvitation { invitation } => invitations::withdraw(state, invitation),
        Command::EnrolConsignors { consignors } => enrol(state, consignors),
        Command::FoundEvent { event, name, starts_on, ends_on } => {
            found_event(state, event, &name, starts_on, ends_on)
        }
        Command::EndEvent { event } => end_event(state, event, actor),
        Command::Suspend { reason, note } => platform::suspend(state, actor, reason, note),
        Command::Reinstate => platform::reinstate(state, actor),
        Command::OpenSupport { reason, minutes, note } => {
            platform::open_support(state, actor, (reason, minutes, note), context.now)
        }
        Command::CloseSupport { person } => platform::close_support(state, actor, &person),
        Command::AddHost { host } => platform::add_host(state, &host),
        Command::RemoveHost { host } => platform::remove_host(state, &host),
        Command::AcknowledgeRights { person, event, seq } => {
            acknowledge(state, RightsAcknowledged { person, event, seq }, actor)
        }
        Command::ChangeTier { consignor, tier } => accounts::change_tier(state, consignor, tier),
        Command::FlagAccount { consignor, flag, on } => accounts::flag(state, consignor, flag, on),
        Command::LinkAccount { consignor, person } => accounts::link(state, consignor, person),
        Command::EraseConsignor { consignor } => accounts::erase(state, consignor),
        Command::IssueReferralCode { code, consignor } => accounts::issue_code(state, &code, consignor),
        Command::RetireReferralCode { code } => accounts::retire_code(state, &code),
        Command::CountParticipations { consignors, event } => {
            accounts::count(state, &consignors, event, actor)
        }
        Command::UncountParticipation { consignor, event } => {
            accounts::uncount(state, consignor, event, actor)
        }
        Command::Post { postings } => {
            existing(state)?;
            ledger::post(state, postings, actor, context.facts)
        }
        Command::Witness { stream, seq, hash } => witness(state, stream, seq, hash, actor),
        Command::RegisterWebhook { webhook, url_digest, topics } => {
            register_webhook(state, webhook, url_digest, topics)
        }
        Command::RemoveWebhook { webhook } => remove_webhook(state, webhook),
    }
}

/// Refuses while the platform has stopped the organization.
pub(super) fn running(state: &State) -> Result<&Settings, Rejection> {
    let settings = existing(state)?;
    if state.suspended {
        return Err(forbidden(
            "ORG-13",
            "organization_suspended",
            "the organization is suspended",
            "reinstating it first",
        ));
    }
    Ok(settings)
}

fn found_event(
    state: &State,
    event: EventId,
    name: &str,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) -> Decision {
    let settings = running(state)?.clone();
    if starts_on.zip(ends_on).is_some_and(|(starts, ends)| ends < starts) {
        return Err(rule(
            "ORG-7",
            "dates_reversed",
            "a last day before the first",
            "a last day on or after the first",
        ));
    }
    let ordinal = u16::try_from(state.events.len() + 1)
        .ok()
        .filter(|ordinal| *ordinal <= MAX_EVENT_ORDINAL)
        .ok_or_else(|| rule("ORG-6", "too_many_events", "999 events", "at most 999 events"))?;
    if state.events.contains(&event) {
        return Err(conflict("ORG-6", "event_exists", event.to_string(), "a fresh id"));
    }
    let name = checked_name(name)?;
    Ok(vec![EventFounded { event, ordinal, name, starts_on, ends_on, settings }.into()])
}

fn end_event(state: &State, event: EventId, actor: &Actor) -> Decision {
    accounts::from_event(actor, event)?;
    existing(state)?;
    if !state.events.contains(&event) {
        return Err(not_found("ORG-14", "event_unknown", event.to_string(), "an event founded here"));
    }
    Ok(if state.ended.contains(&event) { Vec::new() } else { vec![EventEnded { event }.into()] })
}

fn witness(state: &State, stream: StreamId, seq: u64, hash: Hash, actor: &Actor) -> Decision {
    existing(state)?;
    let speaks = match actor {
        Actor::Stream(sender) => stream.to_string() == *sender,
        Actor::System(_) => true,
        Actor::Person(_) | Actor::Terminal(_) => false,
    };
    if !speaks {
        return Err(forbidden(
            "RGT-2",
            "not_the_log",
            actor.to_string(),
            "the log itself or the daily timer",
        ));
    }
    let Some((last, witnessed)) = state.heads.get(&stream).copied() else {
        return Ok(vec![HeadWitnessed { stream, seq, hash }.into()]);
    };
    if seq < last {
        return Err(conflict(
            "ORG-15",
            "head_goes_back",
            format!("entry {seq}"),
            format!("entry {last} or later"),
        ));
    }
    Ok(match (seq == last, hash == witnessed) {
        (true, true) => Vec::new(),
        (true, false) => vec![HeadContradicted { stream, seq, witnessed, found: hash }.into()],
        (false, _) => vec![HeadWitnessed { stream, seq, hash }.into()],
    })
}

fn register_webhook(state: &State, webhook: WebhookId, url_digest: Hash, mut topics: Vec<Topic>) -> Decision {
    running(state)?;
    topics.sort_unstable();
    topics.dedup();
    if topics.is_empty() {
        return Err(rule("ORG-16", "no_topic", "no topic", "at least one topic"));
    }
    if state.webhooks.contains(&webhook) {
        return Err(conflict("ORG-16", "webhook_exists", webhook.to_string(), "a fresh id"));
    }
    if state.webhooks.len() >= MAX_WEBHOOKS {
        return Err(rule("ORG-16", "too_many_webhooks", "20 webhooks", "at most 20 webhooks"));
    }
    Ok(vec![WebhookRegistered { webhook, url_digest, topics }.into()])
}

fn remove_webhook(state: &State, webhook: WebhookId) -> Decision {
    existing(state)?;
    if state.webhooks.contains(&webhook) {
        return Ok(vec![WebhookRemoved { webhook }.into()]);
    }
    Err(not_found("ORG-16", "webhook_unknown", webhook.to_string(), "a webhook that was registered"))
}

pub(super) fn existing(state: &State) -> Result<&Settings, Rejection> {
    state.settings.as_ref().ok_or_else(|| {
        not_found("ORG-1", "organization_unknown", "no such organization", "an organization that was created")
    })
}

fn checked_name(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(rule(
            "ORG-2",
            "name_unusable",
            format!("a name of {chars} characters"),
            "1 to 120 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

fn create(state: &State, slug: String, name: &str, settings: Settings, first_admin: PersonId) -> Decision {
    if state.settings.is_some() {
        return Err(conflict("ORG-1", "organization_exists", "the organization exists", "creating it once"));
    }
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let inner = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !(2..=MAX_SLUG_CHARS).contains(&slug.len())
        || !inner
        || !edge(slug.bytes().next())
        || !edge(slug.bytes().last())
    {
        return Err(rule(
            "ORG-3",
            "slug_unusable",
            format!("{slug:?}"),
            "2 to 40 lower-case letters, digits and inner hyphens",
        ));
    }
    let problems = settings.problems();
    if !problems.is_empty() {
        return Err(rule(
            "ORG-4",
            "settings_unusable",
            problems.join(", "),
            "settings without contradictions",
        ));
    }
    Ok(vec![OrganizationCreated { slug, name: checked_name(name)?, settings, first_admin }.into()])
}

fn change_settings(state: &State, settings: Settings) -> Decision {
    let current = running(state)?;
    let problems = settings.problems();
    if !problems.is_empty() {
        return Err(rule(
            "ORG-4",
            "settings_unusable",
            problems.join(", "),
            "settings without contradictions",
        ));
    }
    if settings.version != current.version + 1 {
        return Err(conflict(
            "ORG-5",
            "settings_version",
            format!("version {}", settings.version),
            format!("version {}", current.version + 1),
        ));
    }
    if settings.currency != current.currency {
        return Err(rule("ORG-5", "currency_fixed", &settings.currency, &current.currency));
    }
    Ok(vec![SettingsChanged { settings }.into()])
}

pub(super) fn grant(state: &State, person: PersonId, role: Role) -> Decision {
    running(state)?;
    let mut roles = state.roles_of(&person);
    if roles.contains(&role) {
        return Ok(Vec::new());
    }
    if roles.is_empty() && state.roles.len() >= MAX_PEOPLE {
        return Err(rule("ORG-17", "too_many_people", "10,000 people", "at most 10,000 people with roles"));
    }
    roles.push(role);
    // Objects that know of an earlier revocation would go on refusing.
    let tell = if state.narrowed.contains(&person) { state.running() } else { Vec::new() };
    let roles = if tell.is_empty() { Vec::new() } else { roles };
    Ok(vec![RoleGranted { person, role, roles, tell }.into()])
}

/// A suspended organization can still take rights away.
fn revoke(state: &State, person: PersonId, role: Role) -> Decision {
    existing(state)?;
    let mut roles = state.roles_of(&person);
    if !roles.contains(&role) {
        return Ok(Vec::new());
    }
    if role == Role::OrganizationAdmin && state.holders(role) == 1 {
        return Err(rule("ORG-8", "last_admin", "the last organization admin", "leaving at least one"));
    }
    roles.retain(|held| *held != role);
    Ok(vec![RoleRevoked { person, role, roles, tell: state.running() }.into()])
}

fn acknowledge(state: &State, known: RightsAcknowledged, actor: &Actor) -> Decision {
    accounts::from_event(actor, known.event)?;
    let waiting = state.unacknowledged.contains_key(&(known.person.clone(), known.event));
    Ok(if waiting { vec![known.into()] } else { Vec::new() })
}

fn enrol(state: &State, consignors: Vec<Enrolment>) -> Decision {
    running(state)?;
    if consignors.len() > MAX_ENROLMENTS {
        return Err(rule(
            "ORG-9",
            "too_many_enrolments",
            consignors.len().to_string(),
            "at most 1,000 at once",
        ));
    }
    if let Some(consignor) =
        consignors.iter().find(|consignor| !(1..=MAX_CONSIGNOR_NUMBER).contains(&consignor.number.0))
    {
        return Err(rule("ORG-9", "consignor_number", consignor.number.to_string(), "1 to 9,999,999"));
    }
    let mut fresh: Vec<Enrolment> = Vec::new();
    for consignor in consignors {
        if state.tier_of(consignor.number).is_none()
            && !fresh.iter().any(|other| other.number == consignor.number)
        {
            fresh.push(consignor);
        }
    }
    Ok(if fresh.is_empty() { Vec::new() } else { vec![ConsignorsEnrolled { consignors: fresh }.into()] })
}
