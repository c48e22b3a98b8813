use proptest::prelude::*;

use super::super::tests::*;
use super::super::*;
use crate::ids::{ReceiptId, ReturnId};
use crate::markdown::MarkdownSchedule;
use crate::money::{BasisPoints, Cents};
use crate::scenario::Scenario;
use crate::tax::TaxRule;

fn back(n: u128, lines: &[(u16, bool)], refund: i64) -> Command {
    Command::ReturnLines(ReturnLines {
        id: ReturnId(Uuid::from_u128(n)),
        receipt: ReceiptId(Uuid::from_u128(1)),
        lines: lines.iter().map(|(line, restock)| AskedReturn { line: *line, restock: *restock }).collect(),
        reason: ReturnReason::Faulty,
        tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(refund) }],
        occurred_at: NOW,
    })
}

fn sold() -> Scenario<SaleSession> {
    open().when(sell(1, &[(1, 1_000), (2, 12_000), (3, 75)], &[(TenderKind::Cash, 13_075)], 0)).by(olivia())
}

#[test]
fn ret_1_returns_are_taken_by_people_or_terminals_with_the_right() {
    sold().by(till(1)).when(back(1, &[(0, true)], 1_000)).then_refused("RET-1", "not_permitted");
    sold().by(till(2)).when(back(1, &[(0, true)], 1_000)).then_kinds(&["return_recorded"]);
    sold().by(till(9)).when(back(1, &[(0, true)], 1_000)).then_refused("TRM-5", "terminal_unknown");
    open().by(olivia()).when(back(1, &[(0, true)], 1_000)).then_refused("RET-1", "receipt_unknown");
}

#[test]
fn ret_3_a_return_names_lines_of_the_receipt_once() {
    sold().when(back(1, &[], 0)).then_refused("RET-3", "nothing_returned");
    sold().when(back(1, &[(3, true)], 0)).then_refused("RET-3", "line_unknown");
    sold().when(back(1, &[(0, true), (0, true)], 2_000)).then_refused("RET-3", "line_twice");
    sold()
        .when(back(1, &[(0, true)], 1_000))
        .when(back(1, &[(1, true)], 12_000))
        .then_refused("RET-3", "return_exists");
}

#[test]
fn ret_4_a_voided_receipt_is_not_returned() {
    let voided = sold()
        .when(Command::VoidReceipt { receipt: ReceiptId(Uuid::from_u128(1)), reason: VoidReason::Mistake });
    voided.when(back(1, &[(0, true)], 1_000)).then_refused("RET-4", "receipt_void");
}

#[test]
fn ret_5_a_line_comes_back_once_and_its_share_falls_away_with_it() {
    let returned = sold().when(back(1, &[(1, true)], 12_000));
    let books = returned.state().books;
    assert_eq!((books.share, books.house), (Cents(600 + 56), Cents(400 + 19)));
    check(&returned);
    returned.when(back(2, &[(1, true)], 12_000)).then_refused("RET-5", "line_already_returned");
}

#[test]
fn ret_6_what_goes_back_is_what_was_paid_tax_included() {
    let tax = TaxRule { rate: BasisPoints(725), inclusive: false, exempt: Vec::new() };
    let sold = || {
        open_with(tax.clone(), MarkdownSchedule::default())
            .when(sell(1, &[(1, 1_000)], &[(TenderKind::Cash, 1_073)], 0))
            .by(olivia())
    };
    sold().when(back(1, &[(0, true)], 1_000)).then_refused("RET-6", "refund_differs");
    let returned = sold().when(back(1, &[(0, true)], 1_073));
    assert_eq!(returned.state().books.refunded_tax, Cents(73));
    let inclusive = TaxRule { inclusive: true, ..tax.clone() };
    let contained = open_with(inclusive, MarkdownSchedule::default())
        .when(sell(1, &[(1, 1_000)], &[(TenderKind::Cash, 1_000)], 0))
        .by(olivia())
        .when(back(1, &[(0, true)], 1_000));
    contained.then_kinds(&["return_recorded"]);
}

#[test]
fn ret_7_restocked_items_are_sold_again_others_only_as_exceptions() {
    let returned = sold().when(back(1, &[(0, true), (2, false)], 1_075)).by(till(1));
    let again = returned.when(sell(2, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    again.then_kinds(&["receipt_completed"]);
    let refused = again.when(sell(3, &[(3, 75)], &[(TenderKind::Card, 75)], 0));
    refused.then_refused("SAL-13", "item_needs_permission");
    let sold = refused.by(till(2)).when(sell(3, &[(3, 75)], &[(TenderKind::Card, 75)], 0));
    match sold.appended() {
        [Event::ReceiptCompleted(receipt)] => assert_eq!(receipt.lines[0].marked, Some(Marked::Returned)),
        other => panic!("{other:?}"),
    }
    check(&sold);
}

#[test]
fn ret_7_the_event_hears_what_became_of_returned_items() {
    use crate::consignment_event::Outcome;
    let closing = sold().when(back(1, &[(0, true), (2, false)], 1_075)).when(Command::Close);
    let Some(Event::CustodyReleased(page)) = closing.appended().last() else { panic!() };
    let outcomes: Vec<_> = page.items.iter().map(|item| item.outcome).collect();
    assert_eq!(outcomes[..3], [Outcome::Unsold, Outcome::Sold, Outcome::Returned]);
}

#[test]
fn ret_8_a_closed_session_takes_returns_for_ever_and_tells_the_event() {
    let closed =
        sold().when(Command::Close).by(event_actor()).when(Command::ConfirmRelease { page: 1 }).by(olivia());
    let returned = closed.at(NOW * 2).when(back(1, &[(0, false)], 1_000));
    returned.then_kinds(&["return_recorded", "claim_sent"]);
    let claim = returned.deliveries().last().unwrap().command.clone();
    assert_eq!((claim["type"].as_str(), claim["kind"].as_str()), (Some("take_claim"), Some("returned")));
    check(&returned);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ret_9_no_order_of_returns_gives_back_another_sum(order in Just(vec![0_u16, 1, 2]).prop_shuffle(), restock: bool) {
        let prices = [1_000, 12_000, 75];
        let mut scenario = sold();
        for (n, line) in (1..).zip(&order) {
            scenario = scenario.when(back(n, &[(*line, restock)], prices[usize::from(*line)]));
            check(&scenario);
        }
        let books = scenario.state().books;
        prop_assert_eq!((books.share, books.house, books.refunded_total), (Cents(0), Cents(0), Cents(13_075)));
        prop_assert_eq!(scenario.state().sold, 0);
    }
}
