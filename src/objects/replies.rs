//! First replies, given again: a repeated command is answered as it was the first time, taken or refused.

use domain::aggregate::Aggregate;
use domain::ids::Actor;

use super::database::{Database, StoreError};
use super::limits::PAGE_ENTRIES_MAX;
use super::log::{Failure, Hot, Log};
use super::received::Received;
use super::store::{KnownCommand, UNKNOWN_BODY};
use super::wire::{Accepted, SubmitError};

impl<A: Aggregate, D: Database> Log<A, D> {
    /// What was not taken may have been answered before: that is its answer, then. The write knows every command that was,
    /// so that one which is taken is looked for nowhere.
    pub(super) fn first_reply(
        &self,
        hot: &Hot<A>,
        received: &Received<'_>,
        body_hash: &str,
        failure: Failure,
    ) -> Result<Accepted, Failure> {
        if matches!(&failure, Failure::Store(error) if !matches!(error, StoreError::CommandKnown)) {
            return Err(failure);
        }
        if let Some(known) = self.known(hot, &received.command_id)? {
            return self.repeat(&known, received, body_hash);
        }
        self.keep_refusal(hot, received, body_hash, &failure)?;
        Err(failure)
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

    fn repeat(
        &self,
        known: &KnownCommand,
        received: &Received<'_>,
        body_hash: &str,
    ) -> Result<Accepted, Failure> {
        let imported = known.body_hash == UNKNOWN_BODY;
        if known.body_hash != body_hash && !imported {
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
        // The digest would have told the actor apart, too.
        let actor = received.actor.to_string();
        if imported && entries.first().is_some_and(|entry| entry.actor != actor) {
            return Err(SubmitError::CommandIdReused.into());
        }
        Ok(Accepted {
            stream: self.stream.clone(),
            first_seq: known.first_seq,
            seq: known.last_seq,
            repeated: true,
            entries,
        })
    }
}
