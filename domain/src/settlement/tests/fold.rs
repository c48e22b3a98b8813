//! The fold itself: pages, pins, chains, order of streams, what-if.

use proptest::prelude::*;
use uuid::Uuid;

use super::logs::{Logs, ORGANIZATION, run};
use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::fees::FeeKind;
use crate::ids::{EventId, SessionId};
use crate::journal::Hash;
use crate::money::{BasisPoints, Cents, Rounding, RoundingScope};
use crate::settlement::{
    Fold, FoldError, MAX_PART_LINES, Method, Pin, PinError, StatementLine, canonical_pins, compare, parts_of,
};
use crate::stream::StreamId;

fn busy() -> Logs {
    Logs::plain()
        .join(1, Tier::Regular)
        .join(2, Tier::Super)
        .sell(&[(1, 1_000), (2, 12_000)])
        .shift(2)
        .sell(&[(2, 75), (1, 325)])
        .charge(1, FeeKind::Participation, 1_500, None)
}

#[test]
fn stl_1_pins_are_the_events_own_logs_each_once() {
    let pins = busy().pins();
    let pin = |stream| Pin { stream, seq: 1, hash: Hash([1; 32]) };
    let with = |extra: Pin| canonical_pins(pins.iter().cloned().chain([extra]).collect());
    assert!(matches!(with(pins[0].clone()), Err(PinError::Twice(_))));
    let other = crate::ids::OrganizationId(Uuid::from_u128(0xB));
    assert!(matches!(with(pin(StreamId::Session(other, SessionId(Uuid::nil())))), Err(PinError::Foreign(_))));
    assert_eq!(with(pin(StreamId::Event(ORGANIZATION, EventId(Uuid::nil())))), Err(PinError::Incomplete));
    assert_eq!(canonical_pins(pins[1..2].to_vec()), Err(PinError::Incomplete));
    assert_eq!(canonical_pins(vec![]), Err(PinError::Incomplete));
    let shop = StreamId::Storefront(ORGANIZATION, crate::ids::ShopId(Uuid::nil()));
    assert!(matches!(with(pin(shop)), Err(PinError::Foreign(_))));
    let read = Fold::new(pins.clone()).unwrap();
    assert_eq!(read.pins(), canonical_pins(pins).unwrap(), "in the order in which they are read");
}

#[test]
fn stl_1_entries_behind_the_pin_do_not_count() {
    let logs = busy();
    let pins = logs.pins();
    let later = logs.sell(&[(1, 9_900)]);
    let raw = later.raw();
    let mut fold = Fold::new(pins).unwrap();
    while let Some(wanted) = fold.wanted() {
        let (_, entries) = raw.iter().find(|(stream, _)| *stream == wanted.stream).unwrap();
        fold.take(&entries[..usize::try_from(wanted.to).unwrap()]).unwrap();
    }
    let settled = fold.finish(Method::by_the_rules()).unwrap();
    assert_eq!(settled.statements().unwrap(), busy().settle().statements().unwrap());
}

#[test]
fn stl_2_a_rewritten_or_cut_log_is_noticed() {
    let logs = busy();
    let raw = logs.raw();
    let organization = &raw[2].1;
    let mut pins = logs.pins();
    pins[2].hash = Hash([9; 32]);
    let off = Fold::new(pins).unwrap().take(organization);
    assert!(matches!(off, Err(FoldError::OffPin { seq: 1, .. })));
    let mut changed = organization.clone();
    changed[0].payload.push(' ');
    assert!(matches!(Fold::new(logs.pins()).unwrap().take(&changed), Err(FoldError::Chain(_))));
    let unfinished = Fold::new(logs.pins()).unwrap().finish(Method::by_the_rules());
    assert!(matches!(unfinished, Err(FoldError::Unfinished(_))));
    let mut finished = run(&logs, 500);
    assert!(matches!(finished.take(&[]), Err(FoldError::Finished)));
    let page = |entries: usize| Fold::new(logs.pins()).unwrap().take(&vec![organization[0].clone(); entries]);
    assert!(matches!(page(501), Err(FoldError::PageTooLong(501))));
    assert!(matches!(page(500), Err(FoldError::Chain(_))), "as many as a page holds are looked at");
}

#[test]
fn stl_13_a_what_if_is_the_same_fold_with_another_method_and_changes_nothing() {
    let settled = busy().settle();
    let now = settled.statements().unwrap();
    let generous = CommissionPlan {
        version: 9,
        regular: crate::commission::TierTerms {
            base: BasisPoints(7_000),
            ..CommissionPlan::default().regular
        },
        ..CommissionPlan::default()
    };
    let method = Method { plan: Some(generous), ..Method::default() };
    assert!(!method.is_by_the_rules());
    let then = settled.by_method(method).statements().unwrap();
    let what_if = compare(&now, &then).unwrap();
    // Consignor 1 sold 13.25: ten points more are 1.00 and 0.325 → 2.28 instead of 1.95.
    assert_eq!((what_if.consignors[0].share, what_if.consignors[0].share_if), (Cents(795), Cents(928)));
    assert_eq!(what_if.shares_differ_by, Cents(133));
    assert_eq!(what_if.house_differs_by, Cents(-133));
    assert_eq!(settled.statements().unwrap(), now);
    let rounding = Method {
        rounding: Some(Rounding::ConsignorFavour),
        scope: Some(RoundingScope::OnGrossTotal),
        ..Method::default()
    };
    let rounded = settled.by_method(rounding).statements().unwrap();
    assert!(
        rounded.iter().zip(&now).all(|(then, now)| (then.totals.share.0 - now.totals.share.0).abs() <= 1)
    );
}

#[test]
fn stl_15_long_statements_are_cut_into_parts_that_come_to_the_same() {
    let lines = vec![(1_u32, 100_i64); 40];
    let logs = (0..80).fold(Logs::plain().join(1, Tier::Regular), |logs, _| logs.sell(&lines));
    let statement = logs.statement(1);
    let parts = parts_of(statement.clone());
    assert_eq!(parts.len(), 3);
    assert!(parts.iter().all(|part| part.lines.len() <= MAX_PART_LINES));
    assert_eq!(parts.iter().filter(|part| part.totals.is_some()).count(), 1);
    let together: Vec<StatementLine> = parts.into_iter().flat_map(|part| part.lines).collect();
    assert_eq!(together, statement.lines);
    // A page of lines stays far below the 2 MB row limit.
    let json = serde_json::to_string(&together[..MAX_PART_LINES]).unwrap();
    assert!(json.len() < 900_000, "{} bytes", json.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn stl_2_any_paging_gives_the_statements_of_one_fold(page in 1_usize..12) {
        let logs = busy();
        let paged = run(&logs, page).finish(Method::by_the_rules()).unwrap();
        prop_assert_eq!(paged, logs.settle());
    }

    #[test]
    fn stl_4_the_order_of_shifts_and_sales_does_not_change_what_is_paid(
        sales in prop::collection::vec((1_u32..4, 1_i64..20_000), 1..12),
        shifts in prop::collection::vec(1_u32..4, 0..6),
        order in any::<u64>(),
        gross in any::<bool>(),
    ) {
        let scope = if gross { RoundingScope::OnGrossTotal } else { RoundingScope::PerLine };
        let start = || {
            let logs = Logs::with_plan(CommissionPlan { scope, ..CommissionPlan::default() });
            logs.join(1, Tier::Regular).join(2, Tier::Super).join(3, Tier::Regular)
        };
        let straight = shifts.iter().fold(start(), |logs, of| logs.shift(*of));
        let straight = sales.iter().fold(straight, |logs, sale| logs.sell(&[*sale]));
        let mut mixed = start();
        let (mut sold, mut worked) = (0, 0);
        for bit in 0..sales.len() + shifts.len() {
            let sell = (order >> (bit % 64)) & 1 == 0 && sold < sales.len() || worked == shifts.len();
            mixed = if sell { sold += 1; mixed.sell(&[sales[sold - 1]]) } else { worked += 1; mixed.shift(shifts[worked - 1]) };
        }
        for number in 1..4 {
            prop_assert_eq!(straight.statement(number).totals, mixed.statement(number).totals);
        }
    }
}
