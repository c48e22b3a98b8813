//! Sales tax, computed per receipt line.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{BasisPoints, Cents, Rounding};

/// An organization's tax rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaxRule {
    /// The rate.
    pub rate: BasisPoints,
    /// True when prices on tags already contain the tax.
    pub inclusive: bool,
    /// Categories that are not taxed, by code.
    pub exempt: Vec<String>,
}

impl TaxRule {
    /// The tax on a line sold at `price`: added to it, or contained in it.
    #[must_use]
    pub fn on_line(&self, price: Cents, exempt: bool) -> Cents {
        if exempt || self.rate.0 == 0 {
            return Cents::ZERO;
        }
        if self.inclusive {
            let rate = self.rate.as_fraction();
            Rounding::HalfUp.to_cents(price.as_decimal() * rate / (Decimal::ONE + rate))
        } else {
            Rounding::HalfUp.part(price, self.rate)
        }
    }

    /// What a shopper pays for a line at `price` with `tax` on it.
    ///
    /// # Errors
    /// [`crate::money::OutOfRange`] for amounts that no price can have.
    pub fn payable(&self, price: Cents, tax: Cents) -> Result<Cents, crate::money::OutOfRange> {
        if self.inclusive { Ok(price) } else { price.plus(tax) }
    }

    /// True when `category` is not taxed.
    #[must_use]
    pub fn exempts(&self, category: &str) -> bool {
        self.exempt.iter().any(|exempt| exempt == category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_1_added_or_contained_and_exempt() {
        let added = TaxRule { rate: BasisPoints(725), inclusive: false, exempt: vec!["books".into()] };
        assert_eq!(added.on_line(Cents(1_000), false), Cents(73)); // 72.5 cents, half up
        assert_eq!(added.payable(Cents(1_000), Cents(73)), Ok(Cents(1_073)));
        assert_eq!(added.on_line(Cents(1_000), added.exempts("books")), Cents(0));
        let contained = TaxRule { rate: BasisPoints(1_900), inclusive: true, exempt: vec![] };
        assert_eq!(contained.on_line(Cents(1_190), false), Cents(190));
        assert_eq!(contained.payable(Cents(1_190), Cents(190)), Ok(Cents(1_190)));
    }
}
