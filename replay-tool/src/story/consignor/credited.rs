//! The lines of a session that a consignor is credited with at the moment.

use std::collections::BTreeMap;

use domain::ids::ConsignorNumber;
use domain::money::{BasisPoints, Cents};
use domain::sale_session::{Event, Line, LineFigures, LineRef, OnlineLineBack, Standing};

/// Their lines, by receipt number and line.
#[derive(Debug)]
pub(super) struct Credited {
    consignor: ConsignorNumber,
    lines: BTreeMap<(u32, u16), (Cents, BasisPoints)>,
    /// Lines of theirs to which more happened than their sale.
    pub(super) changed: u64,
}

impl Credited {
    /// None yet.
    pub(super) const fn of(consignor: ConsignorNumber) -> Self {
        Self { consignor, lines: BTreeMap::new(), changed: 0 }
    }

    /// Price and rate of each.
    pub(super) fn now(&self) -> Vec<(Cents, BasisPoints)> {
        self.lines.values().copied().collect()
    }

    /// Goes on by one entry.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::ReceiptCompleted(sale) => self.sold(sale.number, &sale.lines),
            Event::OnlineOrderTaken(order) => self.sold(order.number, &order.lines),
            Event::ReceiptVoided(voided) => voided.lines.iter().for_each(|line| self.gone(line.at)),
            Event::ReturnRecorded(back) => back.lines.iter().for_each(|back| self.gone(back.line.at)),
            Event::OnlineOrderCancelled(order) => order.lines.iter().for_each(|back| self.back(back)),
            Event::OnlineRefunded(refund) => refund.lines.iter().for_each(|back| self.back(back)),
            Event::LineIdentified(known) => self.credit(&known.line),
            Event::ConflictOpened(opened) => opened.second.iter().for_each(|line| self.gone(line.at)),
            Event::ConflictResolved(resolved) => {
                resolved.refunded.iter().for_each(|line| self.gone(line.at));
                resolved.credited.iter().for_each(|line| self.credit(line));
            }
            Event::ClaimAnswered(answered) => answered.credited.iter().for_each(|line| self.credit(line)),
            _ => {}
        }
    }

    fn sold(&mut self, number: u32, lines: &[Line]) {
        let own = (0..).zip(lines).filter(|(_, line)| line.consignor == self.consignor);
        for (at, line) in own.filter(|(_, line)| line.standing == Standing::Credited) {
            self.lines.insert((number, at), (line.price, line.rate));
        }
    }

    fn gone(&mut self, at: LineRef) {
        if self.lines.remove(&(at.number, at.line)).is_some() {
            self.changed += 1;
        }
    }

    fn back(&mut self, back: &OnlineLineBack) {
        let at = back.line.at;
        if back.returned {
            self.gone(at);
        } else if let Some((price, _)) = self.lines.get_mut(&(at.number, at.line)) {
            *price = price.minus(back.line.price).unwrap_or(*price);
            self.changed += 1;
        }
    }

    fn credit(&mut self, line: &LineFigures) {
        let key = (line.at.number, line.at.line);
        let was = self.lines.remove(&key).is_some();
        if line.consignor == Some(self.consignor) {
            self.lines.insert(key, (line.price, line.rate));
            self.changed += 1;
        } else if was {
            self.changed += 1;
        }
    }
}
