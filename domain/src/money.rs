//! Amounts, rates, and the one place where rounding happens.

use std::fmt;
use std::iter::Sum;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// Basis points in a whole: 100 % = 10,000.
pub const BASIS_POINTS_IN_WHOLE: u32 = 10_000;

/// Largest amount a single price, fee or tender may have, in cents (9,999,999.99): far above any sale, far
/// below where sums of [`MAX_AMOUNT`]-sized terms could leave an `i64`.
pub const MAX_AMOUNT: Cents = Cents(999_999_999);

/// Whole cents of the organization's currency. Arithmetic saturates nowhere: it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// A sum left the range of a 64-bit integer; unreachable with amounts up to [`MAX_AMOUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is out of range")]
pub struct OutOfRange;

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `self + other`.
    ///
    /// # Errors
    /// [`OutOfRange`] when the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_add(other.0).map(Self).ok_or(OutOfRange)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`OutOfRange`] when the difference does not fit.
    pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        self.0.checked_sub(other.0).map(Self).ok_or(OutOfRange)
    }

    /// The sum of `amounts`.
    ///
    /// # Errors
    /// [`OutOfRange`] when it does not fit.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, OutOfRange> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// As an exact decimal number of cents.
    #[must_use]
    pub fn as_decimal(self) -> Decimal {
        Decimal::from(self.0)
    }

    /// Rounded down (towards zero for positive amounts) to a multiple of `step`; a step of zero or less
    /// leaves the amount as it is.
    #[must_use]
    pub fn down_to_step(self, step: Self) -> Self {
        if step.0 <= 0 { self } else { Self(self.0 - self.0.rem_euclid(step.0)) }
    }

    /// True for nothing: entries leave such amounts out.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// True for amounts up to [`MAX_AMOUNT`] either way.
    #[must_use]
    pub fn is_difference(self) -> bool {
        self.0.unsigned_abs() <= MAX_AMOUNT.0.unsigned_abs()
    }

    /// True for amounts from 0 to [`MAX_AMOUNT`].
    #[must_use]
    pub fn is_price(self) -> bool {
        (Self::ZERO..=MAX_AMOUNT).contains(&self)
    }
}

impl fmt::Display for Cents {
    /// `12.34`, `-0.05`: two decimals, no currency, no grouping.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", amount / 100, amount % 100))
    }
}

impl Sum<Cents> for Result<Cents, OutOfRange> {
    fn sum<I: Iterator<Item = Cents>>(iter: I) -> Self {
        Cents::total(iter)
    }
}

/// A rate in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// As an exact fraction of one.
    #[must_use]
    pub fn as_fraction(self) -> Decimal {
        Decimal::new(i64::from(self.0), 4)
    }

    /// True up to 100 %.
    #[must_use]
    pub fn is_share(self) -> bool {
        self.0 <= BASIS_POINTS_IN_WHOLE
    }
}

impl fmt::Display for BasisPoints {
    /// `65 %`, `7.25 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", Decimal::new(i64::from(self.0), 2).normalize())
    }
}

/// How an exact amount becomes whole cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half a cent and more goes up (the default).
    #[default]
    HalfUp,
    /// Half a cent goes to the even neighbour.
    HalfEven,
    /// Any fraction goes up: in the consignor's favour.
    ConsignorFavour,
}

/// What is rounded: each line's share, or the share of the consignor's gross total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingScope {
    /// Each line by itself (the default).
    #[default]
    PerLine,
    /// The consignor's gross total, once.
    OnGrossTotal,
}

impl Rounding {
    /// Rounds an exact number of cents: the one place where money is rounded.
    #[must_use]
    pub fn to_cents(self, exact: Decimal) -> Cents {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::ConsignorFavour => RoundingStrategy::ToPositiveInfinity,
        };
        // Prices end at MAX_AMOUNT and rates at 100 %, so the product always fits.
        Cents(i64::try_from(exact.round_dp_with_strategy(0, strategy)).unwrap_or(i64::MAX))
    }

    /// `rate` of `amount`, rounded.
    #[must_use]
    pub fn part(self, amount: Cents, rate: BasisPoints) -> Cents {
        self.to_cents(amount.as_decimal() * rate.as_fraction())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mny_1_amounts_print_with_two_decimals() {
        for (cents, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1234.56"), (-100, "-1.00")]
        {
            assert_eq!(Cents(cents).to_string(), text);
        }
    }

    #[test]
    fn mny_1_rates_print_as_percentages_without_zeros_that_say_nothing() {
        for (points, text) in [(0, "0 %"), (6_500, "65 %"), (725, "7.25 %"), (10_000, "100 %"), (5, "0.05 %")]
        {
            assert_eq!(BasisPoints(points).to_string(), text);
        }
    }

    #[test]
    fn mny_4_amounts_are_told_from_nothing_and_from_what_no_sale_has() {
        assert!(Cents::ZERO.is_zero() && !Cents(1).is_zero() && !Cents(-1).is_zero());
        for (amount, price, difference) in [
            (0, true, true),
            (-1, false, true),
            (999_999_999, true, true),
            (-999_999_999, false, true),
            (1_000_000_000, false, false),
            (-1_000_000_000, false, false),
            (i64::MIN, false, false),
        ] {
            assert_eq!(
                (Cents(amount).is_price(), Cents(amount).is_difference()),
                (price, difference),
                "{amount}"
            );
        }
    }

    #[test]
    fn mny_2_the_three_roundings_differ_exactly_at_fractions() {
        // 0.75 at 65 % is 48.75 cents; 0.50 at 65 % is 32.5; 0.30 at 65 % is 19.5.
        for (price, half_up, half_even, favour) in
            [(75, 49, 49, 49), (50, 33, 32, 33), (30, 20, 20, 20), (10, 7, 6, 7), (31, 20, 20, 21)]
        {
            let part = |rounding: Rounding| rounding.part(Cents(price), BasisPoints(6_500));
            assert_eq!(part(Rounding::HalfUp), Cents(half_up), "{price} half up");
            assert_eq!(part(Rounding::HalfEven), Cents(half_even), "{price} half even");
            assert_eq!(part(Rounding::ConsignorFavour), Cents(favour), "{price} consignor's favour");
        }
    }

    #[test]
    fn mny_3_prices_go_down_to_the_step() {
        assert_eq!(Cents(1_099).down_to_step(Cents(25)), Cents(1_075));
        assert_eq!(Cents(1_075).down_to_step(Cents(25)), Cents(1_075));
        assert_eq!(Cents(24).down_to_step(Cents(25)), Cents(0));
        assert_eq!(Cents(24).down_to_step(Cents(0)), Cents(24));
    }
}
