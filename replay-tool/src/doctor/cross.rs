//! The logs against each other: what one handed over, the other must have taken.

use domain::ids::SessionId;

use super::{Diagnosis, Pages, Ties};
use crate::logs::Logs;

/// Compares what the logs at hand say about each other. Nothing is said about logs that are not here, save
/// that they are not.
pub(super) fn check(logs: &Logs, ties: &Ties, diagnosis: &mut Diagnosis) {
    let events = logs.events();
    let sessions = logs.sessions();
    for (event, evidence) in &ties.founded {
        if !events.contains_key(event) {
            diagnosis.warning(
                format!("event {event} was founded, but its log is not here"),
                Some(evidence.clone()),
            );
        }
    }
    for (session, evidence) in &ties.scheduled {
        if !sessions.contains_key(session) {
            let text = format!("session {session} was scheduled, but its log is not here");
            diagnosis.warning(text, Some(evidence.clone()));
        }
    }
    for (session, event) in &ties.session_events {
        match events.contains_key(event) {
            false => diagnosis.warning(
                format!("the log of event {event} is not here: session {session} cannot be compared"),
                None,
            ),
            true if !ties.scheduled.contains_key(session) => {
                diagnosis.problem(
                    format!("session {session} has a log, but event {event} never scheduled it"),
                    None,
                );
            }
            true => {}
        }
    }
    let both = |session: &SessionId| {
        sessions.contains_key(session)
            && ties.session_events.get(session).is_some_and(|event| events.contains_key(event))
    };
    let transfer = |from: &Pages, to: &Pages, words: &Words, diagnosis: &mut Diagnosis| {
        compare(from, to, &both, words, diagnosis);
    };
    transfer(&ties.handed_over, &ties.taken, &HANDED_OVER, diagnosis);
    transfer(&ties.taken, &ties.confirmed, &TAKEN, diagnosis);
    transfer(&ties.released, &ties.taken_back, &RELEASED, diagnosis);
    transfer(&ties.taken_back, &ties.release_confirmed, &TAKEN_BACK, diagnosis);
}

/// How a transfer is spoken of.
struct Words {
    sent: &'static str,
    arrived: &'static str,
    counts: bool,
}

const HANDED_OVER: Words =
    Words { sent: "handed over by the event", arrived: "taken by the session", counts: true };
const TAKEN: Words = Words { sent: "taken by the session", arrived: "confirmed to the event", counts: false };
const RELEASED: Words =
    Words { sent: "released by the session", arrived: "taken back by the event", counts: true };
const TAKEN_BACK: Words =
    Words { sent: "taken back by the event", arrived: "confirmed to the session", counts: false };

fn compare(
    from: &Pages,
    to: &Pages,
    both: &impl Fn(&SessionId) -> bool,
    words: &Words,
    diagnosis: &mut Diagnosis,
) {
    let Words { sent, arrived, counts } = words;
    for ((session, number), page) in from.iter().filter(|((session, _), _)| both(session)) {
        match to.get(&(*session, *number)) {
            None => {
                let text = format!(
                    "custody page {number} of session {session} was {sent}, but is not yet {arrived}"
                );
                diagnosis.warning(text, Some(page.evidence.clone()));
            }
            Some(other) if *counts && other.items != page.items => {
                let text = format!(
                    "custody page {number} of session {session} had {} items when {sent}, but {} when {arrived}",
                    page.items, other.items
                );
                diagnosis.problem(text, Some(other.evidence.clone()));
            }
            Some(_) => {}
        }
    }
    for ((session, number), page) in to.iter().filter(|((session, _), _)| both(session)) {
        if !from.contains_key(&(*session, *number)) {
            let text = format!("custody page {number} of session {session} was {arrived}, but never {sent}");
            diagnosis.problem(text, Some(page.evidence.clone()));
        }
    }
}
