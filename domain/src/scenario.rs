//! Given / when / then, for tests: drives an aggregate as the host would, through the codec and back.

use uuid::Uuid;

use crate::aggregate::{Aggregate, Context, Delivery};
use crate::ids::{Actor, EventId, OrganizationId, PersonId, SessionId};
use crate::journal::EventCodec;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// A log in memory, with what the last command did.
pub(crate) struct Scenario<A: Aggregate> {
    stream: StreamId,
    state: A::State,
    /// Where in the log an entry is found by key.
    keys: std::collections::BTreeMap<String, usize>,
    log: Vec<A::Event>,
    last: Result<usize, Rejection>,
    now: i64,
    commands: u128,
    actor: Actor,
}

pub(crate) fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

impl<A: Aggregate> Scenario<A> {
    pub(crate) fn new() -> Self {
        let organization = OrganizationId(Uuid::from_u128(0xA));
        let id = Uuid::from_u128(0xE);
        let stream = match A::KIND {
            "organization" => StreamId::Organization(organization),
            "event" => StreamId::Event(organization, EventId(id)),
            "storefront" => StreamId::Storefront(organization, crate::ids::ShopId(id)),
            "reconciliation" => StreamId::Reconciliation(organization, EventId(id)),
            _ => StreamId::Session(organization, SessionId(id)),
        };
        Self {
            stream,
            state: A::State::default(),
            keys: std::collections::BTreeMap::new(),
            log: Vec::new(),
            last: Ok(0),
            now: 1_800_000_000_000,
            commands: 0,
            actor: Actor::Person(person("user_olivia")),
        }
    }

    /// From here on, `actor` acts.
    pub(crate) fn by(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// From here on, it is `now`.
    pub(crate) fn at(mut self, now: i64) -> Self {
        self.now = now;
        self
    }

    /// From here on, the state is as `change` makes it: for bounds that a test would reach by a million entries.
    pub(crate) fn given_state(mut self, change: impl FnOnce(&mut A::State)) -> Self {
        change(&mut self.state);
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "tests write commands in place")]
    pub(crate) fn when(mut self, command: A::Command) -> Self {
        self.commands += 1;
        let mut facts = A::Facts::default();
        for key in A::needs(&command) {
            if let Some(at) = self.keys.get(&key) {
                A::recall(&mut facts, &key, &self.log[*at]);
            }
        }
        let command_id = format!("command-{}", self.commands);
        let context = Context {
            now: self.now,
            actor: &self.actor,
            command_id: &command_id,
            fresh_id: Uuid::from_u128(self.commands),
            facts: &facts,
        };
        // Commands cross the wire as JSON; a command that does not survive that is a bug.
        let json = serde_json::to_string(&command).unwrap();
        let command = serde_json::from_str(&json).unwrap();
        self.last = A::decide(&self.state, command, &context).map(|events| {
            let count = events.len();
            for event in events {
                let payload = event.to_payload().unwrap();
                let stored = A::Event::from_payload(event.kind(), event.version(), &payload).unwrap();
                A::evolve(&mut self.state, &stored, self.now);
                self.keys.extend(A::remember(&stored).into_iter().map(|key| (key, self.log.len())));
                sample::<A>(&stored);
                self.log.push(stored);
            }
            count
        });
        self
    }

    pub(crate) fn state(&self) -> &A::State {
        &self.state
    }

    pub(crate) fn log(&self) -> &[A::Event] {
        &self.log
    }

    /// What the last command appended.
    pub(crate) fn appended(&self) -> &[A::Event] {
        let count = *self.last.as_ref().unwrap_or_else(|rejection| panic!("refused: {rejection}"));
        &self.log[self.log.len() - count..]
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        (1..).zip(&self.log).flat_map(|(seq, event)| A::deliveries(&self.stream, seq, event)).collect()
    }

    pub(crate) fn then_kinds(&self, kinds: &[&str]) {
        let found: Vec<&str> = self.appended().iter().map(EventCodec::kind).collect();
        assert_eq!(found, kinds);
    }

    /// The refusal of the last command.
    pub(crate) fn refusal(&self) -> &Rejection {
        self.last.as_ref().expect_err("the last command was accepted")
    }

    /// The last command was refused under `rule`, with the stable `code` that programs go by.
    pub(crate) fn then_refused(&self, rule: &str, code: &str) {
        match &self.last {
            Ok(count) => panic!("expected a refusal under {rule}, but {count} events were appended"),
            Err(rejection) => {
                assert_eq!((rejection.rule.as_str(), rejection.code.as_str()), (rule, code), "{rejection}");
            }
        }
    }
}

/// With `HANGTAG_SAMPLES` set to a folder, every event that a scenario appends is written there too: the stock from
/// which lines of the golden corpus are picked.
fn sample<A: Aggregate>(event: &A::Event) {
    use std::io::Write;
    let Ok(folder) = std::env::var("HANGTAG_SAMPLES") else { return };
    let line = serde_json::json!({
        "kind": event.kind(), "version": event.version(), "payload": event.to_payload().unwrap(),
    });
    let path = std::path::Path::new(&folder).join(format!("{}.ndjson", A::KIND));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
