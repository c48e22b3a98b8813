//! Golden statements, worked out by hand: what sales come to, and what becomes of a share when the sale does not stand.

use super::logs::{EVENT, Logs, consignor, receipt_id};
use crate::commission::{CommissionPlan, Tier};
use crate::ids::CaseId;
use crate::money::{BasisPoints, Cents, RoundingScope};
use crate::organization::ConsignorErased;
use crate::sale_session::{
    ConflictKind, ConflictOpened, ConflictResolved, LineFigures, LineRef, OnlineLineBack, OnlineOrderTaken,
    OnlineRefunded, OrderRef, Resolution, UnlistedLine, UnlistedReason,
};
use crate::settlement::{DifferenceKind, LineAbout, Statement, StatementLine};
use crate::tax::TaxRule;
use uuid::Uuid;

/// A sale's amount, rule and steps.
type Told<'a> = (i64, &'a str, Vec<(DifferenceKind, i64)>);

fn sales(statement: &Statement) -> Vec<Told<'_>> {
    let sale = |line: &'_ StatementLine| match &line.about {
        LineAbout::Sale(sale) => {
            let steps = sale.differences.iter().map(|step| (step.kind, step.amount.0)).collect();
            let estimate_and_steps =
                sale.estimate.0 + sale.differences.iter().map(|step| step.amount.0).sum::<i64>();
            assert_eq!(estimate_and_steps, line.amount.0, "estimate and steps come to the share");
            Some((line.amount.0, steps))
        }
        _ => None,
    };
    statement
        .lines
        .iter()
        .filter_map(|line| sale(line).map(|(amount, steps)| (amount, &*line.rule, steps)))
        .collect()
}

#[test]
fn stl_4_shifts_completed_after_the_sale_raise_every_line_and_are_named() {
    // 10.00 at 60 % is 6.00; two shifts later at 70 % it is 7.00.
    let statement = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]).shift(1).shift(1).statement(1);
    assert_eq!(sales(&statement), [(700, "STL-4", vec![(DifferenceKind::Shifts, 100)])]);
    assert_eq!(statement.lines[0].sources.len(), 3, "the receipt's line and both shifts");
    assert_eq!((statement.totals.share, statement.totals.house), (Cents(700), Cents(300)));
    assert_eq!((statement.totals.estimate, statement.totals.due), (Cents(600), Cents(700)));
}

#[test]
fn stl_7_each_amount_names_its_rule_and_its_entries_the_deciding_one_first() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]).shift(1);
    let returned = logs.returned(1, 0, 1_000);
    let back = logs.clone().then_session(returned).statement(1);
    let sold = logs.statement(1);
    let receipt = sold.lines[0].sources[0];
    assert_eq!((&*sold.lines[0].rule, receipt.line), ("STL-4", 1), "the receipt's line");
    assert_eq!(back.lines[0].rule, "STL-3");
    assert!(back.lines[0].sources.contains(&receipt));
    let LineAbout::Sale(sale) = &back.lines[0].about else { panic!() };
    assert_ne!(sale.differences[0].sources, [receipt], "the return's own entry");
    assert_eq!(back.lines[0].sources, [receipt, sale.differences[0].sources[0]]);
    for statement in [&sold, &back] {
        assert!(statement.lines.iter().all(|line| !line.rule.is_empty() && !line.sources.is_empty()));
    }
}

#[test]
fn stl_4_a_fourth_shift_brings_nothing_and_the_bonus_begins_at_its_price() {
    let logs = Logs::plain().join(1, Tier::Super).sell(&[(1, 9_999), (1, 10_000)]);
    let logs = (0..4).fold(logs, |logs, _| logs.shift(1));
    // 99.99 at 65 + 15 = 80 %: 79.992 → 79.99; 100.00 at 65 + 5 + 15 = 85 %: 85.00.
    let shares: Vec<_> = sales(&logs.statement(1)).into_iter().map(|(amount, ..)| amount).collect();
    assert_eq!(shares, [7_999, 8_500]);
}

#[test]
fn stl_6_tier_and_shifts_are_named_one_after_the_other() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 12_000)]).join(1, Tier::Super).shift(1);
    // Estimated 60 % = 72.00; super 65 + 5 = 70 % = 84.00; one shift 75 % = 90.00.
    let steps = vec![(DifferenceKind::Tier, 1_200), (DifferenceKind::Shifts, 600)];
    assert_eq!(sales(&logs.statement(1)), [(9_000, "STL-4", steps)]);
}

#[test]
fn stl_3_a_returned_line_loses_whatever_it_had_earned() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000), (1, 500)]).shift(1);
    let returned = logs.returned(1, 0, 1_000);
    let statement = logs.then_session(returned).statement(1);
    assert_eq!(
        sales(&statement),
        [
            (0, "STL-3", vec![(DifferenceKind::Returned, -600)]),
            (325, "STL-4", vec![(DifferenceKind::Shifts, 25)])
        ]
    );
    assert_eq!((statement.totals.sold, statement.totals.gross), (1, Cents(500)));
}

#[test]
fn stl_3_tax_goes_back_with_the_line_added_or_contained() {
    for inclusive in [false, true] {
        let mut settings = crate::organization::Settings::new("USD", "UTC");
        settings.tax = TaxRule { rate: BasisPoints(725), inclusive, exempt: vec![] };
        let logs = Logs::new(settings).join(1, Tier::Regular).sell(&[(1, 1_000), (1, 500)]);
        let returned = logs.returned(1, 1, 500);
        assert_eq!(logs.then_session(returned).statement(1).totals.share, Cents(600));
    }
}

#[test]
fn stl_5_rounding_the_total_hands_the_remainder_to_the_largest_fractions() {
    // 0.75 × 65 % is 48.75 cents: by line 49 each; the total of three is 146.25 → 146, so one line gets 48.
    let plan = |scope| CommissionPlan { scope, ..CommissionPlan::default() };
    let logs = |scope| Logs::with_plan(plan(scope)).join(1, Tier::Super).sell(&[(1, 75), (1, 75), (1, 75)]);
    let shares =
        |statement: &Statement| -> Vec<i64> { sales(statement).iter().map(|(amount, ..)| *amount).collect() };
    assert_eq!(shares(&logs(RoundingScope::PerLine).statement(1)), [49, 49, 49]);
    let on_total = logs(RoundingScope::OnGrossTotal).statement(1);
    assert_eq!(shares(&on_total), [49, 49, 48]);
    assert_eq!(sales(&on_total)[2], (48, "STL-5", vec![(DifferenceKind::Remainder, -1)]));
    assert_eq!(on_total.totals.share.plus(on_total.totals.house), Ok(Cents(225)));
}

#[test]
fn stl_3_a_contested_line_is_credited_to_nobody_until_its_case_ends() {
    let case = CaseId(Uuid::from_u128(7));
    let mut logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]);
    let mut second = logs.line(1, 1_000, 1_000);
    second.standing = crate::sale_session::Standing::Contested;
    logs = logs.receipt(vec![second]);
    let opened = ConflictOpened {
        case,
        kind: ConflictKind::DoubleSale,
        tag: None,
        first: Some(LineRef { receipt: receipt_id(1), number: 1, line: 0 }),
        second: Some(logs.figures(2, 0, 1_000, 0)),
        was_credited: false,
        receipts: vec![receipt_id(1), receipt_id(2)],
    };
    let open = logs.then_session(opened);
    let statement = open.statement(1);
    assert_eq!(sales(&statement), [(600, "STL-4", vec![]), (0, "STL-3", vec![])]);
    assert_eq!(open.settle().checks().open_conflicts, 1);
    let end = |resolution, credited, refunded, refund| ConflictResolved {
        case,
        resolution,
        credited,
        refunded,
        refund: Cents(refund),
        dropped: None,
    };
    let second = open.figures(2, 0, 1_000, 0);
    let refunded =
        open.clone().then_session(end(Resolution::KeepFirstRefundSecond, vec![], vec![second], 1_000));
    assert_eq!(refunded.statement(1).totals.share, Cents(600));
    assert!(refunded.settle().checks().are_clear());
    let mut credited = open.figures(2, 0, 1_000, 600);
    credited.consignor = Some(consignor(2));
    let two = Resolution::TwoItems { consignor: Some(consignor(2)) };
    let two_items = open.clone().then_session(end(two, vec![credited], vec![], 0));
    assert_eq!(two_items.statement(1).totals.share, Cents(600));
    assert_eq!(two_items.statement(2).totals.share, Cents(600));
    let to_house = open.then_session(end(
        Resolution::TwoItems { consignor: None },
        vec![two_items.figures(2, 0, 1_000, 0)],
        vec![],
        0,
    ));
    assert_eq!(to_house.statement(1).totals.share, Cents(600));
}

#[test]
fn stl_3_something_unlisted_is_the_houses_until_it_is_known() {
    let mut logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]);
    let unlisted = UnlistedLine {
        why: UnlistedReason::NoTag,
        tag: None,
        price: Cents(300),
        tax: Cents::ZERO,
        keyed: false,
        standing: crate::sale_session::Standing::Credited,
    };
    if let Some(crate::sale_session::Event::ReceiptCompleted(receipt)) = logs.session.last_mut() {
        receipt.unlisted.push(unlisted);
        receipt.total = Cents(1_300);
        receipt.tenders[0].amount = Cents(1_800);
    }
    assert_eq!(logs.statement(1).totals.share, Cents(600));
    let line = LineFigures { consignor: Some(consignor(1)), ..logs.figures(1, 1, 300, 180) };
    let identified = logs.then_session(crate::sale_session::LineIdentified { line, plan: 1 });
    let statement = identified.statement(1);
    assert_eq!(statement.totals.share, Cents(780));
    assert_eq!(
        statement.lines[1].sources.len(),
        2,
        "the receipt's line, and the entry that said whose it is"
    );
}

#[test]
fn stl_3_a_partial_refund_with_an_adjustment_leaves_the_share_of_what_is_left() {
    let mut logs = Logs::plain().join(1, Tier::Regular);
    let line = logs.line(1, 1_000, 1_000);
    let order = OrderRef { shop: crate::ids::ShopId(Uuid::from_u128(3)), order: crate::ids::RemoteId(77) };
    let taken = OnlineOrderTaken {
        order,
        receipt: receipt_id(1),
        number: 1,
        occurred_at: 0,
        paid: true,
        fulfilled: true,
        tax_included: false,
        line_ids: vec![crate::ids::RemoteId(1)],
        lines: vec![line],
        unlisted: vec![],
        gross: Cents(1_000),
        tax: Cents::ZERO,
        total: Cents(1_000),
        variances: vec![],
    };
    let back = logs.figures(1, 0, 200, 120);
    let refunded = OnlineRefunded {
        order,
        refund: crate::ids::RemoteId(5),
        occurred_at: 0,
        lines: vec![OnlineLineBack {
            line: back,
            id: crate::ids::RemoteId(1),
            returned: false,
            restock: false,
        }],
        adjustment: Cents(100),
        covered: Cents::ZERO,
        gross: Cents(200),
        tax: Cents::ZERO,
        total: Cents(300),
        stated: Cents(300),
    };
    let mut kept = refunded.clone();
    (kept.lines[0].returned, kept.adjustment, kept.total) = (true, Cents::ZERO, Cents(200));
    let logs_kept = logs.clone().then_session(taken.clone()).then_session(kept);
    assert_eq!(sales(&logs_kept.statement(1)), [(0, "STL-3", vec![(DifferenceKind::Returned, -600)])]);
    let settled = logs_kept.settle();
    let balance = settled.trial_balance(&settled.statements().unwrap()).unwrap();
    assert_eq!((balance.gross, balance.house), (Cents(800), Cents(800)), "what was kept is the house's");
    let logs = logs.then_session(taken).then_session(refunded);
    let statement = logs.statement(1);
    // 8.00 are left, at 60 %; the adjustment of 1.00 is the house's to bear.
    assert_eq!(sales(&statement), [(480, "STL-4", vec![(DifferenceKind::Refunded, -120)])]);
    let settled = logs.settle();
    let balance = settled.trial_balance(&settled.statements().unwrap()).unwrap();
    assert_eq!((balance.received, balance.borne, balance.payable), (Cents(700), Cents(100), Cents(800)));
}

#[test]
fn era_a_consignor_erased_after_the_sale_keeps_the_figures() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]);
    let before = logs.statement(1);
    let erased = logs.then_organization(ConsignorErased { consignor: consignor(1), tell: vec![EVENT] });
    assert_eq!(erased.statement(1).totals, before.totals);
}
