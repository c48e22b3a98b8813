//! The consignment event's decisions.

use std::collections::BTreeSet;

use super::command::Command;
use super::custody::{CUSTODY_PAGE_ITEMS, CustodyItem};
use super::event::{
    Channel, ConsignorsJoined, CustodyConfirmed, CustodyHandedOver, Event, EventCreated, ItemsListed,
    ItemsTakenBack, SessionOpening, SessionScheduled, StatusChanged,
};
use super::items::{ItemDraft, ListedItem, RefusedItem, Severity, check_draft, reference_digest};
use super::state::{SessionRef, State};
use crate::aggregate::Context;
use crate::ids::{Actor, EventId, ImportId, SessionId};
use crate::lifecycle::{EventStatus, SessionStatus};
use crate::organization::{Enrolment, EventFounded};
use crate::rejection::{Refusal, Rejection};
use crate::stream::StreamId;
use crate::tag::{MAX_ITEM_NUMBER, Tag};

/// Items in one listing: an entry of about 150 KB, far below the 2 MB row limit.
pub const MAX_ITEMS_LISTED: usize = 500;

/// Consignors joining in one command.
pub const MAX_JOINING: usize = 1_000;

/// Sale sessions of one event; a week of day and evening sessions leaves room.
pub const MAX_SESSIONS: usize = 99;

/// Longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Longest session name, in characters.
pub const MAX_SESSION_NAME_CHARS: usize = 80;

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Decision {
    if let Command::Create(founded) = command {
        return create(state, *founded, context.actor);
    }
    let Some(founding) = &state.founding else {
        return Err(Rejection::new(
            Refusal::NotFound,
            "EVT-1",
            "event_unknown",
            "no such event",
            "an event that was created",
        ));
    };
    match command {
        Command::Create(_) => Ok(Vec::new()),
        Command::ChangeStatus { to, reason } => change_status(state, to, reason),
        Command::JoinConsignors { consignors } => join(state, consignors),
        Command::ListItems { import, items } => list_items(state, founding, import, items),
        Command::ScheduleSession { session, name, channels } => {
            schedule(state, founding, session, &name, channels)
        }
        Command::OpenSession { session } => open(state, session),
        Command::ConfirmCustody { session, page } => {
            from_session(context.actor, session)?;
            confirm(state, session, page)
        }
        Command::TakeClaim(_) => Ok(Vec::new()),
        Command::TakeBack(page) => {
            from_session(context.actor, page.session)?;
            take_back(state, page)
        }
    }
}

fn rule(
    rule: &'static str,
    code: &'static str,
    found: impl Into<String>,
    allowed: impl Into<String>,
) -> Rejection {
    Rejection::new(Refusal::Rule, rule, code, found, allowed)
}

/// Deliveries count only when they come from the stream that they speak for.
fn from_session(actor: &Actor, session: SessionId) -> Result<(), Rejection> {
    let sender = match actor {
        Actor::Stream(stream) => stream.parse().ok(),
        Actor::Person(_) | Actor::Terminal(_) | Actor::System(_) => None,
    };
    match sender {
        Some(StreamId::Session(_, id)) if id == session => Ok(()),
        _ => Err(Rejection::new(
            Refusal::Forbidden,
            "CUS-1",
            "not_the_session",
            actor.to_string(),
            "the session itself",
        )),
    }
}

fn create(state: &State, founded: EventFounded, actor: &Actor) -> Decision {
    if !matches!(actor, Actor::Stream(_)) {
        return Err(Rejection::new(
            Refusal::Forbidden,
            "EVT-1",
            "not_the_organization",
            actor.to_string(),
            "the organization's log",
        ));
    }
    if state.founding.is_some() {
        return Err(Rejection::new(
            Refusal::Conflict,
            "EVT-1",
            "event_exists",
            "the event exists",
            "creating it once",
        ));
    }
    Ok(vec![EventCreated(founded).into()])
}

fn change_status(state: &State, to: EventStatus, reason: Option<String>) -> Decision {
    let from = state.status;
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let Some((_, needs_reason)) = from.next().iter().find(|(next, _)| *next == to) else {
        let allowed: Vec<&str> = from.next().iter().map(|(next, _)| next.name()).collect();
        let allowed =
            if allowed.is_empty() { "nothing: this is its end".to_owned() } else { allowed.join(", ") };
        return Err(rule("EVT-2", "transition_not_allowed", format!("{from} to {to}"), allowed));
    };
    if *needs_reason && reason.is_none() {
        return Err(rule("EVT-3", "reason_missing", "no reason", "a reason in words"));
    }
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_REASON_CHARS) {
        return Err(rule("EVT-3", "reason_too_long", "a longer reason", "at most 500 characters"));
    }
    let busy = state.sessions.iter().any(|session| holds_items(session.status));
    if busy && !to.sells() {
        return Err(rule(
            "EVT-4",
            "session_open",
            "a session still holds items",
            "closing every session first",
        ));
    }
    Ok(vec![StatusChanged { from, to, reason }.into()])
}

const fn holds_items(status: SessionStatus) -> bool {
    matches!(
        status,
        SessionStatus::Opening | SessionStatus::Open | SessionStatus::Paused | SessionStatus::Closing
    )
}

fn join(state: &State, consignors: Vec<Enrolment>) -> Decision {
    if consignors.len() > MAX_JOINING {
        return Err(rule("PAR-1", "too_many_joining", consignors.len().to_string(), "at most 1,000 at once"));
    }
    if !state.status.takes_items() {
        return Err(rule("PAR-2", "registration_closed", state.status.name(), "registration to markdown"));
    }
    let mut seen = BTreeSet::new();
    let fresh: Vec<Enrolment> = consignors
        .into_iter()
        .filter(|consignor| {
            !state.participations.contains_key(&consignor.number) && seen.insert(consignor.number)
        })
        .collect();
    Ok(if fresh.is_empty() { Vec::new() } else { vec![ConsignorsJoined { consignors: fresh }.into()] })
}

fn list_items(
    state: &State,
    founding: &EventFounded,
    import: Option<ImportId>,
    drafts: Vec<ItemDraft>,
) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-8", "listing_closed", state.status.name(), "registration to markdown"));
    }
    if drafts.is_empty() || drafts.len() > MAX_ITEMS_LISTED {
        return Err(rule("ITM-8", "too_many_items", drafts.len().to_string(), "1 to 500 at once"));
    }
    let mut references: BTreeSet<u64> = state.items.iter().map(|slot| slot.reference).collect();
    let mut listed = ItemsListed { import, items: Vec::new(), refused: Vec::new() };
    let mut number = u32::try_from(state.items.len()).unwrap_or(u32::MAX);
    for mut draft in drafts {
        let refusal = refusal_of(state, founding, &mut draft, &references);
        let tag = Tag::new(founding.ordinal, number.saturating_add(1));
        match (refusal, tag) {
            (Some((rule, code)), _) => {
                listed.refused.push(RefusedItem {
                    row: draft.row,
                    rule: rule.to_owned(),
                    code: code.to_owned(),
                });
            }
            (None, Err(_)) => {
                return Err(rule(
                    "ITM-9",
                    "event_full",
                    "the event's last tag is taken",
                    format!("{MAX_ITEM_NUMBER} items"),
                ));
            }
            (None, Ok(tag)) => {
                number += 1;
                references.insert(reference_digest(draft.consignor, &draft.reference));
                listed.items.push(item_of(draft, tag));
            }
        }
    }
    Ok(with_late_arrivals(state, founding, listed))
}

fn refusal_of(
    state: &State,
    founding: &EventFounded,
    draft: &mut ItemDraft,
    references: &BTreeSet<u64>,
) -> Option<(&'static str, &'static str)> {
    if !state.participations.contains_key(&draft.consignor) {
        return Some(("ITM-10", "consignor_not_participating"));
    }
    let refused = check_draft(draft, &founding.settings.items)
        .into_iter()
        .find(|finding| finding.severity == Severity::Refused)
        .map(|finding| (finding.rule, finding.code));
    let repeated = !draft.reference.is_empty()
        && references.contains(&reference_digest(draft.consignor, &draft.reference));
    refused.or(repeated.then_some(("ITM-11", "reference_repeated")))
}

fn item_of(draft: ItemDraft, tag: Tag) -> ListedItem {
    ListedItem {
        tag,
        row: draft.row,
        consignor: draft.consignor,
        category: draft.category,
        title: draft.title,
        size: draft.size,
        condition: draft.condition,
        price: draft.price,
        reduce: draft.reduce,
        donate: draft.donate,
        reference: draft.reference,
    }
}

/// Items entered while a session is open go to its floor at once, as one more page.
fn with_late_arrivals(state: &State, founding: &EventFounded, listed: ItemsListed) -> Vec<Event> {
    let late = state
        .sessions
        .iter()
        .find(|session| session.status == SessionStatus::Open)
        .filter(|_| !listed.items.is_empty());
    let handed = late.map(|session| {
        let items: Vec<CustodyItem> = listed
            .items
            .iter()
            .map(|item| CustodyItem {
                tag: item.tag,
                consignor: item.consignor,
                price: item.price,
                flags: super::custody::ItemFlags::NOT_CHECKED_IN
                    .with(super::custody::ItemFlags::REDUCE, item.reduce)
                    .with(super::custody::ItemFlags::DONATE, item.donate)
                    .with(
                        super::custody::ItemFlags::TAX_EXEMPT,
                        founding.settings.tax.exempts(&item.category),
                    ),
            })
            .collect();
        page_for(state, session, items, true)
    });
    std::iter::once(listed.into()).chain(handed.map(Event::from)).collect()
}

fn schedule(
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
        return Err(Rejection::new(
            Refusal::Conflict,
            "SES-4",
            "session_exists",
            session.to_string(),
            "a fresh id",
        ));
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
    state.session(session).map(|(_, found)| found).ok_or_else(|| {
        Rejection::new(
            Refusal::NotFound,
            "SES-5",
            "session_unknown",
            session.to_string(),
            "a session of this event",
        )
    })
}

fn open(state: &State, session: SessionId) -> Decision {
    let found = known(state, session)?;
    if found.status != SessionStatus::Scheduled {
        return Err(Rejection::new(
            Refusal::Conflict,
            "SES-6",
            "session_not_scheduled",
            found.status.name(),
            "a scheduled session",
        ));
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
    if count == 0 {
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

fn page_for(state: &State, session: &SessionRef, items: Vec<CustodyItem>, last: bool) -> CustodyHandedOver {
    let consignors: BTreeSet<_> = items.iter().map(|item| item.consignor).collect();
    let terms = consignors.into_iter().map(|consignor| state.terms(consignor)).collect();
    CustodyHandedOver { session: session.id, page: session.page + 1, last, items, terms }
}

fn confirm(state: &State, session: SessionId, page: u32) -> Decision {
    let found = known(state, session)?;
    if page != found.confirmed + 1 || page > found.page {
        return Err(Rejection::new(
            Refusal::Conflict,
            "CUS-2",
            "page_out_of_order",
            format!("page {page}"),
            format!("page {}", found.confirmed + 1),
        ));
    }
    let confirmed = CustodyConfirmed { session, page }.into();
    Ok(if found.handed_over { vec![confirmed] } else { vec![confirmed, next_page(state, found).into()] })
}

fn take_back(state: &State, page: ItemsTakenBack) -> Decision {
    let (number, found) = state.session(page.session).ok_or_else(|| {
        Rejection::new(
            Refusal::NotFound,
            "SES-5",
            "session_unknown",
            page.session.to_string(),
            "a session of this event",
        )
    })?;
    if page.page != found.taken_back + 1 {
        return Err(Rejection::new(
            Refusal::Conflict,
            "CUS-2",
            "page_out_of_order",
            format!("page {}", page.page),
            format!("page {}", found.taken_back + 1),
        ));
    }
    let foreign =
        page.items.iter().find(|item| state.item(item.tag).is_none_or(|slot| slot.session != number));
    if let Some(item) = foreign {
        return Err(Rejection::new(
            Refusal::CustodyElsewhere,
            "CUS-3",
            "not_in_its_custody",
            item.tag.grouped(),
            "items this session holds",
        ));
    }
    Ok(vec![page.into()])
}
