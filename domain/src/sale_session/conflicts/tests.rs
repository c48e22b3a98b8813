use proptest::prelude::*;

use super::super::receipts::offline_tests::{offline, record};
use super::super::tests::*;
use super::super::*;
use crate::ids::{CaseId, ConsignorNumber};
use crate::money::Cents;
use crate::scenario::Scenario;

/// One tag on two offline tills.
fn collision() -> Scenario<SaleSession> {
    open().when(record(offline(1, 1, &[(1, 1_000)]))).by(till(2)).when(record(offline(
        2,
        2,
        &[(1, 1_000), (3, 75)],
    )))
}

pub(in crate::sale_session) fn resolve(
    scenario: Scenario<SaleSession>,
    nth: usize,
    resolution: Resolution,
) -> Scenario<SaleSession> {
    let Answer::Cases { cases } = SaleSession::answer(scenario.state(), &Query::Cases) else { panic!() };
    let OpenCase { case, receipts, .. } = cases[nth].clone();
    scenario.by(olivia()).when(Command::ResolveConflict { case, resolution, receipts })
}

#[test]
fn con_1_one_tag_on_two_offline_tills_opens_one_case_with_both_receipts() {
    let scenario = collision();
    scenario.then_kinds(&["receipt_completed", "conflict_opened"]);
    let Some(Event::ConflictOpened(opened)) = scenario.appended().last() else { panic!() };
    assert_eq!(opened.kind, ConflictKind::DoubleSale);
    assert_eq!(opened.receipts.len(), 2);
    assert_eq!((opened.first.unwrap().number, opened.second.unwrap().at.number), (1, 2));
    assert_eq!(scenario.state().books.held, Cents(1_000));
    assert_eq!(scenario.state().books.share, Cents(600 + 56), "the consignor is credited once");
    check(&scenario);
}

#[test]
fn con_2_a_case_has_one_end_and_each_end_ties_out() {
    let one = |resolution| resolve(collision(), 0, resolution);
    let first = one(Resolution::KeepFirstRefundSecond);
    let second = one(Resolution::KeepSecondRefundFirst);
    let house = one(Resolution::TwoItems { consignor: None });
    let named = one(Resolution::TwoItems { consignor: Some(ConsignorNumber(2)) });
    for (scenario, share, refunded) in
        [(&first, 656, 1_000), (&second, 656, 1_000), (&house, 656, 0), (&named, 656 + 750, 0)]
    {
        check(scenario);
        let books = &scenario.state().books;
        assert_eq!((books.share, books.held), (Cents(share), Cents(0)));
        assert_eq!(books.refunded_total, Cents(refunded));
    }
    assert_eq!(first.state().slot(tag(1)).unwrap().receipt, 1);
    assert_eq!(second.state().slot(tag(1)).unwrap().receipt, 2);
    let case = *first.state().ended.iter().next().unwrap();
    let again =
        Command::ResolveConflict { case, resolution: Resolution::KeepSecondRefundFirst, receipts: vec![] };
    let again = first.when(again);
    again.then_refused("CON-2", "case_ended");
    let unknown = Command::ResolveConflict {
        case: CaseId(Uuid::from_u128(404)),
        resolution: Resolution::OneBasket,
        receipts: vec![],
    };
    again.when(unknown).then_refused("CON-1", "case_unknown");
}

#[test]
fn con_3_a_case_ends_only_in_ways_of_its_kind() {
    resolve(collision(), 0, Resolution::OneBasket).then_refused("CON-3", "resolution_unfit");
    resolve(collision(), 0, Resolution::TwoBaskets).then_refused("CON-3", "resolution_unfit");
}

#[test]
fn con_4_a_contested_item_waits_for_its_case_before_it_is_returned() {
    let back = |n: u128| {
        Command::ReturnLines(ReturnLines {
            id: crate::ids::ReturnId(Uuid::from_u128(n)),
            receipt: crate::ids::ReceiptId(Uuid::from_u128(n)),
            lines: vec![AskedReturn { line: 0, restock: true }],
            reason: ReturnReason::Faulty,
            tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(1_000) }],
            occurred_at: NOW,
        })
    };
    for receipt in [1, 2] {
        collision().by(olivia()).when(back(receipt)).then_refused("CON-4", "line_contested");
        collision()
            .by(olivia())
            .when(Command::VoidReceipt {
                receipt: crate::ids::ReceiptId(Uuid::from_u128(receipt)),
                reason: VoidReason::Mistake,
            })
            .then_refused("RET-2", "receipt_changed");
    }
    let resolved = resolve(collision(), 0, Resolution::KeepFirstRefundSecond);
    let returned = resolved.when(back(1));
    returned.then_kinds(&["return_recorded"]);
    check(&returned);
    returned.when(back(2)).then_refused("RET-5", "line_already_returned");
}

#[test]
fn con_8_refunding_the_holder_needs_its_receipt_named() {
    let scenario = collision();
    let case = *scenario.state().cases.keys().next().unwrap();
    let resolution = Resolution::KeepSecondRefundFirst;
    let bare = scenario.by(olivia()).when(Command::ResolveConflict { case, resolution, receipts: vec![] });
    bare.then_refused("CON-8", "receipt_not_named");
    assert!(bare.refusal().allowed.ends_with("0001"), "it says which receipt: {}", bare.refusal());
    bare.by(till(1))
        .when(Command::ResolveConflict { case, resolution, receipts: vec![] })
        .then_refused("SES-11", "not_a_person");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn con_7_whatever_a_person_decides_in_whatever_order_the_books_tie_out(
        ways in proptest::collection::vec((0_usize..3, 0_usize..4), 3),
    ) {
        let mut scenario = open();
        for n in 1..=4 {
            scenario = scenario.when(record(offline(n, 1, &[(1, 1_000)])));
        }
        for (nth, way) in ways {
            let open = scenario.state().cases.len();
            let resolution = [
                Resolution::KeepFirstRefundSecond,
                Resolution::KeepSecondRefundFirst,
                Resolution::TwoItems { consignor: None },
                Resolution::TwoItems { consignor: Some(ConsignorNumber(2)) },
            ][way];
            scenario = resolve(scenario, nth % open, resolution);
            check(&scenario);
        }
        let books = &scenario.state().books;
        prop_assert_eq!(books.held, Cents(0));
        // Each of four baskets either stands or is refunded, and item 1 is credited once.
        prop_assert_eq!(books.gross, Cents(4_000));
        prop_assert_eq!(scenario.state().slot(tag(1)).map(|slot| slot.receipt > 0), Some(true));
        let for_the_item = books.share.0 % 750;
        prop_assert_eq!(for_the_item, 600);
    }
}

#[test]
fn con_7_an_item_that_left_with_nobody_credited_is_claimed_before_the_other_sale_earns() {
    // Both tills come in after the items went back: the first sale is claimed, the second contested.
    let late = open().by(olivia()).when(Command::CloseOver { reason: CloseReason::ComesLater }).by(till(1));
    let both = late.when(record(offline(1, 1, &[(1, 1_000)]))).by(till(2)).when(record(offline(
        2,
        2,
        &[(1, 1_000)],
    )));
    let resolved = resolve(both, 0, Resolution::KeepSecondRefundFirst);
    resolved.then_kinds(&["conflict_resolved", "claim_sent"]);
    let books = resolved.state().books;
    assert_eq!((books.share, books.house, books.held), (Cents(0), Cents(0), Cents(1_000)));
    check(&resolved);
}

#[test]
fn con_1_a_case_is_resolved_about_a_line_that_is_still_contested() {
    // No command takes a contested line out of its case (CON-4); were one to, the resolution would say so.
    let case = CaseId(Uuid::from_u128(0xC));
    let stray = Case { kind: ConflictKind::DoubleSale, tag: Some(tag(1)), second: None, receipts: vec![] };
    let scenario = open().by(olivia()).given_state(|state| drop(state.cases.insert(case, stray)));
    let resolution = Resolution::KeepFirstRefundSecond;
    let resolve = Command::ResolveConflict { case, resolution, receipts: vec![] };
    scenario.when(resolve).then_refused("CON-1", "line_not_contested");
}
