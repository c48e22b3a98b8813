//! What the people who run the platform do to an organization, and its own host names: all of it on record in the
//! organization's own log, where its admins can read it.

use serde::{Deserialize, Serialize};

use super::decide::{Decision, existing, running};
use super::event::{OrganizationReinstated, OrganizationSuspended, SuspensionReason};
use super::state::State;
use crate::ids::{Actor, NoteRef, PersonId};
use crate::rejection::{Rejection, forbidden, not_found, rule};

/// Longest support access, minutes: a working day. What takes longer is opened again, with a reason.
pub const MAX_SUPPORT_MINUTES: u32 = 8 * 60;

/// Host names of an organization beside its label.
pub const MAX_HOSTS: usize = 10;

/// Longest host name, characters, as in DNS.
pub const MAX_HOST_CHARS: usize = 253;

/// Longest part of a host name between dots, characters, as in DNS.
const MAX_LABEL_CHARS: usize = 63;

/// One minute, ms.
const MINUTE_MS: i64 = 60_000;

/// Why somebody of the platform looks into an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportReason {
    /// The organization asked for help.
    Asked,
    /// Something went wrong and has to be understood.
    Incident,
    /// An authority or a court wants to know.
    Legal,
}

/// Somebody of the platform may read here for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportOpened {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: SupportReason,
    /// Until when, ms since 1970 UTC.
    pub until: i64,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// They are done before the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportClosed {
    /// Who.
    pub person: PersonId,
}

/// The organization answers at another host name, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostAdded {
    /// Lower case, without a port.
    pub host: String,
}

/// It answers there no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRemoved {
    /// As added.
    pub host: String,
}

/// The platform is above the organization: its people are known at the edge and hold no role here.
fn from_platform(state: &State, actor: &Actor) -> Result<(), Rejection> {
    existing(state)?;
    let outsider = match actor {
        Actor::Person(person) => state.roles_of(person).is_empty(),
        Actor::System(_) => true,
        Actor::Terminal(_) | Actor::Stream(_) => false,
    };
    if outsider {
        return Ok(());
    }
    Err(forbidden("RGT-4", "not_the_platform", actor.to_string(), "a super admin"))
}

pub(super) fn suspend(
    state: &State,
    actor: &Actor,
    reason: SuspensionReason,
    note: Option<NoteRef>,
) -> Decision {
    from_platform(state, actor)?;
    let suspended = OrganizationSuspended { reason, note };
    Ok(if state.suspended { Vec::new() } else { vec![suspended.into()] })
}

pub(super) fn reinstate(state: &State, actor: &Actor) -> Decision {
    from_platform(state, actor)?;
    Ok(if state.suspended { vec![OrganizationReinstated {}.into()] } else { Vec::new() })
}

pub(super) fn open_support(
    state: &State,
    actor: &Actor,
    (reason, minutes, note): (SupportReason, u32, Option<NoteRef>),
    now: i64,
) -> Decision {
    from_platform(state, actor)?;
    let Actor::Person(person) = actor else {
        return Err(forbidden("RGT-7", "nobody_to_help", actor.to_string(), "a person of the platform"));
    };
    if !(1..=MAX_SUPPORT_MINUTES).contains(&minutes) {
        return Err(rule("RGT-7", "support_too_long", format!("{minutes} minutes"), "1 to 480 minutes"));
    }
    let until = now.saturating_add(i64::from(minutes) * MINUTE_MS);
    Ok(vec![SupportOpened { person: person.clone(), reason, until, note }.into()])
}

pub(super) fn close_support(state: &State, actor: &Actor, person: &PersonId) -> Decision {
    existing(state)?;
    let own = matches!(actor, Actor::Person(asking) if asking == person);
    if !own && !matches!(actor, Actor::Person(asking) if !state.roles_of(asking).is_empty()) {
        from_platform(state, actor)?;
    }
    let open = state.support.contains_key(person);
    let closed = SupportClosed { person: person.clone() };
    Ok(if open { vec![closed.into()] } else { Vec::new() })
}

pub(super) fn add_host(state: &State, host: &str) -> Decision {
    running(state)?;
    let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
    if !is_host_name(&host) {
        return Err(rule(
            "ORG-20",
            "host_unusable",
            format!("{host:.80?}"),
            "a host name such as sale.example.org",
        ));
    }
    if state.hosts.contains(&host) {
        return Ok(Vec::new());
    }
    if state.hosts.len() >= MAX_HOSTS {
        return Err(rule("ORG-20", "too_many_hosts", "10 host names", "at most 10 host names"));
    }
    Ok(vec![HostAdded { host }.into()])
}

pub(super) fn remove_host(state: &State, host: &str) -> Decision {
    existing(state)?;
    let host = host.trim().to_ascii_lowercase();
    if state.hosts.contains(&host) {
        return Ok(vec![HostRemoved { host }.into()]);
    }
    Err(not_found("ORG-20", "host_unknown", format!("{host:.80?}"), "a host name that was added"))
}

/// At least two parts of letters, digits and inner hyphens; the last one is no number, so that no address passes.
fn is_host_name(host: &str) -> bool {
    let part = |part: &str| {
        (1..=MAX_LABEL_CHARS).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let named =
        host.rsplit_once('.').is_some_and(|(_, last)| last.bytes().any(|byte| byte.is_ascii_lowercase()));
    host.len() <= MAX_HOST_CHARS && named && host.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org_20_host_names_are_names() {
        for (host, usable) in [
            ("sale.example.org", true),
            ("a.b", true),
            ("xn--kleider-bse.example", true),
            ("localhost", false),
            ("127.0.0.1", false),
            ("-a.example", false),
            ("a..example", false),
            ("sale.example.org:8443", false),
            ("sale_1.example", false),
            ("", false),
        ] {
            assert_eq!(is_host_name(host), usable, "{host}");
        }
        assert!(!is_host_name(&format!("{}.example", "a".repeat(64))));
        assert!(!is_host_name(&format!("{}example", "abc.".repeat(63))));
    }
}
