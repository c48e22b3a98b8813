use uuid::Uuid;

use super::*;
use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::{Channel, CustodyHandedOver, CustodyItem, ItemFlags, Terms};
use crate::ids::{Actor, ConsignorNumber, OrganizationId, ReceiptId, SessionId, ShopId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::markdown::{MarkdownSchedule, MarkdownStep};
use crate::money::{BasisPoints, Cents};
use crate::scenario::Scenario;
use crate::stream::StreamId;
use crate::tag::Tag;
use crate::tax::TaxRule;

pub(super) const NOW: i64 = 1_800_000_000_000;
pub(super) const SHOP: ShopId = ShopId(Uuid::from_u128(0x5A));
pub(super) const EVENT: EventId = EventId(Uuid::from_u128(0xE1));
pub(super) const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));

pub(super) fn till(n: u128) -> Actor {
    Actor::Terminal(terminal(n))
}

pub(super) fn store() -> Actor {
    Actor::Stream(StreamId::Storefront(OrganizationId(Uuid::from_u128(0xA)), SHOP).to_string())
}

pub(super) fn digest(byte: u8) -> Hash {
    Hash([byte; 32])
}

pub(super) fn event_actor() -> Actor {
    Actor::Stream(StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EVENT).to_string())
}

pub(super) fn olivia() -> Actor {
    Actor::Person(crate::scenario::person("user_olivia"))
}

pub(super) fn terminal(n: u128) -> TerminalId {
    TerminalId(Uuid::from_u128(n))
}

pub(super) fn tag(n: u32) -> Tag {
    Tag::new(1, n).unwrap()
}

pub(super) fn item(n: u32, consignor: u32, price: i64, flags: ItemFlags) -> CustodyItem {
    CustodyItem { tag: tag(n), consignor: ConsignorNumber(consignor), price: Cents(price), flags }
}

pub(super) fn page(page: u32, last: bool, items: Vec<CustodyItem>) -> Command {
    let terms = vec![
        Terms { consignor: ConsignorNumber(1), tier: Tier::Regular, shifts: 0 },
        Terms { consignor: ConsignorNumber(2), tier: Tier::Super, shifts: 2 },
    ];
    Command::TakeCustody(CustodyHandedOver { session: SESSION, page, last, items, terms })
}

pub(super) fn scheduled(tax: TaxRule, markdown: MarkdownSchedule) -> Scenario<SaleSession> {
    let plan = consignment_event::SessionScheduled {
        session: SESSION,
        event: EVENT,
        number: 1,
        name: "Saturday".into(),
        channels: vec![Channel::Floor, Channel::Online],
        currency: "USD".into(),
        plan: CommissionPlan::default(),
        tax,
        markdown,
    };
    Scenario::new().by(event_actor()).when(Command::Schedule(Box::new(plan)))
}

pub(super) fn open_with(tax: TaxRule, markdown: MarkdownSchedule) -> Scenario<SaleSession> {
    scheduled(tax, markdown)
        .when(page(
            1,
            false,
            vec![item(1, 1, 1_000, ItemFlags::default()), item(2, 2, 12_000, ItemFlags::REDUCE)],
        ))
        .when(page(
            2,
            true,
            vec![
                item(3, 2, 75, ItemFlags::NOT_CHECKED_IN),
                item(4, 1, 500, ItemFlags::MISSING),
                item(5, 2, 800, ItemFlags::REJECTED),
            ],
        ))
        .by(olivia())
        .when(Command::OfferPairing { code_digest: digest(1) })
        .when(Command::Pair {
            code_digest: digest(1),
            terminal: terminal(1),
            name: "Till 1".into(),
            token_digest: digest(11),
        })
        .when(Command::OfferPairing { code_digest: digest(2) })
        .when(Command::Pair {
            code_digest: digest(2),
            terminal: terminal(2),
            name: "Till 2".into(),
            token_digest: digest(12),
        })
        .when(Command::SetTerminalRights { terminal: terminal(2), rights: TerminalRight::ALL.to_vec() })
        .by(till(1))
}

pub(super) fn open() -> Scenario<SaleSession> {
    open_with(TaxRule::default(), MarkdownSchedule::default())
}

pub(super) fn sell(
    receipt: u128,
    lines: &[(u32, i64)],
    tenders: &[(TenderKind, i64)],
    change: i64,
) -> Command {
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

pub(super) fn receipt(scenario: &Scenario<SaleSession>) -> &ReceiptCompleted {
    match scenario.appended() {
        [Event::ReceiptCompleted(receipt)] => receipt,
        other => panic!("expected one receipt, found {other:?}"),
    }
}

#[test]
fn cus_2_custody_arrives_in_pages_and_the_last_one_opens() {
    let scenario = open();
    assert_eq!(scenario.state().status, SessionStatus::Open);
    assert_eq!(scenario.state().slots().len(), 5);
    assert_eq!(scenario.deliveries().len(), 2, "each page is confirmed to the event");
    scheduled(TaxRule::default(), MarkdownSchedule::default())
        .when(page(2, true, vec![]))
        .then_refused("CUS-2", "page_out_of_order");
    open().by(event_actor()).when(page(2, true, vec![])).then_refused("CUS-2", "page_out_of_order");
    open().when(page(3, true, vec![])).then_refused("CUS-1", "not_the_event");
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
    scenario.then_refused("SAL-6", "item_already_sold");
    let refusal = scenario.refusal();
    assert!(refusal.found.contains("receipt 1 by Till 1 at 2027-"), "{}", refusal.found);
    assert_eq!(scenario.state().sold, 1, "the refused basket changed nothing");
}

#[test]
fn sal_refuses_what_cannot_be_a_basket() {
    let cash = |amount| [(TenderKind::Cash, amount)];
    open().when(sell(1, &[], &[], 0)).then_refused("SAL-3", "basket_size");
    open().when(sell(1, &[(1, 1_000), (1, 1_000)], &cash(2_000), 0)).then_refused("SAL-4", "tag_twice");
    open().when(sell(1, &[(99, 1_000)], &cash(1_000), 0)).then_refused("SAL-5", "item_unknown_here");
    open().when(sell(1, &[(1, 999)], &cash(999), 0)).then_refused("SAL-7", "price_differs");
    open().when(sell(1, &[(1, 1_000)], &[], 0)).then_refused("SAL-8", "tender_count");
    open().when(sell(1, &[(1, 1_000)], &cash(0), 0)).then_refused("SAL-8", "tender_amount");
    open()
        .when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 2_000)], 1_000))
        .then_refused("SAL-9", "change_without_cash");
    open().when(sell(1, &[(1, 1_000)], &cash(1_000), -1)).then_refused("SAL-9", "change_without_cash");
    open().when(sell(1, &[(1, 1_000)], &cash(900), 0)).then_refused("SAL-10", "tenders_do_not_pay");
    open()
        .by(till(9))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("TRM-5", "terminal_unknown");
    open()
        .by(olivia())
        .when(Command::RevokeTerminal { terminal: terminal(1) })
        .by(till(1))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("TRM-5", "terminal_revoked");
    open()
        .by(olivia())
        .when(Command::Pause)
        .by(till(1))
        .when(sell(1, &[(1, 1_000)], &cash(1_000), 0))
        .then_refused("SAL-1", "session_not_open");
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
    let offered = || open().by(olivia()).when(Command::OfferPairing { code_digest: digest(3) });
    let pair = |id| Command::Pair {
        code_digest: digest(3),
        terminal: terminal(id),
        name: "Till 3".into(),
        token_digest: digest(13),
    };
    offered().when(pair(3)).then_kinds(&["terminal_paired"]);
    offered().when(pair(3)).when(pair(4)).then_refused("TRM-4", "pairing_code_unusable");
    offered().at(NOW + PAIRING_LIFETIME_MS).when(pair(3)).then_refused("TRM-4", "pairing_code_unusable");
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
fn ses_14_hot_state_stays_within_48_bytes_an_item() {
    assert_eq!(size_of::<Slot>(), 20);
    let mut state = State::default();
    for first in (0..100_000).step_by(500) {
        let items =
            (first..first + 500).map(|n| item(n + 1, n % 1_000 + 1, 500, ItemFlags::REDUCE)).collect();
        let taken = CustodyTaken { event: EVENT, page: first / 500 + 1, items, terms: Vec::new() };
        SaleSession::evolve(&mut state, &taken.into(), NOW);
    }
    // What a vector of 100,000 slots can have reserved while it grows, and what a snapshot of it weighs.
    assert!(state.slots.capacity() * size_of::<Slot>() <= 48 * 100_000);
    let snapshot = bincode::serde::encode_to_vec(&state, bincode::config::standard()).unwrap();
    assert!(snapshot.len() <= 48 * 100_000, "{} bytes", snapshot.len());
}

/// A snapshot is written without field names: nothing in the state may be skipped or untagged.
pub(super) fn survives_a_snapshot(state: &State) {
    let bytes = bincode::serde::encode_to_vec(state, bincode::config::standard()).unwrap();
    let (back, _): (State, usize) =
        bincode::serde::decode_from_slice(&bytes, bincode::config::standard()).unwrap();
    assert_eq!(&back, state);
}

/// Replaying the log gives the same state, the books balance, and no item is credited twice.
pub(super) fn check(scenario: &Scenario<SaleSession>) {
    let state = scenario.state();
    assert!(state.books.balance(), "{:?}", state.books);
    survives_a_snapshot(state);
    let mut holders = std::collections::BTreeMap::new();
    let credited = state.lines.iter().filter(|(_, line)| line.now == Now::Credited);
    for (at, line) in credited {
        if let Some(tag) = line.figures.tag {
            assert_eq!(holders.insert(tag, *at), None, "{} is credited twice", tag.grouped());
            assert_eq!(state.holder(tag), Some(*at), "{} is credited where it is not", tag.grouped());
        }
    }
    let sold = state.slots().iter().filter(|slot| slot.receipt != 0).count();
    assert_eq!(usize::try_from(state.sold).unwrap(), sold);
}
