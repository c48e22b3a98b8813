//! An organization with its events and sessions, driven through the domain's own decisions: real logs, made
//! by chance (seeded), with every delivery made.

mod trouble;

use std::collections::{BTreeMap, VecDeque};

use domain::aggregate::{Aggregate, Context, Delivery};
use domain::commission::Tier;
use domain::consignment_event::{self, Channel, ConsignmentEvent};
use domain::ids::{
    Actor, ConsignorNumber, EventId, OrganizationId, PersonId, ReceiptId, SessionId, TerminalId,
};
use domain::journal::{EventCodec, Hash, Head, RawEntry};
use domain::lifecycle::EventStatus;
use domain::money::Cents;
use domain::organization::{self, Enrolment, Organization};
use domain::rights::Role;
use domain::sale_session::{self, AskedLine, SaleSession, Tender, TenderKind};
use domain::stream::StreamId;
use domain::tag::Tag;
use uuid::Uuid;

/// A small generator (splitmix64): the tests' only source of chance.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// One aggregate's state beside its log.
struct Seat<A: Aggregate> {
    state: A::State,
    log: Vec<RawEntry>,
    /// Where in the log an entry is found by key.
    keys: BTreeMap<String, usize>,
}

impl<A: Aggregate> Default for Seat<A> {
    fn default() -> Self {
        Self { state: A::State::default(), log: Vec::new(), keys: BTreeMap::new() }
    }
}

impl<A: Aggregate> Seat<A> {
    /// Decides and appends as a host would; refusals change nothing.
    fn take(
        &mut self,
        stream: &StreamId,
        actor: &Actor,
        now: i64,
        id: u128,
        command: A::Command,
    ) -> Option<Vec<Delivery>> {
        let mut facts = A::Facts::default();
        for key in A::needs(&command) {
            if let Some(at) = self.keys.get(&key) {
                A::recall(&mut facts, &key, &A::Event::decode(&self.log[*at]).unwrap().event);
            }
        }
        let command_id = format!("command-{id}");
        let context = Context {
            now,
            actor,
            command_id: &command_id,
            fresh_id: Uuid::from_u128(0xF00D << 64 | id),
            facts: &facts,
        };
        let events = A::decide(&self.state, command, &context).ok()?;
        let mut deliveries = Vec::new();
        for event in &events {
            let head = self.log.last().map_or(Head::EMPTY, |last| Head { seq: last.seq, hash: last.hash });
            let unsealed = RawEntry {
                seq: 0,
                recorded_at: now,
                command_id: command_id.clone(),
                actor: actor.to_string(),
                kind: event.kind().to_owned(),
                version: event.version(),
                payload: event.to_payload().unwrap(),
                hash: Hash::default(),
            };
            let entry = RawEntry::seal(&stream.to_string(), &head, unsealed);
            deliveries.extend(A::deliveries(stream, entry.seq, event));
            A::evolve(&mut self.state, event, now);
            self.keys.extend(A::remember(event).into_iter().map(|key| (key, self.log.len())));
            self.log.push(entry);
        }
        Some(deliveries)
    }
}

/// Everything there is.
pub struct World {
    pub organization: OrganizationId,
    tenant: Seat<Organization>,
    events: BTreeMap<EventId, Seat<ConsignmentEvent>>,
    sessions: BTreeMap<SessionId, Seat<SaleSession>>,
    now: i64,
    commands: u128,
    pub taken: usize,
    pub refused: usize,
}

impl World {
    pub fn new(organization: u128) -> Self {
        Self {
            organization: OrganizationId(Uuid::from_u128(organization)),
            tenant: Seat::default(),
            events: BTreeMap::new(),
            sessions: BTreeMap::new(),
            now: 1_800_000_000_000,
            commands: 0,
            taken: 0,
            refused: 0,
        }
    }

    /// Every log, by stream.
    pub fn logs(&self) -> Vec<(StreamId, &[RawEntry])> {
        let mut logs = vec![(StreamId::Organization(self.organization), self.tenant.log.as_slice())];
        logs.extend(
            self.events
                .iter()
                .map(|(id, seat)| (StreamId::Event(self.organization, *id), seat.log.as_slice())),
        );
        logs.extend(
            self.sessions
                .iter()
                .map(|(id, seat)| (StreamId::Session(self.organization, *id), seat.log.as_slice())),
        );
        logs
    }

    /// The books that a session keeps itself.
    pub fn books(&self) -> impl Iterator<Item = (SessionId, &sale_session::Books)> {
        self.sessions.iter().map(|(id, seat)| (*id, &seat.state.books))
    }

    pub fn organize(&mut self, command: organization::Command) {
        let stream = StreamId::Organization(self.organization);
        self.run(Delivery {
            to: stream,
            command_id: String::new(),
            command: serde_json::to_value(command).unwrap(),
        });
    }

    pub fn event(&mut self, event: EventId, command: consignment_event::Command) {
        let stream = StreamId::Event(self.organization, event);
        self.run(Delivery {
            to: stream,
            command_id: String::new(),
            command: serde_json::to_value(command).unwrap(),
        });
    }

    pub fn session(&mut self, session: SessionId, actor: Option<TerminalId>, command: sale_session::Command) {
        let stream = StreamId::Session(self.organization, session);
        let command = serde_json::to_value(command).unwrap();
        self.run_as(
            actor.map_or_else(person, Actor::Terminal),
            Delivery { to: stream, command_id: String::new(), command },
        );
    }

    fn run(&mut self, delivery: Delivery) {
        self.run_as(person(), delivery);
    }

    /// Runs a command and every delivery that follows from it.
    fn run_as(&mut self, actor: Actor, first: Delivery) {
        let mut waiting = VecDeque::from([(actor, first)]);
        while let Some((actor, delivery)) = waiting.pop_front() {
            self.now += 1_000;
            self.commands += 1;
            let (now, id, stream, command) = (self.now, self.commands, &delivery.to, delivery.command);
            let made = match stream {
                StreamId::Organization(_) => {
                    self.tenant.take(stream, &actor, now, id, serde_json::from_value(command).unwrap())
                }
                StreamId::Event(_, event) => {
                    let seat = self.events.entry(*event).or_default();
                    seat.take(stream, &actor, now, id, serde_json::from_value(command).unwrap())
                }
                StreamId::Session(_, session) => {
                    let seat = self.sessions.entry(*session).or_default();
                    seat.take(stream, &actor, now, id, serde_json::from_value(command).unwrap())
                }
                StreamId::Storefront(..) | StreamId::Reconciliation(..) => {
                    panic!("nobody delivers there yet")
                }
            };
            match made {
                Some(made) => {
                    self.taken += 1;
                    let from = Actor::Stream(stream.to_string());
                    waiting.extend(made.into_iter().map(|delivery| (from.clone(), delivery)));
                }
                None => self.refused += 1,
            }
        }
    }
}

fn person() -> Actor {
    Actor::Person(PersonId("user_olivia".to_owned()))
}

/// Sizes of a made-up world.
pub struct Plan {
    pub events: u128,
    pub items: usize,
    pub sessions: u128,
    pub receipts: u128,
}

/// A world made by chance.
pub fn made_by_chance(seed: u64, plan: &Plan) -> World {
    let mut chance = Chance(seed);
    let mut world = World::new(u128::from(seed) << 64 | 0xA);
    found(&mut world);
    for number in 0..plan.events {
        let event = EventId(Uuid::from_u128(0xE000 + number));
        list(&mut world, &mut chance, event, plan.items);
        for session in 0..plan.sessions {
            let session = SessionId(Uuid::from_u128(0x5000 + number * 0x100 + session));
            sell(&mut world, &mut chance, event, session, plan.receipts);
        }
    }
    world
}

const CONSIGNORS: u32 = 12;

fn enrolments() -> Vec<Enrolment> {
    let tier = |number| if number % 3 == 0 { Tier::Super } else { Tier::Regular };
    (1..=CONSIGNORS).map(|number| Enrolment { number: ConsignorNumber(number), tier: tier(number) }).collect()
}

fn found(world: &mut World) {
    world.organize(organization::Command::Create {
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        currency: "USD".to_owned(),
        time_zone: "America/New_York".to_owned(),
        first_admin: PersonId("user_olivia".to_owned()),
    });
    let ed = PersonId("user_ed".to_owned());
    for role in [Role::EventAdmin, Role::Support, Role::Volunteer] {
        world.organize(organization::Command::GrantRole { person: ed.clone(), role });
    }
    world.organize(organization::Command::RevokeRole { person: ed.clone(), role: Role::Support });
    world.organize(organization::Command::GrantRole { person: ed, role: Role::Support });
    world.organize(organization::Command::EnrolConsignors { consignors: enrolments() });
    let organization::Answer::Settings { settings: Some(mut settings) } =
        Organization::answer(&world.tenant.state, &organization::Query::Settings)
    else {
        panic!("no settings");
    };
    settings.version += 1;
    settings.tax.rate.0 = 825;
    world.organize(organization::Command::ChangeSettings { settings });
}

fn list(world: &mut World, chance: &mut Chance, event: EventId, items: usize) {
    world.organize(organization::Command::FoundEvent {
        event,
        name: format!("Sale “{event}”"),
        starts_on: "2027-04-01".parse().ok(),
        ends_on: None,
    });
    let to = |to| consignment_event::Command::ChangeStatus { to, reason: None };
    world.event(event, to(EventStatus::Registration));
    world.event(event, consignment_event::Command::JoinConsignors { consignors: enrolments() });
    world.event(event, to(EventStatus::Intake));
    for chunk in 0..items.div_ceil(100) {
        let drafts = (chunk * 100..items.min(chunk * 100 + 100)).map(|row| draft(chance, row)).collect();
        world.event(event, consignment_event::Command::ListItems { import: None, items: drafts });
    }
    tend(world, event);
    world.event(event, to(EventStatus::Selling));
}

/// What volunteers do to the first items before the sale.
fn tend(world: &mut World, event: EventId) {
    use consignment_event::Command;
    use consignment_event::items::{Departure, ItemEdit, PullReason, RejectReason, RetagReason};
    let ordinal = world.events[&event].state.founding.as_ref().unwrap().ordinal;
    let tags = |numbers: std::ops::Range<u32>| -> Vec<Tag> {
        numbers.map(|number| Tag::new(ordinal, number).unwrap()).collect()
    };
    let edit = |tag| ItemEdit {
        tag,
        category: None,
        title: Some("Better words".to_owned()),
        size: None,
        condition: None,
        price: Some(Cents(775)),
        reduce: Some(true),
        donate: None,
    };
    world.event(event, Command::PrintTags { tags: tags(1..20) });
    world.event(event, Command::EditItems { edits: tags(10..30).into_iter().map(edit).collect() });
    world.event(event, Command::CheckIn { tags: tags(1..60) });
    world.event(event, Command::RejectItems { tags: tags(60..64), reason: RejectReason::Stained });
    world.event(event, Command::PullItems { tags: tags(64..68), reason: PullReason::OwnWish });
    world.event(event, Command::DepartItems { tags: tags(50..54), how: Departure::Missing });
    world.event(event, Command::RetagItem { tag: tags(40..41)[0], reason: RetagReason::Lost });
}

fn draft(chance: &mut Chance, row: usize) -> consignment_event::items::ItemDraft {
    let price = [50, 75, 100, 425, 1_000, 12_500, 3, 99_999_999][chance.below(8)];
    consignment_event::items::ItemDraft {
        row: u32::try_from(row + 1).ok(),
        consignor: ConsignorNumber(u32::try_from(chance.below(12) + 1).unwrap()),
        category: ["toys", "girls", "shoes", "spaceships"][chance.below(4)].to_owned(),
        title: format!("Thing \"{row}\" – it’s a 玩具"),
        size: "4T".to_owned(),
        condition: "good".to_owned(),
        price: Cents(price),
        reduce: chance.below(2) == 0,
        donate: chance.below(3) == 0,
        reference: if chance.below(2) == 0 { String::new() } else { format!("ref-{}", chance.below(500)) },
    }
}

fn sell(world: &mut World, chance: &mut Chance, event: EventId, session: SessionId, receipts: u128) {
    world.event(
        event,
        consignment_event::Command::ScheduleSession {
            session,
            name: "Friday".to_owned(),
            channels: vec![Channel::Floor],
        },
    );
    world.event(event, consignment_event::Command::OpenSession { session });
    let tills: Vec<_> = (0_u8..2).map(|till| pair(world, session, till)).collect();
    world.session(session, None, sale_session::Command::Pause);
    world.session(session, None, sale_session::Command::Resume);
    let mut stock: Vec<_> =
        world.sessions[&session].state.slots().iter().map(|slot| (slot.tag, slot.price)).collect();
    for number in 0..receipts {
        let till = tills[chance.below(2)];
        let count = (chance.below(5) + 1).min(stock.len());
        let lines: Vec<_> = (0..count)
            .map(|_| {
                let (tag, price) = stock.swap_remove(chance.below(stock.len()));
                AskedLine::new(tag, Cents(price.into()), chance.below(4) == 0)
            })
            .collect();
        ring_up(world, session, till, ReceiptId(Uuid::from_u128(session.0.as_u128() << 32 | number)), lines);
    }
    trouble::drawers(world, chance, session, &tills);
    trouble::come(world, chance, session, &tills, &mut stock);
    if chance.below(2) == 0 {
        world.session(session, None, sale_session::Command::RevokeTerminal { terminal: tills[1] });
    }
    world.session(session, None, sale_session::Command::Close);
}

fn pair(world: &mut World, session: SessionId, till: u8) -> TerminalId {
    let terminal = TerminalId(Uuid::from_u128(session.0.as_u128() << 8 | u128::from(till)));
    let (code_digest, token_digest) = (Hash([till + 1; 32]), Hash([till + 101; 32]));
    world.session(session, None, sale_session::Command::OfferPairing { code_digest });
    let name = format!("Till {till}");
    world.session(
        session,
        Some(terminal),
        sale_session::Command::Pair { code_digest, terminal, name, token_digest },
    );
    terminal
}

/// Pays what is asked plus tax: tries totals until the session takes one, as its tax rule is its own.
fn ring_up(
    world: &mut World,
    session: SessionId,
    till: TerminalId,
    receipt: ReceiptId,
    lines: Vec<AskedLine>,
) {
    let gross: i64 = lines.iter().map(|line| line.price.0).sum();
    let tendered = gross * 2;
    let tax: i64 = lines.iter().map(|line| (line.price.0 * 825 + 5_000) / 10_000).sum();
    world.session(
        session,
        Some(till),
        sale_session::Command::CompleteReceipt {
            receipt,
            lines,
            unlisted: Vec::new(),
            tenders: vec![Tender { kind: TenderKind::Cash, amount: Cents(tendered) }],
            change: Cents(tendered - gross - tax),
            occurred_at: world.now - 60_000,
        },
    );
}
