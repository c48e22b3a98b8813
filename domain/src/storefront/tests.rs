use uuid::Uuid;

use super::*;
use crate::ids::{EventId, OrganizationId, SessionId};
use crate::journal::{EventCodec, Hash};
use crate::money::Cents;
use crate::reconciliation::EntryRef;
use crate::sale_session::{CancelReason, Command as SessionCommand};
use crate::scenario::Scenario;
use crate::tag::Tag;

const NOW: i64 = 1_800_000_000_000;

fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

fn connect(domain: &str, points: u32) -> Command {
    Command::Connect {
        domain: domain.into(),
        access: Access::OfflineToken,
        budget_points: points,
        restore_per_second: 50,
        tax_included: false,
    }
}

fn connected() -> Scenario<Storefront> {
    Scenario::new().when(connect("demo.myshopify.com", 1_000))
}

fn route(ordinal: u16, n: u128) -> Command {
    Command::RouteEvent { ordinal, event: EventId(Uuid::from_u128(n)), session: session(n) }
}

fn sale(line: i64, tag: Option<(u16, u32)>, quantity: i32, amount: i64) -> AgreedSale {
    AgreedSale {
        kind: SaleKind::Product,
        line: Some(RemoteId(line)),
        tag: tag.map(|(event, item)| Tag::new(event, item).unwrap()),
        quantity,
        amount: Cents(amount),
        tax: Cents::ZERO,
        restock: false,
    }
}

fn agreement(id: i64, kind: AgreementKind, sales: Vec<AgreedSale>) -> Agreement {
    Agreement { agreement: RemoteId(id), kind, happened_at: NOW + id, refund: None, sales }
}

fn placed() -> Agreement {
    agreement(1, AgreementKind::Order, vec![sale(11, Some((1, 5)), 1, 1_000), sale(12, Some((2, 6)), 1, 500)])
}

fn refund() -> Agreement {
    let adjustment = AgreedSale { kind: SaleKind::Adjustment, line: None, ..sale(0, None, 0, -150) };
    agreement(2, AgreementKind::Refund, vec![sale(12, Some((2, 6)), -1, -500), adjustment])
}

fn fetched(updated_at: i64, agreements: Vec<Agreement>) -> FetchedOrder {
    FetchedOrder {
        order: RemoteId(9_007_199_254_740_993),
        placed_at: NOW,
        updated_at,
        paid: true,
        fulfilled: false,
        cancelled: None,
        test: false,
        agreements,
        via: Via::Webhook,
        evidence: Hash([7; 32]),
    }
}

fn fetch(order: FetchedOrder) -> Command {
    Command::RecordOrder(Box::new(order))
}

fn routed() -> Scenario<Storefront> {
    connected().when(route(1, 0x51)).when(route(2, 0x52))
}

/// What sessions are told, by session.
fn told(scenario: &Scenario<Storefront>) -> Vec<(u128, SessionCommand)> {
    let parsed = |delivery: Delivery| match delivery.to {
        StreamId::Session(_, session) => {
            (session.0.as_u128(), serde_json::from_value(delivery.command).unwrap())
        }
        other => panic!("{other} is no session"),
    };
    scenario.deliveries().into_iter().map(parsed).collect()
}

#[test]
fn stf_1_one_store_at_a_time() {
    connected().when(connect("other.myshopify.com", 1_000)).then_refused("STF-1", "store_connected");
    for domain in ["", "Demo.example", "a b"] {
        Scenario::<Storefront>::new().when(connect(domain, 1_000)).then_refused("STF-1", "domain_unusable");
    }
    Scenario::<Storefront>::new()
        .when(connect("demo.myshopify.com", 0))
        .then_refused("STF-1", "budget_unusable");
    let gone = connected().when(Command::Disconnect { reason: DisconnectReason::Uninstalled });
    gone.then_kinds(&["store_disconnected"]);
    gone.when(Command::MoveCursor { updated_at: 1 }).then_refused("STF-1", "store_not_connected");
}

#[test]
fn stf_2_subscriptions_are_checked_and_recorded_when_they_change() {
    let check = |topics: &[&str]| Command::CheckSubscriptions {
        subscribed: topics.iter().map(|topic| (*topic).to_owned()).collect(),
    };
    let some = connected().when(check(&NEEDED_TOPICS[1..]));
    assert_eq!(some.state().missing_topics, [NEEDED_TOPICS[0]]);
    let again = some.when(check(&NEEDED_TOPICS[1..]));
    again.then_kinds(&[]);
    again.when(check(&NEEDED_TOPICS)).then_kinds(&["subscriptions_checked"]);
}

#[test]
fn stf_3_webhooks_only_nudge() {
    let nudge = || Command::Nudge { order: RemoteId(9_007_199_254_740_993), topic: "orders/create".into() };
    let nudged = routed().when(nudge());
    nudged.then_kinds(&["order_nudged"]);
    let again = nudged.when(nudge());
    again.then_kinds(&[]);
    let recorded = again.when(fetch(fetched(NOW, vec![placed()])));
    assert!(recorded.state().nudged.is_empty());
    assert!(recorded.when(nudge()).when(fetch(fetched(NOW, vec![placed()]))).state().nudged.is_empty());
}

#[test]
fn stf_4_each_agreement_is_recorded_once_however_it_comes() {
    let both = || fetch(fetched(NOW + 2, vec![refund(), placed(), placed()]));
    let at_once = routed().when(both());
    at_once.then_kinds(&["agreement_recorded", "agreement_recorded", "order_routed"]);
    let repeated = at_once.when(both());
    repeated.then_kinds(&[]);
    // An older answer that comes late changes nothing.
    repeated.when(fetch(fetched(NOW, vec![placed()]))).then_kinds(&[]);
    let later = routed().when(fetch(fetched(NOW, vec![placed()]))).when(both());
    later.then_kinds(&["agreement_recorded", "order_routed"]);
    routed().when(fetch(FetchedOrder { test: true, ..fetched(NOW, vec![placed()]) })).then_kinds(&[]);
    let many = (0..=100).map(|n| agreement(n, AgreementKind::Edit, vec![])).collect();
    routed().when(fetch(fetched(NOW, many))).then_refused("STF-4", "order_too_large");
    let absurd = agreement(1, AgreementKind::Refund, vec![sale(11, None, -1, i64::MIN)]);
    routed().when(fetch(fetched(NOW, vec![absurd]))).then_refused("STF-4", "amount_out_of_range");
}

#[test]
fn stf_5_two_events_in_one_order_each_hear_of_their_own_lines() {
    let scenario = routed()
        .when(fetch(fetched(NOW, vec![placed()])))
        .when(fetch(fetched(NOW + 2, vec![placed(), refund()])));
    let told = told(&scenario);
    let [
        (0x51, SessionCommand::TakeOnlineOrder(first)),
        (0x52, SessionCommand::TakeOnlineOrder(second)),
        (0x52, SessionCommand::TakeOnlineRefund(back)),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((first.lines[0].id, first.lines[0].price, first.paid), (RemoteId(11), Cents(1_000), true));
    assert_eq!(second.lines.len(), 1);
    assert_eq!(
        (back.lines[0].price, back.lines[0].returned, back.adjustment),
        (Cents(500), true, Cents(150))
    );
    let ids: std::collections::BTreeSet<_> =
        scenario.deliveries().into_iter().map(|delivery| delivery.command_id).collect();
    assert_eq!(ids.len(), 3, "each hand-over has an id of its own");
}

#[test]
fn stf_5_lines_without_a_session_wait_for_one() {
    let scenario = connected().when(route(1, 0x51)).when(fetch(fetched(NOW, vec![placed()])));
    assert_eq!(scenario.state().unrouted.len(), 1);
    let order = RemoteId(9_007_199_254_740_993);
    let scenario = scenario.when(Command::RerouteOrder { order });
    scenario.then_kinds(&[]);
    let scenario = scenario.when(route(2, 0x52)).when(Command::RerouteOrder { order });
    scenario.then_kinds(&["order_routed"]);
    assert!(scenario.state().unrouted.is_empty());
    assert_eq!(told(&scenario).last().unwrap().0, 0x52);
    connected().when(Command::RerouteOrder { order }).then_refused("STF-5", "order_unknown");
}

#[test]
fn stf_5_a_refund_and_a_cancellation_wait_with_their_lines() {
    let both = vec![placed(), refund()];
    let scenario = connected().when(route(1, 0x51)).when(fetch(fetched(NOW, both.clone())));
    assert!(told(&scenario).iter().all(|(session, _)| *session == 0x51));
    let again = FetchedOrder { cancelled: Some(CancelReason::Customer), ..fetched(NOW + 1, both) };
    let scenario = scenario.when(fetch(again)).when(route(2, 0x52));
    let scenario = scenario.when(Command::RerouteOrder { order: RemoteId(9_007_199_254_740_993) });
    let told: Vec<_> = told(&scenario).into_iter().filter(|(session, _)| *session == 0x52).collect();
    let [
        (_, SessionCommand::TakeOnlineOrder(order)),
        (_, SessionCommand::TakeOnlineRefund(back)),
        (_, SessionCommand::CancelOnlineOrder(_)),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((order.lines[0].id, back.lines[0].id), (RemoteId(12), RemoteId(12)));
    assert_eq!((back.lines[0].price, back.adjustment), (Cents(500), Cents::ZERO));
    let scenario = scenario.when(Command::RerouteOrder { order: RemoteId(9_007_199_254_740_993) });
    scenario.then_kinds(&[]);
}

#[test]
fn stf_5_an_adjustment_of_an_order_without_a_session_waits_for_the_first_one() {
    let alone = AgreedSale { kind: SaleKind::Adjustment, line: None, ..sale(0, None, 0, -150) };
    let order = vec![placed(), agreement(2, AgreementKind::Refund, vec![alone])];
    let scenario =
        connected().when(fetch(fetched(NOW, order.clone()))).when(route(1, 0x51)).when(route(2, 0x52));
    assert!(told(&scenario).is_empty());
    let scenario = scenario.when(fetch(fetched(NOW + 1, order)));
    let adjusted: Vec<_> = told(&scenario)
        .into_iter()
        .filter_map(|(session, command)| match command {
            SessionCommand::TakeOnlineRefund(back) => Some((session, back.adjustment)),
            _ => None,
        })
        .collect();
    assert_eq!(adjusted, [(0x51, Cents(150))]);
}

#[test]
fn stf_5_payment_fulfilment_and_cancellation_reach_every_session_of_the_order() {
    let unpaid = FetchedOrder { paid: false, ..fetched(NOW, vec![placed()]) };
    let scenario = routed().when(fetch(unpaid)).when(fetch(fetched(NOW + 1, vec![placed()])));
    scenario.then_kinds(&["order_routed"]);
    assert_eq!(told(&scenario).len(), 4);
    let cancelled =
        FetchedOrder { cancelled: Some(CancelReason::Customer), ..fetched(NOW + 2, vec![placed()]) };
    let scenario = scenario.when(fetch(cancelled.clone()));
    let told_now = told(&scenario);
    assert!(
        matches!(&told_now[4..], [(0x51, SessionCommand::CancelOnlineOrder(one)), (0x52, SessionCommand::CancelOnlineOrder(_))] if one.restock)
    );
    scenario.when(fetch(cancelled)).then_kinds(&[]);
}

#[test]
fn stf_6_the_cursor_never_goes_back() {
    let moved = connected().when(Command::MoveCursor { updated_at: 5 });
    moved.then_kinds(&["cursor_moved"]);
    let same = moved.when(Command::MoveCursor { updated_at: 5 });
    same.then_kinds(&[]);
    same.when(Command::MoveCursor { updated_at: 4 }).then_refused("STF-6", "cursor_back");
}

fn queue(item: u32, target: Change) -> Command {
    let source = EntryRef { stream: StreamId::Organization(OrganizationId(Uuid::from_u128(0xA))), seq: 1 };
    Command::QueueChange { tag: Tag::new(1, item).unwrap(), target, source }
}

#[test]
fn stf_7_a_newer_change_of_an_item_replaces_one_that_waits_and_never_races_one_under_way() {
    let offered = |price| Change::Offered { price: Cents(price) };
    let scenario = connected().when(queue(1, offered(500))).when(queue(1, offered(400)));
    assert_eq!(scenario.state().due(NOW, 10), [2]);
    let scenario = scenario.when(Command::SendChanges { changes: vec![2] }).when(queue(1, Change::Withdrawn));
    assert_eq!(scenario.state().due(NOW, 10), Vec::<u64>::new());
    let failed = || {
        connected()
            .when(queue(1, offered(400)))
            .when(Command::SendChanges { changes: vec![1] })
            .when(queue(1, Change::Withdrawn))
            .when(Command::FailChange { change: 1, failure: Failure::Stale })
    };
    assert_eq!(failed().state().due(NOW, 10), [2], "the older one is not tried again");
    let confirmed = scenario.when(Command::ConfirmChanges { changes: vec![2] });
    assert_eq!(confirmed.state().due(NOW, 10), [3]);
    confirmed.when(Command::ConfirmChanges { changes: vec![2] }).then_kinds(&[]);
}

#[test]
fn stf_8_failures_wait_longer_each_time_and_a_sick_store_is_left_alone() {
    let send = |change| Command::SendChanges { changes: vec![change] };
    let fail = |failure| Command::FailChange { change: 1, failure };
    let under_way = || connected().when(queue(1, Change::Withdrawn)).when(send(1));
    under_way().when(send(1)).then_refused("STF-8", "change_not_due");
    under_way().when(Command::SendChanges { changes: vec![] }).then_refused("STF-8", "changes_sent");
    connected().when(fail(Failure::Throttled)).then_refused("STF-8", "change_not_sent");
    let refused = under_way().when(fail(Failure::Refused));
    assert_eq!(refused.state().pending[&1].progress, Progress::Stuck);
    let mut scenario = under_way();
    let mut now = NOW;
    for round in 0..CIRCUIT_FAILURES {
        scenario = scenario.at(now).when(fail(Failure::Unanswered));
        let Progress::Again(at) = scenario.state().pending[&1].progress else { panic!("to be tried again") };
        assert_eq!(at - now, RETRY_FIRST_MS << round);
        assert!(scenario.state().due(at - 1, 10).is_empty());
        if round + 1 < CIRCUIT_FAILURES {
            scenario = scenario.at(at).when(send(1));
            scenario.then_kinds(&["changes_sent"]);
        }
        now = at;
    }
    let opened = scenario.state().circuit.unwrap();
    assert_eq!(opened, now - (RETRY_FIRST_MS << (CIRCUIT_FAILURES - 1)) + RETRY_FIRST_MS);
    let closed = scenario.at(now).when(send(1)).when(Command::ConfirmChanges { changes: vec![1] });
    closed.then_kinds(&["changes_confirmed", "circuit_closed"]);
}

#[test]
fn log_6_version_1_of_an_agreement_is_read_as_version_2() {
    let old = r#"{"order":9007199254740993,"agreement":1,"kind":"refund","happened_at":5,"refund":77,"sales":[{"kind":"product","line":11,"quantity":-1,"amount_cents":-500,"tax_cents":0,"restock":true},{"kind":"adjustment","quantity":0,"amount_cents":-150,"tax_cents":0}],"evidence":"0707070707070707070707070707070707070707070707070707070707070707"}"#;
    let Event::AgreementRecorded(upcast) = Event::from_payload("agreement_recorded", 1, old).unwrap() else {
        panic!("an agreement")
    };
    let adjustment = AgreedSale { kind: SaleKind::Adjustment, line: None, ..sale(0, None, 0, -150) };
    let new = AgreementRecorded {
        order: RemoteId(9_007_199_254_740_993),
        agreement: RemoteId(1),
        kind: AgreementKind::Refund,
        happened_at: 5,
        refund: Some(RemoteId(77)),
        sales: vec![AgreedSale { restock: true, ..sale(11, None, -1, -500) }, adjustment],
        via: Via::Polling,
        evidence: Hash([7; 32]),
    };
    assert_eq!(upcast, new);
    assert!(Event::from_payload("agreement_recorded", 3, "{}").is_err());
}

#[test]
fn stf_10_the_state_survives_a_snapshot() {
    let scenario = routed().when(fetch(fetched(NOW, vec![placed()]))).when(queue(1, Change::Withdrawn));
    let bytes = bincode::serde::encode_to_vec(scenario.state(), bincode::config::standard()).unwrap();
    let (read, _): (State, usize) =
        bincode::serde::decode_from_slice(&bytes, bincode::config::standard()).unwrap();
    assert_eq!(read, *scenario.state());
}

#[test]
fn stf_7_waiting_changes_are_bounded() {
    let price = Some(500);
    let pending = Pending { tag: Tag::new(1, 1).unwrap(), price, progress: Progress::Waiting, failures: 0 };
    let full = connected().given_state(|state| {
        state.changes = 200_000;
        state.pending = (1..=200_000).map(|change| (change, pending)).collect();
    });
    let source =
        EntryRef { stream: "00000000-0000-0000-0000-00000000000a/organization".parse().unwrap(), seq: 1 };
    let queue = Command::QueueChange { tag: Tag::new(1, 2).unwrap(), target: Change::Withdrawn, source };
    full.when(queue).then_refused("STF-7", "too_many_changes");
}

#[test]
fn stf_5_an_adjustment_counts_where_the_first_line_given_back_belongs() {
    // Session 0x51 comes first by its id, but only a line of 0x52 is given back.
    let sale = routed().when(fetch(fetched(1, vec![placed(), refund()])));
    let adjusted: Vec<u128> = told(&sale)
        .into_iter()
        .filter_map(|(session, command)| match command {
            SessionCommand::TakeOnlineRefund(refund) if refund.adjustment != Cents::ZERO => Some(session),
            _ => None,
        })
        .collect();
    assert_eq!(adjusted, [0x52]);
}
