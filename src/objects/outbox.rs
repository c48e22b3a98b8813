//! The log is the outbox: this file knows when to say "stream S has advanced to N" and when to say it again.
//!
//! A nudge is lost when the queue loses it, so it is confirmed: the projector's pulls say what it has
//! projected. What stays unconfirmed is sent again, ever more slowly, until it is.

use serde::{Deserialize, Serialize};
use worker::Env;

use super::database::{Database, StoreError};
use super::limits::{CONFIRM_AFTER_MS, RETRY_FIRST_MS};
use super::patience::back_off_ms;
use super::store::Store;
use crate::reactions;

/// The queue that wakes the projector.
const QUEUE: &str = "LOG_ADVANCED";

/// The note under which the outbox keeps its place.
const NOTE: &str = "outbox";

/// A message of the queue: pull the rest from the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAdvanced {
    /// The stream.
    pub stream: String,
    /// Its head's seq when the message was sent.
    pub head: u64,
}

/// How far the outbox got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Outbox {
    /// Seq that the queue was last told of.
    published_seq: u64,
    /// Seq that the projector said it has.
    projected_seq: u64,
    /// Seq that the reactions said they have; of no account where none listens.
    #[serde(default)]
    reacted_seq: u64,
    /// When it was last tried, ms since 1970 UTC.
    tried_at: i64,
    /// Tries since something last went forward.
    attempts: u32,
    /// Whether the last try reached the queue.
    sent: bool,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Tell the queue.
    Send,
    /// Nothing before this time, ms since 1970 UTC.
    Wait(i64),
    /// Nothing until the log advances.
    Rest,
}

/// Who hears of new entries, and says that they have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearer {
    /// The projector.
    Projector,
    /// The reactions (see [`crate::reactions`]).
    Reactions,
}

impl Outbox {
    /// Where a hearer stands.
    fn heard(&mut self, hearer: Hearer) -> &mut u64 {
        match hearer {
            Hearer::Projector => &mut self.projected_seq,
            Hearer::Reactions => &mut self.reacted_seq,
        }
    }

    /// True when whoever listens has everything up to `head`.
    fn heard_of(&self, head: u64, reactions: bool) -> bool {
        self.projected_seq >= head && (!reactions || self.reacted_seq >= head)
    }

    /// Pure: what is due at `now` for a log at `head`; `reactions` says whether any listens to it.
    fn step(&self, head: u64, reactions: bool, now: i64) -> Step {
        if self.heard_of(head, reactions) {
            return Step::Rest;
        }
        let due = match (self.sent, head > self.published_seq) {
            (true, true) => now,
            (true, false) => self.tried_at.saturating_add(back_off_ms(CONFIRM_AFTER_MS, self.attempts)),
            (false, _) if self.attempts == 0 => now,
            (false, _) => self.tried_at.saturating_add(back_off_ms(RETRY_FIRST_MS, self.attempts)),
        };
        if due <= now { Step::Send } else { Step::Wait(due) }
    }

    /// After a try at `now` for a log at `head`.
    fn tried(self, head: u64, now: i64, sent: bool) -> Self {
        let forward = sent && (head > self.published_seq || !self.sent);
        Self {
            published_seq: if sent { head } else { self.published_seq },
            tried_at: now,
            attempts: if forward { 1 } else { self.attempts.saturating_add(1) },
            sent,
            ..self
        }
    }
}

fn load<D: Database>(store: &Store<D>) -> Result<Outbox, StoreError> {
    Ok(store.note(NOTE)?.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
}

fn save<D: Database>(store: &Store<D>, outbox: Outbox) -> Result<(), StoreError> {
    store.set_note(NOTE, &serde_json::to_string(&outbox)?)
}

/// Sends what is due; answers when to come again, ms since 1970 UTC.
///
/// # Errors
/// [`StoreError`].
pub async fn drain<D: Database>(
    env: &Env,
    stream: &str,
    store: &Store<D>,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let head = store.head()?.0.seq;
    let reactions = reacts(stream);
    match load(store)?.step(head, reactions, now) {
        Step::Rest => Ok(None),
        Step::Wait(due) => Ok(Some(due)),
        Step::Send => {
            let sent = nudge(env, stream, head).await;
            // Read again: entries and confirmations may have come while the queue was asked.
            let outbox = load(store)?.tried(head, now, sent);
            save(store, outbox)?;
            Ok(match outbox.step(store.head()?.0.seq, reactions, now) {
                Step::Rest => None,
                Step::Send => Some(now),
                Step::Wait(due) => Some(due),
            })
        }
    }
}

/// Tells the queue that `stream` stands at `head`; true when the queue has taken it.
pub async fn nudge(env: &Env, stream: &str, head: u64) -> bool {
    let queue = match env.queue(QUEUE) {
        Ok(queue) => queue,
        Err(error) => {
            tracing::error!(stream, %error, "no queue");
            return false;
        }
    };
    match queue.send(LogAdvanced { stream: stream.to_owned(), head }).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(stream, head, %error, "nudge not sent");
            false
        }
    }
}

/// True when the queue need not be told of anything.
///
/// # Errors
/// [`StoreError`].
pub fn rests<D: Database>(store: &Store<D>, stream: &str, head: u64) -> Result<bool, StoreError> {
    Ok(load(store)?.heard_of(head, reacts(stream)))
}

/// Whether any reaction listens to the stream.
fn reacts(stream: &str) -> bool {
    stream.parse().is_ok_and(|stream| reactions::listen_to(&stream))
}

/// Notes that `hearer` has everything up to `has`.
///
/// # Errors
/// [`StoreError`].
pub fn confirm<D: Database>(store: &Store<D>, head: u64, hearer: Hearer, has: u64) -> Result<(), StoreError> {
    // Only the whole log is worth a write: a hearer that is still pulling will say more in a moment.
    if head == 0 || has < head {
        return Ok(());
    }
    let mut outbox = load(store)?;
    if *outbox.heard(hearer) >= head {
        return Ok(());
    }
    *outbox.heard(hearer) = head;
    save(store, Outbox { attempts: 0, ..outbox })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::limits::RETRY_MAX_MS;

    const NOW: i64 = 1_000_000;

    #[test]
    fn a_new_entry_is_told_at_once_and_told_again_until_confirmed() {
        let outbox = Outbox::default();
        assert_eq!(outbox.step(1, false, NOW), Step::Send);
        let told = outbox.tried(1, NOW, true);
        assert_eq!(told.step(1, false, NOW), Step::Wait(NOW + CONFIRM_AFTER_MS));
        assert_eq!(told.step(1, false, NOW + CONFIRM_AFTER_MS), Step::Send);
        let again = told.tried(1, NOW + CONFIRM_AFTER_MS, true);
        assert_eq!(again.step(1, false, NOW), Step::Wait(NOW + 3 * CONFIRM_AFTER_MS));
        let confirmed = Outbox { projected_seq: 1, ..again };
        assert_eq!(confirmed.step(1, false, NOW), Step::Rest);
    }

    #[test]
    fn a_further_entry_does_not_wait_for_the_confirmation_of_the_one_before() {
        let told = Outbox::default().tried(1, NOW, true).tried(1, NOW, true);
        assert_eq!(told.step(2, false, NOW), Step::Send);
        assert_eq!(told.tried(2, NOW, true).attempts, 1);
    }

    #[test]
    fn a_failed_send_backs_off_and_recovers() {
        let failed = Outbox::default().tried(1, NOW, false);
        assert_eq!(failed.step(1, false, NOW), Step::Wait(NOW + RETRY_FIRST_MS));
        let twice = failed.tried(2, NOW, false);
        assert_eq!(twice.step(2, false, NOW), Step::Wait(NOW + 2 * RETRY_FIRST_MS));
        let sent = twice.tried(2, NOW, true);
        assert_eq!((sent.attempts, sent.published_seq), (1, 2));
    }

    #[test]
    fn patience_is_bounded_however_often_it_was_tried() {
        let tired =
            Outbox { published_seq: 1, tried_at: NOW, attempts: u32::MAX, sent: true, ..Outbox::default() };
        assert_eq!(tired.step(1, false, NOW), Step::Wait(NOW + RETRY_MAX_MS));
    }

    #[test]
    fn where_reactions_listen_both_must_have_it() {
        let told =
            Outbox { projected_seq: 3, reacted_seq: 2, published_seq: 3, sent: true, ..Outbox::default() };
        assert_eq!(told.step(3, false, NOW), Step::Rest);
        assert_ne!(told.step(3, true, NOW), Step::Rest);
        assert_eq!(Outbox { reacted_seq: 3, ..told }.step(3, true, NOW), Step::Rest);
    }

    #[test]
    fn a_note_from_before_there_were_reactions_is_read() {
        let note = r#"{"published_seq":3,"projected_seq":3,"tried_at":1,"attempts":1,"sent":true}"#;
        assert_eq!(serde_json::from_str::<Outbox>(note).unwrap().reacted_seq, 0);
    }
}
