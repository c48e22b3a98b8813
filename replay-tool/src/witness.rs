//! What others can hold against a log: heads that the organization's log witnessed, and signed checkpoints.
//!
//! A log that was rewritten and sealed anew holds by itself. It no longer holds against somebody who saw it
//! before.

use std::collections::BTreeMap;
use std::path::Path;

use domain::journal::{CheckpointFault, Contradiction, Hash, Head, PublicKey, Seen, SignedCheckpoint};
use domain::organization::{Event, Organization};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};

use crate::line::Line;
use crate::logs::Logs;
use crate::scan::{Reading, Stop, Verified};
use crate::typed::{Entry, TypedError, each};

/// Largest checkpoint or key file, in bytes; a checkpoint has some 500.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Who saw a head, for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Witness {
    /// An entry of the organization's log.
    Organization {
        /// The organization's log.
        stream: String,
        /// The entry.
        seq: u64,
        /// When the log took it, ms since 1970 UTC.
        recorded_at: i64,
    },
    /// A signed checkpoint.
    Checkpoint {
        /// The file.
        file: String,
        /// When it was signed, ms since 1970 UTC.
        issued_at: i64,
    },
}

/// Everything that was seen of each log.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    seen: BTreeMap<String, Seen>,
    by: BTreeMap<String, BTreeMap<u64, Witness>>,
    /// Contradictions that the organization's log itself has on record, in words.
    pub on_record: Vec<String>,
}

/// A log that is not the one that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// The first entry that differs.
    pub seq: u64,
    /// What differs, in words.
    pub message: String,
    /// Who says so.
    pub witness: Option<Witness>,
}

/// Why a checkpoint is of no use.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It could not be read.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is none.
    #[error("{file}: no checkpoint: {why}")]
    Shape {
        /// The file.
        file: String,
        /// What the parser said.
        why: String,
    },
    /// It proves nothing.
    #[error("{file}: {fault}")]
    Fault {
        /// The file.
        file: String,
        /// Why.
        fault: CheckpointFault,
    },
    /// Nobody said whose signatures count.
    #[error(
        "whose signature counts? Give the platform's keys with --keys (its /.well-known/hangtag-keys.json) or --key"
    )]
    NoKeys,
}

/// The platform's public keys, as it publishes them.
#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    key: PublicKey,
}

fn read_file(path: &Path) -> Result<String, CheckpointError> {
    use std::io::Read;
    let at = |source| CheckpointError::Io { file: path.display().to_string(), source };
    let mut text = String::new();
    std::fs::File::open(path).map_err(at)?.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(at)?;
    Ok(text)
}

/// Reads the platform's published keys.
///
/// # Errors
/// [`CheckpointError`].
pub fn read_keys(path: &Path) -> Result<Vec<PublicKey>, CheckpointError> {
    let keys: Keys = serde_json::from_str(&read_file(path)?).map_err(|error| CheckpointError::Shape {
        file: path.display().to_string(),
        why: error.to_string(),
    })?;
    Ok(keys.keys.into_iter().map(|key| key.key).collect())
}

/// A public key as typed: 64 hex digits.
#[must_use]
pub fn key_of(text: &str) -> Option<PublicKey> {
    Hash::from_hex(text).map(PublicKey)
}

impl Witnesses {
    /// Gathers what the organizations' logs among `logs` witnessed.
    ///
    /// # Errors
    /// [`TypedError`] when such a log does not hold.
    pub fn of(logs: &Logs, workers: usize) -> Result<Self, TypedError> {
        let mut witnesses = Self::default();
        // A redacted copy keeps the hashes of the logs, but the copies beside it have others.
        for source in logs.organizations().filter(|source| !source.redacted) {
            let stream = source.stream.to_string();
            each::<Organization>(
                &source.path,
                workers,
                |line| line.kind == "head_witnessed" || line.kind == "head_contradicted",
                |entry| {
                    let Entry { seq, recorded_at, .. } = entry;
                    let by = Witness::Organization { stream: stream.clone(), seq, recorded_at };
                    match entry.event {
                        Event::HeadWitnessed(seen) => {
                            witnesses.remember(&seen.stream, Head { seq: seen.seq, hash: seen.hash }, by);
                        }
                        Event::HeadContradicted(found) => witnesses.on_record.push(format!(
                            "{stream} has on record (entry {seq}) that {} was rewritten: entry {} was {}, then {}",
                            found.stream, found.seq, found.witnessed, found.found
                        )),
                        _ => {}
                    }
                    Ok::<(), Stop>(())
                },
            )?;
        }
        Ok(witnesses)
    }

    /// Adds what a signed checkpoint says.
    ///
    /// # Errors
    /// [`CheckpointError`] when it is none, or none of `trusted` signed it.
    pub fn add_checkpoint(&mut self, path: &Path, trusted: &[PublicKey]) -> Result<(), CheckpointError> {
        let file = path.display().to_string();
        if trusted.is_empty() {
            return Err(CheckpointError::NoKeys);
        }
        let signed: SignedCheckpoint = serde_json::from_str(&read_file(path)?)
            .map_err(|error| CheckpointError::Shape { file: file.clone(), why: error.to_string() })?;
        let checkpoint =
            signed.verify(trusted).map_err(|fault| CheckpointError::Fault { file: file.clone(), fault })?;
        let by = Witness::Checkpoint { file, issued_at: checkpoint.issued_at };
        if let Ok(stream) = checkpoint.stream.parse::<StreamId>() {
            self.remember(&stream, checkpoint.head, by);
        }
        Ok(())
    }

    fn remember(&mut self, stream: &StreamId, head: Head, by: Witness) {
        let name = stream.to_string();
        match Seen::expect(self.seen.entry(name.clone()).or_default(), head) {
            Ok(()) => {
                self.by.entry(name).or_default().insert(head.seq, by);
            }
            Err(contradiction) => {
                self.on_record.push(format!("two witnesses of {name} disagree: {contradiction}"));
            }
        }
    }

    /// How many heads of `stream` were seen.
    #[must_use]
    pub fn count(&self, stream: &str) -> usize {
        self.seen.get(stream).map_or(0, Seen::len)
    }

    /// Holds a log that holds by itself, with the entries in it that were seen, against what was seen.
    #[must_use]
    pub fn judge(&self, verified: &Verified, met: &[Head]) -> Judgement {
        let stream = &verified.header.stream;
        let Some(seen) = self.seen.get(stream) else { return Judgement::Unseen };
        let rewritten = met.iter().find_map(|head| seen.meet(*head).err());
        let Some(contradiction) = rewritten.or_else(|| seen.reach(verified.head.seq).err()) else {
            return if met.is_empty() { Judgement::Unseen } else { Judgement::Confirmed(met.len()) };
        };
        let (seq, shortened) = match contradiction {
            Contradiction::Rewritten { seq, .. } => (seq, false),
            Contradiction::Shortened { seq, .. } => (seq, true),
        };
        let witness = self.by.get(stream).and_then(|by| by.get(&seq)).cloned();
        // A file that was exported before somebody saw the later entry simply ends before it.
        let older = witness.as_ref().is_some_and(|witness| verified.header.exported_at < witness.at());
        if shortened && older {
            return Judgement::Older { seq };
        }
        Judgement::Denied(Denied { seq, message: contradiction.to_string(), witness })
    }
}

impl Witness {
    const fn at(&self) -> i64 {
        match self {
            Self::Organization { recorded_at, .. } => *recorded_at,
            Self::Checkpoint { issued_at, .. } => *issued_at,
        }
    }
}

/// What the witnesses say about a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nobody saw it, or not what is in this file.
    Unseen,
    /// So many heads are as they were seen.
    Confirmed(usize),
    /// It was exported before somebody saw this entry, which is not in it.
    Older {
        /// The last entry that was seen.
        seq: u64,
    },
    /// It is not the log that was seen.
    Denied(Denied),
}

/// Picks the entries of one log that were seen.
#[derive(Debug, Clone, Copy)]
pub struct Meeting<'a>(Option<&'a BTreeMap<u64, Witness>>);

impl<'a> Meeting<'a> {
    /// Of `stream`, as far as `witnesses` saw it.
    #[must_use]
    pub fn new(witnesses: &'a Witnesses, stream: &str) -> Self {
        Self(witnesses.by.get(stream))
    }
}

impl Reading for Meeting<'_> {
    type Gathered = Vec<Head>;

    fn gather(&self, line: &Line<'_>, into: &mut Vec<Head>) {
        if self.0.is_some_and(|by| by.contains_key(&line.seq)) {
            into.push(Head { seq: line.seq, hash: line.hash });
        }
    }
}
