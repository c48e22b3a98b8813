//! A small world that decides and evolves as the platform does: commands in, sealed logs out. Seeded, so that
//! the same seed gives the same bytes.

use std::collections::{BTreeMap, VecDeque};

use domain::aggregate::{Aggregate, Context, Delivery};
use domain::commission::Tier;
use domain::consignment_event::items::ItemDraft;
use domain::consignment_event::{self, Channel, ConsignmentEvent};
use domain::ids::{
    Actor, ConsignorNumber, EventId, OrganizationId, PersonId, ReceiptId, ReturnId, SessionId, ShopId,
    TerminalId,
};
use domain::journal::{EventCodec, Hash, Head, RawEntry};
use domain::lifecycle::EventStatus;
use domain::markdown::{MarkdownSchedule, MarkdownStep};
use domain::money::{BasisPoints, Cents};
use domain::organization::{self, Enrolment, Organization};
use domain::sale_session::{self, AskedLine, SaleSession, Tender, TenderKind};
use domain::settlement::Pin;
use domain::storefront::{self, Storefront};
use domain::stream::StreamId;
use domain::tag::Tag;
use domain::tax::TaxRule;
use uuid::Uuid;

/// 2027-04-17 12:00:00 UTC, 08:00 in Toronto: the doors open.
const START_MS: i64 = 1_807_963_200_000;

/// One log with the state behind it.
struct Running<A: Aggregate> {
    state: A::State,
    log: Vec<RawEntry>,
    head: Head,
    /// Where in the log an entry is found by key.
    keys: BTreeMap<String, usize>,
}

impl<A: Aggregate> Default for Running<A> {
    fn default() -> Self {
        Self { state: A::State::default(), log: Vec::new(), head: Head::EMPTY, keys: BTreeMap::new() }
    }
}

/// How large a world to make.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub consignors: u32,
    pub items: u32,
    pub receipts: u32,
    pub close: bool,
    /// The session sells online too.
    pub online: bool,
}

/// What a transcript needs: a handful.
pub const SMALL: Size = Size { consignors: 3, items: 12, receipts: 4, close: false, online: false };

pub struct World {
    random: u64,
    pub(super) now: i64,
    ids: u128,
    organization: Running<Organization>,
    event: Running<ConsignmentEvent>,
    session: Running<SaleSession>,
    storefront: Running<Storefront>,
    pub organization_id: StreamId,
    pub event_id: StreamId,
    pub session_id: StreamId,
    pub storefront_id: StreamId,
    waiting: VecDeque<(Actor, Delivery)>,
}

impl World {
    /// Everything from the founding to the last receipt.
    pub fn new(seed: u64, size: Size) -> Self {
        let id = |n: u128| Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n);
        let organization = OrganizationId(id(1));
        let (event, session) = (EventId(id(2)), SessionId(id(3)));
        let mut world = Self {
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            now: START_MS - 86_400_000,
            ids: 0x1000,
            organization: Running::default(),
            event: Running::default(),
            session: Running::default(),
            storefront: Running::default(),
            organization_id: StreamId::Organization(organization),
            event_id: StreamId::Event(organization, event),
            session_id: StreamId::Session(organization, session),
            storefront_id: StreamId::Storefront(organization, ShopId(id(4))),
            waiting: VecDeque::new(),
        };
        world.found(event);
        world.list_items(size);
        world.open(session, size.online);
        world.sell(size.receipts);
        if size.close {
            world.at_session(&olivia(), sale_session::Command::Close);
        }
        world
    }

    /// The logs by file name, as `fetch` would leave them.
    pub fn exports(&self) -> BTreeMap<String, Vec<String>> {
        [
            (&self.organization_id, &self.organization.log),
            (&self.event_id, &self.event.log),
            (&self.session_id, &self.session.log),
            (&self.storefront_id, &self.storefront.log),
        ]
        .into_iter()
        .filter(|(_, log)| !log.is_empty())
        .map(|(stream, log)| {
            let lines = super::export_lines(&stream.to_string(), Head::EMPTY, log.iter().cloned());
            (replay_tool::files::file_name(stream), lines)
        })
        .collect()
    }

    /// The log of the session, unsealed entries to tamper with.
    pub fn session_log(&self) -> &[RawEntry] {
        &self.session.log
    }

    /// The log of the event, unsealed entries to tamper with.
    pub fn event_log(&self) -> &[RawEntry] {
        &self.event.log
    }

    /// A command to the storefront, and what follows from it.
    pub(super) fn submit_to_storefront(&mut self, actor: &Actor, command: storefront::Command) {
        let (id, stream) = (self.fresh().to_string(), self.storefront_id.clone());
        let sent = submit(&mut self.storefront, &stream, actor, &id, command, self.now);
        self.deliver(&stream, sent);
    }

    /// The organization's log writes down where the others stand.
    pub fn witness(&mut self) {
        for (pin, _) in self.logs().map(|(pin, log)| (pin, log.len())).into_iter().skip(1) {
            let actor = Actor::Stream(pin.stream.to_string());
            let witness = organization::Command::Witness { stream: pin.stream, seq: pin.seq, hash: pin.hash };
            self.at_organization(&actor, witness);
        }
    }

    /// Tags and prices of what is left on the floor.
    pub fn unsold(&self) -> Vec<(Tag, Cents)> {
        let left = self.session.state.slots().iter().filter(|slot| slot.receipt == 0);
        left.map(|slot| (slot.tag, Cents(slot.price.into()))).collect()
    }

    /// The states behind the event's and the session's log.
    pub fn states(&self) -> (&consignment_event::State, &sale_session::State) {
        (&self.event.state, &self.session.state)
    }

    /// The three logs and their heads.
    pub fn logs(&self) -> [(Pin, &[RawEntry]); 3] {
        let pin =
            |stream: &StreamId, head: Head| Pin { stream: stream.clone(), seq: head.seq, hash: head.hash };
        [
            (pin(&self.organization_id, self.organization.head), &self.organization.log),
            (pin(&self.event_id, self.event.head), &self.event.log),
            (pin(&self.session_id, self.session.head), &self.session.log),
        ]
    }

    /// The heads as they are.
    pub fn pins(&self) -> Vec<Pin> {
        self.logs().into_iter().map(|(pin, _)| pin).collect()
    }

    /// The receipts completed so far.
    pub fn sales(&self) -> Vec<sale_session::ReceiptCompleted> {
        let sold = self.session.log.iter().filter(|entry| entry.kind == "receipt_completed");
        sold.map(|entry| serde_json::from_str(&entry.payload).unwrap()).collect()
    }

    /// Numbers of the payouts that were calculated.
    pub fn payouts(&self) -> Vec<u32> {
        self.event.state.payouts.by_number.keys().copied().collect()
    }

    fn found(&mut self, event: EventId) {
        let first_admin = PersonId("user_demo_olivia".to_owned());
        let [slug, name] = ["demo", "Demo Sales"].map(str::to_owned);
        let (currency, time_zone) = ("CAD".to_owned(), "America/Toronto".to_owned());
        let create = organization::Command::Create { slug, name, currency, time_zone, first_admin };
        self.at_organization(&Actor::Person(PersonId("user_demo_super".to_owned())), create);
        let mut settings = self.organization.state.settings.clone().unwrap();
        settings.version += 1;
        settings.tax =
            TaxRule { rate: BasisPoints(1_300), inclusive: false, exempt: vec!["books".to_owned()] };
        // Half price from two minutes after the doors open: the last of a few baskets see it.
        let half =
            MarkdownStep { from: START_MS + 120_000, reduce: BasisPoints(5_000), donate: BasisPoints(5_000) };
        settings.markdown = MarkdownSchedule { steps: vec![half], ..settings.markdown };
        self.at_organization(
            &olivia(),
            organization::Command::ChangeSettings { settings: Box::new(settings) },
        );
        let name = "Spring Kids' Sale".to_owned();
        self.at_organization(
            &olivia(),
            organization::Command::FoundEvent { event, name, starts_on: None, ends_on: None },
        );
        for to in [EventStatus::Registration, EventStatus::Intake, EventStatus::Selling] {
            self.at_event(&olivia(), consignment_event::Command::ChangeStatus { to, reason: None });
        }
    }

    fn list_items(&mut self, size: Size) {
        let tier = |number| if number % 3 == 0 { Tier::Super } else { Tier::Regular };
        let consignors: Vec<Enrolment> = (1..=size.consignors)
            .map(|number| Enrolment { number: ConsignorNumber(number), tier: tier(number) })
            .collect();
        for consignors in consignors.chunks(500) {
            let consignors = consignors.to_vec();
            self.at_organization(
                &olivia(),
                organization::Command::EnrolConsignors { consignors: consignors.clone() },
            );
            self.at_event(&olivia(), consignment_event::Command::JoinConsignors { consignors });
        }
        let drafts: Vec<ItemDraft> = (1..=size.items).map(|row| self.draft(row, size.consignors)).collect();
        for items in drafts.chunks(200) {
            self.at_event(
                &olivia(),
                consignment_event::Command::ListItems { import: None, items: items.to_vec() },
            );
        }
    }

    fn draft(&mut self, row: u32, consignors: u32) -> ItemDraft {
        const WHAT: [(&str, &str, &str); 6] = [
            ("Winter jacket, red", "outerwear", "5T"),
            ("Board book \"Goodnight\"", "books", ""),
            ("Wooden train set", "toys", ""),
            ("Robe d'été à fleurs", "girls", "6"),
            ("Rain boots", "shoes", "12"),
            ("Soccer cleats", "sports", "2Y"),
        ];
        let (title, category, size) = WHAT[self.below(WHAT.len() as u64) as usize];
        ItemDraft {
            row: Some(row),
            consignor: ConsignorNumber(1 + (row - 1) % consignors),
            category: category.to_owned(),
            title: title.to_owned(),
            size: size.to_owned(),
            condition: "good".to_owned(),
            price: Cents(100 + 25 * i64::try_from(self.below(120)).unwrap()),
            reduce: self.below(2) == 0,
            donate: self.below(4) == 0,
            reference: String::new(),
        }
    }

    fn open(&mut self, session: SessionId, online: bool) {
        self.now = START_MS;
        let name = "Saturday morning".to_owned();
        let mut channels = vec![Channel::Floor];
        channels.extend(online.then_some(Channel::Online));
        self.at_event(&olivia(), consignment_event::Command::ScheduleSession { session, name, channels });
        self.at_event(&olivia(), consignment_event::Command::OpenSession { session });
        for name in ["Till 1", "Till 2"] {
            let code_digest = self.digest();
            self.at_session(&olivia(), sale_session::Command::OfferPairing { code_digest });
            let terminal = TerminalId(self.fresh());
            let (name, token_digest) = (name.to_owned(), self.digest());
            let pair = sale_session::Command::Pair { code_digest, terminal, name, token_digest };
            self.at_session(&Actor::Terminal(terminal), pair);
        }
    }

    fn sell(&mut self, receipts: u32) {
        let mut tags: Vec<Tag> = self.session.state.slots().iter().map(|slot| slot.tag).collect();
        for _ in 0..receipts {
            let lines = 1 + self.below(4) as usize;
            let basket: Vec<Tag> = (0..lines.min(tags.len()))
                .map(|_| tags.swap_remove(self.below(tags.len() as u64) as usize))
                .collect();
            if basket.is_empty() {
                return;
            }
            self.sell_basket(&basket);
            self.now += 60_000;
        }
    }

    /// A return, a void, and one item sold twice by tills without a connection; a person ends that.
    pub fn trouble(&mut self) {
        let receipts: Vec<ReceiptId> = self.session.state.receipts.iter().map(|stub| stub.id).collect();
        let entry = &self.session.log[self.session.keys[&format!("receipt/{}", receipts[1])]];
        let sold: sale_session::ReceiptCompleted = serde_json::from_str(&entry.payload).unwrap();
        let back = Cents(sold.lines[0].price.0 + sold.lines[0].tax.0);
        let (id, occurred_at) = (ReturnId(self.fresh()), self.now);
        self.at_session(
            &olivia(),
            sale_session::Command::ReturnLines(sale_session::ReturnLines {
                id,
                receipt: receipts[1],
                lines: vec![sale_session::AskedReturn { line: 0, restock: true }],
                reason: sale_session::ReturnReason::Faulty,
                tenders: vec![Tender { kind: TenderKind::Cash, amount: back }],
                occurred_at,
            }),
        );
        let reason = sale_session::VoidReason::Mistake;
        self.at_session(&olivia(), sale_session::Command::VoidReceipt { receipt: receipts[0], reason });
        let slot = *self.session.state.slots().iter().find(|slot| slot.receipt == 0).unwrap();
        for till in 0..2 {
            let terminal = self.session.state.terminals[till].id;
            let receipt = sale_session::OfflineReceipt {
                receipt: ReceiptId(self.fresh()),
                terminal,
                lines: vec![AskedLine::new(slot.tag, Cents(slot.price.into()), false)],
                unlisted: Vec::new(),
                tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(slot.price.into()) }],
                change: Cents(0),
                occurred_at: self.now - 300_000,
                clock_offset_ms: None,
            };
            let record = sale_session::Command::RecordOfflineReceipt(Box::new(receipt));
            self.at_session(&Actor::Terminal(terminal), record);
        }
        let answer = SaleSession::answer(&self.session.state, &sale_session::Query::Cases);
        let sale_session::Answer::Cases { cases } = answer else { panic!("no cases") };
        let (case, receipts) = (cases[0].case, cases[0].receipts.clone());
        let resolution = sale_session::Resolution::KeepFirstRefundSecond;
        self.at_session(&olivia(), sale_session::Command::ResolveConflict { case, resolution, receipts });
    }

    fn sell_basket(&mut self, tags: &[Tag]) {
        let rules = self.session.state.price_rules().unwrap();
        let at = self.now + 1_000;
        let mut total = 0;
        let lines = tags.iter().map(|tag| {
            let slot = self.session.state.slot(*tag).unwrap();
            let priced = rules.line(Cents(i64::from(slot.price)), slot.flags, at).unwrap();
            total += priced.payable.0;
            AskedLine::new(*tag, priced.price, tag.item() % 5 == 0)
        });
        let lines: Vec<AskedLine> = lines.collect();
        let notes = (total + 499) / 500 * 500;
        let till = self.below(2) as usize;
        let terminal = self.session.state.terminals[till].id;
        let sale = sale_session::Command::CompleteReceipt {
            receipt: ReceiptId(self.fresh()),
            lines,
            unlisted: Vec::new(),
            tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(notes) }],
            change: Cents(notes - total),
            occurred_at: self.now - 1_500,
        };
        self.at_session(&Actor::Terminal(terminal), sale);
    }

    fn at_organization(&mut self, actor: &Actor, command: organization::Command) {
        let id = self.fresh().to_string();
        self.tick();
        let stream = self.organization_id.clone();
        let sent = submit(&mut self.organization, &stream, actor, &id, command, self.now);
        self.deliver(&stream, sent);
    }

    pub(super) fn at_event(&mut self, actor: &Actor, command: consignment_event::Command) {
        let id = self.fresh().to_string();
        self.tick();
        let stream = self.event_id.clone();
        let sent = submit(&mut self.event, &stream, actor, &id, command, self.now);
        self.deliver(&stream, sent);
    }

    pub(super) fn at_session(&mut self, actor: &Actor, command: sale_session::Command) {
        let id = self.fresh().to_string();
        self.tick();
        let stream = self.session_id.clone();
        let sent = submit(&mut self.session, &stream, actor, &id, command, self.now);
        self.deliver(&stream, sent);
    }

    /// Hands over what the entries hand over, until nothing is on its way.
    fn deliver(&mut self, from: &StreamId, sent: Vec<Delivery>) {
        let actor = |stream: &StreamId| Actor::Stream(stream.to_string());
        self.waiting.extend(sent.into_iter().map(|delivery| (actor(from), delivery)));
        while let Some((actor_of, delivery)) = self.waiting.pop_front() {
            self.now += 5;
            let Delivery { to, command_id, command } = delivery;
            let json = command.to_string();
            let sent = match &to {
                StreamId::Organization(_) => {
                    let command = serde_json::from_str(&json).unwrap();
                    submit(&mut self.organization, &to, &actor_of, &command_id, command, self.now)
                }
                StreamId::Event(..) => {
                    let command = serde_json::from_str(&json).unwrap();
                    submit(&mut self.event, &to, &actor_of, &command_id, command, self.now)
                }
                StreamId::Session(..) => {
                    let command = serde_json::from_str(&json).unwrap();
                    submit(&mut self.session, &to, &actor_of, &command_id, command, self.now)
                }
                StreamId::Storefront(..) => {
                    let command = serde_json::from_str(&json).unwrap();
                    submit(&mut self.storefront, &to, &actor_of, &command_id, command, self.now)
                }
                StreamId::Reconciliation(..) => panic!("nothing is delivered to {to}"),
            };
            self.waiting.extend(sent.into_iter().map(|delivery| (actor(&to), delivery)));
        }
    }

    fn tick(&mut self) {
        self.now += 1_000;
    }

    pub(super) fn fresh(&mut self) -> Uuid {
        self.ids += 1;
        // The last digits differ first, so that ids can be told apart by their beginning.
        Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0000 + (self.ids << 96) + self.ids)
    }

    fn digest(&mut self) -> Hash {
        let byte = u8::try_from(self.below(256)).unwrap();
        Hash([byte; 32])
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % limit
    }
}

pub(super) fn olivia() -> Actor {
    Actor::Person(PersonId("user_demo_olivia".to_owned()))
}

/// Decides, seals, evolves, as the platform's host does.
fn submit<A: Aggregate>(
    running: &mut Running<A>,
    stream: &StreamId,
    actor: &Actor,
    command_id: &str,
    command: A::Command,
    now: i64,
) -> Vec<Delivery> {
    let mut facts = A::Facts::default();
    for key in A::needs(&command) {
        if let Some(at) = running.keys.get(&key) {
            A::recall(&mut facts, &key, &A::Event::decode(&running.log[*at]).unwrap().event);
        }
    }
    // Deliveries name things too: a receipt per online order.
    let sent_by = command_id.rsplit_once('#').map_or("", |(_, by)| by);
    let sent_by = sent_by.bytes().fold(0_u128, |sum, byte| sum * 31 + u128::from(byte));
    let context =
        Context { now, actor, command_id, fresh_id: Uuid::from_u128(7 + (sent_by << 32)), facts: &facts };
    let events =
        A::decide(&running.state, command, &context).unwrap_or_else(|rejection| panic!("{rejection}"));
    let mut deliveries = Vec::new();
    for event in events {
        let unsealed = RawEntry {
            seq: 0,
            recorded_at: now,
            command_id: command_id.to_owned(),
            actor: actor.to_string(),
            kind: event.kind().to_owned(),
            version: event.version(),
            payload: event.to_payload().unwrap(),
            hash: Hash::default(),
        };
        let sealed = RawEntry::seal(&stream.to_string(), &running.head, unsealed);
        running.head = Head { seq: sealed.seq, hash: sealed.hash };
        A::evolve(&mut running.state, &event, now);
        running.keys.extend(A::remember(&event).into_iter().map(|key| (key, running.log.len())));
        deliveries.extend(A::deliveries(stream, sealed.seq, &event));
        running.log.push(sealed);
    }
    deliveries
}
