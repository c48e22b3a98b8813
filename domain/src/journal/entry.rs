//! One line of a log: an event in its envelope.

use serde::{Deserialize, Serialize};

use super::chain::{GENESIS, Hash, hash_entry};

/// The last entry of a stream: where it stands and what it hashes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Seq of the last entry; 0 for an empty stream.
    pub seq: u64,
    /// Hash of the last entry; [`GENESIS`] for an empty stream.
    pub hash: Hash,
}

impl Head {
    /// The head of a stream without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: GENESIS };
}

impl Default for Head {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// An entry as stored and as exported: the payload stays the bytes that were hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawEntry {
    /// Position in the stream, from 1, without gaps.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The command that caused it; several entries may share one.
    pub command_id: String,
    /// Who caused it (an opaque id, see [`crate::ids::Actor`]).
    pub actor: String,
    /// The event's name, in snake case.
    pub kind: String,
    /// The version of the payload's shape.
    pub version: u32,
    /// The event's JSON, as a string so that no reader re-serializes what is hashed.
    pub payload: String,
    /// Hash over all of the above and the previous entry's hash.
    pub hash: Hash,
}

impl RawEntry {
    /// Seals a new entry onto `head`.
    #[must_use]
    pub fn seal(stream: &str, head: &Head, unsealed: Self) -> Self {
        let mut entry = Self { seq: head.seq + 1, ..unsealed };
        entry.hash = hash_entry(stream, &entry, &head.hash);
        entry
    }
}

/// An entry with its event decoded (and upcast to today's shape).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<E> {
    /// Position in the stream.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The command that caused it.
    pub command_id: String,
    /// Who caused it.
    pub actor: String,
    /// What happened.
    pub event: E,
}
