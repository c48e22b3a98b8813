use uuid::Uuid;

use super::*;
use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::{Channel, CustodyHandedOver, CustodyItem, ItemFlags, Terms};
use crate::ids::{Actor, ConsignorNumber, OrganizationId, ReceiptId, SessionId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::markdown::{MarkdownSchedule, MarkdownStep};
use crate::money::{BasisPoints, Cents};
use crate::scenario::Scenario;
use crate::tag::Tag;
use crate::tax::TaxRule;

const EVENT: EventId = EventId(Uuid::from_u128(0xE1));
const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));

fn digest(byte: u8) -> Hash {
    Hash([byte; 32])
}

fn event_actor() -> Actor {
    Actor::Stream(StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EVENT).to_string())
}

fn olivia() -> Actor {
    Actor::Person(crate::scenario::person("user_olivia"))
}

fn terminal(n: u128) -> TerminalId {
    TerminalId(Uuid::from_u128(n))
}

fn tag(n: u32) -> Tag {
    Tag::new(1, n).unwrap()
}

fn item(n: u32, consignor: u32, price: i64, flags: ItemFlags) -> CustodyItem {
    CustodyItem { tag: tag(n), consignor: ConsignorNumber(consignor), price: Cents(price), flags }
}

fn page(page: u32, last: bool, items: Vec<CustodyItem>) -> Command {
    let terms = vec![
        Terms { consignor: ConsignorNumber(1), tier: Tier::Regular, shifts: 0 },
        Terms { consignor: ConsignorNumber(2), tier: Tier::Super, shifts: 2 },
    ];
    Command::TakeCustody(CustodyHandedOver { session: SESSION, page, last, items, terms })
}

fn scheduled(tax: TaxRule, markdown: MarkdownSchedule) -> Scenario<SaleSession> {
    let plan = consignment_event::SessionScheduled {
        session: SESSION,
        event: EVENT,
        number: 1,
        name: "Saturday".into(),
        channels: vec![Channel::Floor],
        currency: "USD".into(),
        plan: CommissionPlan::default(),
        tax,
        markdown,
    };
    Scenario::new().by(event_actor()).when(Command::Schedule(Box::new(plan)))
}

fn open_with(tax: TaxRule, markdown: MarkdownSchedule) -> Scenario<SaleSession> {
    scheduled(tax, markdown)
        .when(page(
            1,
            false,
            vec![item(1, 1, 1_000, ItemFlags::default()), item(2, 2, 12_000, ItemFlags::REDUCE)],
        ))
        .when(page(2, true, vec![item(3, 2, 75, ItemFlags::NOT_CHECKED_IN)]))
        .by(olivia())
        .when(Command::OfferPairing { code_digest: digest(1) })
        .when(Command::Pair {
            code_digest: digest(1),
            terminal: terminal(1),
            name: "Till 1".into(),
            token_digest: digest(11),
        })
        .by(Actor::Terminal(terminal(1)))
}

fn open() -> Scenario<SaleSession> {
    open_with(TaxRule::default(), MarkdownSchedule::default())
}

fn sell(receipt: u128, lines: &[(u32, i64)], tenders: &[(TenderKind, i64)], change: i64) -> Command {
    Command::CompleteReceipt {
        receipt: ReceiptId(Uuid::from_u128(receipt)),
        lines: lines.iter().map(|(n, price)| AskedLine::new(tag(*n), Cents(*price), false)).collect(),
        unlisted: Vec::new(),
        tenders: tenders
            .iter()
            .map(|(kind, amount)| Tender { kind: *kind, amount: Cents(*amount) })
            .collect(),
        change: Cents(change),
        occurred_at: 1_800_000_000_000,
    }
}

fn receipt(scenario: &Scenario<SaleSession>) -> &ReceiptCompleted {
    match scenario.appended() {
        [Event::ReceiptCompleted(receipt)] => receipt,
        other => panic!("expected one receipt, found {other:?}"),
    }
}

#[test]
fn cus_2_custody_arrives_in_pages_and_the_last_one_opens() {
    let scenario = open();
    assert_eq!(scenario.state().status, SessionStatus::Open);
    assert_eq!(scenario.state().slots().len(), 3);
    assert_eq!(scenario.deliveries().len(), 2, "each page is confirmed to the event");
    scheduled(TaxRule::default(), MarkdownSchedule::default())
        .when(page(2, true, vec![]))
        .then_refused("CUS-2");
    open().by(event_actor()).when(page(2, true, vec![])).then_refused("CUS-2");
    open().when(page(3, true, vec![])).then_refused("CUS-1");
}

#[test]
fn sal_1_a_receipt_carries_prices_tenders_and_estimated_shares() {
    let scenario =
        open().when(sell(1, &[(1, 1_000), (2, 12_000), (3, 75)], &[(TenderKind::Cash, 14_000)], 925));
    let receipt = receipt(&scenario);
    assert_eq!((receipt.number, receipt.gross, receipt.total), (1, Cents(13_075), Cents(13_075)));
    let split: Vec<_> = receipt.lines.iter().map(|line| (line.rate.0, line.share.0, line.house.0)).collect();
    // regular 60 %; super 65 + 5 (price bonus) + 10 (two shifts) = 80 %; super 65 + 10 = 75 % of 0.75 = 56.25 cents
    assert_eq!(split, [(6_000, 600, 400), (8_000, 9_600, 2_400), (7_500, 56, 19)]);
    assert!(receipt.lines[2].not_checked_in);
    assert_eq!(scenario.state().sold, 3);
}

#[test]
fn sal_6_an_item_is_sold_once_and_the_refusal_says_who_sold_it_when() {
    let scenario = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0)).when(sell(
        2,
        &[(3, 75), (1, 1_000)],
        &[(TenderKind::Card, 1_075)],
        0,
    ));
    scenario.then_refused("SAL-6");
    let refusal = scenario.refusal();
    assert!(refusal.found.contains("receipt 1 by Till 1 at 2027-"), "{}", refusal.found);
    assert_eq!(scenario.state().sold, 1, "the refused basket changed nothing");
}

#[test]
fn sal_refuses_what_cannot_be_a_basket() {
    let cash = |amount| [(TenderKind::Cash, amount)];
    open().when(sell(1, &[], &[], 0)).then_refused("SAL-3");
    open().when(sell(1, &[(1, 1_000), (1, 1_000)], &cash(2_000), 0)).then_refused("SAL-4");
    open().when(sell(1, &[(99, 1_000)], &cash(1_000), 0)).then_refused("SAL-5");
    open().when(sell(1, &[(1, 999)], &cash(999), 0)).then_refused("SAL-7");
    open().when(sell(1, &[(1, 1_000)], &[], 0)).then_refused("SAL-8");
    open().when(sell(1, &[(1, 1_000)], &cash(0), 0)).then_refused("SAL-8");
    open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 2_000)], 1_000)).then_refused("SAL-9");
    open().when(sell(1, &[(1, 1_000)], &cash(1_000), -1)).then_refused("SAL-9");
    open().when(sell(1, &[(1, 1_000)], &cash(900), 0)).then_refused("SAL-10");
    open()
        .by(Actor::Terminal(terminal(9)))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("TRM-5");
    open()
        .by(olivia())
        .when(Command::RevokeTerminal { terminal: terminal(1) })
        .by(Actor::Terminal(terminal(1)))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("TRM-5");
    open()
        .by(olivia())
        .when(Command::Pause)
        .by(Actor::Terminal(terminal(1)))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("SAL-1");
}

#[test]
fn mkd_2_the_session_prices_reduce_items_by_its_schedule_and_taxes_by_line() {
    let markdown = MarkdownSchedule {
        steps: vec![MarkdownStep { from: 0, reduce: BasisPoints(5_000), donate: BasisPoints(7_500) }],
        step: Cents(25),
        floor: Cents(25),
    };
    let tax = TaxRule { rate: BasisPoints(725), inclusive: false, exempt: Vec::new() };
    let scenario =
        open_with(tax, markdown).when(sell(1, &[(1, 1_000), (2, 6_000)], &[(TenderKind::Card, 7_508)], 0));
    let receipt = receipt(&scenario);
    assert_eq!((receipt.gross, receipt.tax, receipt.total), (Cents(7_000), Cents(508), Cents(7_508)));
    assert_eq!(receipt.lines[1].reduction, BasisPoints(5_000));
    assert_eq!(receipt.lines[1].rate, BasisPoints(8_000), "the price bonus looks at the listed price");
}

#[test]
fn trm_4_a_pairing_code_works_once_and_not_for_ever() {
    let offered = || open().by(olivia()).when(Command::OfferPairing { code_digest: digest(2) });
    let pair = |id| Command::Pair {
        code_digest: digest(2),
        terminal: terminal(id),
        name: "Till 2".into(),
        token_digest: digest(12),
    };
    offered().when(pair(2)).then_kinds(&["terminal_paired"]);
    offered().when(pair(2)).when(pair(3)).then_refused("TRM-4");
    offered().at(1_800_000_000_000 + 10 * 60 * 1_000).when(pair(2)).then_refused("TRM-4");
}

#[test]
fn ses_10_closing_returns_every_item_with_its_outcome() {
    let scenario = open()
        .when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0))
        .by(olivia())
        .when(Command::Close);
    scenario.then_kinds(&["session_closing", "custody_released"]);
    let closed = scenario.by(event_actor()).when(Command::ConfirmRelease { page: 1 });
    closed.then_kinds(&["release_confirmed", "session_closed"]);
    assert_eq!(closed.state().status, SessionStatus::Closed);
}

#[test]
fn hot_state_stays_small() {
    // The architecture allows 48 bytes an item.
    assert!(size_of::<Slot>() <= 20, "{}", size_of::<Slot>());
}
