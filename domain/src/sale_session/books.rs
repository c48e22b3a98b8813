//! The session's books in total: what was charged, given back and credited. They balance at every entry.

use serde::{Deserialize, Serialize};

use crate::money::Cents;

/// Sums over the session's log. Two equations hold at every entry:
/// `gross − refunded_gross = share + house + held`, and `total` is `gross` with the taxes that are added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Books {
    /// Prices charged.
    pub gross: Cents,
    /// Taxes charged.
    pub tax: Cents,
    /// What shoppers owed.
    pub total: Cents,
    /// What floor shoppers handed over, less change; above or below their totals only by named variances.
    pub paid: Cents,
    /// Prices given back.
    pub refunded_gross: Cents,
    /// Taxes given back.
    pub refunded_tax: Cents,
    /// What shoppers got back, or are to get back.
    pub refunded_total: Cents,
    /// Credited to consignors, as estimated.
    pub share: Cents,
    /// Credited to the house, as estimated.
    pub house: Cents,
    /// Prices that are credited to nobody yet: contested and claimed lines.
    pub held: Cents,
}

/// Adds to a total. A log's amounts are bounded by its commands, so the sum always fits; evolving may not fail.
pub(super) fn add(total: &mut Cents, amount: Cents) {
    *total = total.plus(amount).unwrap_or(*total);
}

/// Takes from a total.
pub(super) fn take(total: &mut Cents, amount: Cents) {
    *total = total.minus(amount).unwrap_or(*total);
}

impl Books {
    /// True when every cent is somewhere.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.gross.minus(self.refunded_gross) == Cents::total([self.share, self.house, self.held])
    }

    pub(super) fn charge(&mut self, gross: Cents, tax: Cents, total: Cents) {
        add(&mut self.gross, gross);
        add(&mut self.tax, tax);
        add(&mut self.total, total);
    }

    pub(super) fn give_back(&mut self, gross: Cents, tax: Cents, total: Cents) {
        add(&mut self.refunded_gross, gross);
        add(&mut self.refunded_tax, tax);
        add(&mut self.refunded_total, total);
    }

    /// Given back for no line, less what was given back before: the house bears it.
    pub(super) fn bear(&mut self, adjustment: Cents, covered: Cents) {
        let borne = adjustment.minus(covered).unwrap_or(adjustment);
        add(&mut self.refunded_gross, borne);
        take(&mut self.house, borne);
    }

    pub(super) fn credit(&mut self, share: Cents, house: Cents) {
        add(&mut self.share, share);
        add(&mut self.house, house);
    }

    pub(super) fn uncredit(&mut self, share: Cents, house: Cents) {
        take(&mut self.share, share);
        take(&mut self.house, house);
    }

    pub(super) fn hold(&mut self, price: Cents) {
        add(&mut self.held, price);
    }

    pub(super) fn unhold(&mut self, price: Cents) {
        take(&mut self.held, price);
    }
}
