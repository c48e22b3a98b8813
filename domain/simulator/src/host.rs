//! One object's log host, in memory: what `src/objects` does on SQLite, reduced to its promises.
//!
//! A command is looked up by id, decided, and written in one step: entries, command row, keys, deliveries. A
//! crash loses the hot state and nothing else.

use std::collections::{BTreeMap, VecDeque};

use domain::aggregate::{Aggregate, Context, Delivery};
use domain::ids::Actor;
use domain::journal::{EventCodec, Head, RawEntry, Verifier};
use domain::rejection::Rejection;
use domain::stream::StreamId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use domain::sabotage::{Bug, sabotaged};

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Entries from `first` to `last` (none if `first > last`).
    Accepted {
        /// Seq of the first entry.
        first: u64,
        /// Seq of the last entry.
        last: u64,
    },
    /// Refused by a rule.
    Refused(Rejection),
    /// The id was used for another command.
    CommandIdReused,
    /// The host could not make sense of the command: a bug of the simulator or of the wire format.
    Unreadable(String),
}

/// The log and hot state of one aggregate.
#[derive(Debug)]
pub struct Host<A: Aggregate> {
    /// The stream's name.
    pub stream: StreamId,
    state: A::State,
    log: Vec<RawEntry>,
    /// The log's events as read back from their payloads: checks ask for them over and over.
    read: Vec<A::Event>,
    commands: BTreeMap<String, ([u8; 32], Reply)>,
    /// Where in the log an entry is found by key.
    keys: BTreeMap<String, usize>,
    outgoing: VecDeque<Delivery>,
    fresh: u128,
}

impl<A: Aggregate> Host<A>
where
    A::State: PartialEq,
{
    /// An object nobody has spoken to yet.
    #[must_use]
    pub fn new(stream: StreamId) -> Self {
        Self {
            stream,
            state: A::State::default(),
            log: Vec::new(),
            read: Vec::new(),
            commands: BTreeMap::new(),
            keys: BTreeMap::new(),
            outgoing: VecDeque::new(),
            fresh: 0,
        }
    }

    /// The hot state.
    #[must_use]
    pub fn state(&self) -> &A::State {
        &self.state
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &[RawEntry] {
        &self.log
    }

    /// Where the log ends.
    #[must_use]
    pub fn head(&self) -> Head {
        self.log.last().map_or(Head::EMPTY, |entry| Head { seq: entry.seq, hash: entry.hash })
    }

    /// The log's events, as they are read back.
    #[must_use]
    pub fn events(&self) -> &[A::Event] {
        &self.read
    }

    /// Takes a command as it comes off the wire.
    pub fn submit(&mut self, now: i64, actor: &Actor, command_id: &str, json: &str) -> Reply {
        let body: [u8; 32] = Sha256::digest(json.as_bytes()).into();
        if let Some((seen, reply)) = self.commands.get(command_id)
            && !sabotaged(Bug::ForgetsCommands)
        {
            return if *seen == body { reply.clone() } else { Reply::CommandIdReused };
        }
        let command: A::Command = match serde_json::from_str(json) {
            Ok(command) => command,
            Err(error) => return Reply::Unreadable(error.to_string()),
        };
        let mut facts = A::Facts::default();
        for key in A::needs(&command) {
            if let Some(event) = self.keys.get(&key).and_then(|at| self.read.get(*at)) {
                A::recall(&mut facts, &key, event);
            }
        }
        self.fresh += 1;
        let fresh_id =
            Uuid::from_u128(u128::from_be_bytes(body[..16].try_into().unwrap_or([0; 16])) ^ self.fresh);
        let context = Context { now, actor, command_id, fresh_id, facts: &facts };
        match A::decide(&self.state, command, &context) {
            Err(rejection) => self.refuse(actor, command_id, body, rejection),
            Ok(events) => self.append(now, actor, command_id, body, &events),
        }
    }

    /// A refusal is a first reply too: a late copy of the same request must not succeed after the shopper has left.
    /// Deliveries are sent until they are taken, so theirs is not kept.
    fn refuse(&mut self, actor: &Actor, command_id: &str, body: [u8; 32], rejection: Rejection) -> Reply {
        let reply = Reply::Refused(rejection);
        if !matches!(actor, Actor::Stream(_)) && !sabotaged(Bug::ForgetsRefusals) {
            self.commands.insert(command_id.to_owned(), (body, reply.clone()));
        }
        reply
    }

    fn append(
        &mut self,
        now: i64,
        actor: &Actor,
        command_id: &str,
        body: [u8; 32],
        events: &[A::Event],
    ) -> Reply {
        let first = self.head().seq + 1;
        let stream = self.stream.to_string();
        for event in events {
            let payload = match event.to_payload() {
                Ok(payload) => payload,
                Err(error) => return Reply::Unreadable(error.to_string()),
            };
            let entry = RawEntry::seal(
                &stream,
                &self.head(),
                RawEntry {
                    seq: 0,
                    recorded_at: now,
                    command_id: command_id.to_owned(),
                    actor: actor.to_string(),
                    kind: event.kind().to_owned(),
                    version: event.version(),
                    payload,
                    hash: domain::journal::GENESIS,
                },
            );
            A::evolve(&mut self.state, event, now);
            self.keys.extend(A::remember(event).into_iter().map(|key| (key, self.log.len())));
            self.outgoing.extend(A::deliveries(&self.stream, entry.seq, event));
            match A::Event::decode(&entry) {
                Ok(read) => self.read.push(read.event),
                Err(error) => return Reply::Unreadable(error.to_string()),
            }
            self.log.push(entry);
        }
        let reply = Reply::Accepted { first, last: self.head().seq };
        self.commands.insert(command_id.to_owned(), (body, reply.clone()));
        reply
    }

    /// The delivery that must go out next.
    #[must_use]
    pub fn next_delivery(&self) -> Option<&Delivery> {
        self.outgoing.front()
    }

    /// The receiver has it.
    pub fn delivered(&mut self) {
        self.outgoing.pop_front();
    }

    /// The process dies: what is not in the log is gone, and the state is folded anew.
    ///
    /// # Errors
    /// As [`Host::refold`].
    pub fn crash(&mut self) -> Result<(), String> {
        self.state = self.refold()?;
        Ok(())
    }

    /// Folds the log anew, verifying its chain.
    ///
    /// # Errors
    /// Says what differs when the state after replay is not the state before, or the chain does not hold.
    pub fn refold(&self) -> Result<A::State, String> {
        let mut verifier = Verifier::new(self.stream.to_string());
        let mut state = A::State::default();
        for raw in &self.log {
            verifier.accept(raw).map_err(|broken| broken.to_string())?;
            let entry = A::Event::decode(raw).map_err(|error| error.to_string())?;
            if raw.kind == "receipt_completed" && sabotaged(Bug::ForgetsSoldItems) {
                continue;
            }
            A::evolve(&mut state, &entry.event, raw.recorded_at);
        }
        if self.state == state {
            Ok(state)
        } else {
            Err(format!("{}: the state after replay is not the state before", self.stream))
        }
    }
}
