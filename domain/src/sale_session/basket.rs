//! Pricing a basket: the one implementation, used by the session's decision and by terminals.

use serde::{Deserialize, Serialize};

use super::receipts::OverrideReason;
use crate::consignment_event::ItemFlags;
use crate::markdown::MarkdownSchedule;
use crate::money::{BasisPoints, Cents, OutOfRange};
use crate::tax::TaxRule;

/// What prices a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRules {
    /// Tax rule.
    pub tax: TaxRule,
    /// Markdown schedule.
    pub markdown: MarkdownSchedule,
}

/// An item's price at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// What it costs now, before tax is added.
    pub price: Cents,
    /// Off the printed price.
    pub reduction: BasisPoints,
    /// Tax on it: to be added, or contained.
    pub tax: Cents,
    /// What the shopper pays for it.
    pub payable: Cents,
}

/// A price that was asked for, judged by the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The printed price that the line goes by.
    pub printed: Cents,
    /// The line at the price asked for.
    pub line: PricedLine,
    /// The rules' price, where it is another one.
    pub expected: Option<Cents>,
    /// What is wrong with the price; nothing for a price that stands.
    pub fault: Option<PriceFault>,
}

/// What is wrong with a price asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceFault {
    /// It is not the rules' price, and no reason is given.
    Differs,
    /// The reason does not cover it: a tag that says another price still, or a goodwill that makes it dearer.
    ReasonDoesNotCover,
}

/// A price asked for, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedPrice {
    /// The price.
    pub price: Cents,
    /// Why it is not the rules' price.
    pub overridden: Option<OverrideReason>,
    /// What the tag in hand says, when the price honours it.
    pub printed: Option<Cents>,
}

/// Sums over a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of prices.
    pub gross: Cents,
    /// Sum of taxes.
    pub tax: Cents,
    /// What the shopper pays.
    pub total: Cents,
}

impl PriceRules {
    /// Prices an item printed at `printed`, at `now` (ms since 1970 UTC).
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no price can have.
    pub fn line(&self, printed: Cents, flags: ItemFlags, now: i64) -> Result<PricedLine, OutOfRange> {
        let (reduce, donate) = (flags.has(ItemFlags::REDUCE), flags.has(ItemFlags::DONATE));
        let price = self.markdown.price(printed, reduce, donate, now);
        let reduction = self.markdown.reduction(reduce, donate, now);
        let tax = self.tax.on_line(price, flags.has(ItemFlags::TAX_EXEMPT));
        Ok(PricedLine { price, reduction, tax, payable: self.tax.payable(price, tax)? })
    }
}

impl PriceRules {
    /// Judges a price asked for an item printed at `printed`, at `now` (ms since 1970 UTC).
    ///
    /// A reason covers less than the rules' price, except that the printed tag covers exactly what the tag in
    /// hand comes to by the same rules, and “other” covers any price.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no price can have.
    pub fn judge(
        &self,
        printed: Cents,
        flags: ItemFlags,
        asked: AskedPrice,
        now: i64,
    ) -> Result<Judged, OutOfRange> {
        let rules = self.line(printed, flags, now)?;
        let in_hand = asked.printed.filter(|_| asked.overridden == Some(OverrideReason::PrintedTag));
        let by_tag = in_hand.map(|printed| self.line(printed, flags, now)).transpose()?;
        let fault = match asked.overridden {
            None => (asked.price != rules.price).then_some(PriceFault::Differs),
            Some(OverrideReason::PrintedTag) => {
                let covered = by_tag.is_some_and(|line| line.price == asked.price);
                (!covered).then_some(PriceFault::ReasonDoesNotCover)
            }
            Some(OverrideReason::Damaged | OverrideReason::Bundle | OverrideReason::Goodwill) => {
                (asked.price > rules.price).then_some(PriceFault::ReasonDoesNotCover)
            }
            Some(OverrideReason::Other) => None,
        };
        let tax = self.tax.on_line(asked.price, flags.has(ItemFlags::TAX_EXEMPT));
        let payable = self.tax.payable(asked.price, tax)?;
        let line = PricedLine { price: asked.price, reduction: rules.reduction, tax, payable };
        let expected = (asked.price != rules.price).then_some(rules.price);
        Ok(Judged { printed: in_hand.unwrap_or(printed), line, expected, fault })
    }
}

impl Totals {
    /// Sums `lines`.
    ///
    /// # Errors
    /// [`OutOfRange`] when a sum does not fit.
    pub fn of(lines: &[PricedLine]) -> Result<Self, OutOfRange> {
        Ok(Self {
            gross: Cents::total(lines.iter().map(|line| line.price))?,
            tax: Cents::total(lines.iter().map(|line| line.tax))?,
            total: Cents::total(lines.iter().map(|line| line.payable))?,
        })
    }
}
