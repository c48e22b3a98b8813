use proptest::prelude::*;

use super::super::tests::*;
use super::super::*;
use crate::ids::{Actor, ReceiptId};
use crate::markdown::MarkdownSchedule;
use crate::money::{BasisPoints, Cents};
use crate::scenario::Scenario;
use crate::tax::TaxRule;

/// Variances with their lines.
type Found = Vec<(Variance, Option<u16>)>;

const HOUR: i64 = 60 * 60 * 1_000;

pub(in crate::sale_session) fn offline(n: u128, by: u128, lines: &[(u32, i64)]) -> OfflineReceipt {
    let paid: i64 = lines.iter().map(|(_, price)| price).sum();
    OfflineReceipt {
        receipt: ReceiptId(Uuid::from_u128(n)),
        terminal: terminal(by),
        lines: lines.iter().map(|(n, price)| AskedLine::new(tag(*n), Cents(*price), false)).collect(),
        unlisted: Vec::new(),
        tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(paid) }],
        change: Cents(0),
        occurred_at: NOW,
        clock_offset_ms: None,
    }
}

pub(in crate::sale_session) fn record(receipt: OfflineReceipt) -> Command {
    Command::RecordOfflineReceipt(Box::new(receipt))
}

fn variances(scenario: &Scenario<SaleSession>) -> Vec<(Variance, Option<u16>)> {
    match scenario.appended().first() {
        Some(Event::ReceiptCompleted(receipt)) => {
            receipt.variances.iter().map(|found| (found.variance, found.line)).collect()
        }
        other => panic!("expected a receipt, found {other:?}"),
    }
}

#[test]
fn off_1_only_the_terminal_itself_or_a_person_hands_a_receipt_in() {
    let receipt = || record(offline(1, 1, &[(1, 1_000)]));
    open().by(till(2)).when(receipt()).then_refused("OFF-1", "not_its_terminal");
    open().by(store()).when(receipt()).then_refused("OFF-1", "not_its_terminal");
    open().when(receipt()).then_kinds(&["receipt_completed"]);
    open().by(olivia()).when(receipt()).then_kinds(&["receipt_completed"]);
    open().by(olivia()).when(record(offline(1, 9, &[(1, 1_000)]))).then_refused("OFF-1", "terminal_unknown");
}

#[test]
fn off_2_only_what_is_no_receipt_at_all_is_refused() {
    let base = || offline(1, 1, &[(1, 1_000)]);
    let many = vec![AskedLine::new(tag(1), Cents(1), false); MAX_BASKET_LINES + 1];
    let tender = Tender { kind: TenderKind::Card, amount: Cents(1) };
    let absurd = vec![AskedLine::new(tag(1), Cents(1_000_000_000), false)];
    for (broken, code) in [
        (OfflineReceipt { lines: vec![], ..base() }, "basket_size"),
        (OfflineReceipt { lines: many, ..base() }, "basket_size"),
        (OfflineReceipt { tenders: vec![tender; MAX_TENDERS + 1], ..base() }, "tender_count"),
        (OfflineReceipt { change: Cents(-1), ..base() }, "amount_out_of_range"),
        (OfflineReceipt { lines: absurd, ..base() }, "amount_out_of_range"),
        (
            OfflineReceipt { tenders: vec![Tender { amount: Cents(-1), ..tender }], ..base() },
            "amount_out_of_range",
        ),
    ] {
        open().when(record(broken)).then_refused("OFF-2", code);
    }
}

#[test]
fn off_3_a_receipt_is_recorded_as_charged_and_each_difference_has_a_name() {
    use Variance as V;
    let line = |n, price| AskedLine::new(tag(n), Cents(price), false);
    let one = |asked: AskedLine| OfflineReceipt {
        tenders: vec![Tender { kind: TenderKind::Card, amount: asked.price }],
        lines: vec![asked],
        ..offline(1, 1, &[])
    };
    let damaged = |n, price| AskedLine { overridden: Some(OverrideReason::Damaged), ..line(n, price) };
    let plain = || one(line(1, 1_000));
    let unlisted = AskedUnlisted {
        why: UnlistedReason::NoTag,
        tag: None,
        price: Cents(0),
        tax_exempt: false,
        keyed: false,
        tax: None,
    };
    let cases: Vec<(OfflineReceipt, Found)> = vec![
        (plain(), vec![]),
        (one(line(1, 900)), vec![(V::PriceDiffers, Some(0))]),
        (one(damaged(1, 900)), vec![(V::OverrideNotPermitted, Some(0))]),
        (one(damaged(1, 1_100)), vec![(V::OverrideUnreasoned, Some(0)), (V::OverrideNotPermitted, Some(0))]),
        (
            one(AskedLine { tax: Some(Cents(7)), ..line(1, 1_000) }),
            vec![(V::TaxDiffers, Some(0)), (V::TenderMismatch, None)],
        ),
        (one(line(4, 500)), vec![(V::ItemMarked, Some(0))]),
        (one(line(99, 500)), vec![(V::UnlistedNotPermitted, Some(0)), (V::ItemUnknown, Some(0))]),
        (
            OfflineReceipt { unlisted: vec![unlisted], ..plain() },
            vec![(V::UnlistedNotPermitted, Some(1)), (V::ItemUnknown, Some(1))],
        ),
        (OfflineReceipt { change: Cents(1), ..plain() }, vec![(V::TenderMismatch, None)]),
        (
            OfflineReceipt { occurred_at: NOW + HOUR, clock_offset_ms: Some(HOUR), ..plain() },
            vec![(V::ClockSkew, None)],
        ),
        (OfflineReceipt { occurred_at: NOW + HOUR, ..plain() }, vec![(V::ClockSkew, None)]),
        (OfflineReceipt { occurred_at: NOW - HOUR, ..plain() }, vec![(V::SessionNotOpen, None)]),
        (
            OfflineReceipt { lines: vec![line(1, 500), line(1, 500)], ..plain() },
            vec![(V::PriceDiffers, Some(0)), (V::PriceDiffers, Some(1)), (V::TagTwice, Some(1))],
        ),
    ];
    for (receipt, expected) in cases {
        let recorded = open().when(record(receipt.clone()));
        assert_eq!(variances(&recorded), expected, "{receipt:?}");
        check(&recorded);
        let gross: i64 = receipt.lines.iter().map(|line| line.price.0).sum();
        assert_eq!(recorded.state().books.gross, Cents(gross), "as charged");
    }
}

#[test]
fn off_3_variances_that_need_a_story() {
    let parked = Command::ParkBasket {
        basket: crate::ids::BasketId(Uuid::from_u128(1)),
        lines: vec![AskedLine::new(tag(1), Cents(1_000), false)],
    };
    let late = open().when(parked).by(till(2)).when(record(offline(1, 2, &[(1, 1_000)])));
    assert_eq!(variances(&late), [(Variance::ItemParked, Some(0))]);
    let revoked = open().by(olivia()).when(Command::RevokeTerminal { terminal: terminal(1) });
    let late = revoked.by(till(1)).when(record(offline(1, 1, &[(1, 1_000)])));
    assert_eq!(variances(&late), [(Variance::TerminalRevoked, None)]);
    let counted = open()
        .when(Command::OpenDrawer { float: Cents(0) })
        .when(Command::CloseDrawer { counted: Cents(1_000) });
    let late = counted.when(record(offline(1, 1, &[(1, 1_000)])));
    assert_eq!(variances(&late), [(Variance::DrawerClosed, None)]);
}

#[test]
fn off_4_prices_go_by_the_corrected_clock_even_when_it_was_an_hour_wrong() {
    let markdown = MarkdownSchedule {
        steps: vec![crate::markdown::MarkdownStep {
            from: NOW + HOUR / 2,
            reduce: BasisPoints(5_000),
            donate: BasisPoints(5_000),
        }],
        step: Cents(25),
        floor: Cents(25),
    };
    // The terminal's clock is an hour ahead: by it, the half-price time had begun.
    let ahead = |price| OfflineReceipt {
        occurred_at: NOW + HOUR,
        clock_offset_ms: Some(HOUR),
        ..offline(1, 1, &[(2, price)])
    };
    let open = || open_with(TaxRule::default(), markdown.clone());
    assert_eq!(variances(&open().when(record(ahead(12_000)))), [(Variance::ClockSkew, None)]);
    let half = open().when(record(ahead(6_000)));
    assert_eq!(variances(&half), [(Variance::PriceDiffers, Some(0)), (Variance::ClockSkew, None)]);
    match half.appended() {
        [Event::ReceiptCompleted(receipt)] => {
            assert_eq!(receipt.offline.unwrap().corrected_at, NOW);
            assert_eq!(receipt.variances[0].expected, Some(Cents(12_000)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn off_5_the_same_offline_receipt_twice_counts_once_also_after_a_lost_reply() {
    let sold = open().when(record(offline(1, 1, &[(1, 1_000)])));
    sold.when(record(offline(1, 1, &[(1, 1_000)]))).then_kinds(&[]);
    // Sold while connected, but the reply was lost: the terminal sends it again as an offline receipt.
    let online = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Cash, 1_000)], 0));
    let again = online.when(record(offline(1, 1, &[(1, 1_000)])));
    again.then_kinds(&[]);
    assert_eq!(again.state().receipts.len(), 1);
}

#[test]
fn off_6_another_body_under_a_used_id_is_kept_contested_and_decided_by_a_person() {
    let both = || {
        open().when(record(offline(1, 1, &[(1, 1_000)]))).when(record(offline(1, 1, &[(1, 1_000), (3, 75)])))
    };
    both().then_kinds(&["receipt_completed", "conflict_opened"]);
    assert!(variances(&both()).contains(&(Variance::ReceiptIdReused, None)));
    assert_eq!((both().state().books.held, both().state().sold), (Cents(1_075), 1));
    check(&both());
    both().when(record(offline(1, 1, &[(1, 1_000), (3, 75)]))).then_kinds(&[]);
    let resolve = |scenario: Scenario<SaleSession>, resolution| {
        let (case, open) =
            scenario.state().cases.iter().next().map(|(id, case)| (*id, case.clone())).unwrap();
        let receipts = open.receipts.iter().filter_map(|n| scenario.state().stub(*n)).map(|s| s.id).collect();
        scenario.by(olivia()).when(Command::ResolveConflict { case, resolution, receipts })
    };
    let copy = resolve(both(), Resolution::OneBasket);
    check(&copy);
    assert_eq!((copy.state().books.gross, copy.state().books.paid), (Cents(1_000), Cents(1_000)));
    assert_eq!((copy.state().books.held, copy.state().gross), (Cents(0), Cents(1_000)));
    let two = resolve(both(), Resolution::TwoBaskets);
    two.then_kinds(&["conflict_resolved", "conflict_opened"]);
    check(&two);
    assert_eq!((two.state().sold, two.state().books.held), (2, Cents(1_000)), "item 1 is still sold once");
    resolve(both(), Resolution::KeepFirstRefundSecond).then_refused("CON-3", "resolution_unfit");
}

#[test]
fn off_7_a_receipt_that_comes_after_the_close_is_claimed_and_credited_once_the_event_agrees() {
    use crate::claims::{ClaimAnswer, Verdict};
    use crate::lifecycle::ItemStatus;
    let closed = || {
        open()
            .by(olivia())
            .when(Command::Close)
            .by(event_actor())
            .when(Command::ConfirmRelease { page: 1 })
            .at(NOW + HOUR)
            .by(till(1))
            .when(record(offline(1, 1, &[(1, 1_000)])))
    };
    let late = closed();
    late.then_kinds(&["receipt_completed", "claim_sent"]);
    assert_eq!(variances(&late), [(Variance::NotInCustody, Some(0)), (Variance::AfterClose, None)]);
    assert_eq!((late.state().books.held, late.state().books.share), (Cents(1_000), Cents(0)));
    assert_eq!(late.deliveries().last().unwrap().command["type"], "take_claim");
    check(&late);
    let case = *late.state().claims.keys().next().unwrap();
    let answer = |verdict| Command::TakeClaimAnswer(ClaimAnswer { case, verdict });
    let accepted = Verdict::Accepted {
        item: item(1, 1, 1_000, consignment_event::ItemFlags::default()),
        terms: consignment_event::Terms {
            consignor: crate::ids::ConsignorNumber(1),
            tier: crate::commission::Tier::Regular,
            shifts: 0,
        },
    };
    let agreed = closed().by(event_actor()).when(answer(accepted));
    assert_eq!((agreed.state().books.held, agreed.state().books.share), (Cents(0), Cents(600)));
    check(&agreed);
    let contested =
        closed().by(event_actor()).when(answer(Verdict::Contested { found: Some(ItemStatus::PickedUp) }));
    assert_eq!(contested.state().books.held, Cents(1_000), "nobody is credited while a person looks at it");
    let dismissed = contested.when(answer(Verdict::Dismissed));
    assert_eq!((dismissed.state().books.held, dismissed.state().books.house), (Cents(0), Cents(1_000)));
    assert_eq!(dismissed.state().slot(tag(1)).unwrap().holder(), None, "it was not that item");
    check(&dismissed);
}

/// Receipts of three items on two tills, with collisions and one repetition, in any order.
fn any_receipts() -> impl Strategy<Value = Vec<usize>> {
    Just((0..8).collect::<Vec<usize>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn off_8_no_order_of_arrival_loses_a_basket_or_credits_an_item_twice(order in any_receipts()) {
        let all = [
            offline(1, 1, &[(1, 1_000), (2, 12_000)]),
            offline(2, 2, &[(1, 1_000)]),
            offline(3, 1, &[(3, 75), (1, 1_000)]),
            offline(4, 2, &[(2, 12_000), (3, 75)]),
            offline(5, 2, &[(88, 400)]),
            offline(6, 1, &[(88, 400)]),
            offline(1, 1, &[(1, 1_000), (2, 12_000)]),
            offline(4, 2, &[(2, 12_000), (3, 75)]),
        ];
        let mut scenario = open();
        for index in order {
            let receipt = all[index].clone();
            scenario = scenario.by(Actor::Terminal(receipt.terminal)).when(record(receipt));
            check(&scenario);
        }
        let state = scenario.state();
        prop_assert_eq!(state.receipts.len(), 6);
        prop_assert_eq!(state.books.gross, Cents(1_000 * 3 + 12_000 * 2 + 75 * 2 + 400 * 2));
        // Item 1 thrice, items 2, 3 and 88 twice: each surplus sale is one case, and held.
        prop_assert_eq!(state.cases.len(), 5);
        prop_assert_eq!(state.books.held, Cents(1_000 * 2 + 12_000 + 75 + 400));
        prop_assert_eq!(state.books.share, Cents(600 + 9_600 + 56));
    }
}
