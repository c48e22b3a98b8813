//! Snapshots: a cache of the hot state, so that waking reads the tail of the log instead of all of it.
//!
//! Never the truth: whatever does not fit (another version of the state, another hash in the log, a flipped
//! byte, a shape that cannot be read) costs the snapshot and nothing else; the log is replayed as a whole.
//! bincode is used in this file and nowhere else: what it writes lives no longer than the build that wrote it.

use domain::aggregate::Aggregate;
use domain::journal::{Hash, Head};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::database::{Database, StoreError};
use super::limits::{SNAPSHOT_AFTER_BYTES, SNAPSHOT_AFTER_ENTRIES, SNAPSHOT_PART_BYTES};
use super::store::Store;

/// The note that says what the parts are.
const NOTE: &str = "snapshot";

/// What the stored parts are a snapshot of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Label {
    head: Head,
    recorded_at: i64,
    state_version: u32,
    parts: usize,
    digest: Hash,
}

/// A hot state as of an entry.
pub struct Snapshot<S> {
    /// The entry.
    pub head: Head,
    /// When it was recorded, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The state behind it.
    pub state: S,
}

/// What was appended or replayed since the last snapshot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tail {
    entries: usize,
    bytes: usize,
}

impl Tail {
    /// Counts an entry.
    pub fn grow(&mut self, payload_bytes: usize) {
        self.entries += 1;
        self.bytes += payload_bytes;
    }

    /// Whether reading it again would take long enough to be worth a snapshot.
    pub fn is_long(self) -> bool {
        self.entries >= SNAPSHOT_AFTER_ENTRIES || self.bytes >= SNAPSHOT_AFTER_BYTES
    }
}

/// Writes a snapshot in the place of the one before.
///
/// # Errors
/// [`StoreError`]; the one before stays then.
pub fn take<A: Aggregate, D: Database>(
    store: &Store<D>,
    head: Head,
    recorded_at: i64,
    state: &A::State,
) -> Result<(), StoreError> {
    let bytes = encode(state)?;
    let parts: Vec<&[u8]> = bytes.chunks(SNAPSHOT_PART_BYTES).collect();
    let label = Label {
        head,
        recorded_at,
        state_version: A::STATE_VERSION,
        parts: parts.len(),
        digest: Hash(Sha256::digest(&bytes).into()),
    };
    store.replace_parts(&parts, NOTE, &serde_json::to_string(&label)?)
}

/// Reads the snapshot, if there is one that fits this build and this log.
///
/// # Errors
/// [`StoreError`] when the storage cannot be read; an unfit snapshot is no error.
pub fn load<A: Aggregate, D: Database>(store: &Store<D>) -> Result<Option<Snapshot<A::State>>, StoreError> {
    let Some(note) = store.note(NOTE)? else { return Ok(None) };
    let Ok(label) = serde_json::from_str::<Label>(&note) else { return Ok(None) };
    if label.state_version != A::STATE_VERSION || store.head_at(label.head.seq)? != Some(label.head) {
        return Ok(None);
    }
    let bytes = store.parts()?.concat();
    if Hash(Sha256::digest(&bytes).into()) != label.digest {
        tracing::warn!(seq = label.head.seq, "snapshot damaged, replaying the log");
        return Ok(None);
    }
    let state = decode(&bytes);
    Ok(state.map(|state| Snapshot { head: label.head, recorded_at: label.recorded_at, state }))
}

/// A state's bytes.
///
/// # Errors
/// [`StoreError::Snapshot`].
pub(super) fn encode<S: Serialize>(state: &S) -> Result<Vec<u8>, StoreError> {
    bincode::serde::encode_to_vec(state, bincode::config::standard())
        .map_err(|error| StoreError::Snapshot(error.to_string()))
}

fn decode<S: DeserializeOwned>(bytes: &[u8]) -> Option<S> {
    let decoded = bincode::serde::decode_from_slice(bytes, bincode::config::standard());
    decoded.ok().filter(|(_, read)| *read == bytes.len()).map(|(state, _)| state)
}
