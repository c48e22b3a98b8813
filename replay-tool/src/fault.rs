//! What can be wrong with an export, said at a line number.

use std::fmt;

use domain::journal::Hash;
use serde::Serialize;

use crate::limits::{MAX_LINE_BYTES, MAX_QUOTED_CHARS};

/// Hex digits of a hash that a person is shown: 64 bits, as many as anyone will compare by eye.
const HASH_DIGITS_SHOWN: usize = 16;

/// What stands, or should stand, on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The first line.
    Header,
    /// An entry.
    Entry,
    /// The last line.
    Closing,
}

/// The first thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line at which it was noticed, from 1; one more than the file has where a line is missing at its end.
    pub line: u64,
    /// What should stand on that line.
    pub place: Place,
    /// The entry that should stand on that line, if it is an entry's.
    pub entry: Option<u64>,
    /// What is wrong.
    #[serde(flatten)]
    pub wrong: Wrong,
}

impl Fault {
    /// Something wrong with the first line.
    #[must_use]
    pub fn header(wrong: Wrong) -> Self {
        Self { line: 1, place: Place::Header, entry: None, wrong }
    }

    /// Something wrong with entry `seq`, or with what stands in its place.
    #[must_use]
    pub fn entry(line: u64, seq: u64, wrong: Wrong) -> Self {
        Self { line, place: Place::Entry, entry: Some(seq), wrong }
    }

    /// Something wrong with the closing line, or behind it.
    #[must_use]
    pub fn closing(line: u64, wrong: Wrong) -> Self {
        Self { line, place: Place::Closing, entry: None, wrong }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place, self.entry) {
            (Place::Entry, Some(entry)) => write!(f, "entry {entry}, line {}: ", self.line)?,
            (Place::Closing, _) => write!(f, "closing line, line {}: ", self.line)?,
            (Place::Header | Place::Entry, _) => write!(f, "header, line {}: ", self.line)?,
        }
        self.wrong.fmt(f)
    }
}

impl std::error::Error for Fault {}

/// The ways in which a line can be wrong. `code` in JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Wrong {
    /// The file holds nothing.
    #[error("the file is empty")]
    Empty,
    /// The first line is no header.
    #[error("this is no header of an export ({why}): {found}")]
    NoHeader {
        /// What the parser said.
        why: String,
        /// How the line begins.
        found: String,
    },
    /// The header names another format.
    #[error("the format is {found}, which this build does not read")]
    UnknownFormat {
        /// As it stands in the header.
        found: String,
    },
    /// A header of a whole log with a predecessor, or the other way round.
    #[error("the header says that entry {from} follows {}, which cannot be", short(previous))]
    ImpossibleStart {
        /// The first entry, by the header.
        from: u64,
        /// The hash before it, by the header.
        previous: Hash,
    },
    /// The line is no text.
    #[error("the line is not UTF-8 (from byte {valid_up_to})")]
    NotText {
        /// How many bytes of the line are.
        valid_up_to: usize,
    },
    /// The line is longer than any entry.
    #[error("the line is longer than {MAX_LINE_BYTES} bytes, which no entry is")]
    TooLong,
    /// The line is no entry.
    #[error("this is no entry ({why}): {found}")]
    NotAnEntry {
        /// What the parser said.
        why: String,
        /// How the line begins.
        found: String,
    },
    /// Understood, but not the bytes that the platform writes.
    #[error("the meaning holds, but the platform writes it otherwise: the line was changed or reformatted")]
    Reformatted,
    /// The entry that stood on the line before stands here again.
    #[error("entry {seq} is here twice")]
    Doubled {
        /// The entry.
        seq: u64,
    },
    /// Entries are missing.
    #[error("entry {expected} should follow, but entry {found} does: {} missing or moved", found - expected)]
    Gap {
        /// The seq that should have come.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// An earlier entry comes late.
    #[error("entry {expected} should follow, but entry {found} does: the lines are out of order")]
    OutOfOrder {
        /// The seq that should have come.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// The entry's content, or that of the one before, is not what was sealed; or it belongs to another log.
    #[error(
        "the hash is {}, but what stands here hashes to {}: the entry was changed, or comes from another log",
        short(stored),
        short(computed)
    )]
    Hash {
        /// As stored.
        stored: Hash,
        /// As computed.
        computed: Hash,
    },
    /// A second header.
    #[error("another export begins here (of {stream}): two files were joined")]
    SecondHeader {
        /// The stream that it names.
        stream: String,
    },
    /// The file ends within a line.
    #[error("the file ends in the middle of this line: it was cut")]
    CutLine,
    /// The file ends without a closing line.
    #[error("the closing line is missing: the file was cut")]
    CutFile,
    /// The closing line counts other entries than there are.
    #[error("the closing line speaks of {stated} entries, but there are {counted}")]
    Count {
        /// By the closing line.
        stated: u64,
        /// By counting.
        counted: u64,
    },
    /// The closing line names another last entry.
    #[error(
        "the closing line ends at entry {stated_seq} ({}), the entries at {seq} ({})",
        short(stated_hash),
        short(hash)
    )]
    Head {
        /// By the closing line.
        stated_seq: u64,
        /// By the closing line.
        stated_hash: Hash,
        /// Of the last entry.
        seq: u64,
        /// Of the last entry.
        hash: Hash,
    },
    /// The closing line was written for another first line.
    #[error("the closing line does not belong to this file's header: the header was changed")]
    HeaderHash,
    /// Something follows the closing line.
    #[error("something follows the closing line: {found}")]
    AfterEnd {
        /// How it begins.
        found: String,
    },
}

/// Enough of a hash for a person to tell it from another.
#[must_use]
pub fn short(hash: &Hash) -> String {
    format!("{}…", &hash.to_string()[..HASH_DIGITS_SHOWN])
}

/// A JSON parser's complaint about one line, without its own idea of line numbers.
#[must_use]
pub fn complaint(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// The beginning of a strange text, safe to print: no control characters reach a terminal.
#[must_use]
pub fn quote(text: &str) -> String {
    let shown: String = text.chars().take(MAX_QUOTED_CHARS).collect();
    let more = if text.chars().nth(MAX_QUOTED_CHARS).is_some() { "…" } else { "" };
    format!("{shown:?}{more}")
}
