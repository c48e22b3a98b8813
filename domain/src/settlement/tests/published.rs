//! Rules that real sales publish, as examples: each is a setting, none is code.

use super::logs::Logs;
use crate::commission::{CommissionPlan, Tier, TierTerms};
use crate::consignment_event::fees::FeeKind;
use crate::markdown::{MarkdownSchedule, MarkdownStep};
use crate::money::{BasisPoints, Cents, RoundingScope};

fn base(percent: u32) -> TierTerms {
    let fee = Cents(1_200);
    TierTerms {
        fee,
        base: BasisPoints(percent * 100),
        photos: 2,
        bonus: BasisPoints(0),
        bonus_from: Cents(0),
    }
}

fn share(plan: &CommissionPlan, shifts: u32, prices: &[i64]) -> i64 {
    let lines: Vec<(u32, i64)> = prices.iter().map(|price| (1, *price)).collect();
    let logs = Logs::with_plan(plan.clone()).join(1, Tier::Regular).sell(&lines);
    (0..shifts).fold(logs, |logs, _| logs.shift(1)).statement(1).totals.share.0
}

#[test]
fn com_4_sixty_or_seventy_by_helper_status() {
    let plan = CommissionPlan {
        regular: base(60),
        shift_points: BasisPoints(1_000),
        shifts_max: 1,
        ..CommissionPlan::default()
    };
    // 12.50: 7.50 for those who don't help, 8.75 for those who do, however often.
    assert_eq!([0, 1, 3].map(|shifts| share(&plan, shifts, &[1_250])), [750, 875, 875]);
}

#[test]
fn com_5_sixty_and_five_and_five_and_seven_and_a_half_capped_on_the_gross_total() {
    let plan = CommissionPlan {
        regular: base(60),
        shift_steps: vec![BasisPoints(500), BasisPoints(500), BasisPoints(750)],
        shift_points: BasisPoints(1_000),
        shifts_max: 5,
        cap: BasisPoints(9_500),
        scope: RoundingScope::OnGrossTotal,
        ..CommissionPlan::default()
    };
    // 3 × 0.75 and 10.10 are 12.35 together: 60, 65, 70, 77.5, 87.5 and – capped from 97.5 – 95 %.
    let prices = [75, 75, 75, 1_010];
    let shares = [0, 1, 2, 3, 4, 5, 9].map(|shifts| share(&plan, shifts, &prices));
    assert_eq!(shares, [741, 803, 865, 957, 1_081, 1_173, 1_173]);
}

#[test]
fn com_6_sixty_five_seventy_or_seventy_five_by_hours() {
    let plan = CommissionPlan {
        regular: base(65),
        shift_points: BasisPoints(500),
        shifts_max: 2,
        ..CommissionPlan::default()
    };
    // A shift stands for four hours: none, four, eight and more.
    assert_eq!([0, 1, 2, 3].map(|shifts| share(&plan, shifts, &[2_000])), [1_300, 1_400, 1_500, 1_500]);
}

#[test]
fn com_7_items_to_be_donated_go_for_a_quarter_on_the_last_day() {
    let last_day = MarkdownStep { from: 2_000, reduce: BasisPoints(5_000), donate: BasisPoints(7_500) };
    let schedule = MarkdownSchedule { steps: vec![last_day], step: Cents(25), floor: Cents(25) };
    let half = schedule.price(Cents(1_000), true, false, 2_000);
    let quarter = schedule.price(Cents(1_000), true, true, 2_000);
    assert_eq!((half, quarter), (Cents(500), Cents(250)));
    // The share is of what was paid, at the rate of the price on the tag.
    let mut logs = Logs::plain().join(1, Tier::Super);
    let lines = vec![logs.line(1, 1_000, quarter.0), logs.line(1, 12_000, 6_000)];
    let shares: Vec<i64> = logs.receipt(lines).statement(1).lines.iter().map(|line| line.amount.0).collect();
    // 2.50 at 65 %: 1.625 → 1.63; 60.00 of an item listed at 120.00: 70 %.
    assert_eq!(shares, [163, 4_200]);
}

#[test]
fn com_8_a_payout_below_zero_is_carried_to_the_next_event() {
    let first = Logs::with_plan(CommissionPlan { regular: base(60), ..CommissionPlan::default() })
        .join(1, Tier::Regular)
        .sell(&[(1, 1_000)])
        .charge(1, FeeKind::Participation, 1_200, None);
    // 6.00 earned, 12.00 owed: 6.00 are carried, and the next event's 9.00 pay out 3.00.
    assert_eq!(first.statement(1).totals.due, Cents(-600));
}
