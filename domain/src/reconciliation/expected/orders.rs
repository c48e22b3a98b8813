//! What each order should come to, from what the sessions took.

use std::collections::BTreeMap;

use super::super::view::{EntryRef, Evidence, LineView, OrderView, RefundView};
use crate::ids::{ReceiptId, RemoteId};
use crate::journal::Entry;
use crate::money::{Cents, OutOfRange};
use crate::sale_session::{
    ConflictResolved, Event, LineRef, OnlineOrderCancelled, OnlineOrderTaken, OnlineRefunded,
};

#[derive(Debug, Default)]
pub(super) struct Orders {
    orders: BTreeMap<RemoteId, OrderView>,
    /// Receipts that online orders became, with the store's ids of their lines.
    receipts: BTreeMap<ReceiptId, (RemoteId, Vec<RemoteId>)>,
}

impl Orders {
    pub(super) const fn by_id(&self) -> &BTreeMap<RemoteId, OrderView> {
        &self.orders
    }

    /// Only what changes an order's lines or money counts here; what happens at the tills changes an order only
    /// through the resolution of a case.
    pub(super) fn take(&mut self, entry: &Entry<Event>, at: &EntryRef) -> Result<(), OutOfRange> {
        match &entry.event {
            Event::OnlineOrderTaken(taken) => self.taken(taken, at),
            Event::OnlineRefunded(refunded) => self.refunded(refunded, at),
            Event::OnlineOrderCancelled(cancelled) => self.cancelled(cancelled, entry.recorded_at, at),
            Event::ConflictResolved(resolved) => self.resolved(resolved, entry.recorded_at, at),
            _ => Ok(()),
        }
    }

    fn with(&mut self, order: RemoteId, changed_at: i64, at: &EntryRef) -> &mut OrderView {
        let view = self.orders.entry(order).or_insert_with(|| OrderView {
            order,
            deleted: false,
            edited: false,
            lines: Vec::new(),
            refunds: Vec::new(),
            total: Cents::ZERO,
            evidence: Evidence::default(),
        });
        view.evidence.entries.push(at.clone());
        view.evidence.changed_at = view.evidence.changed_at.max(Some(changed_at));
        view
    }

    fn taken(&mut self, taken: &OnlineOrderTaken, at: &EntryRef) -> Result<(), OutOfRange> {
        let listed = taken.lines.iter().map(|line| (Some(line.tag), line.price, line.tax));
        let unlisted = taken.unlisted.iter().map(|line| (line.tag, line.price, line.tax));
        let lines = taken.line_ids.iter().zip(listed.chain(unlisted));
        let lines: Vec<LineView> = lines
            .map(|(id, (tag, price, tax))| LineView::of_one(tag, *id, (price, tax), taken.tax_included))
            .collect::<Result<_, _>>()?;
        self.receipts.insert(taken.receipt, (taken.order.order, taken.line_ids.clone()));
        let view = self.with(taken.order.order, taken.occurred_at, at);
        view.edited |= !view.lines.is_empty();
        view.lines.extend(lines);
        view.total = view.total.plus(taken.total)?;
        Ok(())
    }

    fn refunded(&mut self, refunded: &OnlineRefunded, at: &EntryRef) -> Result<(), OutOfRange> {
        let view = self.with(refunded.order.order, refunded.occurred_at, at);
        // Two sessions may each hold a part of one refund.
        match view.refunds.iter_mut().find(|known| known.refund == refunded.refund) {
            Some(known) => {
                known.total = known.total.plus(refunded.stated)?;
                known.adjustment = known.adjustment.plus(refunded.adjustment)?;
            }
            None => view.refunds.push(RefundView {
                refund: refunded.refund,
                total: refunded.stated,
                adjustment: refunded.adjustment,
            }),
        }
        view.total = view.total.minus(refunded.total)?;
        let gone = refunded.lines.iter().filter(|back| back.returned);
        gone.for_each(|back| view.take_back(back.id));
        Ok(())
    }

    fn cancelled(
        &mut self,
        cancelled: &OnlineOrderCancelled,
        now: i64,
        at: &EntryRef,
    ) -> Result<(), OutOfRange> {
        let view = self.with(cancelled.order.order, now, at);
        view.total = view.total.minus(cancelled.total)?;
        cancelled.lines.iter().for_each(|back| view.take_back(back.id));
        Ok(())
    }

    /// Where a case gave an online line's money back, the store should have done so too.
    fn resolved(&mut self, resolved: &ConflictResolved, now: i64, at: &EntryRef) -> Result<(), OutOfRange> {
        let online = resolved.refunded.iter().find_map(|line| self.online(line.at));
        let Some((order, line)) = online else { return Ok(()) };
        let view = self.with(order, now, at);
        view.total = view.total.minus(resolved.refund)?;
        view.take_back(line);
        Ok(())
    }

    fn online(&self, at: LineRef) -> Option<(RemoteId, RemoteId)> {
        let (order, lines) = self.receipts.get(&at.receipt)?;
        Some((*order, *lines.get(usize::from(at.line))?))
    }
}

impl OrderView {
    /// Nothing is left of the line.
    fn take_back(&mut self, id: RemoteId) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.line == id) {
            line.quantity = 0;
        }
    }
}
