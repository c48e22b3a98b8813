//! Pairs terminals, sets their rights, and hears what they hold.

use super::super::event::Event;
use super::super::refuse::{Decision, organizer, paired, terminal_of};
use super::super::state::{State, TerminalState};
use super::event::{
    PairingOffered, TerminalAcknowledged, TerminalPaired, TerminalReported, TerminalRevoked, TerminalRight,
    TerminalRightsSet,
};
use crate::ids::{Actor, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::rejection::{Rejection, conflict, not_found, rule};

/// Terminals ever paired with one session; tills are re-paired now and then.
pub const MAX_TERMINALS: usize = 200;

/// How long a pairing code holds, in ms: long enough to walk across the hall.
pub const PAIRING_LIFETIME_MS: i64 = 10 * 60 * 1_000;

/// Pairing offers open at once.
pub const MAX_OFFERS: usize = 48;

/// Longest terminal name, in characters.
pub const MAX_TERMINAL_NAME_CHARS: usize = 40;

/// Most sales that a terminal may say it holds: days of selling at one till.
pub const MAX_WAITING: u32 = 10_000;

pub(in crate::sale_session) fn offer(state: &State, code_digest: Hash, now: i64) -> Decision {
    if matches!(state.status, SessionStatus::Closed | SessionStatus::Cancelled | SessionStatus::Closing) {
        return Err(conflict("TRM-1", "session_over", state.status.name(), "a session that will still sell"));
    }
    let open = state.offers.iter().filter(|(_, expires_at)| *expires_at > now).count();
    if open >= MAX_OFFERS || state.terminals.len() >= MAX_TERMINALS {
        return Err(rule(
            "TRM-2",
            "too_many_terminals",
            format!("{open} open offers"),
            "48 open offers and 200 terminals",
        ));
    }
    Ok(vec![PairingOffered { code_digest, expires_at: now.saturating_add(PAIRING_LIFETIME_MS) }.into()])
}

pub(in crate::sale_session) fn pair(
    state: &State,
    code_digest: Hash,
    terminal: TerminalId,
    name: &str,
    token_digest: Hash,
    now: i64,
) -> Decision {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_TERMINAL_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(rule(
            "TRM-3",
            "name_unusable",
            format!("a name of {chars} characters"),
            "1 to 40 characters on one line",
        ));
    }
    let valid = state.offers.iter().any(|(digest, expires_at)| *digest == code_digest && *expires_at > now);
    if !valid {
        return Err(rule(
            "TRM-4",
            "pairing_code_unusable",
            "a code that was used, expired or never offered",
            "a fresh code from the organizer",
        ));
    }
    if state.terminal(terminal).is_some() {
        return Err(conflict("TRM-4", "terminal_exists", terminal.to_string(), "a fresh id"));
    }
    Ok(vec![TerminalPaired { terminal, name: name.to_owned(), code_digest, token_digest }.into()])
}

fn known(state: &State, terminal: TerminalId) -> Result<&TerminalState, Rejection> {
    state
        .terminal(terminal)
        .map(|(_, found)| found)
        .ok_or_else(|| not_found("TRM-5", "terminal_unknown", terminal.to_string(), "a paired terminal"))
}

pub(in crate::sale_session) fn revoke(state: &State, terminal: TerminalId, actor: &Actor) -> Decision {
    organizer(actor)?;
    if known(state, terminal)?.revoked {
        return Ok(Vec::new());
    }
    Ok(vec![TerminalRevoked { terminal }.into()])
}

pub(in crate::sale_session) fn set_rights(
    state: &State,
    terminal: TerminalId,
    mut rights: Vec<TerminalRight>,
    actor: &Actor,
) -> Decision {
    organizer(actor)?;
    let found = known(state, terminal)?;
    if found.revoked {
        return Err(conflict("TRM-6", "terminal_revoked", terminal.to_string(), "a terminal still paired"));
    }
    rights.sort_unstable();
    rights.dedup();
    let bits = rights.iter().fold(0, |bits, right| bits | right.bit());
    if bits == found.rights {
        return Ok(Vec::new());
    }
    Ok(vec![TerminalRightsSet { terminal, version: found.version + 1, rights }.into()])
}

/// A revoked terminal acknowledges too: then it has locked itself.
pub(in crate::sale_session) fn acknowledge(state: &State, version: u32, actor: &Actor) -> Decision {
    let (terminal, found) = terminal_of(state, actor)?;
    if version > found.version {
        let allowed = format!("up to {}", found.version);
        return Err(rule("TRM-7", "version_unknown", version.to_string(), allowed));
    }
    // Acknowledgements may overtake each other on the way; the newest counts.
    if version <= found.acknowledged {
        return Ok(Vec::new());
    }
    Ok(vec![TerminalAcknowledged { terminal, version }.into()])
}

/// A revoked terminal reports too: it may still hold sales.
pub(in crate::sale_session) fn waiting(state: &State, waiting: u32, actor: &Actor) -> Decision {
    let (terminal, found) = terminal_of(state, actor)?;
    if waiting > MAX_WAITING {
        return Err(rule("TRM-8", "waiting_absurd", waiting.to_string(), "at most 10,000"));
    }
    if found.waiting == Some(waiting) {
        return Ok(Vec::new());
    }
    Ok(vec![TerminalReported { terminal, waiting: Some(waiting) }.into()])
}

pub(in crate::sale_session) fn unreachable(state: &State, terminal: TerminalId, actor: &Actor) -> Decision {
    organizer(actor)?;
    if known(state, terminal)?.waiting.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![TerminalReported { terminal, waiting: None }.into()])
}

/// A terminal that sells while connected can be reached again.
pub(in crate::sale_session) fn reachable(state: &State, actor: &Actor) -> Option<Event> {
    let (terminal, found) = paired(state, actor).ok()?;
    found.waiting.is_none().then(|| TerminalReported { terminal, waiting: Some(0) }.into())
}
