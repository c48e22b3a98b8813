//! The organization's decisions.

use super::command::Command;
use super::event::{
    ConsignorsEnrolled, Enrolment, Event, EventFounded, OrganizationCreated, RoleGranted, RoleRevoked,
    SettingsChanged,
};
use super::settings::{MAX_NAME_CHARS, Settings};
use super::state::State;
use crate::aggregate::Context;
use crate::ids::PersonId;
use crate::rejection::{Refusal, Rejection};
use crate::rights::Role;
use crate::tag::MAX_EVENT_ORDINAL;

/// Accounts in one enrolment: an entry stays far below the 2 MB row limit.
pub const MAX_ENROLMENTS: usize = 1_000;

/// Highest consignor number: seven digits still fit on a label.
pub const MAX_CONSIGNOR_NUMBER: u32 = 9_999_999;

/// Longest host label of an organization, in characters; DNS allows 63, prefixes need room.
pub const MAX_SLUG_CHARS: usize = 40;

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, _context: &Context<'_, ()>) -> Decision {
    match command {
        Command::Create { slug, name, currency, time_zone, first_admin } => {
            create(state, slug, &name, Settings::new(&currency, &time_zone), first_admin)
        }
        Command::ChangeSettings { settings } => change_settings(state, *settings),
        Command::GrantRole { person, role } => grant(state, person, role),
        Command::RevokeRole { person, role } => revoke(state, person, role),
        Command::EnrolConsignors { consignors } => enrol(state, consignors),
        Command::FoundEvent { event, name, starts_on, ends_on } => {
            let settings = existing(state)?.clone();
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
            let name = checked_name(&name)?;
            Ok(vec![EventFounded { event, ordinal, name, starts_on, ends_on, settings }.into()])
        }
    }
}

fn rule(rule: &'static str, code: &'static str, found: &str, allowed: &str) -> Rejection {
    Rejection::new(Refusal::Rule, rule, code, found, allowed)
}

fn existing(state: &State) -> Result<&Settings, Rejection> {
    state.settings.as_ref().ok_or_else(|| {
        Rejection::new(
            Refusal::NotFound,
            "ORG-1",
            "organization_unknown",
            "no such organization",
            "an organization that was created",
        )
    })
}

fn checked_name(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(rule(
            "ORG-2",
            "name_unusable",
            &format!("a name of {chars} characters"),
            "1 to 120 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

fn create(state: &State, slug: String, name: &str, settings: Settings, first_admin: PersonId) -> Decision {
    if state.settings.is_some() {
        return Err(Rejection::new(
            Refusal::Conflict,
            "ORG-1",
            "organization_exists",
            "the organization exists",
            "creating it once",
        ));
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
            &format!("{slug:?}"),
            "2 to 40 lower-case letters, digits and inner hyphens",
        ));
    }
    let problems = settings.problems();
    if !problems.is_empty() {
        return Err(rule(
            "ORG-4",
            "settings_unusable",
            &problems.join(", "),
            "settings without contradictions",
        ));
    }
    Ok(vec![OrganizationCreated { slug, name: checked_name(name)?, settings, first_admin }.into()])
}

fn change_settings(state: &State, settings: Settings) -> Decision {
    let current = existing(state)?;
    let problems = settings.problems();
    if !problems.is_empty() {
        return Err(rule(
            "ORG-4",
            "settings_unusable",
            &problems.join(", "),
            "settings without contradictions",
        ));
    }
    if settings.version != current.version + 1 {
        return Err(Rejection::new(
            Refusal::Conflict,
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

fn grant(state: &State, person: PersonId, role: Role) -> Decision {
    existing(state)?;
    if state.roles_of(&person).contains(&role) {
        return Ok(Vec::new());
    }
    Ok(vec![RoleGranted { person, role }.into()])
}

fn revoke(state: &State, person: PersonId, role: Role) -> Decision {
    existing(state)?;
    if !state.roles_of(&person).contains(&role) {
        return Ok(Vec::new());
    }
    if role == Role::OrganizationAdmin && state.holders(role) == 1 {
        return Err(rule("ORG-8", "last_admin", "the last organization admin", "leaving at least one"));
    }
    Ok(vec![RoleRevoked { person, role }.into()])
}

fn enrol(state: &State, consignors: Vec<Enrolment>) -> Decision {
    existing(state)?;
    if consignors.len() > MAX_ENROLMENTS {
        return Err(rule(
            "ORG-9",
            "too_many_enrolments",
            &consignors.len().to_string(),
            "at most 1,000 at once",
        ));
    }
    if let Some(consignor) =
        consignors.iter().find(|consignor| !(1..=MAX_CONSIGNOR_NUMBER).contains(&consignor.number.0))
    {
        return Err(rule("ORG-9", "consignor_number", &consignor.number.to_string(), "1 to 9,999,999"));
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
