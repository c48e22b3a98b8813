//! Reactions: what happens outside because of an entry of a log. Read models can be made anew at any time; a mail
//! cannot be unsent. So a reaction has a checkpoint of its own, writes down what it intends before it does it, and
//! writes down how that ended ([ADR 25](../../docs/adr/0025-reactions.md)).
//!
//! An entry becomes a row in `email` ([`intent`]), in the same batch that moves the checkpoint; the row's id is made
//! from the entry's hash, so that no repetition makes a second one. A message in a queue of its own then has it sent
//! ([`post`]): claimed by one sender, attempted, concluded ([`status`]). What is known not to be sent is tried again,
//! ever more slowly; what is unknown waits for a person.

pub mod book;
mod checkpoint;
mod clock;
mod intent;
mod letters;
mod paper;
pub mod post;
pub mod status;
mod templates;

use domain::stream::StreamId;
use domain::tenancy::{Addressed, Scope};
use worker::Env;

use crate::http::problem::EdgeError;
use crate::objects::client::{self, AskError};

pub use intent::{invited, shopper};
pub use letters::INVITATION_SECRET;

use book::Book;
use checkpoint::{Checkpoints, Moved};

/// Entries read and taken together: a few rows each at most.
const PAGE_ENTRIES: u32 = 200;

/// Pages of one run; what is left comes with the next nudge.
const PAGES_PER_RUN_MAX: usize = 50;

/// The queue that has mails sent.
const QUEUE: &str = "EMAILS";

/// Why a run ended early; a later one may succeed.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// The reactions' own rows are out of reach.
    #[error("rows: {0}")]
    Rows(#[from] EdgeError),
    /// The object could not be asked.
    #[error("log: {0}")]
    Log(#[from] AskError),
    /// An entry that matters cannot be read by this build.
    #[error("entry {seq}: {why}")]
    Unreadable {
        /// Which.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The queue could not be told.
    #[error("queue: {0}")]
    Queue(#[from] worker::Error),
}

/// True for the streams whose entries any reaction listens to.
#[must_use]
pub fn listen_to(stream: &StreamId) -> bool {
    matches!(stream, StreamId::Organization(_) | StreamId::Session(..))
}

/// Takes what is new in `stream`, and has the queue send what is due. May run anywhere, any number of times at once.
/// The object hears that its entries are done with only when no mail of theirs waits any more: until then it goes on
/// nudging, so that no lost message loses a mail.
///
/// # Errors
/// [`ReactionError`]; what was taken until then stays.
pub async fn catch_up(env: &Env, stream: &StreamId) -> Result<(), ReactionError> {
    if !listen_to(stream) {
        return Ok(());
    }
    let scope = Scope::of_log(stream);
    let Some(seq) = take(env, &scope, stream).await? else { return Ok(()) };
    let book = Book::of(env, &scope);
    let waiting = book.waiting(stream).await?;
    for email in &waiting.due {
        hand_over(env, &scope, email).await?;
    }
    if waiting.any {
        tracing::info!(%stream, due = waiting.due.len(), "mails wait");
    } else {
        client::confirm_reactions(env, stream, seq).await?;
    }
    Ok(())
}

/// Has the queue send a mail that waits.
///
/// # Errors
/// [`ReactionError`]; the mail still waits then.
pub async fn hand_over(env: &Env, scope: &Scope, email: &str) -> Result<(), ReactionError> {
    env.queue(QUEUE)?.send(Addressed::new(scope, post::Due { email: email.to_owned() })).await?;
    Ok(Book::of(env, scope).queued(email).await?)
}

/// Turns new entries into intents. Answers how far it got; none when there is more than one run takes.
async fn take(env: &Env, scope: &Scope, stream: &StreamId) -> Result<Option<u64>, ReactionError> {
    let checkpoints = Checkpoints::of(env, scope);
    for _ in 0..PAGES_PER_RUN_MAX {
        let place = checkpoints.place(stream).await?;
        let head = place.head;
        let page = client::read_log(env, stream, head.seq + 1, PAGE_ENTRIES).await?;
        if head.seq > page.head.seq || page.previous != head.hash {
            // The log was restored to an earlier state. Read it anew: what was intended keeps its id.
            tracing::warn!(%stream, seq = head.seq, "log and reactions disagree, reading the log anew");
            checkpoints.restart(stream, head).await?;
            continue;
        }
        let Some(last) = page.entries.last() else { return Ok(Some(head.seq)) };
        let mut intents = Vec::new();
        for entry in page.entries.iter().filter(|entry| entry.recorded_at >= place.born_at) {
            let unreadable = |error: domain::journal::DecodeError| ReactionError::Unreadable {
                seq: entry.seq,
                why: error.to_string(),
            };
            intents.extend(intent::of(stream, entry).map_err(unreadable)?);
        }
        let to = domain::journal::Head { seq: last.seq, hash: last.hash };
        match checkpoints.advance(stream, (head, to), &intents).await? {
            Moved::Done => {}
            Moved::Raced => tracing::info!(%stream, "another was quicker"),
        }
    }
    Ok(None)
}
