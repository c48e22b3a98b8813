//! What becomes of single lines, and which plan they are settled by.

use uuid::Uuid;

use super::logs::{EVENT, Logs, SESSION, consignor, receipt_id};
use crate::claims::{Claim, ClaimAnswer, ClaimKind, Verdict};
use crate::commission::{CommissionPlan, Tier, TierTerms};
use crate::consignment_event::{CustodyItem, ItemFlags, Terms};
use crate::ids::CaseId;
use crate::money::{BasisPoints, Cents, RoundingScope};
use crate::organization::Settings;
use crate::sale_session::{
    ClaimAnswered, ClaimSent, ConflictKind, ConflictOpened, ConflictResolved, DroppedReceipt, Event, Line,
    LineFigures, LineRef, ReceiptVoided, Resolution, Standing, VoidReason,
};
use crate::settlement::{PlanOf, SettlementRules};

fn figures(receipt: u32, line: u16, owner: Option<u32>, price: i64, share: i64) -> LineFigures {
    LineFigures {
        at: LineRef { receipt: receipt_id(receipt), number: receipt, line },
        tag: None,
        consignor: owner.map(consignor),
        price: Cents(price),
        tax: Cents::ZERO,
        rate: BasisPoints(0),
        share: Cents(share),
        house: Cents(price - share),
    }
}

fn plan(version: u32, base: u32, scope: RoundingScope) -> CommissionPlan {
    let default = CommissionPlan::default();
    let regular = TierTerms { base: BasisPoints(base), ..default.regular.clone() };
    CommissionPlan { version, regular, scope, ..default }
}

/// Sold under version 2 (70 %), in an event founded under version 1 (60 %).
fn sold_under_a_newer_plan(plan_of: PlanOf, scope: RoundingScope, prices: &[i64]) -> Logs {
    let settlement = SettlementRules { plan_of, ..SettlementRules::default() };
    let settings = Settings { plan: plan(1, 6_000, scope), settlement, ..Settings::new("USD", "UTC") };
    let mut logs = Logs::new(settings).join(1, Tier::Regular);
    if let Some(Event::SessionScheduled(scheduled)) = logs.session.first_mut() {
        scheduled.0.plan = plan(2, 7_000, scope);
    }
    logs.settings.plan = plan(2, 7_000, scope);
    let lines: Vec<(u32, i64)> = prices.iter().map(|price| (1, *price)).collect();
    logs.sell(&lines)
}

#[test]
fn stl_4_the_plan_is_the_sales_or_the_events_as_the_rules_say() {
    let share = |plan_of| {
        sold_under_a_newer_plan(plan_of, RoundingScope::PerLine, &[1_000]).statement(1).totals.share
    };
    assert_eq!(share(PlanOf::Sale), Cents(700));
    assert_eq!(share(PlanOf::Event), Cents(600));
}

#[test]
fn stl_5_lines_of_different_plans_are_rounded_apart() {
    // 3 × 0.75 at 70 % are 157.5 → 158 cents; one more sold under the older plan at 60 %: 45.
    let mut logs = sold_under_a_newer_plan(PlanOf::Sale, RoundingScope::OnGrossTotal, &[75, 75, 75]);
    logs.settings.plan = plan(1, 6_000, RoundingScope::OnGrossTotal);
    let statement = logs.sell(&[(1, 75)]).statement(1);
    let shares: Vec<i64> = statement.lines.iter().map(|line| line.amount.0).collect();
    assert_eq!(shares, [53, 53, 52, 45]);
}

#[test]
fn stl_3_a_voided_receipt_never_earned_anything() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000), (1, 500)]);
    let voided = ReceiptVoided {
        receipt: receipt_id(1),
        number: 1,
        terminal: None,
        reason: VoidReason::Mistake,
        lines: vec![figures(1, 0, Some(1), 1_000, 600), figures(1, 1, Some(1), 500, 300)],
        gross: Cents(1_500),
        tax: Cents::ZERO,
        total: Cents(1_500),
        cash: Cents(1_500),
    };
    let statement = logs.then_session(voided).statement(1);
    assert_eq!((statement.totals.share, statement.totals.estimate), (Cents::ZERO, Cents(900)));
}

#[test]
fn stl_3_a_bad_copy_of_a_receipt_is_dropped_with_its_money() {
    let case = CaseId(Uuid::from_u128(7));
    let mut logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]);
    let copy =
        [600, 300, 100].map(|price| Line { standing: Standing::Contested, ..logs.line(1, price, price) });
    let logs = logs.receipt(copy.to_vec()).then_session(ConflictOpened {
        case,
        kind: ConflictKind::ReceiptIdReused,
        tag: None,
        first: None,
        second: None,
        was_credited: false,
        receipts: vec![receipt_id(1), receipt_id(2)],
    });
    let open = logs.settle();
    let balance = open.trial_balance(&open.statements().unwrap()).unwrap();
    assert_eq!((balance.payable, balance.gross), (Cents(2_000), Cents(1_000)));
    let dropped = DroppedReceipt {
        receipt: receipt_id(2),
        number: 2,
        gross: Cents(1_000),
        tax: Cents::ZERO,
        total: Cents(1_000),
        paid: Cents(1_000),
        cash: Cents(1_000),
        terminal: crate::ids::TerminalId(Uuid::from_u128(1)),
    };
    let resolved = ConflictResolved {
        case,
        resolution: Resolution::OneBasket,
        credited: vec![],
        refunded: vec![],
        refund: Cents::ZERO,
        dropped: Some(dropped),
    };
    let logs = logs.then_session(resolved);
    assert_eq!(logs.statement(1).totals.share, Cents(600));
    let settled = logs.settle();
    let balance = settled.trial_balance(&settled.statements().unwrap()).unwrap();
    assert_eq!((balance.received, balance.payable), (Cents(1_000), Cents(1_000)));
}

#[test]
fn stl_3_a_claimed_line_waits_for_the_events_answer() {
    let case = CaseId(Uuid::from_u128(8));
    let mut logs = Logs::plain().join(1, Tier::Super);
    let mut line = logs.line(1, 1_000, 1_000);
    line.standing = Standing::Claimed;
    let tag = line.tag;
    let claim = Claim {
        session: SESSION,
        case,
        receipt: receipt_id(1),
        tag,
        kind: ClaimKind::Sold,
        price: Cents(1_000),
        occurred_at: 0,
    };
    let logs = logs.receipt(vec![line]).then_session(ClaimSent { claim, number: 1, line: 0, event: EVENT });
    assert_eq!(logs.settle().checks().open_conflicts, 1);
    assert_eq!(logs.statement(1).totals.share, Cents::ZERO);
    let answer = |verdict, credited| ClaimAnswered { answer: ClaimAnswer { case, verdict }, credited };
    let contested = logs.clone().then_session(answer(Verdict::Contested { found: None }, None));
    assert_eq!(contested.settle().checks().open_conflicts, 1);
    // Listed at 120.00, sold at 10.00: the bonus looks at the price the event knows.
    let item =
        CustodyItem { tag, consignor: consignor(1), price: Cents(12_000), flags: ItemFlags::default() };
    let terms = Terms { consignor: consignor(1), tier: Tier::Super, shifts: 0 };
    let credited = Some(figures(1, 0, Some(1), 1_000, 700));
    let accepted = logs.clone().then_session(answer(Verdict::Accepted { item, terms }, credited));
    assert_eq!(accepted.statement(1).totals.share, Cents(700));
    assert!(accepted.settle().checks().are_clear());
    let dismissed = logs.then_session(answer(Verdict::Dismissed, Some(figures(1, 0, None, 1_000, 0))));
    assert_eq!(dismissed.statement(1).totals.share, Cents::ZERO);
    assert!(dismissed.settle().checks().are_clear());
}

#[test]
fn stl_16_what_names_a_line_nobody_sold_is_shown() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]);
    let stray = crate::sale_session::LineIdentified { line: figures(9, 0, Some(1), 300, 180), plan: 1 };
    let settled = logs.then_session(stray).settle();
    assert_eq!((settled.checks().unmatched, settled.unmatched().len()), (1, 1));
}
