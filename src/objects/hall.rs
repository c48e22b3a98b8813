//! Three objects on plain SQLite, for tests: an organization, its event, one session, and the post between them.

use domain::aggregate::Aggregate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::organization::{self, Organization};
use domain::sale_session::{self, SaleSession};
use domain::stream::StreamId;
use rusqlite::Connection;
use serde::Serialize;
use uuid::Uuid;

use super::database::StoreError;
use super::log::Log;
use super::store::{QueuedDelivery, Store};
use super::store_tests::{NOW, ORGANIZATION, body};
use super::wire::{Accepted, SubmitError};

pub const EVENT: &str = "0190a000-0000-7000-8000-0000000000e1";
pub const SESSION: &str = "0190a000-0000-7000-8000-0000000005e5";
/// Consignors that the organization knows.
const ENROLLED: u32 = 9;
const OLIVIA: &str = "person:user_a";

pub type Stored<A> = Log<A, &'static Connection>;

/// The three logs and the databases under them.
pub struct Hall {
    pub organization: Stored<Organization>,
    pub event: Stored<ConsignmentEvent>,
    pub session: Stored<SaleSession>,
    pub now: i64,
}

/// A step of the post at which everything may stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing was handed over yet.
    Before,
    /// The receiver has it, the sender does not know.
    Taken,
    /// The sender knows.
    Settled,
}

fn open<A: Aggregate>(stream: &str) -> Stored<A> {
    let connection: &'static Connection = Box::leak(Box::new(Connection::open_in_memory().unwrap()));
    Log::new(stream.parse().unwrap(), Store::new(connection))
}

/// A log with the same storage, of its own.
fn copy<A: Aggregate>(log: &Stored<A>) -> Stored<A> {
    let from: &'static Connection = log.store().database();
    let mut to = Connection::open_in_memory().unwrap();
    rusqlite::backup::Backup::new(from, &mut to).unwrap().step(-1).unwrap();
    Log::new(log.id().clone(), Store::new(Box::leak(Box::new(to))))
}

/// Sends a command that must be taken.
pub fn submit<A: Aggregate>(log: &Stored<A>, id: &str, now: i64, command: &impl Serialize) -> Accepted {
    submit_as(log, id, OLIVIA, now, command).unwrap_or_else(|error| panic!("{id}: {error}"))
}

pub fn submit_as<A: Aggregate>(
    log: &Stored<A>,
    id: &str,
    actor: &str,
    now: i64,
    command: &impl Serialize,
) -> Result<Accepted, SubmitError> {
    log.submit(&body(id, actor, &serde_json::to_string(command).unwrap()), now, Uuid::from_u128(7))
}

impl Hall {
    /// An organization with one event in registration, which knows consignors 1 to `consignors`.
    pub fn registering(consignors: u32) -> Self {
        let hall = Self {
            organization: open(&format!("{ORGANIZATION}/organization")),
            event: open(&format!("{ORGANIZATION}/event/{EVENT}")),
            session: open(&format!("{ORGANIZATION}/session/{SESSION}")),
            now: NOW,
        };
        let create = organization::Command::Create {
            slug: "demo".into(),
            name: "Demo".into(),
            currency: "USD".into(),
            time_zone: "UTC".into(),
            first_admin: domain::ids::PersonId("user_a".into()),
        };
        submit(&hall.organization, "create", NOW, &create);
        let enrolment = |number| serde_json::json!({"number": number, "tier": "regular"});
        let known: Vec<_> = (1..=ENROLLED).map(enrolment).collect();
        let enrol = serde_json::json!({"type": "enrol_consignors", "consignors": known});
        submit(&hall.organization, "enrol", NOW, &enrol);
        let found = organization::Command::FoundEvent {
            event: EVENT.parse().unwrap(),
            name: "Spring".into(),
            starts_on: None,
            ends_on: None,
        };
        submit(&hall.organization, "found", NOW, &found);
        hall.deliver_all();
        hall.tell_event(
            "registration",
            &serde_json::json!({"type": "change_status", "to": "registration", "reason": null}),
        );
        let numbers: Vec<_> = (1..=consignors).map(enrolment).collect();
        hall.tell_event("join", &serde_json::json!({"type": "join_consignors", "consignors": numbers}));
        hall
    }

    /// Sends the event a command that it must take.
    pub fn tell_event(&self, id: &str, command: &impl Serialize) -> Accepted {
        submit(&self.event, id, self.now, command)
    }

    /// Lists `items` items and plans a session over them.
    pub fn stocked(items: u32) -> Self {
        let hall = Self::registering(7);
        for from in (1..=items).step_by(500) {
            let drafts: Vec<_> = (from..=items.min(from + 499)).map(draft).collect();
            hall.tell_event(
                &format!("list{from}"),
                &serde_json::json!({"type": "list_items", "import": null, "items": drafts}),
            );
        }
        for to in ["intake", "selling"] {
            hall.tell_event(to, &serde_json::json!({"type": "change_status", "to": to, "reason": null}));
        }
        let plan = consignment_event::Command::ScheduleSession {
            session: SESSION.parse().unwrap(),
            name: "Friday".into(),
            channels: vec![consignment_event::Channel::Floor],
        };
        hall.tell_event("plan", &plan);
        hall.deliver_all();
        hall
    }

    /// The same world, from here on going its own way.
    pub fn copy(&self) -> Self {
        Self {
            organization: copy(&self.organization),
            event: copy(&self.event),
            session: copy(&self.session),
            now: self.now,
        }
    }

    /// Hands over the oldest waiting delivery of one of the logs; false when none waits. `at` is asked at every
    /// step whether the world ends there.
    pub fn deliver(&self, at: &mut impl FnMut(Step) -> bool) -> Result<bool, StoreError> {
        for sender in ["organization", "event", "session"] {
            if !self.store(sender, Store::exists)? {
                continue;
            }
            let waiting = self.store(sender, |store| store.pending_deliveries(1))?;
            let Some(delivery) = waiting.into_iter().next() else { continue };
            if at(Step::Before) {
                return Ok(true);
            }
            let outcome = self.hand_over(sender, &delivery);
            if at(Step::Taken) {
                return Ok(true);
            }
            let outcome = outcome.map(|accepted| accepted.seq);
            assert!(outcome.is_ok(), "{delivery:?}: {outcome:?}");
            self.store(sender, |store| store.settle_delivery(delivery.number, true, "{}"))?;
            at(Step::Settled);
            return Ok(true);
        }
        Ok(false)
    }

    /// Delivers until nothing waits.
    pub fn deliver_all(&self) {
        while self.deliver(&mut |_| false).unwrap() {}
    }

    /// Every instance is evicted: what is not in storage is gone.
    pub fn forget(&self) {
        self.organization.forget();
        self.event.forget();
        self.session.forget();
    }

    fn store<T>(&self, sender: &str, work: impl FnOnce(&Store<&'static Connection>) -> T) -> T {
        match sender {
            "organization" => work(self.organization.store()),
            "event" => work(self.event.store()),
            _ => work(self.session.store()),
        }
    }

    fn hand_over(&self, sender: &str, delivery: &QueuedDelivery) -> Result<Accepted, SubmitError> {
        let from = match sender {
            "organization" => self.organization.stream(),
            "event" => self.event.stream(),
            _ => self.session.stream(),
        };
        let envelope = body(&delivery.command_id, &format!("stream:{from}"), &delivery.command);
        match delivery.target.parse().unwrap() {
            StreamId::Organization(_) => self.organization.submit(&envelope, self.now, Uuid::nil()),
            StreamId::Event(..) => self.event.submit(&envelope, self.now, Uuid::nil()),
            StreamId::Session(..) => self.session.submit(&envelope, self.now, Uuid::nil()),
            other => panic!("nobody lives at {other}"),
        }
    }
}

fn draft(row: u32) -> serde_json::Value {
    serde_json::json!({
        "row": row, "consignor": row % 7 + 1, "category": "toys", "title": format!("Thing {row}"), "size": "",
        "condition": "good", "price": 100 + row % 20 * 25, "reduce": row.is_multiple_of(2), "donate": false,
        "reference": format!("r{row}"),
    })
}

/// Every entry of a log, in order.
pub fn entries<A: Aggregate>(log: &Stored<A>) -> Vec<domain::journal::RawEntry> {
    let mut entries = Vec::new();
    loop {
        let page = log.page(u64::try_from(entries.len()).unwrap() + 1, 1_000).unwrap();
        if page.entries.is_empty() {
            return entries;
        }
        entries.extend(page.entries);
    }
}

/// A terminal pairs with the open session.
pub fn pair(hall: &Hall) -> String {
    let terminal = "0190a000-0000-7000-8000-000000000071";
    let digest = domain::journal::Hash([1; 32]);
    let offer = sale_session::Command::OfferPairing { code_digest: digest };
    submit(&hall.session, "offer", hall.now, &offer);
    let pair = serde_json::json!({
        "type": "pair", "code_digest": digest, "terminal": terminal, "name": "Till 1",
        "token_digest": domain::journal::Hash([2; 32]),
    });
    submit(&hall.session, "pair", hall.now, &pair);
    format!("terminal:{terminal}")
}
