//! What the storefront makes of an order as fetched: agreements not recorded yet, and what each session is told.
//!
//! Everything is decided from what the store has now against what is on record, never from what a webhook
//! said, so that lateness, order and repetition of webhooks change nothing.

use std::collections::BTreeSet;

use super::command::{Agreement, FetchedOrder};
use super::decide::{Decision, Facts};
use super::event::{
    AgreedSale, AgreementRecorded, Event, Handed, HandedOver, KnownOrder, OrderRouted, Refund, RefundedLine,
    RoutedLine, SaleKind, StoreConnected,
};
use super::state::State;
use crate::ids::{RemoteId, SessionId};
use crate::money::{Cents, OutOfRange};
use crate::rejection::{not_found, rule};

/// Agreements of one order; a busy order has a handful.
pub const MAX_AGREEMENTS: usize = 100;

/// Sales over all agreements of one order: the largest basket, sold and given back.
pub const MAX_SALES: usize = 2_000;

pub(super) fn record(
    state: &State,
    store: &StoreConnected,
    fetched: &FetchedOrder,
    facts: &Facts,
) -> Decision {
    if fetched.test {
        return Ok(Vec::new());
    }
    let sales: usize = fetched.agreements.iter().map(|agreement| agreement.sales.len()).sum();
    if fetched.agreements.len() > MAX_AGREEMENTS || sales > MAX_SALES {
        return Err(rule(
            "STF-4",
            "order_too_large",
            format!("{} agreements, {sales} sales", fetched.agreements.len()),
            "at most 100 agreements and 2,000 sales",
        ));
    }
    let before = facts.orders.get(&fetched.order);
    // An older answer that arrives late knows nothing that a newer one did not.
    if before.is_some_and(|known| known.updated_at > fetched.updated_at) {
        return Ok(Vec::new());
    }
    let mut update = Update::of(state, before, fetched);
    let mut events = Vec::new();
    let mut fresh: Vec<&Agreement> = fetched
        .agreements
        .iter()
        .filter(|agreement| !update.known.agreements.contains(&agreement.agreement))
        .collect();
    fresh.sort_by_key(|agreement| (agreement.happened_at, agreement.agreement));
    fresh.dedup_by_key(|agreement| agreement.agreement);
    for agreement in fresh {
        update.take(state, agreement).map_err(|_| {
            rule("STF-4", "amount_out_of_range", "an amount that no order has", "amounts up to 9,999,999.99")
        })?;
        events.push(
            AgreementRecorded {
                order: fetched.order,
                agreement: agreement.agreement,
                kind: agreement.kind,
                happened_at: agreement.happened_at,
                refund: agreement.refund,
                sales: agreement.sales.clone(),
                via: fetched.via,
                evidence: fetched.evidence,
            }
            .into(),
        );
    }
    let (known, parts) = update.finish(fetched);
    if Some(&known) != before || state.nudged.contains(&fetched.order) {
        events.push(Event::from(OrderRouted { known, tax_included: store.tax_included, parts }));
    }
    Ok(events)
}

pub(super) fn reroute(state: &State, store: &StoreConnected, order: RemoteId, facts: &Facts) -> Decision {
    let Some(before) = facts.orders.get(&order) else {
        return Err(not_found("STF-5", "order_unknown", order.to_string(), "an order on record"));
    };
    let mut known = before.clone();
    let fresh = route_lines(state, &mut known);
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let refunds = tell_waiting(&mut known);
    let lines = fresh.iter().map(|session| lines_for(&known, *session));
    let mut parts: Vec<HandedOver> = lines.chain(refunds).collect();
    parts.extend(cancellation(&known, &fresh));
    Ok(vec![OrderRouted { known, tax_included: store.tax_included, parts }.into()])
}

/// Finds sessions for lines that had none; says which.
fn route_lines(state: &State, known: &mut KnownOrder) -> BTreeSet<SessionId> {
    let mut fresh = BTreeSet::new();
    for line in known.lines.iter_mut().filter(|line| line.session.is_none()) {
        line.session = state.route(line.tag);
        fresh.extend(line.session);
    }
    fresh
}

/// All lines of `session`, as they stand.
fn lines_for(known: &KnownOrder, session: SessionId) -> HandedOver {
    let lines = known.lines.iter().filter(|line| line.session == Some(session)).copied().collect();
    HandedOver { session, handed: Handed::Lines { lines } }
}

/// A cancelled order is cancelled for each of these sessions.
fn cancellation(known: &KnownOrder, sessions: &BTreeSet<SessionId>) -> Vec<HandedOver> {
    let Some(reason) = known.cancelled else { return Vec::new() };
    sessions
        .iter()
        .map(|session| HandedOver { session: *session, handed: Handed::Cancelled { reason } })
        .collect()
}

/// Tells what can be told of refunds that waited.
fn tell_waiting(known: &mut KnownOrder) -> Vec<HandedOver> {
    let waiting = std::mem::take(&mut known.waiting);
    waiting.into_iter().flat_map(|refund| tell(known, &refund)).collect()
}

/// Tells each session of its own lines. An adjustment counts once: it is told to the session of the first line that
/// the refund gives back, or else of the order's first line. What has no session yet waits; what the event of no tag
/// decides about (the store's own goods) does not.
fn tell(known: &mut KnownOrder, refund: &Refund) -> Vec<HandedOver> {
    let of = |line: &RefundedLine| known.lines.iter().find(|known| known.line == line.line);
    let session = |line: &RefundedLine| of(line).and_then(|known| known.session);
    let first = refund.lines.iter().find_map(session);
    let first = first.or_else(|| known.lines.iter().find_map(|line| line.session));
    let mut sessions: BTreeSet<SessionId> = refund.lines.iter().filter_map(session).collect();
    if refund.adjustment != Cents::ZERO {
        sessions.extend(first);
    }
    let part = |lines: Vec<RefundedLine>, adjustment: Cents| Refund { lines, adjustment, ..*refund };
    let told = sessions.into_iter().map(|to| {
        let lines = refund.lines.iter().filter(|line| session(line) == Some(to)).copied().collect();
        let adjustment = if first == Some(to) { refund.adjustment } else { Cents::ZERO };
        HandedOver { session: to, handed: Handed::Refund(part(lines, adjustment)) }
    });
    let told = told.collect();
    let homeless =
        |line: &&RefundedLine| of(line).is_some_and(|known| known.session.is_none() && known.tag.is_some());
    let lines: Vec<RefundedLine> = refund.lines.iter().filter(homeless).copied().collect();
    let adjustment = if first.is_none() { refund.adjustment } else { Cents::ZERO };
    if !lines.is_empty() || adjustment != Cents::ZERO {
        let left = part(lines, adjustment);
        known.waiting.push(left);
    }
    told
}

struct Update {
    known: KnownOrder,
    /// Sessions whose lines, payment or fulfilment changed.
    told: BTreeSet<SessionId>,
    /// Of them, those that had no part in the order before.
    fresh: BTreeSet<SessionId>,
    refunds: Vec<HandedOver>,
    was_cancelled: bool,
    was: (bool, bool),
}

impl Update {
    fn of(state: &State, before: Option<&KnownOrder>, fetched: &FetchedOrder) -> Self {
        let mut known = before.cloned().unwrap_or(KnownOrder {
            order: fetched.order,
            placed_at: fetched.placed_at,
            updated_at: fetched.updated_at,
            paid: false,
            fulfilled: false,
            cancelled: None,
            agreements: Vec::new(),
            lines: Vec::new(),
            waiting: Vec::new(),
        });
        let fresh = route_lines(state, &mut known);
        let refunds = tell_waiting(&mut known);
        let was = (known.paid, known.fulfilled);
        let was_cancelled = known.cancelled.is_some();
        Self { was_cancelled, was, known, told: fresh.clone(), fresh, refunds }
    }

    fn take(&mut self, state: &State, agreement: &Agreement) -> Result<(), OutOfRange> {
        self.known.agreements.push(agreement.agreement);
        let mut back: Vec<RefundedLine> = Vec::new();
        let mut adjustment = Cents::ZERO;
        for sale in &agreement.sales {
            match (sale.kind, sale.line) {
                (SaleKind::Product, Some(line)) if sale.quantity > 0 => self.add(state, line, sale),
                (SaleKind::Product, Some(line)) => back.push(refunded(line, sale)?),
                (SaleKind::Adjustment, _) => {
                    adjustment = adjustment.minus(sale.amount)?.minus(sale.tax)?;
                }
                // Postage, tips, gift cards, fees and duties are the store's business: no item is behind them.
                _ => {}
            }
        }
        let id = agreement.refund.unwrap_or(agreement.agreement);
        let refund = Refund { id, happened_at: agreement.happened_at, lines: back, adjustment };
        self.refunds.extend(tell(&mut self.known, &refund));
        Ok(())
    }

    fn add(&mut self, state: &State, line: RemoteId, sale: &AgreedSale) {
        if self.known.lines.iter().any(|known| known.line == line) {
            return;
        }
        let session = state.route(sale.tag);
        self.told.extend(session);
        self.known.lines.push(RoutedLine { line, tag: sale.tag, price: sale.amount, tax: sale.tax, session });
    }

    fn finish(mut self, fetched: &FetchedOrder) -> (KnownOrder, Vec<HandedOver>) {
        let known = &mut self.known;
        known.updated_at = fetched.updated_at;
        (known.paid, known.fulfilled) = (fetched.paid, fetched.fulfilled);
        known.cancelled = known.cancelled.or(fetched.cancelled);
        let all: BTreeSet<SessionId> = known.lines.iter().filter_map(|line| line.session).collect();
        if self.was != (fetched.paid, fetched.fulfilled) {
            self.told.extend(&all);
        }
        let mut parts: Vec<HandedOver> =
            self.told.iter().map(|session| lines_for(&self.known, *session)).collect();
        parts.append(&mut self.refunds);
        parts.extend(cancellation(&self.known, if self.was_cancelled { &self.fresh } else { &all }));
        (self.known, parts)
    }
}

/// A sale that takes back is negative there; here it is what went back.
fn refunded(line: RemoteId, sale: &AgreedSale) -> Result<RefundedLine, OutOfRange> {
    Ok(RefundedLine {
        line,
        price: Cents::ZERO.minus(sale.amount)?,
        tax: Cents::ZERO.minus(sale.tax)?,
        returned: sale.quantity < 0,
        restock: sale.restock,
    })
}
