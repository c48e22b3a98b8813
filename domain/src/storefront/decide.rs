//! The storefront's decisions, except for orders (see `orders.rs`).

use std::collections::BTreeMap;

use super::command::Command;
use super::event::{
    ChangeFailed, ChangeQueued, ChangesConfirmed, ChangesSent, CircuitClosed, CircuitOpened, CursorMoved,
    Event, EventRouted, Failure, KnownOrder, OrderNudged, StoreConnected, StoreDisconnected,
    SubscriptionsChecked,
};
use super::orders;
use super::state::{Progress, State};
use crate::aggregate::Context;
use crate::ids::RemoteId;
use crate::rejection::{Rejection, conflict, not_found, rule};

/// Webhook topics that we live by.
pub const NEEDED_TOPICS: [&str; 9] = [
    "app/uninstalled",
    "inventory_levels/update",
    "orders/cancelled",
    "orders/create",
    "orders/edited",
    "orders/paid",
    "orders/updated",
    "products/delete",
    "refunds/create",
];

/// Longest domain of a store, in characters; DNS allows no more.
pub const MAX_DOMAIN_CHARS: usize = 253;

/// Changes in one call: what fits the cost of one mutation on the smallest plan.
pub const MAX_CHANGES_SENT: usize = 100;

/// Changes that wait; the largest event twice over.
pub const MAX_PENDING: usize = 200_000;

/// First wait after a failure, in ms; doubled with each further one.
pub const RETRY_FIRST_MS: i64 = 2_000;

/// Longest wait after a failure, in ms.
pub const RETRY_LONGEST_MS: i64 = 10 * 60 * 1_000;

/// Failures in a row after which the store is left alone for a while.
pub const CIRCUIT_FAILURES: u32 = 5;

/// Cold facts: orders by the store's id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// As known so far.
    pub orders: BTreeMap<RemoteId, KnownOrder>,
}

pub(super) type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, Facts>) -> Decision {
    if let Command::Connect { domain, access, budget_points, restore_per_second, tax_included } = command {
        let connected = StoreConnected { domain, access, budget_points, restore_per_second, tax_included };
        return connect(state, connected);
    }
    let Some(store) = &state.store else {
        return Err(not_found("STF-1", "store_not_connected", "no connected store", "connecting it first"));
    };
    match command {
        Command::Connect { .. } => Ok(Vec::new()),
        Command::Disconnect { reason } => Ok(vec![StoreDisconnected { reason }.into()]),
        Command::CheckSubscriptions { subscribed } => Ok(check_subscriptions(state, &subscribed)),
        Command::RouteEvent { ordinal, event, session } => {
            let known = state.routes.get(&ordinal) == Some(&(event, session));
            Ok(if known { Vec::new() } else { vec![EventRouted { ordinal, event, session }.into()] })
        }
        Command::Nudge { order, topic } => {
            // A nudge that nobody followed up yet needs no second entry.
            let waiting = state.nudged.contains(&order);
            Ok(if waiting { Vec::new() } else { vec![OrderNudged { order, topic }.into()] })
        }
        Command::RecordOrder(order) => orders::record(state, store, &order, context.facts),
        Command::RerouteOrder { order } => orders::reroute(state, store, order, context.facts),
        Command::MoveCursor { updated_at } => move_cursor(state, updated_at),
        Command::QueueChange { tag, target, source } => {
            if state.pending.len() >= MAX_PENDING {
                return Err(rule(
                    "STF-7",
                    "too_many_changes",
                    state.pending.len().to_string(),
                    "at most 200,000 waiting changes",
                ));
            }
            Ok(vec![ChangeQueued { change: state.changes + 1, tag, target, source }.into()])
        }
        Command::SendChanges { changes } => send(state, changes, context.now),
        Command::ConfirmChanges { changes } => Ok(confirm(state, changes)),
        Command::FailChange { change, failure } => fail(state, change, failure, context.now),
    }
}

fn connect(state: &State, connected: StoreConnected) -> Decision {
    if state.store.is_some() {
        return Err(conflict("STF-1", "store_connected", "the store is connected", "disconnecting it first"));
    }
    let domain = &connected.domain;
    let plain = domain
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    if domain.is_empty() || domain.len() > MAX_DOMAIN_CHARS || !plain {
        return Err(rule("STF-1", "domain_unusable", format!("{domain:?}"), "a host name in lower case"));
    }
    if connected.budget_points == 0 || connected.restore_per_second == 0 {
        return Err(rule("STF-1", "budget_unusable", "a budget of no points", "the store's own figures"));
    }
    Ok(vec![connected.into()])
}

fn check_subscriptions(state: &State, subscribed: &[String]) -> Vec<Event> {
    let (present, missing): (Vec<&str>, Vec<&str>) =
        NEEDED_TOPICS.iter().partition(|topic| subscribed.iter().any(|found| found == *topic));
    let owned = |topics: Vec<&str>| topics.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (present, missing) = (owned(present), owned(missing));
    let known = state.checked.as_ref() == Some(&present) && state.missing_topics == missing;
    if known { Vec::new() } else { vec![SubscriptionsChecked { present, missing }.into()] }
}

fn move_cursor(state: &State, updated_at: i64) -> Decision {
    match updated_at.cmp(&state.cursor) {
        std::cmp::Ordering::Equal => Ok(Vec::new()),
        std::cmp::Ordering::Greater => Ok(vec![CursorMoved { updated_at }.into()]),
        std::cmp::Ordering::Less => Err(conflict(
            "STF-6",
            "cursor_back",
            updated_at.to_string(),
            format!("{} or later", state.cursor),
        )),
    }
}

fn send(state: &State, changes: Vec<u64>, now: i64) -> Decision {
    if changes.is_empty() || changes.len() > MAX_CHANGES_SENT {
        return Err(rule("STF-8", "changes_sent", changes.len().to_string(), "1 to 100 at once"));
    }
    let due = state.due(now, usize::MAX);
    if let Some(change) = changes.iter().find(|change| due.binary_search(change).is_err()) {
        return Err(conflict(
            "STF-8",
            "change_not_due",
            change.to_string(),
            "changes that wait, while the store is well",
        ));
    }
    Ok(vec![ChangesSent { changes }.into()])
}

fn confirm(state: &State, changes: Vec<u64>) -> Vec<Event> {
    let changes: Vec<u64> = changes.into_iter().filter(|change| state.pending.contains_key(change)).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let closed = state.circuit.map(|_| CircuitClosed {}.into());
    std::iter::once(ChangesConfirmed { changes }.into()).chain(closed).collect()
}

/// The wait before the next try: doubled with each failure, up to the longest.
fn wait(failures: u32) -> i64 {
    RETRY_FIRST_MS.saturating_mul(1_i64 << failures.min(20)).min(RETRY_LONGEST_MS)
}

fn fail(state: &State, change: u64, failure: Failure, now: i64) -> Decision {
    let sent = state.pending.get(&change).filter(|pending| pending.progress == Progress::Sent);
    let Some(pending) = sent else {
        return Err(conflict("STF-8", "change_not_sent", change.to_string(), "a change that was sent"));
    };
    let retry_at = match failure {
        Failure::Refused => None,
        Failure::Throttled | Failure::Stale | Failure::StoreError | Failure::Unanswered => {
            Some(now.saturating_add(wait(pending.failures)))
        }
    };
    let unwell = matches!(failure, Failure::StoreError | Failure::Unanswered);
    let failures = state.failures.saturating_add(1);
    let opens = unwell && failures >= CIRCUIT_FAILURES;
    let until = now.saturating_add(wait(failures.saturating_sub(CIRCUIT_FAILURES)));
    let opened = opens.then_some(CircuitOpened { until, failures }.into());
    Ok(std::iter::once(ChangeFailed { change, failure, retry_at }.into()).chain(opened).collect())
}
