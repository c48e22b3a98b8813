//! Markdown: a schedule of reductions for items whose printed tag says “reduce”.

use serde::{Deserialize, Serialize};

use crate::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Cents, Rounding};

/// One step of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkdownStep {
    /// From when, ms since 1970 UTC.
    pub from: i64,
    /// Off the printed price of “reduce” items.
    pub reduce: BasisPoints,
    /// Off the printed price of items that are also flagged “donate”; the deeper of the two applies.
    pub donate: BasisPoints,
}

/// An organization's markdown rule for one event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MarkdownSchedule {
    /// Steps in any order; of those that have begun, the latest applies.
    pub steps: Vec<MarkdownStep>,
    /// Reduced prices go down to a multiple of this.
    pub step: Cents,
    /// Reduced prices never go below this (nor above the printed price).
    pub floor: Cents,
}

impl MarkdownSchedule {
    /// The reduction for an item at `now`.
    #[must_use]
    pub fn reduction(&self, reduce: bool, donate: bool, now: i64) -> BasisPoints {
        let current = self.steps.iter().filter(|step| step.from <= now).max_by_key(|step| step.from);
        match current {
            Some(step) if reduce && donate => step.reduce.max(step.donate),
            Some(step) if reduce => step.reduce,
            _ => BasisPoints(0),
        }
    }

    /// The price at `now` of an item printed with `printed`.
    #[must_use]
    pub fn price(&self, printed: Cents, reduce: bool, donate: bool, now: i64) -> Cents {
        let reduction = self.reduction(reduce, donate, now);
        if reduction.0 == 0 {
            return printed;
        }
        let left = BasisPoints(BASIS_POINTS_IN_WHOLE.saturating_sub(reduction.0));
        let reduced = Rounding::HalfUp.part(printed, left).down_to_step(self.step);
        reduced.max(self.floor).min(printed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mkd_1_only_reduce_items_only_after_the_step_began_never_below_the_floor() {
        let schedule = MarkdownSchedule {
            steps: vec![MarkdownStep { from: 1_000, reduce: BasisPoints(5_000), donate: BasisPoints(7_500) }],
            step: Cents(25),
            floor: Cents(50),
        };
        for (printed, reduce, donate, now, expected) in [
            (1_000, true, false, 999, 1_000),
            (1_000, true, false, 1_000, 500),
            (1_050, true, false, 1_000, 525),
            (1_055, true, false, 1_000, 525),
            (1_000, false, false, 1_000, 1_000),
            (1_000, false, true, 1_000, 1_000),
            (1_000, true, true, 1_000, 250),
            (75, true, false, 1_000, 50),
            (25, true, false, 1_000, 25),
        ] {
            assert_eq!(
                schedule.price(Cents(printed), reduce, donate, now),
                Cents(expected),
                "{printed} {reduce} {donate} {now}"
            );
        }
    }
}
