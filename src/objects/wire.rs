//! What passes between a caller and an object: JSON over the stub's internal HTTP.

use domain::ids::Actor;
use domain::journal::{Hash, Head, RawEntry};
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// A command with everything the log writes down beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope<C> {
    /// The idempotency key: the same id with the same body gets the first reply, whenever it comes.
    pub command_id: String,
    /// Who asks.
    pub actor: Actor,
    /// The head's seq that the caller has seen; the command is refused when the log has moved on.
    pub if_match: Option<u64>,
    /// What is asked.
    pub command: C,
}

/// A command that the log holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The stream that took it.
    pub stream: String,
    /// Seq of the first entry that it caused; `seq + 1` when it caused none.
    pub first_seq: u64,
    /// Seq of the last entry that it caused: what `min_seq` of a following query should say.
    pub seq: u64,
    /// True when the log already held the command, and this is its first reply again.
    pub repeated: bool,
    /// The entries that the first run of this command appended.
    pub entries: Vec<RawEntry>,
}

/// Why a command was not taken. Nothing has happened then (save for [`SubmitError::Unavailable`], where the
/// caller cannot know and should repeat with the same command id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SubmitError {
    /// A rule says no.
    #[error("{0}")]
    Rejected(Rejection),
    /// `if_match` named another head.
    #[error("the log has moved on to {head}")]
    HeadMoved {
        /// The head's seq now.
        head: u64,
    },
    /// The command id was used before, with another body or by another actor.
    #[error("this command id was used before for something else")]
    CommandIdReused,
    /// The request is not one that this object can read.
    #[error("{0}")]
    Malformed(String),
    /// The object could not be reached or could not finish; repeat with the same command id.
    #[error("{0}")]
    Unavailable(String),
}

/// Why an object did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AskError {
    /// The question is not one that this object can read.
    #[error("{0}")]
    Malformed(String),
    /// The object could not be reached or could not finish.
    #[error("{0}")]
    Unavailable(String),
}

/// A run of entries, in order, verified by the object that holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The stream.
    pub stream: String,
    /// Hash of the entry before the first one here; the genesis hash at the beginning.
    pub previous: Hash,
    /// The entries; empty when `from` lies behind the head.
    pub entries: Vec<RawEntry>,
    /// Where the log stands now.
    pub head: Head,
}
