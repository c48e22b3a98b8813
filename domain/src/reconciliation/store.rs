//! What the store says of an order, in the shape in which both sides are compared.

use super::view::{Evidence, LineView, OrderView, RefundView};
use crate::ids::RemoteId;
use crate::money::{Cents, OutOfRange};
use crate::storefront::{AgreedSale, Agreement, AgreementKind, FetchedOrder, SaleKind};
use crate::tag::Tag;

/// The part of `fetched` that belongs to the event with ordinal `event`: lines whose tags begin with it, what was
/// given back for them, and adjustments that count there. `None` for an order without such lines, and for test
/// orders. Postage, tips, gift cards, fees and duties are the store's own business on both sides.
///
/// # Errors
/// [`OutOfRange`] for amounts that no order can reach.
pub fn order_of_store(
    fetched: &FetchedOrder,
    event: u16,
    tax_included: bool,
) -> Result<Option<OrderView>, OutOfRange> {
    let mut agreements: Vec<&Agreement> = fetched.agreements.iter().collect();
    agreements.sort_by_key(|agreement| (agreement.happened_at, agreement.agreement));
    agreements.dedup_by_key(|agreement| agreement.agreement);
    let mut reading =
        Reading { event, tax_included, lines: Vec::new(), refunds: Vec::new(), paid: Cents::ZERO };
    for agreement in agreements {
        reading.take(agreement)?;
    }
    let ours: Vec<LineView> =
        reading.lines.iter().filter(|line| reading.is_ours(line.tag)).copied().collect();
    if fetched.test || ours.is_empty() {
        return Ok(None);
    }
    let refunded = Cents::total(reading.refunds.iter().map(|refund| refund.total))?;
    let mut view = OrderView {
        order: fetched.order,
        deleted: false,
        edited: fetched.agreements.iter().any(|agreement| agreement.kind == AgreementKind::Edit),
        lines: ours,
        refunds: reading.refunds,
        total: reading.paid.minus(refunded)?,
        evidence: Evidence {
            entries: Vec::new(),
            body: Some(fetched.evidence),
            changed_at: Some(fetched.updated_at),
        },
    };
    if fetched.cancelled.is_some() {
        // Whatever was still in it is nobody's any more.
        view.lines.iter_mut().for_each(|line| line.quantity = 0);
        view.total = Cents::ZERO;
    }
    Ok(Some(view))
}

struct Reading {
    event: u16,
    tax_included: bool,
    /// All lines, those of other events too.
    lines: Vec<LineView>,
    refunds: Vec<RefundView>,
    paid: Cents,
}

impl Reading {
    fn is_ours(&self, tag: Option<Tag>) -> bool {
        tag.is_some_and(|tag| tag.event() == self.event)
    }

    fn payable(&self, sale: &AgreedSale) -> Result<Cents, OutOfRange> {
        if self.tax_included { Ok(sale.amount) } else { sale.amount.plus(sale.tax) }
    }

    fn take(&mut self, agreement: &Agreement) -> Result<(), OutOfRange> {
        let (mut back, mut adjustment) = (Cents::ZERO, Cents::ZERO);
        let mut of_ours = Vec::new();
        for sale in &agreement.sales {
            match (sale.kind, sale.line) {
                (SaleKind::Product, Some(line)) if sale.quantity > 0 => self.sold(line, sale)?,
                (SaleKind::Product, Some(line)) => {
                    let Some(known) = self.take_back(line, sale.quantity) else { continue };
                    let ours = self.is_ours(known.tag);
                    of_ours.push(ours);
                    if ours {
                        back = back.minus(self.payable(sale)?)?;
                    }
                }
                (SaleKind::Adjustment, _) => adjustment = adjustment.minus(sale.amount)?.minus(sale.tax)?,
                _ => {}
            }
        }
        // An adjustment counts once: where the first line of its refund belongs, or else the order's first line.
        let first = of_ours.first().copied();
        let ours = first
            .or_else(|| self.lines.iter().find(|line| line.tag.is_some()).map(|line| self.is_ours(line.tag)));
        if ours != Some(true) {
            adjustment = Cents::ZERO;
        }
        if of_ours.contains(&true) || adjustment != Cents::ZERO {
            let refund = agreement.refund.unwrap_or(agreement.agreement);
            self.refunds.push(RefundView { refund, total: back.plus(adjustment)?, adjustment });
        }
        Ok(())
    }

    fn sold(&mut self, line: RemoteId, sale: &AgreedSale) -> Result<(), OutOfRange> {
        if self.lines.iter().any(|known| known.line == line) {
            return Ok(());
        }
        let quantity = sale.quantity.unsigned_abs().max(1);
        let each = |amount: Cents| Cents(amount.0 / i64::from(quantity));
        let one = LineView::of_one(sale.tag, line, (each(sale.amount), each(sale.tax)), self.tax_included)?;
        self.lines.push(LineView { quantity, ..one });
        if self.is_ours(sale.tag) {
            self.paid = self.paid.plus(self.payable(sale)?)?;
        }
        Ok(())
    }

    /// Takes back `quantity` (negative, or 0 for money only) of a line; the line, if it is known.
    fn take_back(&mut self, line: RemoteId, quantity: i32) -> Option<LineView> {
        let known = self.lines.iter_mut().find(|known| known.line == line)?;
        known.quantity = known.quantity.saturating_sub(quantity.unsigned_abs());
        Some(*known)
    }
}
