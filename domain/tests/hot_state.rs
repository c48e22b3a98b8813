//! What the hot state of a large sale weighs, measured by an allocator that counts: 100,000 items, 1,000 consignors,
//! 60,000 sold on 4,000 receipts. One test, because the counter is the whole program's.

#![expect(clippy::unwrap_used, reason = "a test says what broke")]

use domain::aggregate::Aggregate;
use domain::commission::{CommissionPlan, Tier};
use domain::consignment_event::items::ListedItem;
use domain::consignment_event::{
    self, Channel, ConsignmentEvent, ConsignorsJoined, CustodyItem, EventCreated, ItemFlags, ItemsListed,
    Terms,
};
use domain::ids::{ConsignorNumber, EventId, ReceiptId, SessionId, TerminalId};
use domain::markdown::MarkdownSchedule;
use domain::money::{BasisPoints, Cents};
use domain::organization::{Enrolment, EventFounded, Settings};
use domain::sale_session::{
    self, CustodyTaken, Line, ReceiptCompleted, SaleSession, SessionOpened, Standing,
};
use domain::tag::Tag;
use domain::tax::TaxRule;
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The largest sale that we size for.
const ITEMS: u32 = 100_000;
const CONSIGNORS: u32 = 1_000;
const SOLD: u32 = 60_000;
const LINES_PER_RECEIPT: u32 = 15;
const PAGE: u32 = 500;

/// Bytes of heap per item, at rest.
const EVENT_BYTES_PER_ITEM: usize = 64;
const SESSION_BYTES_PER_ITEM: usize = 48;

/// While a vector grows, its old and its new buffer exist together, and a page of entries is decoded beside them.
const PEAK_FACTOR: usize = 2;

/// A Durable Object has 128 MB for everything; the state of the busiest one gets a quarter.
const SESSION_BYTES: usize = 32 * 1024 * 1024;

const NOW: i64 = 1_800_000_000_000;

fn tag(number: u32) -> Tag {
    Tag::new(1, number).unwrap()
}

fn consignor(number: u32) -> ConsignorNumber {
    ConsignorNumber(number % CONSIGNORS + 1)
}

fn pages() -> impl Iterator<Item = std::ops::Range<u32>> {
    (1..=ITEMS).step_by(PAGE as usize).map(|first| first..first + PAGE)
}

fn founded() -> EventFounded {
    EventFounded {
        event: EventId(Uuid::from_u128(1)),
        ordinal: 1,
        name: "Spring".into(),
        starts_on: None,
        ends_on: None,
        settings: Settings::new("USD", "America/New_York"),
    }
}

fn listed(number: u32) -> ListedItem {
    ListedItem {
        tag: tag(number),
        row: Some(number),
        consignor: consignor(number),
        category: "toys".into(),
        title: format!("A wooden train with {number} wagons"),
        size: "3-6 months".into(),
        condition: "good".into(),
        price: Cents(500),
        reduce: true,
        donate: false,
        reference: format!("R{number}"),
    }
}

fn event() -> consignment_event::State {
    let mut state = consignment_event::State::default();
    let mut take = |event: consignment_event::Event| ConsignmentEvent::evolve(&mut state, &event, NOW);
    take(EventCreated(founded()).into());
    let enrolments = (1..=CONSIGNORS).map(|n| Enrolment { number: ConsignorNumber(n), tier: Tier::Regular });
    take(ConsignorsJoined { consignors: enrolments.collect() }.into());
    for page in pages() {
        take(ItemsListed { import: None, items: page.map(listed).collect(), refused: Vec::new() }.into());
    }
    state
}

fn session() -> sale_session::State {
    let mut state = sale_session::State::default();
    let mut take = |event: sale_session::Event| SaleSession::evolve(&mut state, &event, NOW);
    let plan = consignment_event::SessionScheduled {
        session: SessionId(Uuid::from_u128(2)),
        event: EventId(Uuid::from_u128(1)),
        number: 1,
        name: "Saturday".into(),
        channels: vec![Channel::Floor],
        currency: "USD".into(),
        plan: CommissionPlan::default(),
        tax: TaxRule::default(),
        markdown: MarkdownSchedule::default(),
    };
    take(sale_session::SessionScheduled(plan).into());
    for (number, page) in (1..).zip(pages()) {
        let item = |n| CustodyItem {
            tag: tag(n),
            consignor: consignor(n),
            price: Cents(500),
            flags: ItemFlags::REDUCE,
        };
        let terms = page.clone().map(|n| Terms { consignor: consignor(n), tier: Tier::Regular, shifts: 1 });
        let (items, terms) = (page.clone().map(item).collect(), terms.collect());
        take(CustodyTaken { event: EventId(Uuid::from_u128(1)), page: number, items, terms }.into());
    }
    take(SessionOpened { items: ITEMS }.into());
    for (number, first) in (1..).zip((1..=SOLD).step_by(LINES_PER_RECEIPT as usize)) {
        take(receipt(number, first).into());
    }
    state
}

fn receipt(number: u32, first: u32) -> ReceiptCompleted {
    let line = |n: u32| Line {
        tag: tag(n),
        consignor: consignor(n),
        printed: Cents(500),
        price: Cents(500),
        reduction: BasisPoints(0),
        tax: Cents::ZERO,
        rate: BasisPoints(6_500),
        share: Cents(325),
        house: Cents(175),
        plan: 1,
        keyed: false,
        not_checked_in: false,
        expected: None,
        overridden: None,
        marked: None,
        standing: Standing::Credited,
    };
    let total = Cents(500 * i64::from(LINES_PER_RECEIPT));
    ReceiptCompleted {
        receipt: ReceiptId(Uuid::from_u128(u128::from(number))),
        number,
        terminal: TerminalId(Uuid::from_u128(3)),
        occurred_at: NOW,
        lines: (first..first + LINES_PER_RECEIPT).map(line).collect(),
        unlisted: Vec::new(),
        gross: total,
        tax: Cents::ZERO,
        total,
        tenders: Vec::new(),
        change: Cents::ZERO,
        offline: None,
        variances: Vec::new(),
    }
}

/// What `make` leaves on the heap, and the most that was there meanwhile.
fn weigh<T>(make: impl FnOnce() -> T) -> (T, usize, usize) {
    let profiler = dhat::Profiler::builder().testing().build();
    let kept = make();
    let stats = dhat::HeapStats::get();
    drop(profiler);
    (kept, stats.curr_bytes, stats.max_bytes)
}

#[test]
fn itm_24_and_ses_14_hot_state_stays_within_its_bytes_an_item() {
    let items = ITEMS as usize;
    let (event, rest, peak) = weigh(event);
    assert_eq!(event.items.len(), items);
    assert!(rest <= EVENT_BYTES_PER_ITEM * items, "the event weighs {rest} bytes");
    assert!(
        peak <= PEAK_FACTOR * EVENT_BYTES_PER_ITEM * items,
        "the event weighed {peak} bytes while it grew"
    );
    drop(event);
    let (session, rest, peak) = weigh(session);
    assert_eq!((session.slots().len(), session.sold), (items, SOLD));
    assert!(rest <= SESSION_BYTES_PER_ITEM * items, "the session weighs {rest} bytes");
    assert!(peak <= SESSION_BYTES, "the session weighed {peak} bytes while it grew");
}
