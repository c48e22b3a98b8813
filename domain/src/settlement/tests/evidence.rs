//! What an amount names: its rule, and the entries that it came from, no more and no fewer.

use super::logs::{Logs, consignor, receipt_id};
use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::fees::{FeeKind, FeeWaived, WaiverReason};
use crate::ids::RemoteId;
use crate::money::{BasisPoints, Cents};
use crate::sale_session::{
    Event, LineFigures, LineRef, OnlineLineBack, OnlineOrderTaken, OnlineRefunded, OrderRef,
};
use crate::settlement::{Difference, DifferenceKind, LineAbout, SaleLine, SourceRef, Statement};
use uuid::Uuid;

fn plain() -> Logs {
    Logs::plain().join(1, Tier::Regular)
}

fn sale(statement: &Statement) -> &SaleLine {
    let LineAbout::Sale(sale) = &statement.lines[0].about else { panic!("a sale comes first") };
    sale
}

/// The entries of the first sale's step of that kind.
fn sources_of(statement: &Statement, kind: DifferenceKind) -> Vec<SourceRef> {
    let of_kind = |step: &&Difference| step.kind == kind;
    sale(statement).differences.iter().find(of_kind).unwrap().sources.clone()
}

#[test]
fn stl_6_the_step_for_shifts_names_the_shifts() {
    let statement = plain().sell(&[(1, 1_000)]).shift(1).shift(1).statement(1);
    let named = sources_of(&statement, DifferenceKind::Shifts);
    assert_eq!(named.len(), 2);
    assert_eq!(statement.lines[0].sources[1..], named, "beside the receipt's line");
}

#[test]
fn stl_7_shifts_that_earn_nothing_are_not_named() {
    let plan = CommissionPlan { shift_points: BasisPoints(0), ..CommissionPlan::default() };
    let statement = Logs::with_plan(plan).join(1, Tier::Regular).sell(&[(1, 1_000)]).shift(1).statement(1);
    assert_eq!(statement.lines[0].sources.len(), 1, "the receipt's line alone");
}

/// The first sale came by the store, which gave two of its ten back and let the shopper keep the item.
fn partly_refunded() -> Logs {
    let mut logs = plain().sell(&[(1, 1_000)]);
    let Some(Event::ReceiptCompleted(sold)) = logs.session.pop() else { panic!("a receipt") };
    let order = OrderRef { shop: crate::ids::ShopId(Uuid::nil()), order: RemoteId(1) };
    let line = LineFigures {
        at: LineRef { receipt: receipt_id(1), number: 1, line: 0 },
        tag: Some(sold.lines[0].tag),
        consignor: Some(consignor(1)),
        price: Cents(200),
        tax: Cents::ZERO,
        rate: BasisPoints(6_000),
        share: Cents(120),
        house: Cents(80),
    };
    let taken = OnlineOrderTaken {
        order,
        receipt: receipt_id(1),
        number: 1,
        occurred_at: 0,
        paid: true,
        fulfilled: false,
        tax_included: false,
        line_ids: vec![RemoteId(11)],
        lines: sold.lines,
        unlisted: vec![],
        gross: sold.gross,
        tax: sold.tax,
        total: sold.total,
        variances: vec![],
    };
    logs.then_session(taken).then_session(OnlineRefunded {
        order,
        refund: RemoteId(71),
        occurred_at: 0,
        lines: vec![OnlineLineBack { line, id: RemoteId(11), returned: false, restock: false }],
        adjustment: Cents::ZERO,
        covered: Cents::ZERO,
        gross: Cents(200),
        tax: Cents::ZERO,
        total: Cents(200),
        stated: Cents(200),
    })
}

#[test]
fn stl_6_the_step_for_a_refund_names_the_refund() {
    let logs = partly_refunded();
    let refund = u64::try_from(logs.session.len()).unwrap();
    let statement = logs.statement(1);
    let named: Vec<u64> =
        sources_of(&statement, DifferenceKind::Refunded).iter().map(|source| source.seq).collect();
    assert_eq!(named, [refund]);
}

#[test]
fn stl_3_what_was_given_back_of_a_price_is_written_where_there_is_something() {
    let written = |logs: &Logs| serde_json::to_value(sale(&logs.statement(1))).unwrap();
    assert_eq!(written(&partly_refunded())["price_back_cents"], 200);
    assert_eq!(written(&plain().sell(&[(1, 1_000)])).get("price_back_cents"), None);
}

#[test]
fn stl_9_a_waiver_of_a_part_of_the_share_follows_the_same_rule_as_its_penalty() {
    let waived = |part: Option<u32>| {
        let logs = plain().sell(&[(1, 1_000)]).charge(1, FeeKind::NoShow, 300, part);
        logs.then_event(FeeWaived {
            consignor: consignor(1),
            kind: FeeKind::NoShow,
            amount: Cents(if part.is_some() { 0 } else { 300 }),
            part_of_share: part.map(BasisPoints),
            reason: WaiverReason::Goodwill,
            note: None,
        })
        .statement(1)
    };
    for (part, rule) in [(Some(1_000), "STL-9"), (None, "STL-8")] {
        let statement = waived(part);
        let rules: Vec<_> = statement.lines[1..].iter().map(|line| &*line.rule).collect();
        assert_eq!(rules, [rule, rule], "charged and waived");
    }
}

#[test]
fn stl_12_more_or_less_in_the_till_than_was_owed_is_a_variance_and_balances() {
    for paid_more in [-40, 40] {
        let mut logs = plain().sell(&[(1, 1_000)]);
        let Some(Event::ReceiptCompleted(sold)) = logs.session.last_mut() else { panic!("a receipt") };
        sold.tenders[0].amount.0 += paid_more;
        let settled = logs.settle();
        let balance = settled.trial_balance(&settled.statements().unwrap()).unwrap();
        assert_eq!((balance.received, balance.variance), (Cents(1_000 + paid_more), Cents(paid_more)));
        assert_eq!(balance.difference, Cents::ZERO);
    }
}
