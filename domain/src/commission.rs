//! The commission plan: which share of a price is the consignor's.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Cents, OutOfRange, Rounding, RoundingScope};
use crate::sabotage::{Bug, sabotaged};

/// How a consignor takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The ordinary way.
    #[default]
    Regular,
    /// Higher fee, higher share, more photos.
    Super,
}

impl Tier {
    /// The name in logs, API and read models.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Super => "super",
        }
    }
}

/// What a tier costs and brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierTerms {
    /// Participation fee, per event.
    pub fee: Cents,
    /// Base share of each price.
    pub base: BasisPoints,
    /// Photos per item.
    pub photos: u8,
    /// Extra points on items priced at `bonus_from` or more; 0 for none.
    pub bonus: BasisPoints,
    /// The price from which the bonus applies.
    pub bonus_from: Cents,
}

/// A version of an organization's commission rules. Versions are never edited, only followed by newer ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommissionPlan {
    /// From 1, by organization.
    pub version: u32,
    /// Terms of regular consignors.
    pub regular: TierTerms,
    /// Terms of super consignors.
    #[serde(rename = "super")]
    pub super_: TierTerms,
    /// Points per completed volunteer shift.
    pub shift_points: BasisPoints,
    /// Points of the first, second, … completed shift, where they differ; those beyond the list bring
    /// `shift_points` each.
    #[serde(default)]
    pub shift_steps: Vec<BasisPoints>,
    /// Shifts that count, per consignor and event.
    pub shifts_max: u8,
    /// Cap on the total share.
    pub cap: BasisPoints,
    /// How shares are rounded.
    pub rounding: Rounding,
    /// What is rounded.
    pub scope: RoundingScope,
}

impl Default for CommissionPlan {
    /// The handbook's defaults: 60 % and 65 %, +5 points a shift (at most three), cap 95 %.
    fn default() -> Self {
        Self {
            version: 1,
            regular: TierTerms {
                fee: Cents(1_500),
                base: BasisPoints(6_000),
                photos: 2,
                bonus: BasisPoints(0),
                bonus_from: Cents(0),
            },
            super_: TierTerms {
                fee: Cents(2_500),
                base: BasisPoints(6_500),
                photos: 4,
                bonus: BasisPoints(500),
                bonus_from: Cents(10_000),
            },
            shift_points: BasisPoints(500),
            shift_steps: Vec::new(),
            shifts_max: 3,
            cap: BasisPoints(9_500),
            rounding: Rounding::HalfUp,
            scope: RoundingScope::PerLine,
        }
    }
}

/// A line's split between consignor and house; the two always add up to the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The consignor's part.
    pub consignor: Cents,
    /// What is left for the house.
    pub house: Cents,
}

/// What a rate is made of; base, bonus and shifts add up to the rate unless it is capped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateParts {
    /// The tier's base share.
    #[serde(rename = "base_bp")]
    pub base: BasisPoints,
    /// For an item listed at the bonus price or more.
    #[serde(rename = "bonus_bp")]
    pub bonus: BasisPoints,
    /// For completed shifts.
    #[serde(rename = "shifts_bp")]
    pub shifts: BasisPoints,
    /// True when the plan's cap cut the sum.
    pub capped: bool,
    /// The rate.
    #[serde(rename = "rate_bp")]
    pub rate: BasisPoints,
}

impl CommissionPlan {
    /// The terms of `tier`.
    #[must_use]
    pub const fn terms(&self, tier: Tier) -> &TierTerms {
        match tier {
            Tier::Regular => &self.regular,
            Tier::Super => &self.super_,
        }
    }

    /// The consignor's rate on a line sold at `price`, after `shifts` completed shifts: base, price bonus and
    /// shift points, capped. The bonus looks at the price the item is *listed* at.
    #[must_use]
    pub fn rate(&self, tier: Tier, shifts: u8, listed: Cents) -> BasisPoints {
        self.rate_parts(tier, shifts, listed).rate
    }

    /// [`CommissionPlan::rate`] with the parts it is made of.
    #[must_use]
    pub fn rate_parts(&self, tier: Tier, shifts: u8, listed: Cents) -> RateParts {
        let terms = self.terms(tier);
        let bonus = if listed >= terms.bonus_from { terms.bonus } else { BasisPoints(0) };
        let shift_points = self.points_of_shifts(shifts);
        let total = terms.base.0.saturating_add(bonus.0).saturating_add(shift_points.0);
        let cap = self.cap.0.min(BASIS_POINTS_IN_WHOLE);
        RateParts {
            base: terms.base,
            bonus,
            shifts: shift_points,
            capped: total > cap,
            rate: BasisPoints(total.min(cap)),
        }
    }

    /// The points that `shifts` completed shifts bring; shifts beyond `shifts_max` bring none.
    #[must_use]
    pub fn points_of_shifts(&self, shifts: u8) -> BasisPoints {
        let counted = usize::from(shifts.min(self.shifts_max));
        let stepped =
            self.shift_steps.iter().take(counted).fold(0_u32, |sum, step| sum.saturating_add(step.0));
        let beyond = u32::try_from(counted.saturating_sub(self.shift_steps.len())).unwrap_or(u32::MAX);
        BasisPoints(stepped.saturating_add(self.shift_points.0.saturating_mul(beyond)))
    }

    /// Splits a line sold at `price` by `rate`.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no price can have.
    pub fn split(&self, price: Cents, rate: BasisPoints) -> Result<Split, OutOfRange> {
        let consignor = self.rounding.part(price, rate);
        if sabotaged(Bug::RoundsBothParts) {
            let rest = BasisPoints(BASIS_POINTS_IN_WHOLE.saturating_sub(rate.0));
            return Ok(Split { consignor, house: self.rounding.part(price, rest) });
        }
        Ok(Split { consignor, house: price.minus(consignor)? })
    }

    /// The consignor's total over lines of (price, rate), rounded as the plan says: by line, or once on the
    /// exact total.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no event can reach.
    pub fn total_share(
        &self,
        lines: impl IntoIterator<Item = (Cents, BasisPoints)>,
    ) -> Result<Cents, OutOfRange> {
        let lines = lines.into_iter();
        match self.scope {
            RoundingScope::PerLine => lines.map(|(price, rate)| self.rounding.part(price, rate)).sum(),
            RoundingScope::OnGrossTotal => {
                let exact = lines
                    .fold(Decimal::ZERO, |sum, (price, rate)| sum + price.as_decimal() * rate.as_fraction());
                Ok(self.rounding.to_cents(exact))
            }
        }
    }

    /// What is wrong with the plan, in words; empty for a plan that can be used.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        let mut problems = Vec::new();
        if ![self.regular.base, self.super_.base, self.cap].iter().all(|rate| rate.is_share()) {
            problems.push("a share above 100 %");
        }
        if ![self.regular.fee, self.super_.fee, self.regular.bonus_from, self.super_.bonus_from]
            .iter()
            .all(|amount| amount.is_price())
        {
            problems.push("a negative or absurd amount");
        }
        if self.shift_steps.len() > usize::from(u8::MAX)
            || !self.shift_steps.iter().chain([&self.shift_points]).all(|points| points.is_share())
        {
            problems.push("shift points above 100 %");
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn com_1_base_bonus_and_shifts_add_up_and_are_capped() {
        let plan = CommissionPlan::default();
        for (tier, shifts, listed, percent) in [
            (Tier::Regular, 0, 500, 6_000),
            (Tier::Regular, 2, 500, 7_000),
            (Tier::Regular, 3, 500, 7_500),
            (Tier::Regular, 9, 500, 7_500),
            (Tier::Super, 0, 9_999, 6_500),
            (Tier::Super, 0, 10_000, 7_000),
            (Tier::Super, 3, 10_000, 8_500),
        ] {
            assert_eq!(
                plan.rate(tier, shifts, Cents(listed)),
                BasisPoints(percent),
                "{tier:?} {shifts} {listed}"
            );
        }
        let generous = CommissionPlan { shift_points: BasisPoints(2_000), ..plan };
        assert_eq!(generous.rate(Tier::Super, 3, Cents(20_000)), BasisPoints(9_500));
    }

    #[test]
    fn com_1_a_rate_says_when_the_cap_took_something_from_it() {
        let plan = CommissionPlan { cap: BasisPoints(7_500), ..CommissionPlan::default() };
        let parts = |shifts| plan.rate_parts(Tier::Regular, shifts, Cents(500));
        assert!(!parts(2).capped, "70 % is below the cap");
        assert!(!parts(3).capped, "75 % is the cap itself: nothing is taken");
        let super_ = plan.rate_parts(Tier::Super, 3, Cents(500));
        assert!(super_.capped, "80 % is above it");
        assert_eq!(super_.rate, BasisPoints(7_500));
    }

    #[test]
    fn com_9_a_plan_that_cannot_be_used_says_why() {
        let plan = CommissionPlan::default();
        assert!(plan.problems().is_empty());
        let regular =
            |base, fee| TierTerms { base: BasisPoints(base), fee: Cents(fee), ..plan.regular.clone() };
        let with = |regular| CommissionPlan { regular, ..plan.clone() };
        assert_eq!(with(regular(10_001, 0)).problems(), ["a share above 100 %"]);
        assert_eq!(with(regular(10_000, -1)).problems(), ["a negative or absurd amount"]);
        let shifts = ["shift points above 100 %"];
        assert_eq!(CommissionPlan { shift_points: BasisPoints(10_001), ..plan.clone() }.problems(), shifts);
        let steps =
            |count, points| CommissionPlan { shift_steps: vec![BasisPoints(points); count], ..plan.clone() };
        assert_eq!(steps(1, 10_001).problems(), shifts);
        assert_eq!(steps(256, 1).problems(), shifts);
        assert!(steps(255, 1).problems().is_empty());
    }

    #[test]
    fn tiers_have_the_names_of_the_field() {
        assert_eq!([Tier::Regular, Tier::Super].map(Tier::name), ["regular", "super"]);
    }

    #[test]
    fn com_2_gross_rounding_differs_from_rounding_each_line() {
        // Three lines of 0.75 at 65 %: 48.75 each → 49 × 3 = 147; exact total 146.25 → 146.
        let lines = [(Cents(75), BasisPoints(6_500)); 3];
        let per_line = CommissionPlan::default();
        let gross = CommissionPlan { scope: RoundingScope::OnGrossTotal, ..per_line.clone() };
        assert_eq!(per_line.total_share(lines), Ok(Cents(147)));
        assert_eq!(gross.total_share(lines), Ok(Cents(146)));
    }

    proptest! {
        #[test]
        fn com_3_shares_always_add_up(price in 0_i64..=999_999_999, rate in 0_u32..=10_000, mode in 0..3) {
            let rounding = [Rounding::HalfUp, Rounding::HalfEven, Rounding::ConsignorFavour][usize::try_from(mode).unwrap()];
            let plan = CommissionPlan { rounding, ..CommissionPlan::default() };
            let split = plan.split(Cents(price), BasisPoints(rate)).unwrap();
            prop_assert_eq!(split.consignor.plus(split.house), Ok(Cents(price)));
            prop_assert!(split.consignor >= Cents::ZERO && split.house >= Cents::ZERO);
        }
    }
}
