//! The engine under every object: wake, recognise repetitions, decide, append, evolve. Free of any runtime:
//! clock and fresh ids come in, storage is a [`Database`].

use std::cell::RefCell;

use domain::aggregate::{Aggregate, Context};
use domain::ids::Actor;
use domain::journal::{EventCodec, Hash, Head, RawEntry};
use domain::rejection::Rejection;
use domain::stream::StreamId;
use uuid::Uuid;

use super::database::{Database, StoreError};
use super::limits::{ENTRIES_PER_COMMAND_MAX, PAGE_ENTRIES_MAX, PAYLOAD_BYTES_MAX};
use super::received::Received;
use super::snapshot::{self, Snapshot, Tail};
use super::store::{Append, KnownCommand, Store};
use super::wire::{Accepted, AskError, LogPage, SubmitError};

/// One aggregate's log with its hot state.
pub struct Log<A: Aggregate, D> {
    id: StreamId,
    stream: String,
    store: Store<D>,
    /// Taken out while in use, so that whatever fails on the way leaves nothing stale: the next call replays.
    hot: RefCell<Option<Hot<A>>>,
}

struct Hot<A: Aggregate> {
    head: Head,
    recorded_at: i64,
    /// Whether the tables are there: an object that was only asked leaves no trace.
    stored: bool,
    /// What a waking instance would have to replay.
    tail: Tail,
    state: A::State,
}

/// Why the engine refused: a value for the caller, or a failure that costs the hot state.
enum Failure {
    Refused(SubmitError),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        Self::Refused(error)
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(SubmitError::Rejected(rejection))
    }
}

impl<A: Aggregate, D: Database> Log<A, D> {
    /// The log of `stream` in `store`; read on first use.
    pub fn new(id: StreamId, store: Store<D>) -> Self {
        Self { stream: id.to_string(), id, store, hot: RefCell::new(None) }
    }

    /// The tables, for the host's own bookmarks.
    pub fn store(&self) -> &Store<D> {
        &self.store
    }

    /// The stream's name.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Decides about the command in `body` and appends the outcome. `now` is the caller's clock, ms since 1970
    /// UTC: the log never goes back behind its last entry. `fresh_id` names what the decision may create.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing is stored then.
    pub fn submit(&self, body: &str, now: i64, fresh_id: Uuid) -> Result<Accepted, SubmitError> {
        let received = Received::parse(body)?;
        let command: A::Command = serde_json::from_str(received.command.get())
            .map_err(|error| SubmitError::Malformed(error.to_string()))?;
        let body_hash = received.digest();
        self.with_hot(|hot| {
            if let Some(known) = self.known(hot, &received.command_id)? {
                return self.repeat(&known, &body_hash);
            }
            if let Some(head) =
                received.if_match.is_some_and(|seq| seq != hot.head.seq).then_some(hot.head.seq)
            {
                return Err(SubmitError::HeadMoved { head }.into());
            }
            let now = now.max(hot.recorded_at);
            match self.decide(hot, &received, command, now, fresh_id) {
                Ok(events) => self.take(hot, &received, &body_hash, now, &events),
                Err(failure) => {
                    self.keep_refusal(hot, &received, &body_hash, &failure)?;
                    Err(failure)
                }
            }
        })
        .map_err(|failure| match failure {
            Failure::Refused(error) => error,
            Failure::Store(error) => SubmitError::Unavailable(error.to_string()),
        })
    }

    /// A refusal is a first reply too: a late copy of a request must not succeed after its sender has walked away.
    /// Deliveries are sent until they are taken, so theirs is not kept; nor is one that would be an object's first
    /// trace.
    fn keep_refusal(
        &self,
        hot: &Hot<A>,
        received: &Received<'_>,
        body_hash: &str,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        match failure {
            Failure::Refused(SubmitError::Rejected(refusal))
                if hot.stored && !matches!(received.actor, Actor::Stream(_)) =>
            {
                self.store.refuse(&received.command_id, body_hash, refusal)
            }
            Failure::Refused(_) | Failure::Store(_) => Ok(()),
        }
    }

    fn known(&self, hot: &Hot<A>, command_id: &str) -> Result<Option<KnownCommand>, StoreError> {
        if hot.stored { self.store.command(command_id) } else { Ok(None) }
    }

    fn repeat(&self, known: &KnownCommand, body_hash: &str) -> Result<Accepted, Failure> {
        if known.body_hash != body_hash {
            return Err(SubmitError::CommandIdReused.into());
        }
        if let Some(refusal) = &known.refusal {
            return Err(SubmitError::Rejected(refusal.clone()).into());
        }
        let mut entries = Vec::new();
        let mut next = known.first_seq;
        while next <= known.last_seq {
            let left = u32::try_from(known.last_seq - next + 1).unwrap_or(PAGE_ENTRIES_MAX);
            let page = self.store.page(next, left.min(PAGE_ENTRIES_MAX))?;
            next = page.last().ok_or(StoreError::Shape("the entries of a known command"))?.seq + 1;
            entries.extend(page);
        }
        Ok(Accepted {
            stream: self.stream.clone(),
            first_seq: known.first_seq,
            seq: known.last_seq,
            repeated: true,
            entries,
        })
    }

    fn decide(
        &self,
        hot: &Hot<A>,
        received: &Received<'_>,
        command: A::Command,
        now: i64,
        fresh_id: Uuid,
    ) -> Result<Vec<A::Event>, Failure> {
        let mut facts = A::Facts::default();
        if hot.stored {
            for (key, json) in self.store.facts(&A::needs(&command))? {
                A::recall(&mut facts, &key, &json);
            }
        }
        let context = Context {
            now,
            actor: &received.actor,
            command_id: &received.command_id,
            fresh_id,
            facts: &facts,
        };
        let events = A::decide(&hot.state, command, &context)?;
        if events.len() > ENTRIES_PER_COMMAND_MAX {
            return Err(SubmitError::Malformed(format!(
                "the command would append {} entries; at most {ENTRIES_PER_COMMAND_MAX} fit one",
                events.len()
            ))
            .into());
        }
        Ok(events)
    }

    fn take(
        &self,
        hot: &mut Hot<A>,
        received: &Received<'_>,
        body_hash: &str,
        now: i64,
        events: &[A::Event],
    ) -> Result<Accepted, Failure> {
        let entries = self.seal(hot.head, received, now, events)?;
        let facts: Vec<_> = events.iter().flat_map(A::remember).collect();
        let deliveries: Vec<_> = entries
            .iter()
            .zip(events)
            .flat_map(|(entry, event)| {
                A::deliveries(&self.id, entry.seq, event).into_iter().map(|delivery| (entry.seq, delivery))
            })
            .collect();
        if !hot.stored {
            self.store.create()?;
            hot.stored = true;
        }
        self.store.append(&Append {
            onto: hot.head,
            entries: &entries,
            command_id: &received.command_id,
            body_hash,
            facts: &facts,
            deliveries: &deliveries,
        })?;
        let first_seq = hot.head.seq + 1;
        for (event, entry) in events.iter().zip(&entries) {
            A::evolve(&mut hot.state, event, now);
            hot.tail.grow(entry.payload.len());
        }
        if let Some(last) = entries.last() {
            hot.head = Head { seq: last.seq, hash: last.hash };
            hot.recorded_at = now;
        }
        Ok(Accepted { stream: self.stream.clone(), first_seq, seq: hot.head.seq, repeated: false, entries })
    }

    fn seal(
        &self,
        mut head: Head,
        received: &Received<'_>,
        now: i64,
        events: &[A::Event],
    ) -> Result<Vec<RawEntry>, Failure> {
        let actor = received.actor.to_string();
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            let payload = event.to_payload().map_err(StoreError::Encoding)?;
            if payload.len() > PAYLOAD_BYTES_MAX {
                return Err(SubmitError::Malformed(format!(
                    "the command would append a {} of {} bytes; at most {PAYLOAD_BYTES_MAX} fit an entry",
                    event.kind(),
                    payload.len()
                ))
                .into());
            }
            let unsealed = RawEntry {
                seq: 0,
                recorded_at: now,
                command_id: received.command_id.clone(),
                actor: actor.clone(),
                kind: event.kind().to_owned(),
                version: event.version(),
                payload,
                hash: Hash::default(),
            };
            let entry = RawEntry::seal(&self.stream, &head, unsealed);
            head = Head { seq: entry.seq, hash: entry.hash };
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Answers the question in `body` from the hot state.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn ask(&self, body: &str) -> Result<A::Answer, AskError> {
        let query: A::Query =
            serde_json::from_str(body).map_err(|error| AskError::Malformed(error.to_string()))?;
        self.with_hot(|hot| Ok::<_, Failure>(A::answer(&hot.state, &query))).map_err(lost)
    }

    /// The head, the log having been read and verified.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn head(&self) -> Result<Head, AskError> {
        self.with_hot(|hot| Ok::<_, Failure>(hot.head)).map_err(lost)
    }

    /// A page of the log from seq `from` on, verified as it is read.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn page(&self, from: u64, limit: u32) -> Result<LogPage, AskError> {
        let from = from.max(1);
        self.with_hot(|hot| {
            let mut page = LogPage {
                stream: self.stream.clone(),
                previous: hot.head.hash,
                entries: Vec::new(),
                head: hot.head,
            };
            if from > hot.head.seq {
                return Ok::<_, Failure>(page);
            }
            let before = self.store.head_at(from - 1)?.ok_or(StoreError::Shape("the entry before a page"))?;
            page.previous = before.hash;
            page.entries = self.store.page(from, limit.clamp(1, PAGE_ENTRIES_MAX))?;
            let mut verifier = domain::journal::Verifier::resume(&self.stream, before);
            page.entries.iter().try_for_each(|entry| verifier.accept(entry)).map_err(StoreError::Chain)?;
            Ok(page)
        })
        .map_err(lost)
    }

    /// Writes a snapshot when a waking instance would have much to replay; says whether it did. An instance
    /// that is not awake has nothing to write.
    ///
    /// # Errors
    /// [`StoreError`]; the snapshot before stays then.
    pub fn snapshot_if_due(&self) -> Result<bool, StoreError> {
        let due = self.hot.borrow().as_ref().is_some_and(|hot| hot.tail.is_long());
        if due {
            self.snapshot()?;
        }
        Ok(due)
    }

    /// Writes a snapshot of the hot state, if the instance is awake.
    ///
    /// # Errors
    /// [`StoreError`]; the snapshot before stays then.
    pub(super) fn snapshot(&self) -> Result<(), StoreError> {
        if let Some(hot) = self.hot.borrow_mut().as_mut() {
            snapshot::take::<A, D>(&self.store, hot.head, hot.recorded_at, &hot.state)?;
            hot.tail = Tail::default();
        }
        Ok(())
    }

    /// The hot state as a snapshot would hold it, for comparing.
    #[cfg(test)]
    pub(super) fn state_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.hot.borrow().as_ref().map_or(Ok(Vec::new()), |hot| snapshot::encode(&hot.state))
    }

    /// Forgets the hot state; the next call replays the log.
    pub fn forget(&self) {
        self.hot.take();
    }

    /// Runs `work` on the hot state, which is read from the log when it is not there. Whatever fails in storage
    /// costs the hot state, so that no decision ever stands on something that was not stored.
    fn with_hot<T>(&self, work: impl FnOnce(&mut Hot<A>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut hot = match self.hot.take() {
            Some(hot) => hot,
            None => self.wake()?,
        };
        let outcome = work(&mut hot);
        if !matches!(outcome, Err(Failure::Store(_))) {
            self.hot.replace(Some(hot));
        }
        outcome
    }

    fn wake(&self) -> Result<Hot<A>, StoreError> {
        let stored = self.store.exists()?;
        if stored {
            self.store.update()?;
        }
        let snapshot = if stored { snapshot::load::<A, D>(&self.store)? } else { None };
        let mut hot = match snapshot {
            Some(Snapshot { head, recorded_at, state }) => {
                Hot { head, recorded_at, stored, tail: Tail::default(), state }
            }
            None => Hot {
                head: Head::EMPTY,
                recorded_at: i64::MIN,
                stored,
                tail: Tail::default(),
                state: A::State::default(),
            },
        };
        if stored {
            self.replay(&mut hot)?;
        }
        Ok(hot)
    }

    /// Takes what the log holds behind `hot` into it, verified.
    fn replay(&self, hot: &mut Hot<A>) -> Result<(), StoreError> {
        let (state, recorded_at, tail) = (&mut hot.state, &mut hot.recorded_at, &mut hot.tail);
        hot.head = self.store.replay(&self.stream, hot.head, PAGE_ENTRIES_MAX, |entry| {
            let event = A::Event::from_payload(&entry.kind, entry.version, &entry.payload)
                .map_err(|source| StoreError::Decode { seq: entry.seq, source })?;
            A::evolve(state, &event, entry.recorded_at);
            *recorded_at = entry.recorded_at;
            tail.grow(entry.payload.len());
            Ok(())
        })?;
        Ok(())
    }
}

fn lost(failure: Failure) -> AskError {
    match failure {
        Failure::Refused(error) => AskError::Unavailable(error.to_string()),
        Failure::Store(error) => AskError::Unavailable(error.to_string()),
    }
}
