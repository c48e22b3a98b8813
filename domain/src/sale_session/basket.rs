//! Pricing a basket: the one implementation, used by the session's decision and by terminals.

use serde::{Deserialize, Serialize};

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
