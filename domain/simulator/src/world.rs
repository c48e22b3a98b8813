//! The hall: objects, tills, the wire between them, and what really happened.

mod desk;
mod objects;
mod reconcile;
mod run;
mod store;
mod volunteers;

use std::collections::BTreeMap;

use domain::consignment_event::ConsignmentEvent;
use domain::ids::{Actor, EventId, OrganizationId, ReceiptId, ShopId, TerminalId};
use domain::money::Cents;
use domain::organization::Organization;
use domain::sale_session::SaleSession;
use domain::stream::StreamId;
use domain::tag::Tag;
use uuid::Uuid;

use crate::host::{Host, Reply};
use crate::rng::Chance;
use crate::story::Story;
use crate::till::{Basket, Till};
use store::Store;

/// When every run begins, ms since 1970 UTC.
const EPOCH: i64 = 1_800_000_000_000;

/// What a run amounted to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Baskets paid at tills.
    pub baskets: u64,
    /// Of them, offline.
    pub offline: u64,
    /// Lines on them.
    pub lines: u64,
    /// Returns taken.
    pub returns: u64,
    /// Conflicts opened.
    pub conflicts: u64,
    /// Messages lost, doubled or overtaken.
    pub faults: u64,
    /// Objects that crashed and were folded anew.
    pub crashes: u64,
    /// Custody pages moved.
    pub pages: u64,
    /// Bookings made, changed and ended.
    pub bookings: u64,
    /// Orders at the online store.
    pub orders: u64,
    /// Differences planted at the store, each found once.
    pub planted: u64,
}

impl Figures {
    /// Adds another run's figures.
    pub fn add(&mut self, other: &Self) {
        self.baskets += other.baskets;
        self.offline += other.offline;
        self.lines += other.lines;
        self.returns += other.returns;
        self.conflicts += other.conflicts;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.pages += other.pages;
        self.bookings += other.bookings;
        self.orders += other.orders;
        self.planted += other.planted;
    }
}

/// A message between a till and its session.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// From a till.
    Request { till: usize, command_id: String, json: String },
    /// To a till.
    Answer { till: usize, command_id: String, reply: Reply },
}

/// A thing in the hall. A tag can be on two things: labels fall off and are stuck on again.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) tag: Tag,
    pub(crate) gone: bool,
    pub(crate) held: bool,
}

/// What happened in the hall, whatever the logs say.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    /// Baskets that shoppers paid and carried away.
    pub(crate) baskets: BTreeMap<ReceiptId, (TerminalId, Basket)>,
    /// Money given back on returns that a log acknowledged.
    pub(crate) refunded: Cents,
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) now: i64,
    pub(crate) organization: Host<Organization>,
    pub(crate) event: Host<ConsignmentEvent>,
    pub(crate) sessions: Vec<Host<SaleSession>>,
    pub(crate) store: Store,
    pub(crate) tills: Vec<Till>,
    pub(crate) wire: Vec<Message>,
    pub(crate) things: Vec<Thing>,
    pub(crate) truth: Truth,
    pub(crate) story: Story,
    pub(crate) figures: Figures,
    pub(crate) commands: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let organization = OrganizationId(chance.id());
        let event = EventId(chance.id());
        Self {
            organization: Host::new(StreamId::Organization(organization)),
            event: Host::new(StreamId::Event(organization, event)),
            sessions: Vec::new(),
            store: Store::new(organization, ShopId(chance.id())),
            tills: Vec::new(),
            wire: Vec::new(),
            things: Vec::new(),
            truth: Truth::default(),
            story: Story::default(),
            figures: Figures::default(),
            commands: 0,
            now: EPOCH,
            chance,
        }
    }

    pub(crate) fn event_id(&self) -> EventId {
        match self.event.stream {
            StreamId::Event(_, event) => event,
            _ => EventId(Uuid::nil()),
        }
    }

    pub(crate) fn tell(&mut self, line: impl AsRef<str>) {
        self.story.tell(self.now - EPOCH, line);
    }

    /// The organizer, at the console.
    pub(crate) fn organizer() -> Actor {
        Actor::Person(domain::ids::PersonId("user_organizer".to_owned()))
    }

    pub(crate) fn next_command(&mut self) -> String {
        self.commands += 1;
        format!("console-{}", self.commands)
    }
}
