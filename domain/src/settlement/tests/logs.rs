//! Logs for tests: events of each aggregate, sealed into chains as the host would.

use uuid::Uuid;

use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::fees::{FeeCharge, FeeKind, FeeMethod, FeesCharged};
use crate::consignment_event::schedule::{
    BookingCompleted, BookingMade, Holder, OpenedSlot, ShiftKind, SlotKind, SlotPlan, SlotsOpened,
};
use crate::consignment_event::{self, Channel, ConsignorsJoined, EventCreated, Terms};
use crate::ids::{
    BookingId, ConsignorNumber, EventId, OrganizationId, PersonId, ReceiptId, ReturnId, SessionId, SlotId,
    TerminalId,
};
use crate::journal::{EventCodec, GENESIS, Head, RawEntry};
use crate::money::{BasisPoints, Cents};
use crate::organization::{self, Enrolment, EventFounded, OrganizationCreated, Settings};
use crate::sale_session::{
    self, CustodyTaken, Line, LineFigures, LineRef, ReceiptCompleted, ReturnReason, ReturnRecorded,
    ReturnedLine, SessionScheduled, Standing, Tender, TenderKind,
};
use crate::settlement::{FOLD_PAGE_ENTRIES, Fold, Method, Pin, Settled, Statement};
use crate::stream::StreamId;
use crate::tag::Tag;

pub const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(0xA));
pub const EVENT: EventId = EventId(Uuid::from_u128(0xE));
pub const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));

pub fn consignor(number: u32) -> ConsignorNumber {
    ConsignorNumber(number)
}

pub fn receipt_id(number: u32) -> ReceiptId {
    ReceiptId(Uuid::from_u128(0x1000 + u128::from(number)))
}

/// The three logs of a small event.
#[derive(Clone)]
pub struct Logs {
    pub settings: Settings,
    pub organization: Vec<organization::Event>,
    pub event: Vec<consignment_event::Event>,
    pub session: Vec<sale_session::Event>,
    pub terms: std::collections::BTreeMap<ConsignorNumber, (Tier, u8)>,
    receipts: u32,
    tags: u32,
    bookings: u128,
}

impl Logs {
    pub fn new(settings: Settings) -> Self {
        let created = OrganizationCreated {
            slug: "demo".into(),
            name: "Demo".into(),
            settings: settings.clone(),
            first_admin: PersonId("user_olivia".into()),
        };
        let founded = EventFounded {
            event: EVENT,
            ordinal: 1,
            name: "Spring".into(),
            starts_on: None,
            ends_on: None,
            settings: settings.clone(),
        };
        let scheduled = consignment_event::SessionScheduled {
            session: SESSION,
            event: EVENT,
            number: 1,
            name: "Saturday".into(),
            channels: vec![Channel::Floor],
            currency: settings.currency.clone(),
            plan: settings.plan.clone(),
            tax: settings.tax.clone(),
            markdown: settings.markdown.clone(),
        };
        Self {
            settings,
            organization: vec![created.into()],
            event: vec![EventCreated(founded).into(), scheduled.clone().into()],
            session: vec![SessionScheduled(scheduled).into()],
            terms: std::collections::BTreeMap::new(),
            receipts: 0,
            tags: 0,
            bookings: 0,
        }
    }

    pub fn with_plan(plan: CommissionPlan) -> Self {
        Self::new(Settings { plan, ..Settings::new("USD", "UTC") })
    }

    pub fn plain() -> Self {
        Self::with_plan(CommissionPlan::default())
    }

    pub fn join(mut self, number: u32, tier: Tier) -> Self {
        let enrolment = Enrolment { number: consignor(number), tier };
        self.event.push(ConsignorsJoined { consignors: vec![enrolment] }.into());
        self.known_as(number, tier, 0)
    }

    /// What the session knows from here on.
    pub fn known_as(mut self, number: u32, tier: Tier, shifts: u8) -> Self {
        self.terms.insert(consignor(number), (tier, shifts));
        let terms = vec![Terms { consignor: consignor(number), tier, shifts }];
        self.session.push(CustodyTaken { event: EVENT, page: 1, items: vec![], terms }.into());
        self
    }

    /// A shift completed, of which the session does not know.
    pub fn shift(mut self, number: u32) -> Self {
        self.bookings += 1;
        let (slot, booking) =
            (SlotId(Uuid::from_u128(self.bookings)), BookingId(Uuid::from_u128(self.bookings)));
        let plan =
            SlotPlan { slot, kind: SlotKind::Shift(ShiftKind::GeneralHelp), starts_at: 0, capacity: 5 };
        self.event.push(SlotsOpened { slots: vec![OpenedSlot { plan, ends_at: 1 }] }.into());
        self.event.push(BookingMade { booking, slot, holder: Holder::Consignor(consignor(number)) }.into());
        self.event.push(BookingCompleted { booking }.into());
        self
    }

    pub fn charge(mut self, number: u32, kind: FeeKind, amount: i64, part_of_share: Option<u32>) -> Self {
        let charge = FeeCharge {
            consignor: consignor(number),
            kind,
            amount: Cents(amount),
            part_of_share: part_of_share.map(BasisPoints),
            method: FeeMethod::Payout,
            items: None,
            tag: None,
            booking: None,
        };
        self.event.push(FeesCharged { charges: vec![charge] }.into());
        self
    }

    /// A line as the session would have recorded it: estimated with what it knows.
    pub fn line(&mut self, number: u32, printed: i64, price: i64) -> Line {
        self.tags += 1;
        let (tier, shifts) = self.terms.get(&consignor(number)).copied().unwrap_or_default();
        let plan = &self.settings.plan;
        let rate = plan.rate(tier, shifts, Cents(printed));
        let split = plan.split(Cents(price), rate).unwrap();
        Line {
            tag: Tag::new(1, self.tags).unwrap(),
            consignor: consignor(number),
            printed: Cents(printed),
            price: Cents(price),
            reduction: BasisPoints(0),
            tax: self.settings.tax.on_line(Cents(price), false),
            rate,
            share: split.consignor,
            house: split.house,
            plan: plan.version,
            keyed: false,
            not_checked_in: false,
            expected: None,
            overridden: None,
            marked: None,
            standing: Standing::Credited,
        }
    }

    /// One receipt of lines (consignor, price), paid in cash; receipts count from 1.
    pub fn sell(mut self, lines: &[(u32, i64)]) -> Self {
        let lines: Vec<Line> =
            lines.iter().map(|(number, price)| self.line(*number, *price, *price)).collect();
        self.receipt(lines)
    }

    pub fn receipt(mut self, lines: Vec<Line>) -> Self {
        self.receipts += 1;
        let gross = Cents::total(lines.iter().map(|line| line.price)).unwrap();
        let tax = Cents::total(lines.iter().map(|line| line.tax)).unwrap();
        let total = if self.settings.tax.inclusive { gross } else { gross.plus(tax).unwrap() };
        self.session.push(
            ReceiptCompleted {
                receipt: receipt_id(self.receipts),
                number: self.receipts,
                terminal: TerminalId(Uuid::from_u128(1)),
                occurred_at: 0,
                lines,
                unlisted: vec![],
                gross,
                tax,
                total,
                tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(total.0 + 500) }],
                change: Cents(500),
                offline: None,
                variances: vec![],
            }
            .into(),
        );
        self
    }

    /// A line of a receipt as later entries repeat it.
    pub fn figures(&self, receipt: u32, line: u16, price: i64, share: i64) -> LineFigures {
        let at = LineRef { receipt: receipt_id(receipt), number: receipt, line };
        LineFigures {
            at,
            tag: None,
            consignor: None,
            price: Cents(price),
            tax: self.settings.tax.on_line(Cents(price), false),
            rate: BasisPoints(0),
            share: Cents(share),
            house: Cents(price - share),
        }
    }

    /// A line of a receipt, brought back.
    pub fn returned(&self, receipt: u32, line: u16, price: i64) -> ReturnRecorded {
        let line = self.figures(receipt, line, price, 0);
        let total = if self.settings.tax.inclusive { line.price } else { line.price.plus(line.tax).unwrap() };
        ReturnRecorded {
            id: ReturnId(Uuid::from_u128(9)),
            receipt: receipt_id(receipt),
            number: receipt,
            terminal: None,
            occurred_at: 0,
            reason: ReturnReason::Faulty,
            lines: vec![ReturnedLine { line, restock: false }],
            gross: line.price,
            tax: line.tax,
            total,
            tenders: vec![],
        }
    }

    pub fn then_session(mut self, event: impl Into<sale_session::Event>) -> Self {
        self.session.push(event.into());
        self
    }

    pub fn then_event(mut self, event: impl Into<consignment_event::Event>) -> Self {
        self.event.push(event.into());
        self
    }

    pub fn then_organization(mut self, event: impl Into<organization::Event>) -> Self {
        self.organization.push(event.into());
        self
    }

    pub fn raw(&self) -> Vec<(StreamId, Vec<RawEntry>)> {
        let session = StreamId::Session(ORGANIZATION, SESSION);
        let event = StreamId::Event(ORGANIZATION, EVENT);
        let organization = StreamId::Organization(ORGANIZATION);
        vec![
            (session.clone(), sealed(&session, &self.session)),
            (event.clone(), sealed(&event, &self.event)),
            (organization.clone(), sealed(&organization, &self.organization)),
        ]
    }

    pub fn pins(&self) -> Vec<Pin> {
        let pin = |(stream, entries): (StreamId, Vec<RawEntry>)| {
            let last = entries.last().unwrap();
            Pin { stream, seq: last.seq, hash: last.hash }
        };
        self.raw().into_iter().map(pin).collect()
    }

    pub fn settle(&self) -> Settled {
        run(self, FOLD_PAGE_ENTRIES).finish(Method::by_the_rules()).unwrap()
    }

    /// The statement of one consignor; every test also sees that the trial balance is zero.
    pub fn statement(&self, number: u32) -> Statement {
        let settled = self.settle();
        let statements = settled.statements().unwrap();
        let balance = settled.trial_balance(&statements).unwrap();
        assert_eq!(balance.difference, Cents::ZERO, "trial balance {balance:?}");
        for statement in &statements {
            let sum = Cents::total(statement.lines.iter().map(|line| line.amount)).unwrap();
            assert_eq!(statement.totals.earned.plus(statement.totals.carried_in).unwrap(), sum);
            assert!(statement.totals.hold());
            assert!(statement.lines.iter().all(|line| !line.sources.is_empty() && !line.rule.is_empty()));
        }
        settled.statement(consignor(number)).unwrap()
    }
}

pub fn sealed<E: EventCodec>(stream: &StreamId, events: &[E]) -> Vec<RawEntry> {
    let name = stream.to_string();
    let mut head = Head::EMPTY;
    let seal = |event: &E| {
        let unsealed = RawEntry {
            seq: 0,
            recorded_at: 1_800_000_000_000,
            command_id: format!("c-{}", head.seq),
            actor: "system:test".into(),
            kind: event.kind().into(),
            version: event.version(),
            payload: event.to_payload().unwrap(),
            hash: GENESIS,
        };
        let entry = RawEntry::seal(&name, &head, unsealed);
        head = Head { seq: entry.seq, hash: entry.hash };
        entry
    };
    events.iter().map(seal).collect()
}

/// Runs the fold in pages of `page` entries, storing and reading it back between any two.
pub fn run(logs: &Logs, page: usize) -> Fold {
    let raw = logs.raw();
    let mut fold = Fold::new(logs.pins()).unwrap();
    while let Some(wanted) = fold.wanted() {
        let (_, entries) = raw.iter().find(|(stream, _)| *stream == wanted.stream).unwrap();
        let from = usize::try_from(wanted.from - 1).unwrap();
        let to = usize::try_from(wanted.to).unwrap().min(from + page);
        fold.take(&entries[from..to]).unwrap();
        let stored = bincode::serde::encode_to_vec(&fold, bincode::config::standard()).unwrap();
        fold = bincode::serde::decode_from_slice(&stored, bincode::config::standard()).unwrap().0;
    }
    fold
}
