//! The engine's one write: decide, append, evolve, and recognise repetitions.

use domain::aggregate::{Aggregate, Context};
use domain::journal::{EventCodec, Hash, Head, RawEntry};
use uuid::Uuid;

use super::database::{Database, StoreError};
use super::import;
use super::keys::places;
use super::limits::{ENTRIES_PER_COMMAND_MAX, PAYLOAD_BYTES_MAX};
use super::log::{Failure, Hot, Log};
use super::received::Received;
use super::store::Append;
use super::wire::{Accepted, SubmitError};

impl<A: Aggregate, D: Database> Log<A, D> {
    /// Decides about the command in `body` and appends the outcome. `now` is the caller's clock, ms since 1970
    /// UTC: the log never goes back behind its last entry. `fresh_id` names what the decision may create.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing is stored then.
    pub fn submit(&self, body: &str, now: i64, fresh_id: Uuid) -> Result<Accepted, SubmitError> {
        let received = Received::parse(body)?;
        let command: A::Command = serde_json::from_str(received.command.get())
            .map_err(|error| SubmitError::Malformed(error.to_string()))?;
        self.submit_read(&received, command, now, fresh_id)
    }

    /// As [`Log::submit`], for a command that has been read already.
    ///
    /// # Errors
    /// As [`Log::submit`].
    pub fn submit_read(
        &self,
        received: &Received<'_>,
        command: A::Command,
        now: i64,
        fresh_id: Uuid,
    ) -> Result<Accepted, SubmitError> {
        let body_hash = received.digest();
        self.with_hot(|hot| {
            if hot.held {
                return Err(import::held().into());
            }
            match self.decided_and_written(hot, received, &body_hash, command, now, fresh_id) {
                Ok(accepted) => Ok(accepted),
                Err(failure) => self.first_reply(hot, received, &body_hash, failure),
            }
        })
        .map_err(|failure| match failure {
            Failure::Refused(error) => error,
            Failure::Store(error) => SubmitError::Unavailable(error.to_string()),
        })
    }

    fn decided_and_written(
        &self,
        hot: &mut Hot<A>,
        received: &Received<'_>,
        body_hash: &str,
        command: A::Command,
        now: i64,
        fresh_id: Uuid,
    ) -> Result<Accepted, Failure> {
        if received.if_match.is_some_and(|seq| seq != hot.head.seq) {
            return Err(SubmitError::HeadMoved { head: hot.head.seq }.into());
        }
        let now = now.max(hot.recorded_at);
        let events = self.decide(hot, received, command, now, fresh_id)?;
        self.take(hot, received, body_hash, now, &events)
    }

    fn decide(
        &self,
        hot: &Hot<A>,
        received: &Received<'_>,
        command: A::Command,
        now: i64,
        fresh_id: Uuid,
    ) -> Result<Vec<A::Event>, Failure> {
        let facts = self.facts_for(hot, &command)?;
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
        let keys: Vec<_> = places::<A>(&entries, events).collect();
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
            keys: &keys,
            deliveries: &deliveries,
        })?;
        if !deliveries.is_empty() {
            self.will_hand_over();
        }
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
}
