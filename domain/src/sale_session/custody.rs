//! Opening, closing, and the pages of custody in between.

use super::event::{
    CloseReason, ClosedOver, CustodyReleased, CustodyTaken, Event, ReleaseConfirmed, SessionCancelled,
    SessionClosed, SessionClosing, SessionOpened, SessionScheduled, TermsUpdated,
};
use super::refuse::{Decision, from_event, organizer};
use super::state::State;
use crate::consignment_event::{self, CUSTODY_PAGE_ITEMS, CustodyHandedOver, Terms};
use crate::ids::Actor;
use crate::lifecycle::SessionStatus;
use crate::rejection::{conflict, rule};

/// Terms in one update: all consignors of a large event.
pub const MAX_TERMS: usize = 1_000;

pub(super) fn schedule(state: &State, plan: consignment_event::SessionScheduled, actor: &Actor) -> Decision {
    from_event(actor, plan.event)?;
    if state.plan.is_some() {
        return Err(conflict("SES-4", "session_exists", "the session exists", "scheduling it once"));
    }
    Ok(vec![SessionScheduled(plan).into()])
}

pub(super) fn cancel(state: &State) -> Decision {
    move_on(state, &[SessionStatus::Scheduled], SessionCancelled {}.into())
}

pub(super) fn move_on(state: &State, from: &[SessionStatus], event: Event) -> Decision {
    if from.contains(&state.status) {
        return Ok(vec![event]);
    }
    let allowed: Vec<&str> = from.iter().map(|status| status.name()).collect();
    Err(conflict("SES-9", "session_status", state.status.name(), allowed.join(", ")))
}

pub(super) fn update_terms(terms: Vec<Terms>) -> Decision {
    if terms.is_empty() || terms.len() > MAX_TERMS {
        return Err(rule("SES-13", "terms_size", format!("{} terms", terms.len()), "1 to 1,000 terms"));
    }
    Ok(vec![TermsUpdated { terms }.into()])
}

/// A page that arrives while the session closes (or has closed) is taken, and goes back with the rest: its
/// sender cannot know better, and both logs must agree at the end.
pub(super) fn take(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    page: CustodyHandedOver,
) -> Decision {
    if page.page != state.page + 1 || state.status == SessionStatus::Cancelled {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {}", page.page),
            format!("page {} of a session that was not cancelled", state.page + 1),
        ));
    }
    let opens = page.last && matches!(state.status, SessionStatus::Scheduled | SessionStatus::Opening);
    let items = u32::try_from(state.slots().len() + page.items.len()).unwrap_or(u32::MAX);
    let taken = CustodyTaken { event: plan.event, page: page.page, items: page.items, terms: page.terms };
    let idle = state.status == SessionStatus::Closed && state.confirmed == state.released;
    let back = (idle && !taken.items.is_empty()).then(|| {
        // Closed and all confirmed: nothing else would send this page back.
        let outcome = |item: &consignment_event::CustodyItem| consignment_event::ItemOutcome {
            tag: item.tag,
            outcome: match state.holder(item.tag) {
                Some(_) => consignment_event::Outcome::Sold,
                None => consignment_event::Outcome::Unsold,
            },
        };
        let items = taken.items.iter().map(outcome).collect();
        CustodyReleased { event: plan.event, page: state.released + 1, last: true, items }
    });
    let opened = opens.then_some(SessionOpened { items });
    let after = opened.map(Event::from).into_iter().chain(back.map(Event::from));
    Ok(std::iter::once(taken.into()).chain(after).collect())
}

/// Ends selling. Without `reason`, only when no terminal may still hold sales.
pub(super) fn close(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    reason: Option<CloseReason>,
    actor: &Actor,
) -> Decision {
    organizer(actor)?;
    if !matches!(state.status, SessionStatus::Open | SessionStatus::Paused) {
        return Err(conflict("SES-9", "session_status", state.status.name(), "open, paused"));
    }
    // A revoked terminal may hold sales like any other.
    let over: Vec<ClosedOver> = state
        .terminals
        .iter()
        .filter(|terminal| terminal.waiting != Some(0))
        .map(|terminal| ClosedOver { terminal: terminal.id, waiting: terminal.waiting })
        .collect();
    if !over.is_empty() && reason.is_none() {
        let found = format!("{} terminals may hold sales", over.len());
        return Err(conflict("SES-12", "terminals_hold_sales", found, "closing over them, with a reason"));
    }
    let reason = reason.filter(|_| !over.is_empty());
    let items = u32::try_from(state.slots().len()).unwrap_or(u32::MAX);
    Ok(vec![SessionClosing { items, over, reason }.into(), release(state, plan).into()])
}

fn release(state: &State, plan: &consignment_event::SessionScheduled) -> CustodyReleased {
    let (items, more) = state.outcomes(CUSTODY_PAGE_ITEMS);
    CustodyReleased { event: plan.event, page: state.released + 1, last: !more, items }
}

pub(super) fn confirm_release(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    page: u32,
) -> Decision {
    let expected = state.released > state.confirmed && page == state.released;
    if !expected || !matches!(state.status, SessionStatus::Closing | SessionStatus::Closed) {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {page}"),
            format!("page {}, once", state.released),
        ));
    }
    let confirmed = ReleaseConfirmed { page }.into();
    let (left, _) = state.outcomes(1);
    if !left.is_empty() {
        return Ok(vec![confirmed, release(state, plan).into()]);
    }
    let closed = (state.status == SessionStatus::Closing).then(|| SessionClosed {}.into());
    Ok(std::iter::once(confirmed).chain(closed).collect())
}
