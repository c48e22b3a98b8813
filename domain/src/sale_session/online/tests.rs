use proptest::prelude::*;

use super::super::conflicts::tests::resolve;
use super::super::receipts::offline_tests::{offline, record};
use super::super::tests::*;
use super::super::*;
use crate::ids::{Actor, OrganizationId, RemoteId, ShopId};
use crate::money::Cents;
use crate::scenario::Scenario;

fn order(n: i64) -> OrderRef {
    OrderRef { shop: SHOP, order: RemoteId(9_007_199_254_740_993 + n) }
}

fn online(n: i64, lines: &[(i64, u32, i64)]) -> OnlineOrder {
    OnlineOrder {
        order: order(n),
        occurred_at: NOW,
        paid: true,
        fulfilled: false,
        tax_included: false,
        lines: lines
            .iter()
            .map(|(id, n, price)| OnlineLine {
                id: RemoteId(*id),
                tag: Some(tag(*n)),
                price: Cents(*price),
                tax: Cents(0),
            })
            .collect(),
    }
}

fn take(order: OnlineOrder) -> Command {
    Command::TakeOnlineOrder(order)
}

fn cancel(n: i64) -> Command {
    let reason = CancelReason::Customer;
    Command::CancelOnlineOrder(OnlineCancellation { order: order(n), reason, restock: true })
}

fn refund(n: i64, refund: i64, lines: &[(i64, i64, bool)], adjustment: i64) -> Command {
    Command::TakeOnlineRefund(OnlineRefund {
        order: order(n),
        refund: RemoteId(refund),
        occurred_at: NOW,
        lines: lines
            .iter()
            .map(|(id, price, returned)| OnlineRefundLine {
                id: RemoteId(*id),
                price: Cents(*price),
                tax: Cents(0),
                returned: *returned,
                restock: *returned,
            })
            .collect(),
        adjustment: Cents(adjustment),
    })
}

fn taken() -> Scenario<SaleSession> {
    open().by(store()).when(take(online(1, &[(11, 1, 1_000), (12, 2, 12_000)])))
}

#[test]
fn onl_1_only_the_orders_own_store_tells() {
    open().when(take(online(1, &[(11, 1, 1_000)]))).then_refused("ONL-1", "not_the_store");
    open().by(olivia()).when(take(online(1, &[(11, 1, 1_000)]))).then_refused("ONL-1", "not_the_store");
    let other = StreamId::Storefront(OrganizationId(Uuid::from_u128(0xA)), ShopId(Uuid::from_u128(1)));
    let other = Actor::Stream(other.to_string());
    open().by(other.clone()).when(take(online(1, &[(11, 1, 1_000)]))).then_refused("ONL-1", "not_the_store");
    taken().by(other.clone()).when(cancel(1)).then_refused("ONL-1", "not_the_store");
    taken().by(other).when(refund(1, 1, &[], 5)).then_refused("ONL-1", "not_the_store");
}

#[test]
fn onl_2_an_order_becomes_a_receipt_with_the_stores_figures() {
    let scenario = taken();
    let [Event::OnlineOrderTaken(order)] = scenario.appended() else { panic!() };
    assert_eq!((order.number, order.gross, order.lines.len()), (1, Cents(13_000), 2));
    assert_eq!(scenario.state().books.share, Cents(600 + 9_600));
    check(&scenario);
    let refused = scenario.by(till(1)).when(sell(0x900, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    refused.then_refused("SAL-6", "item_already_sold");
    assert!(refused.refusal().found.contains("the online store"));
    let many: Vec<_> = (0..301).map(|n| (n, 1, 1)).collect();
    open().by(store()).when(take(online(1, &many))).then_refused("ONL-2", "order_size");
    open().by(store()).when(take(online(1, &[(1, 1, -1)]))).then_refused("ONL-2", "order_size");
    taken().when(refund(1, 1, &[(11, -1, true)], 0)).then_refused("ONL-2", "refund_size");
}

#[test]
fn onl_3_webhooks_twice_late_or_after_an_edit_come_to_the_same() {
    let twice = taken().when(take(online(1, &[(11, 1, 1_000), (12, 2, 12_000)])));
    twice.then_kinds(&[]);
    let edited = twice.when(take(online(1, &[(11, 1, 1_000), (12, 2, 12_000), (13, 3, 75)])));
    edited.then_kinds(&["online_order_taken"]);
    assert_eq!(edited.state().books.gross, Cents(13_075));
    let sent = edited.when(take(OnlineOrder { fulfilled: true, ..online(1, &[(11, 1, 1_000)]) }));
    sent.then_kinds(&["online_order_updated"]);
    check(&sent);
    let unknown = online(2, &[(14, 404, 500)]);
    let unlisted =
        sent.when(take(OnlineOrder { lines: vec![OnlineLine { tag: None, ..unknown.lines[0] }], ..unknown }));
    assert_eq!(unlisted.state().books.house.0 - 2_819, 500, "a product without our tag is the house's");
    check(&unlisted);
}

#[test]
fn onl_4_floor_and_online_within_a_second_have_one_winner_and_a_refund_prepared() {
    // The till was first: the order's line is contested.
    let floor_first = open()
        .when(sell(0x901, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0))
        .by(store())
        .when(take(online(1, &[(11, 1, 1_000), (12, 2, 12_000)])));
    floor_first.then_kinds(&["online_order_taken", "conflict_opened"]);
    assert_eq!(
        (floor_first.state().books.held, floor_first.state().books.share),
        (Cents(1_000), Cents(10_200))
    );
    check(&floor_first);
    let confirmed = resolve(floor_first, 0, Resolution::KeepFirstRefundSecond);
    assert_eq!(confirmed.state().books.refunded_total, Cents(1_000));
    check(&confirmed);
    // The order was first and is paid: a connected till is told so.
    let refused = taken().by(till(1)).when(sell(0x901, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    refused.then_refused("SAL-6", "item_already_sold");
    // Not paid for: the item in hand wins.
    let unpaid = open().by(store()).when(take(OnlineOrder { paid: false, ..online(1, &[(11, 1, 1_000)]) }));
    let won = unpaid.by(till(1)).when(sell(0x901, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    won.then_kinds(&["receipt_completed", "conflict_opened"]);
    assert_eq!((won.state().slot(tag(1)).unwrap().receipt, won.state().books.held), (2, Cents(1_000)));
    assert_eq!(won.state().books.share, Cents(600));
    check(&won);
}

#[test]
fn onl_4_goods_that_left_the_hall_beat_an_order_unless_it_was_sent_off() {
    let won = taken().by(till(1)).when(record(offline(0x802, 1, &[(1, 1_000)])));
    won.then_kinds(&["receipt_completed", "conflict_opened"]);
    let Some(Event::ConflictOpened(opened)) = won.appended().last() else { panic!() };
    assert!(opened.was_credited);
    assert_eq!((opened.first.unwrap().number, opened.second.unwrap().at.number), (2, 1));
    assert_eq!(won.state().slot(tag(1)).unwrap().receipt, 2);
    check(&won);
    let sent = open().by(store()).when(take(OnlineOrder { fulfilled: true, ..online(1, &[(11, 1, 1_000)]) }));
    let lost = sent.by(till(1)).when(record(offline(0x802, 1, &[(1, 1_000)])));
    assert_eq!(lost.state().slot(tag(1)).unwrap().receipt, 1);
    check(&lost);
}

#[test]
fn onl_5_refunds_and_cancellations_are_of_known_orders() {
    open().by(store()).when(cancel(1)).then_refused("ONL-5", "order_unknown");
    open().by(store()).when(refund(1, 1, &[], 5)).then_refused("ONL-5", "order_unknown");
    taken().when(refund(1, 1, &[(99, 5, false)], 0)).then_refused("ONL-5", "order_line_unknown");
}

#[test]
fn onl_6_a_cancelled_order_frees_its_items_once() {
    let cancelled = taken().when(cancel(1));
    cancelled.then_kinds(&["online_order_cancelled"]);
    assert_eq!((cancelled.state().sold, cancelled.state().books.refunded_total), (0, Cents(13_000)));
    check(&cancelled);
    let again = cancelled.when(cancel(1));
    again.then_kinds(&[]);
    again
        .by(till(1))
        .when(sell(0x902, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0))
        .then_kinds(&["receipt_completed"]);
}

#[test]
fn onl_7_an_order_cancelled_after_the_floor_sold_its_item_ends_the_case() {
    let won = taken().by(till(1)).when(record(offline(0x802, 1, &[(1, 1_000)]))).by(store());
    let cancelled = won.when(cancel(1));
    cancelled.then_kinds(&["online_order_cancelled", "conflict_resolved"]);
    let state = cancelled.state();
    assert_eq!(
        (state.cases.len(), state.books.held, state.books.refunded_total),
        (0, Cents(0), Cents(13_000))
    );
    assert_eq!((state.books.share, state.sold), (Cents(600), 1));
    check(&cancelled);
}

#[test]
fn onl_7_a_refund_of_the_holder_gives_the_item_to_the_other_sale() {
    let sent = open().by(store()).when(take(OnlineOrder { fulfilled: true, ..online(1, &[(11, 1, 1_000)]) }));
    let both = sent.by(till(1)).when(record(offline(0x802, 1, &[(1, 1_000)]))).by(store());
    let refunded = both.when(refund(1, 71, &[(11, 1_000, true)], 0));
    refunded.then_kinds(&["online_refunded", "conflict_resolved"]);
    let state = refunded.state();
    assert_eq!(
        (state.slot(tag(1)).unwrap().receipt, state.books.share, state.books.held),
        (2, Cents(600), Cents(0))
    );
    assert_eq!(state.books.refunded_total, Cents(1_000));
    check(&refunded);
}

#[test]
fn onl_8_a_partial_refund_splits_what_is_left_and_an_adjustment_is_the_houses() {
    let partial = taken().when(refund(1, 71, &[(11, 400, false)], 0));
    // 6.00 of 10.00 are left: 60 % of it for the consignor.
    assert_eq!(partial.state().books.share, Cents(360 + 9_600));
    check(&partial);
    let twice = partial.when(refund(1, 71, &[(11, 400, false)], 0));
    twice.then_kinds(&[]);
    let adjusted = twice.when(refund(1, 72, &[], 250));
    let books = adjusted.state().books;
    assert_eq!((books.share, books.refunded_total), (Cents(9_960), Cents(650)));
    check(&adjusted);
    let rest = adjusted.when(refund(1, 73, &[(11, 600, true)], 0));
    assert_eq!((rest.state().books.share, rest.state().sold), (Cents(9_600), 1));
    check(&rest);
}

#[test]
fn tax_3_a_stores_tax_stands_as_the_store_says_it() {
    // The session's rule would tax nothing.
    let mut asked = online(1, &[(11, 1, 1_000)]);
    asked.lines[0].tax = Cents(83);
    let scenario = open().by(store()).when(take(asked));
    let [Event::OnlineOrderTaken(order)] = scenario.appended() else { panic!() };
    assert_eq!((order.tax, order.total, order.lines[0].tax), (Cents(83), Cents(1_083), Cents(83)));
}

#[test]
fn ret_2_and_ret_4_online_receipts_are_refunded_at_their_store() {
    let scenario = taken();
    let [Event::OnlineOrderTaken(order)] = scenario.appended() else { panic!() };
    let receipt = order.receipt;
    let reason = VoidReason::Mistake;
    let voided = scenario.by(olivia()).when(Command::VoidReceipt { receipt, reason });
    voided.then_refused("RET-2", "receipt_is_online");
    let back = Command::ReturnLines(ReturnLines {
        id: crate::ids::ReturnId(Uuid::from_u128(1)),
        receipt,
        lines: vec![AskedReturn { line: 0, restock: true }],
        reason: ReturnReason::Faulty,
        tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(1_000) }],
        occurred_at: NOW,
    });
    voided.when(back).then_refused("RET-4", "receipt_is_online");
}

#[test]
fn onl_9_restocking_fees_stay_with_the_house() {
    let refunded = taken().when(refund(1, 71, &[(11, 900, true)], 0));
    assert_eq!(
        (refunded.state().books.share, refunded.state().books.house),
        (Cents(9_600), Cents(2_400 + 100))
    );
    check(&refunded);
}

#[test]
fn onl_8_what_an_adjustment_gave_back_is_not_given_back_again_by_the_cancellation() {
    let cancelled = taken().when(refund(1, 71, &[], 250)).when(cancel(1));
    let [Event::OnlineOrderCancelled(order)] = cancelled.appended() else { panic!() };
    assert_eq!((order.gross, order.covered, order.total), (Cents(13_000), Cents(250), Cents(12_750)));
    let books = cancelled.state().books;
    assert_eq!((books.refunded_total, books.share, books.house), (Cents(13_000), Cents::ZERO, Cents::ZERO));
    check(&cancelled);
    // The store's own account of the cancellation, coming after it, moves no money again.
    let stated = cancelled.when(refund(1, 72, &[(11, 1_000, true), (12, 12_000, true)], -250));
    assert_eq!(stated.state().books, books);
    check(&stated);
    taken().when(refund(1, 71, &[], -1_000_000_000)).then_refused("ONL-2", "refund_size");
}

#[test]
fn onl_9_less_given_back_than_the_lines_come_to_stays_with_the_house() {
    let kept = taken().when(refund(1, 71, &[(11, 1_000, true)], -150));
    let books = kept.state().books;
    assert_eq!((books.refunded_total, books.share, books.house), (Cents(850), Cents(9_600), Cents(2_550)));
    check(&kept);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn onl_10_no_order_of_adjustments_refunds_and_cancellation_gives_back_another_sum(
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        more in 0_i64..500,
        less in 0_i64..500,
    ) {
        let commands = [
            refund(1, 71, &[], more),
            refund(1, 72, &[(11, 1_000, true)], -less),
            refund(1, 73, &[(12, 4_000, false)], 0),
            cancel(1),
        ];
        let mut scenario = taken();
        for index in order {
            scenario = scenario.when(commands[index].clone());
            check(&scenario);
        }
        let books = scenario.state().books;
        let kept = Cents((less - more).max(0));
        prop_assert_eq!((books.share, books.house), (Cents::ZERO, kept));
        prop_assert_eq!(books.refunded_total, Cents(13_000 - kept.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn onl_10_webhooks_in_any_order_and_number_leave_the_same_books(
        order in proptest::sample::subsequence((0..6).collect::<Vec<usize>>(), 6).prop_shuffle(),
        again in 0_usize..6,
    ) {
        let commands = [
            (store(), take(online(1, &[(11, 1, 1_000)]))),
            (store(), take(online(1, &[(11, 1, 1_000), (12, 2, 12_000)]))),
            (store(), take(online(2, &[(21, 3, 75)]))),
            (till(1), record(offline(0x805, 1, &[(4, 500)]))),
            (till(2), record(offline(0x806, 2, &[(5, 800)]))),
            (store(), take(OnlineOrder { fulfilled: true, ..online(2, &[(21, 3, 75)]) })),
        ];
        let mut scenario = open();
        for index in order.into_iter().chain([again]) {
            let (actor, command) = commands[index].clone();
            scenario = scenario.by(actor).when(command);
            check(&scenario);
        }
        let books = scenario.state().books;
        prop_assert_eq!((books.gross, books.share), (Cents(14_375), Cents(600 + 9_600 + 56 + 300 + 600)));
        prop_assert_eq!((books.held, scenario.state().sold), (Cents(0), 5));
    }
}
