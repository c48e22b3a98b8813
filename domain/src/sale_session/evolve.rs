//! Takes entries into the session's state: total, infallible, one arm per event.

use super::event::{CustodyReleased, CustodyTaken, Event};
use super::receipts::{
    Line, LineFigures, ReceiptCompleted, ReceiptVoided, Standing, UnlistedLine, body_digest, cash_of,
};
use super::returns::ReturnRecorded;
use super::state::{Figures, LineAt, LineState, Now, ReceiptKind, ReceiptStub, Slot, State};
use crate::consignment_event::{CustodyItem, Terms};
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::tag::Tag;

impl State {
    pub(super) fn evolve(&mut self, event: &Event, recorded_at: i64) {
        match event {
            Event::SessionScheduled(scheduled) => self.plan = Some(scheduled.0.clone()),
            Event::SessionCancelled(_) => self.status = SessionStatus::Cancelled,
            Event::CustodyTaken(taken) => self.take_custody(taken),
            Event::TermsUpdated(updated) => self.learn(&updated.terms),
            Event::SessionOpened(_) => {
                self.status = SessionStatus::Open;
                self.opened_at = Some(recorded_at);
            }
            Event::SessionResumed(_) => self.status = SessionStatus::Open,
            Event::SessionPaused(_) => self.status = SessionStatus::Paused,
            Event::SessionClosing(_) => {
                self.status = SessionStatus::Closing;
                self.closing_at = Some(recorded_at);
                self.parked.clear();
            }
            Event::CustodyReleased(released) => self.release(released),
            Event::ReleaseConfirmed(confirmed) => self.confirmed = confirmed.page,
            Event::SessionClosed(_) => self.status = SessionStatus::Closed,
            Event::PairingOffered(offer) => self.offer(offer, recorded_at),
            Event::TerminalPaired(paired) => self.pair(paired),
            Event::TerminalRevoked(revoked) => self.revoke(revoked.terminal),
            Event::TerminalRightsSet(set) => self.set_rights(set),
            Event::TerminalAcknowledged(known) => self.acknowledge(*known),
            Event::TerminalReported(report) => self.report(*report),
            Event::DrawerOpened(drawer) => self.open_drawer(*drawer),
            Event::CashMoved(moved) => self.move_cash(moved.terminal, moved.amount),
            Event::DrawerClosed(drawer) => self.close_drawer(drawer.terminal),
            Event::BasketParked(parked) => self.park(parked),
            Event::BasketRecalled(recalled) => {
                self.parked.remove(&recalled.basket);
            }
            Event::ReceiptCompleted(receipt) => self.complete(receipt, recorded_at),
            Event::ReceiptVoided(voided) => self.void(voided),
            Event::LineIdentified(identified) => self.credit(&identified.line),
            Event::ReceiptMailAsked(asked) => {
                let asked = self.mailed.entry(asked.number).or_default();
                *asked = asked.saturating_add(1);
            }
            Event::ReturnRecorded(returned) => self.take_back(returned),
            Event::ConflictOpened(opened) => self.open_case(opened),
            Event::ConflictResolved(resolved) => self.end_case(resolved),
            Event::ClaimSent(sent) => self.claim(sent),
            Event::ClaimAnswered(answered) => self.hear(answered),
            Event::OnlineOrderTaken(taken) => self.take_order(taken, recorded_at),
            Event::OnlineOrderUpdated(updated) => self.update_order(*updated),
            Event::OnlineOrderCancelled(cancelled) => self.cancel_order(cancelled),
            Event::OnlineRefunded(refunded) => self.refund_order(refunded),
        }
    }

    fn take_custody(&mut self, taken: &CustodyTaken) {
        if self.status == SessionStatus::Scheduled {
            self.status = SessionStatus::Opening;
        }
        self.page = taken.page;
        self.learn(&taken.terms);
        taken.items.iter().for_each(|item| self.take(item));
    }

    fn learn(&mut self, terms: &[Terms]) {
        self.terms.extend(terms.iter().map(|terms| (terms.consignor, (terms.tier, terms.shifts))));
    }

    /// An item that comes a second time keeps the line that holds it.
    fn take(&mut self, item: &CustodyItem) {
        let slot = Slot {
            tag: item.tag,
            consignor: item.consignor,
            price: u32::try_from(item.price.0).unwrap_or(u32::MAX),
            receipt: 0,
            line: 0,
            flags: item.flags,
            marks: 0,
        };
        match self.slots.binary_search_by_key(&item.tag, |slot| slot.tag) {
            Ok(at) => {
                if let Some(known) = self.slots.get_mut(at) {
                    *known = Slot { receipt: known.receipt, line: known.line, ..slot };
                }
            }
            Err(at) => self.slots.insert(at, slot),
        }
    }

    fn release(&mut self, released: &CustodyReleased) {
        self.released = released.page;
        self.released_items += released.items.len();
        for item in &released.items {
            if let Some(slot) = self.slot_mut(item.tag) {
                slot.marks |= Slot::RELEASED;
            }
        }
    }

    fn complete(&mut self, receipt: &ReceiptCompleted, recorded_at: i64) {
        let terminal = self.terminal(receipt.terminal).map_or(u16::MAX, |(index, _)| index);
        let kind = if receipt.offline.is_some() { ReceiptKind::Offline } else { ReceiptKind::Floor };
        let stub =
            ReceiptStub { id: receipt.receipt, terminal, recorded_at, body: body_digest(receipt), kind };
        if let Some(reused) = receipt.offline.and_then(|offline| offline.reused) {
            self.reused.entry(reused).or_default().push(receipt.number);
        }
        self.enter(stub, receipt.number, &receipt.lines, &receipt.unlisted);
        self.books.charge(receipt.gross, receipt.tax, receipt.total);
        let tendered = receipt.tenders.iter().map(|tender| tender.amount);
        let paid = Cents::total(tendered).and_then(|sum| sum.minus(receipt.change)).unwrap_or_default();
        super::books::add(&mut self.books.paid, paid);
        self.move_cash(receipt.terminal, cash_of(&receipt.tenders, receipt.change));
    }

    /// Enters the lines of a new receipt, from the floor or from a store.
    pub(super) fn enter(
        &mut self,
        stub: ReceiptStub,
        number: u32,
        lines: &[Line],
        unlisted: &[UnlistedLine],
    ) {
        self.receipts.push(stub);
        let places = (0..).map(|line| LineAt { number, line });
        for (at, line) in places.clone().zip(lines) {
            self.enter_line(at, line.standing, Figures::of(line));
            super::books::add(&mut self.gross, line.price);
        }
        for (at, line) in places.skip(lines.len()).zip(unlisted) {
            let figures = Figures::of_unlisted(line);
            // Unlisted lines are few, and more happens to them: each is remembered.
            self.lines.insert(at, LineState { now: Now::Credited, figures });
            self.enter_line(at, line.standing, figures);
            super::books::add(&mut self.gross, line.price);
        }
    }

    fn enter_line(&mut self, at: LineAt, standing: Standing, figures: Figures) {
        let now = match standing {
            Standing::Credited => {
                self.books.credit(figures.share, figures.house);
                self.give_item(at, figures.tag);
                return;
            }
            Standing::Claimed => {
                self.give_item(at, figures.tag);
                Now::Claimed
            }
            Standing::Contested => Now::Contested,
        };
        self.books.hold(figures.price);
        self.lines.insert(at, LineState { now, figures });
    }

    /// The item is on this line now.
    pub(super) fn give_item(&mut self, at: LineAt, tag: Option<Tag>) {
        let Some(tag) = tag else { return };
        if let Some(slot) = self.slot_mut(tag) {
            let was_free = slot.receipt == 0;
            (slot.receipt, slot.line) = (at.number, at.line);
            slot.marks &= !Slot::RETURNED;
            self.sold += u32::from(was_free);
            self.unlisted.remove(&tag);
        } else {
            self.unlisted.insert(tag, at);
        }
    }

    /// The item is not on this line any more, if it was.
    pub(super) fn free_item(&mut self, at: LineAt, tag: Option<Tag>, restock: bool) {
        let Some(tag) = tag else { return };
        if self.unlisted.get(&tag) == Some(&at) {
            self.unlisted.remove(&tag);
        }
        if let Some(slot) = self.slot_mut(tag)
            && slot.holder() == Some(at)
        {
            (slot.receipt, slot.line) = (0, 0);
            if !restock {
                slot.marks |= Slot::RETURNED;
            }
            self.sold = self.sold.saturating_sub(1);
        }
    }

    /// Credits a line as its new figures say, instead of whatever it stood for.
    pub(super) fn credit(&mut self, line: &LineFigures) {
        let (at, figures) = (LineAt::from(line.at), Figures::from(*line));
        match self.lines.get(&at).copied() {
            Some(LineState { now: Now::Contested | Now::Claimed, figures: old }) => {
                self.books.unhold(old.price);
                self.free_moved(at, old.tag, figures.tag);
            }
            Some(LineState { now: Now::Credited, figures: old }) => {
                self.books.uncredit(old.share, old.house);
                self.free_moved(at, old.tag, figures.tag);
            }
            Some(LineState { now: Now::Gone, .. }) | None => {}
        }
        self.books.credit(figures.share, figures.house);
        self.give_item(at, figures.tag);
        self.lines.insert(at, LineState { now: Now::Credited, figures });
    }

    fn free_moved(&mut self, at: LineAt, old: Option<Tag>, new: Option<Tag>) {
        if old != new {
            self.free_item(at, old, true);
        }
    }

    /// A part of a line (or all of it) falls away. The sums given back are the entry's business.
    pub(super) fn uncredit(&mut self, base: Option<Figures>, part: &LineFigures, gone: bool, restock: bool) {
        let at = LineAt::from(part.at);
        let held = part.price.minus(part.share).and_then(|rest| rest.minus(part.house)).unwrap_or_default();
        self.books.uncredit(part.share, part.house);
        self.books.unhold(held);
        let known = self.lines.get(&at).copied();
        let before = known.map(|line| line.figures).or(base).unwrap_or_else(|| Figures::from(*part));
        let now = if gone { Now::Gone } else { known.map_or(Now::Credited, |line| line.now) };
        self.lines.insert(at, LineState { now, figures: before.less(part) });
        if gone {
            self.free_item(at, part.tag, restock);
        }
    }

    fn void(&mut self, voided: &ReceiptVoided) {
        for line in &voided.lines {
            self.uncredit(None, line, true, true);
        }
        self.books.give_back(voided.gross, voided.tax, voided.total);
        if let Some(terminal) = voided.terminal {
            self.move_cash(terminal, Cents(voided.cash.0.saturating_neg()));
        }
        self.mark_receipt(voided.number, ReceiptKind::Voided);
    }

    pub(super) fn mark_receipt(&mut self, number: u32, kind: ReceiptKind) {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        if let Some(stub) = index.and_then(|index| self.receipts.get_mut(index)) {
            stub.kind = kind;
        }
    }

    fn take_back(&mut self, returned: &ReturnRecorded) {
        self.returns.insert(returned.id);
        for back in &returned.lines {
            self.uncredit(None, &back.line, true, back.restock);
        }
        self.books.give_back(returned.gross, returned.tax, returned.total);
        if let Some(terminal) = returned.terminal {
            let cash = cash_of(&returned.tenders, Cents::ZERO);
            self.move_cash(terminal, Cents(cash.0.saturating_neg()));
        }
    }
}
