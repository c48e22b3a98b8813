//! What the store should say, from the logs of a small world: an event, a session on both channels, a storefront.

use uuid::Uuid;

use super::*;
use crate::consignment_event::fixture::{stocked, to};
use crate::consignment_event::{self, Channel, ConsignmentEvent};
use crate::ids::{Actor, OrganizationId, ReceiptId, RemoteId, RunId, SessionId, TerminalId};
use crate::journal::{EventCodec, Hash, RawEntry};
use crate::lifecycle::EventStatus;
use crate::markdown::{MarkdownSchedule, MarkdownStep};
use crate::money::BasisPoints;
use crate::organization::Settings;
use crate::sale_session::{self, AskedLine, CancelReason, Resolution, SaleSession, Tender, TenderKind};
use crate::scenario::Scenario;
use crate::storefront::{
    self, Access, AgreedSale, Agreement, AgreementKind, Change, FetchedOrder, NEEDED_TOPICS, SaleKind,
    Storefront, Via,
};
use crate::tag::Tag;

const NOW: i64 = 1_800_000_000_000;
const HOUR: i64 = 3_600_000;
const SESSION: SessionId = SessionId(Uuid::from_u128(0xE));
const ORDER: RemoteId = RemoteId(9_007_199_254_740_993);

fn stream(kind: &str) -> StreamId {
    let name = if kind == "organization" { kind.to_owned() } else { format!("{kind}/{}", SESSION.0) };
    format!("{}/{name}", OrganizationId(Uuid::from_u128(0xA))).parse().unwrap()
}

fn log(kind: &str) -> Actor {
    Actor::Stream(stream(kind).to_string())
}

fn olivia() -> Actor {
    Actor::Person(crate::scenario::person("user_olivia"))
}

fn till() -> Actor {
    Actor::Terminal(TerminalId(Uuid::from_u128(1)))
}

fn tag(item: u32) -> Tag {
    Tag::new(1, item).unwrap()
}

/// An event with four items at 10.00 (“reduce”), on sale on both channels, and the store that sells them.
struct World {
    event: Scenario<ConsignmentEvent>,
    session: Scenario<SaleSession>,
    store: Scenario<Storefront>,
    handed: [usize; 3],
    /// The store's own record of the order.
    order: FetchedOrder,
}

impl World {
    fn new() -> Self {
        let step =
            MarkdownStep { from: NOW + 10 * HOUR, reduce: BasisPoints(5_000), donate: BasisPoints(5_000) };
        let markdown = MarkdownSchedule { steps: vec![step], ..MarkdownSchedule::default() };
        let settings = Settings { markdown, ..Settings::new("USD", "America/New_York") };
        let channels = vec![Channel::Floor, Channel::Online];
        let schedule = consignment_event::Command::ScheduleSession {
            session: SESSION,
            name: "Saturday".into(),
            channels,
        };
        let event = stocked(settings, 4)
            .when(to(EventStatus::Selling))
            .when(schedule)
            .when(consignment_event::Command::OpenSession { session: SESSION });
        let connect = storefront::Command::Connect {
            domain: "demo.myshopify.com".into(),
            access: Access::OfflineToken,
            budget_points: 1_000,
            restore_per_second: 50,
            tax_included: false,
        };
        let route = storefront::Command::RouteEvent {
            ordinal: 1,
            event: crate::ids::EventId(SESSION.0),
            session: SESSION,
        };
        let store = Scenario::new().when(connect).when(route);
        let order = FetchedOrder {
            order: ORDER,
            placed_at: NOW,
            updated_at: NOW,
            paid: true,
            fulfilled: false,
            cancelled: None,
            test: false,
            agreements: Vec::new(),
            via: Via::Webhook,
            evidence: Hash([7; 32]),
        };
        let pair = sale_session::Command::Pair {
            code_digest: Hash([1; 32]),
            terminal: TerminalId(Uuid::from_u128(1)),
            name: "Till 1".into(),
            token_digest: Hash([2; 32]),
        };
        let offer = sale_session::Command::OfferPairing { code_digest: Hash([1; 32]) };
        let world = Self { event, session: Scenario::new(), store, handed: [0; 3], order }.deliver();
        world.session(olivia(), offer).session(olivia(), pair)
    }

    fn session(mut self, actor: Actor, command: sale_session::Command) -> Self {
        self.session = self.session.by(actor).when(command);
        let _accepted = self.session.appended();
        self.deliver()
    }

    fn store(mut self, command: storefront::Command) -> Self {
        self.store = self.store.by(Actor::System("sync".into())).when(command);
        let _accepted = self.store.appended();
        self.deliver()
    }

    /// Hands over whatever waits between the logs, until nothing does.
    fn deliver(mut self) -> Self {
        loop {
            let from = [
                ("event", self.event.deliveries()),
                ("session", self.session.deliveries()),
                ("storefront", self.store.deliveries()),
            ];
            let before = self.handed;
            for (at, (kind, deliveries)) in from.into_iter().enumerate() {
                for delivery in deliveries.into_iter().skip(before[at]) {
                    self.handed[at] += 1;
                    match delivery.to {
                        StreamId::Event(..) => {
                            let command = serde_json::from_value(delivery.command).unwrap();
                            self.event = self.event.by(log(kind)).when(command);
                        }
                        StreamId::Session(..) => {
                            let command = serde_json::from_value(delivery.command).unwrap();
                            self.session = self.session.by(log(kind)).when(command);
                        }
                        _ => {}
                    }
                }
            }
            if self.handed == before {
                return self;
            }
        }
    }

    /// The store agrees on something more about the order, at `hours` after it was placed.
    fn agree(mut self, id: i64, hours: i64, kind: AgreementKind, sales: Vec<AgreedSale>) -> Self {
        let happened_at = NOW + hours * HOUR;
        let refund = (kind == AgreementKind::Refund).then_some(RemoteId(70 + id));
        self.order.updated_at = happened_at;
        self.order.agreements.push(Agreement { agreement: RemoteId(id), kind, happened_at, refund, sales });
        self
    }

    fn place(self, lines: &[(i64, u32, i64)]) -> Self {
        let sales = lines.iter().map(|(line, item, price)| sale(*line, *item, 1, *price)).collect();
        self.agree(1, 0, AgreementKind::Order, sales)
    }

    fn cancel_there(mut self) -> Self {
        self.order.cancelled = Some(CancelReason::Customer);
        self.order.updated_at += 1;
        self
    }

    fn fetch(self, via: Via) -> Self {
        let order = FetchedOrder { via, ..self.order.clone() };
        self.store(storefront::Command::RecordOrder(Box::new(order)))
    }

    fn sell_at_the_till(self, receipt: u128, item: u32) -> Self {
        let command = sale_session::Command::RecordOfflineReceipt(Box::new(sale_session::OfflineReceipt {
            receipt: ReceiptId(Uuid::from_u128(receipt)),
            terminal: TerminalId(Uuid::from_u128(1)),
            occurred_at: NOW,
            clock_offset_ms: Some(0),
            lines: vec![AskedLine::new(tag(item), Cents(1_000), false)],
            unlisted: Vec::new(),
            tenders: vec![Tender { kind: TenderKind::Card, amount: Cents(1_000) }],
            change: Cents(0),
        }));
        self.session(till(), command)
    }

    fn expected(&self) -> Expected {
        let mut expected = Expected::default();
        take(&mut expected, "session", self.session.log());
        take(&mut expected, "storefront", self.store.log());
        take(&mut expected, "event", self.event.log());
        expected
    }

    fn order_there(&self) -> Option<OrderView> {
        order_of_store(&self.order, 1, false).unwrap()
    }

    /// Classes found in a full run at `hours` after the order was placed, with the cents each is about.
    fn found(&self, hours: i64) -> Vec<(Class, i64)> {
        let orders = self.order_there().into_iter().map(|order| (order.order, order)).collect();
        let answer = StoreAnswer { orders, ..StoreAnswer::default() };
        classes(&self.expected(), &answer, hours)
    }
}

fn classes(expected: &Expected, answer: &StoreAnswer, hours: i64) -> Vec<(Class, i64)> {
    let compared = compare_with_store(expected, answer, RunKind::Full, NOW + hours * HOUR).unwrap();
    compared.findings.iter().map(|finding| (finding.class, finding.difference.0)).collect()
}

fn take<E: EventCodec>(expected: &mut Expected, kind: &str, log: &[E]) {
    for (seq, event) in (1..).zip(log) {
        let raw = RawEntry {
            seq,
            recorded_at: NOW,
            command_id: String::new(),
            actor: "system:test".into(),
            kind: event.kind().into(),
            version: event.version(),
            payload: event.to_payload().unwrap(),
            hash: Hash([0; 32]),
        };
        expected.take(&stream(kind), &raw).unwrap();
    }
}

fn sale(line: i64, item: u32, quantity: i32, amount: i64) -> AgreedSale {
    AgreedSale {
        kind: SaleKind::Product,
        line: Some(RemoteId(line)),
        tag: Some(tag(item)),
        quantity,
        amount: Cents(amount),
        tax: Cents(amount / 10),
        restock: quantity < 0,
    }
}

fn adjustment(amount: i64) -> AgreedSale {
    AgreedSale { kind: SaleKind::Adjustment, line: None, tag: None, tax: Cents(0), ..sale(0, 1, 0, amount) }
}

fn two() -> World {
    World::new().place(&[(11, 1, 1_000), (12, 2, 1_000)])
}

#[test]
fn rec_9_an_order_told_and_taken_is_expected_as_the_store_has_it() {
    let world = two().fetch(Via::Webhook);
    let expected = world.expected();
    let ours = &expected.orders()[&ORDER];
    assert_eq!((ours.total, ours.lines.len()), (Cents(2_200), 2));
    assert_eq!(ours.evidence.entries.len(), 1, "the entry that took it");
    assert_eq!(world.found(0), []);
    // The store changed what we have not heard of yet.
    let refunded = world.agree(2, 1, AgreementKind::Refund, vec![sale(12, 2, -1, -1_000)]);
    assert_eq!(refunded.found(1), [(Class::Refund, -1_100)]);
    assert_eq!(refunded.fetch(Via::Webhook).found(1), []);
    assert_eq!(two().found(0), [(Class::MissingHere, 2_200)]);
    let mut gone = two().fetch(Via::Webhook);
    gone.order.test = true;
    assert_eq!(gone.found(0), [(Class::MissingThere, -2_200)]);
}

#[test]
fn rec_9_refunds_edits_adjustments_and_cancellations_come_to_the_same_on_both_sides() {
    let refund = |world: World| world.agree(2, 1, AgreementKind::Refund, vec![sale(12, 2, -1, -1_000)]);
    let partial = |world: World| world.agree(3, 2, AgreementKind::Refund, vec![sale(11, 1, 0, -300)]);
    let adjusted = |world: World| world.agree(4, 3, AgreementKind::Refund, vec![adjustment(-150)]);
    let edited = |world: World| world.agree(5, 4, AgreementKind::Edit, vec![sale(13, 3, 1, 1_000)]);
    let steps: [&dyn Fn(World) -> World; 4] = [&refund, &partial, &adjusted, &edited];
    // Told after every step, or only after all of them.
    let mut told = two().fetch(Via::Webhook);
    let mut late = two();
    for step in steps {
        told = step(told).fetch(Via::Webhook);
        late = step(late);
        assert_eq!(told.found(4), []);
    }
    assert_eq!(late.fetch(Via::Webhook).found(4), []);
    let cancelled = edited(refund(two())).fetch(Via::Webhook).cancel_there().fetch(Via::Webhook);
    assert_eq!(cancelled.found(4), []);
    // A refund that follows the cancellation it belongs to gives nothing back a second time.
    let cancelled = two().fetch(Via::Webhook).cancel_there().fetch(Via::Webhook);
    let back = vec![sale(11, 1, -1, -1_000), sale(12, 2, -1, -1_000)];
    let refunded = cancelled.agree(2, 1, AgreementKind::Refund, back).fetch(Via::Webhook);
    assert_eq!(refunded.found(1), []);
    let expected = refunded.expected();
    assert_eq!(expected.orders()[&ORDER].refunds[0].total, Cents(2_200));
    assert_eq!(expected.orders()[&ORDER].total, Cents(0));
}

#[test]
fn rec_9_prices_that_contain_the_tax_are_compared_without_counting_it_twice() {
    let fetched = two().agree(2, 1, AgreementKind::Refund, vec![sale(12, 2, -1, -1_000)]).order;
    let view = order_of_store(&fetched, 1, true).unwrap().unwrap();
    assert_eq!((view.total, view.refunds[0].total), (Cents(1_000), Cents(1_000)));
    assert_eq!((view.lines[0].price, view.lines[0].tax), (Cents(900), Cents(100)));
}

#[test]
fn rec_9_a_case_that_gave_an_online_line_back_is_owed_by_the_store_until_it_refunds() {
    // The floor sold the item, then the order came; a person keeps the sale of the floor.
    let both = World::new().sell_at_the_till(0x900, 1).place(&[(11, 1, 1_000)]).fetch(Via::Webhook);
    assert_eq!(both.found(0), [], "while the case is open, the order stands as it was placed");
    let (case, _) = both.session.state().cases.first_key_value().unwrap();
    let resolution = Resolution::KeepFirstRefundSecond;
    let resolve = sale_session::Command::ResolveConflict { case: *case, resolution, receipts: vec![] };
    let resolved = both.session(olivia(), resolve);
    assert_eq!(resolved.found(0), [(Class::Quantity, 1_100)], "the store still has to give it back");
    let refunded = resolved.agree(2, 1, AgreementKind::Refund, vec![sale(11, 1, -1, -1_000)]);
    assert_eq!(refunded.fetch(Via::Webhook).found(1), []);
}

#[test]
fn rec_9_of_an_order_of_two_events_each_has_its_own_part() {
    let other = AgreedSale { tag: Some(Tag::new(2, 9).unwrap()), ..sale(12, 9, 1, 700) };
    let back = AgreedSale { quantity: -1, amount: Cents(-700), tax: Cents(-70), ..other };
    let world = World::new().agree(1, 0, AgreementKind::Order, vec![sale(11, 1, 1, 1_000), other]).agree(
        2,
        1,
        AgreementKind::Refund,
        vec![back, adjustment(-50)],
    );
    assert_eq!(world.order_there().unwrap().total, Cents(1_100));
    assert!(world.order_there().unwrap().refunds.is_empty(), "the adjustment goes with the other's refund");
    let theirs = order_of_store(&world.order, 2, false).unwrap().unwrap();
    assert_eq!((theirs.total, theirs.refunds[0].total), (Cents(-50), Cents(820)));
    assert_eq!(order_of_store(&world.order, 3, false), Ok(None));
}

#[test]
fn rec_10_what_is_unsold_in_a_session_that_sells_online_can_be_bought_at_the_price_of_the_moment() {
    let world = World::new().sell_at_the_till(0x900, 2);
    let at = |world: &World, hours| {
        let items = world.expected().items(NOW + hours * HOUR);
        items.iter().map(|item| (item.quantity, item.price.0)).collect::<Vec<_>>()
    };
    assert_eq!(at(&world, 0), [(1, 1_000), (0, 1_000), (1, 1_000), (1, 1_000)]);
    assert_eq!(at(&world, 10), [(1, 500), (0, 500), (1, 500), (1, 500)], "marked down by then");
    let close = sale_session::Command::Close;
    assert_eq!(at(&world.session(olivia(), close), 0), [(0, 1_000); 4]);
}

#[test]
fn rec_10_the_store_is_held_to_what_it_was_told_and_took() {
    let offer = |item: u32| storefront::Command::QueueChange {
        tag: tag(item),
        target: Change::Offered { price: Cents(1_000) },
        source: EntryRef { stream: stream("session"), seq: 1 },
    };
    let world = World::new()
        .store(offer(1))
        .store(offer(2))
        .store(offer(3))
        .store(storefront::Command::SendChanges { changes: vec![1, 2] })
        .store(storefront::Command::ConfirmChanges { changes: vec![1, 2] });
    let view = |item, quantity, price| {
        let evidence = Evidence::default();
        (tag(item), ItemView { tag: tag(item), quantity, price: Cents(price), evidence })
    };
    let found = |world: &World, items: Vec<(Tag, ItemView)>| {
        let items = Some(items.into_iter().collect());
        let answer = StoreAnswer { items, ..StoreAnswer::default() };
        classes(&world.expected(), &answer, 0).into_iter().map(|(class, _)| class).collect::<Vec<_>>()
    };
    assert_eq!(found(&world, vec![view(1, 1, 1_000), view(2, 1, 1_000)]), []);
    assert_eq!(found(&world, vec![view(1, 1, 900)]), [Class::Price, Class::Deleted]);
    assert_eq!(found(&world, vec![view(1, 1, 1_000), view(2, 1, 1_000), view(3, 1, 1)]), [], "on its way");
    let stranger = vec![view(1, 1, 1_000), view(2, 1, 1_000), view(99, 1, 500)];
    assert_eq!(found(&world, stranger), [Class::Quantity], "no item of ours");
    let sold = world.sell_at_the_till(0x900, 2);
    assert_eq!(found(&sold, vec![view(1, 1, 1_000), view(2, 1, 1_000)]), [Class::Quantity]);
}

#[test]
fn rec_11_what_came_by_asking_only_is_a_missed_webhook_once_its_time_is_over() {
    let asked = two().fetch(Via::Polling);
    assert_eq!(asked.found(3), [], "webhooks may be late");
    assert_eq!(asked.found(4), [(Class::WebhookMissing, 0)]);
    let expected = asked.expected();
    let missed = expected.missed_webhooks(NOW + 4 * HOUR);
    assert_eq!((missed[0].agreements, missed[0].ours.entries.len()), (1, 1));
    let nudge = storefront::Command::Nudge { order: ORDER, topic: "orders/create".into() };
    assert_eq!(two().fetch(Via::Polling).store(nudge.clone()).found(4), [], "it came late");
    assert_eq!(two().store(nudge).fetch(Via::Polling).found(4), [], "it came while we asked");
    assert_eq!(two().fetch(Via::Webhook).found(4), []);
}

#[test]
fn rec_7_a_case_about_what_neither_side_has_any_more_vanishes_with_a_full_run() {
    let phantom = OrderView { order: RemoteId(9), ..two().order_there().unwrap() };
    let answer = StoreAnswer { orders: [(RemoteId(9), phantom)].into(), ..StoreAnswer::default() };
    let expected = World::new().expected();
    let mut log: Scenario<Reconciliation> = Scenario::new();
    for (n, answer, open) in [(1, &answer, 1), (2, &StoreAnswer::default(), 0)] {
        let run = RunId(Uuid::from_u128(n));
        let compared = compare_with_store(&expected, answer, RunKind::Full, NOW).unwrap();
        let compared = compared.and_open(log.state().open.values().map(|case| &case.subject));
        let (subjects, findings) = (compared.subjects, compared.findings);
        log = log
            .when(Command::StartRun { run, kind: RunKind::Full })
            .when(Command::Record { run, compared: subjects, findings })
            .when(Command::FinishRun { run });
        assert_eq!(log.state().open.len(), open);
    }
}

#[test]
fn rec_4_topics_that_the_store_does_not_send_are_differences() {
    let topics = NEEDED_TOPICS.iter().skip(1).map(|topic| (*topic).to_owned()).collect();
    let answer = StoreAnswer { topics: Some(topics), ..StoreAnswer::default() };
    assert_eq!(classes(&World::new().expected(), &answer, 0), [(Class::SubscriptionMissing, 0)]);
}

#[test]
fn rec_2_a_long_comparison_comes_in_pages_that_the_log_takes() {
    let finding = |order: i64| Finding {
        class: Class::Amount,
        subject: Subject::Order(RemoteId(order)),
        part: None,
        ours: 0,
        theirs: 1,
        difference: Cents(1),
        our_evidence: Evidence::default(),
        their_evidence: Evidence::default(),
    };
    let subjects: Vec<Subject> = (0..1_201).map(|order| Subject::Order(RemoteId(order))).collect();
    let three = |order| vec![finding(order), finding(order), finding(order)];
    let findings: Vec<Finding> = (0..1_201).flat_map(three).collect();
    let compared = Compared { subjects: subjects.clone(), findings: findings.clone() };
    let pages = compared.into_pages();
    assert_eq!(pages.len(), 4, "333 orders of three findings each fit");
    let run = RunId(Uuid::from_u128(1));
    let mut log: Scenario<Reconciliation> =
        Scenario::new().when(Command::StartRun { run, kind: RunKind::Full });
    for page in &pages {
        log = log.when(Command::Record {
            run,
            compared: page.subjects.clone(),
            findings: page.findings.clone(),
        });
        let _accepted = log.appended();
    }
    assert_eq!(pages.iter().flat_map(|page| page.subjects.clone()).collect::<Vec<_>>(), subjects);
    assert_eq!(pages.iter().flat_map(|page| page.findings.clone()).collect::<Vec<_>>(), findings);
}
