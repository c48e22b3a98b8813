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
    /// Where the entries lie in the archive, when the caller said that it reads there: `entries` is empty then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Segment>,
}

/// A run of entries in the archive, as one export file that never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its first entry.
    pub first_seq: u64,
    /// Its last entry.
    pub last_seq: u64,
    /// Where it lies.
    pub key: String,
    /// SHA-256 of its bytes.
    pub digest: Hash,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The stream.
    pub stream: String,
    /// Where the log stands now.
    pub head: Head,
    /// The line of the file that comes next, counted from 1; 1 between two files.
    pub next_line: u64,
    /// True when no file is half read: the log may be opened.
    pub whole: bool,
    /// True once it takes commands.
    pub open: bool,
}

/// Why a page was not imported. Nothing of it is stored then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ImportError {
    /// The log has entries of its own.
    #[error("the log has {head} entries already: an import needs one that never began")]
    NotFresh {
        /// Seq of its head.
        head: u64,
    },
    /// A line does not follow from those before it.
    #[error("line {line}: {why}")]
    Line {
        /// Its number in the file, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Lines are missing before the first one.
    #[error("line {expected} is next, not line {found}")]
    Gap {
        /// The line that is next.
        expected: u64,
        /// The page's first line.
        found: u64,
    },
    /// The last file was cut, or nothing was imported.
    #[error("no whole file was imported")]
    NotWhole,
    /// The page is larger than a page may be.
    #[error("{0}")]
    TooLarge(String),
    /// The object could not be reached or could not finish; repeat the page.
    #[error("{0}")]
    Unavailable(String),
}
