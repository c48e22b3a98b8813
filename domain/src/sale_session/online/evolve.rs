//! Takes online orders into the state.

use super::super::books::add;
use super::super::receipts::{Line, UnlistedLine};
use super::super::state::{Figures, LineAt, OrderLine, ReceiptKind, ReceiptStub, State};
use super::event::{
    OnlineLineBack, OnlineOrderCancelled, OnlineOrderTaken, OnlineOrderUpdated, OnlineRefunded,
};
use crate::money::Cents;

fn figures(lines: &[Line], unlisted: &[UnlistedLine]) -> impl Iterator<Item = Figures> {
    lines.iter().map(Figures::of).chain(unlisted.iter().map(Figures::of_unlisted))
}

impl State {
    pub(in crate::sale_session) fn take_order(&mut self, taken: &OnlineOrderTaken, recorded_at: i64) {
        let kind = ReceiptKind::Online;
        let stub = ReceiptStub { id: taken.receipt, terminal: u16::MAX, recorded_at, body: 0, kind };
        self.enter(stub, taken.number, &taken.lines, &taken.unlisted);
        self.books.charge(taken.gross, taken.tax, taken.total);
        let order = self.orders.entry(taken.order).or_default();
        (order.paid, order.fulfilled, order.tax_included) = (taken.paid, taken.fulfilled, taken.tax_included);
        let figures = figures(&taken.lines, &taken.unlisted);
        order.lines.extend((0..).zip(&taken.line_ids).zip(figures).map(|((line, id), figures)| OrderLine {
            id: *id,
            at: LineAt { number: taken.number, line },
            figures,
        }));
    }

    pub(in crate::sale_session) fn update_order(&mut self, updated: OnlineOrderUpdated) {
        let order = self.orders.entry(updated.order).or_default();
        (order.paid, order.fulfilled) = (updated.paid, updated.fulfilled);
    }

    pub(in crate::sale_session) fn cancel_order(&mut self, cancelled: &OnlineOrderCancelled) {
        self.orders.entry(cancelled.order).or_default().cancelled = true;
        self.lines_back(&cancelled.lines);
        self.books.give_back(cancelled.gross, cancelled.tax, cancelled.total);
        self.books.bear(Cents::ZERO, cancelled.covered);
    }

    pub(in crate::sale_session) fn refund_order(&mut self, refunded: &OnlineRefunded) {
        let order = self.orders.entry(refunded.order).or_default();
        order.refunds.push(refunded.refund);
        add(&mut order.adjusted, refunded.adjustment);
        self.lines_back(&refunded.lines);
        self.books.give_back(refunded.gross, refunded.tax, refunded.total);
        self.books.bear(refunded.adjustment, refunded.covered);
    }

    fn lines_back(&mut self, lines: &[OnlineLineBack]) {
        for back in lines {
            let base = self.order_line(LineAt::from(back.line.at)).map(|(_, line)| line.figures);
            self.uncredit(base, &back.line, back.returned, back.restock);
        }
    }
}
