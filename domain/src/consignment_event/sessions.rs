//! Sale sessions as their event decides about them: planning, opening, and custody in pages.

use std::collections::BTreeSet;

use super::custody::{CUSTODY_PAGE_ITEMS, CustodyItem};
use super::decide::Decision;
use super::event::{
    Channel, CustodyConfirmed, CustodyHandedOver, Event, ItemsTakenBack, SessionCancelled, SessionOpening,
    SessionScheduled,
};
use super::state::{SessionRef, State};
use crate::ids::{Actor, EventId, SessionId};
use crate::lifecycle::{EventStatus, SessionStatus};
use crate::organization::EventFounded;
use crate::rejection::{Rejection, conflict, elsewhere, forbidden, not_found, rule};
use crate::stream::StreamId;

/// Sale sessions of one event; a week of day and evening sessions leaves room.
pub const MAX_SESSIONS: usize = 99;

/// Longest session name, in characters.
pub const MAX_SESSION_NAME_CHARS: usize = 80;

/// Deliveries count only when they come from the stream that they speak for.
pub(super) fn from_session(actor: &Actor, session: SessionId) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Session(_, id)) if id == session => Ok(()),
        _ => Err(forbidden("CUS-1", "not_the_session", actor.to_string(), "the session itself")),
    }
}

pub(super) fn schedule(
    state: &State,
    founding: &EventFounded,
    session: SessionId,
    name: &str,
    mut channels: Vec<Channel>,
) -> Decision {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_SESSION_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(rule(
            "SES-1",
            "name_unusable",
            format!("a name of {chars} characters"),
            "1 to 80 characters on one line",
        ));
    }
    channels.sort_unstable();
    channels.dedup();
    if channels.is_empty() {
        return Err(rule("SES-2", "no_channel", "no channel", "floor, online, or both"));
    }
    if matches!(state.status, EventStatus::Complete | EventStatus::Cancelled | EventStatus::Reconciliation) {
        return Err(rule("SES-3", "event_over", state.status.name(), "an event that still sells"));
    }
    if state.session(session).is_some() {
        return Err(conflict("SES-4", "session_exists", session.to_string(), "a fresh id"));
    }
    let number = u16::try_from(state.sessions.len() + 1).unwrap_or(u16::MAX);
    if state.sessions.len() >= MAX_SESSIONS {
        return Err(rule("SES-4", "too_many_sessions", number.to_string(), "at most 99 sessions"));
    }
    let settings = &founding.settings;
    Ok(vec![
        SessionScheduled {
            session,
            event: EventId(founding.event.0),
            number,
            name: name.to_owned(),
            channels,
            currency: settings.currency.clone(),
            plan: settings.plan.clone(),
            tax: settings.tax.clone(),
            markdown: settings.markdown.clone(),
        }
        .into(),
    ])
}

fn known(state: &State, session: SessionId) -> Result<&SessionRef, Rejection> {
    state
        .session(session)
        .map(|(_, found)| found)
        .ok_or_else(|| not_found("SES-5", "session_unknown", session.to_string(), "a session of this event"))
}

/// Calls a planned session off; one that holds items is closed instead.
pub(super) fn cancel(state: &State, session: SessionId) -> Decision {
    let found = known(state, session)?;
    match found.status {
        SessionStatus::Scheduled => Ok(vec![SessionCancelled { session }.into()]),
        SessionStatus::Cancelled => Ok(Vec::new()),
        status => Err(conflict("SES-6", "session_not_scheduled", status.name(), "a scheduled session")),
    }
}

/// With the event, its planned sessions are called off.
pub(super) fn call_off(state: &State) -> Vec<Event> {
    let planned = state.sessions.iter().filter(|session| session.status == SessionStatus::Scheduled);
    planned.map(|session| SessionCancelled { session: session.id }.into()).collect()
}

pub(super) fn open(state: &State, session: SessionId) -> Decision {
    let found = known(state, session)?;
    if found.status != SessionStatus::Scheduled {
        return Err(conflict("SES-6", "session_not_scheduled", found.status.name(), "a scheduled session"));
    }
    if !state.status.sells() {
        return Err(rule(
            "SES-7",
            "event_not_selling",
            state.status.name(),
            "an event in selling or markdown",
        ));
    }
    let count = state.available().count();
    if !state.available().any(|(_, slot)| !slot.is_exception()) {
        return Err(rule(
            "SES-8",
            "nothing_to_sell",
            "no items",
            "at least one listed item that no other session holds",
        ));
    }
    let opening = SessionOpening { session, items: u32::try_from(count).unwrap_or(u32::MAX) };
    Ok(vec![opening.into(), next_page(state, found).into()])
}

fn next_page(state: &State, session: &SessionRef) -> CustodyHandedOver {
    let mut available = state.available().filter_map(|(number, slot)| state.custody_item(number, slot));
    let items: Vec<CustodyItem> = available.by_ref().take(CUSTODY_PAGE_ITEMS).collect();
    let last = available.next().is_none();
    page_for(state, session, items, last)
}

pub(super) fn page_for(
    state: &State,
    session: &SessionRef,
    items: Vec<CustodyItem>,
    last: bool,
) -> CustodyHandedOver {
    let consignors: BTreeSet<_> = items.iter().map(|item| item.consignor).collect();
    let terms = consignors.into_iter().map(|consignor| state.terms(consignor)).collect();
    CustodyHandedOver { session: session.id, page: session.page + 1, last, items, terms }
}

pub(super) fn confirm(state: &State, session: SessionId, page: u32) -> Decision {
    let found = known(state, session)?;
    if page != found.confirmed + 1 || page > found.page {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {page}"),
            format!("page {}", found.confirmed + 1),
        ));
    }
    let confirmed = CustodyConfirmed { session, page }.into();
    Ok(if found.handed_over { vec![confirmed] } else { vec![confirmed, next_page(state, found).into()] })
}

pub(super) fn take_back(state: &State, page: ItemsTakenBack) -> Decision {
    let (number, found) = state.session(page.session).ok_or_else(|| {
        not_found("SES-5", "session_unknown", page.session.to_string(), "a session of this event")
    })?;
    if page.page != found.taken_back + 1 {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {}", page.page),
            format!("page {}", found.taken_back + 1),
        ));
    }
    let foreign =
        page.items.iter().find(|item| state.item(item.tag).is_none_or(|slot| slot.session != number));
    if let Some(item) = foreign {
        return Err(elsewhere("CUS-3", "not_in_its_custody", item.tag.grouped(), "items this session holds"));
    }
    Ok(vec![page.into()])
}
