//! What a settlement reads: the heads it is pinned to, and references into them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::journal::{Hash, Head};
use crate::stream::StreamId;

/// Logs one settlement may read: organization, event, reconciliation, and far more sessions than events hold.
pub const MAX_PINS: usize = 256;

/// The head of one log, at the moment the settlement was pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The log.
    pub stream: StreamId,
    /// Its last entry that counts; 0 when nothing counts yet.
    pub seq: u64,
    /// That entry's hash.
    pub hash: Hash,
}

impl Pin {
    /// The pin as a head.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}

/// A reference from a statement to an entry: the pin's index, the entry's seq, and the line in it (from 1; 0
/// for the entry as a whole). Three numbers in JSON, because a large event's statements hold 100,000 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u16, u64, u16)", into = "(u16, u64, u16)")]
pub struct SourceRef {
    /// Index into the settlement's pins.
    pub pin: u16,
    /// The entry.
    pub seq: u64,
    /// The line in it, from 1; 0 for the entry as a whole.
    pub line: u16,
}

impl From<(u16, u64, u16)> for SourceRef {
    fn from((pin, seq, line): (u16, u64, u16)) -> Self {
        Self { pin, seq, line }
    }
}

impl From<SourceRef> for (u16, u64, u16) {
    fn from(source: SourceRef) -> Self {
        (source.pin, source.seq, source.line)
    }
}

impl SourceRef {
    /// The same entry, at line `line` (from 1).
    #[must_use]
    pub const fn at_line(self, line: u16) -> Self {
        Self { line, ..self }
    }
}

impl fmt::Display for SourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.pin, self.seq)?;
        if self.line > 0 { write!(f, ".{}", self.line) } else { Ok(()) }
    }
}

/// Pins that no settlement can be made from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// A log is pinned twice.
    #[error("{0} is pinned twice")]
    Twice(StreamId),
    /// The organization's or the event's log is missing, or there are two.
    #[error("a settlement reads one organization, one event and at most one reconciliation")]
    Incomplete,
    /// A log of another tenant, or a store's.
    #[error("{0} is no log that this settlement reads")]
    Foreign(StreamId),
    /// More than [`MAX_PINS`].
    #[error("{0} logs; at most {MAX_PINS}")]
    TooMany(usize),
}

const fn rank(stream: &StreamId) -> u8 {
    match stream {
        StreamId::Organization(_) => 0,
        StreamId::Event(..) => 1,
        StreamId::Session(..) => 2,
        StreamId::Reconciliation(..) => 3,
        StreamId::Storefront(..) => 4,
    }
}

/// Pins in the one order in which every settlement reads them, however they were collected.
///
/// # Errors
/// [`PinError`] unless they are one organization's log, one event's, its sessions' and at most one
/// reconciliation's.
pub fn canonical_pins(mut pins: Vec<Pin>) -> Result<Vec<Pin>, PinError> {
    if pins.len() > MAX_PINS {
        return Err(PinError::TooMany(pins.len()));
    }
    pins.sort_by(|a, b| (rank(&a.stream), &a.stream).cmp(&(rank(&b.stream), &b.stream)));
    if let Some(pair) = pins.windows(2).find(|pair| pair[0].stream == pair[1].stream) {
        return Err(PinError::Twice(pair[0].stream.clone()));
    }
    let organization = pins.first().map(|pin| pin.stream.organization()).ok_or(PinError::Incomplete)?;
    let foreign = |pin: &&Pin| pin.stream.organization() != organization || rank(&pin.stream) == 4;
    if let Some(pin) = pins.iter().find(foreign) {
        return Err(PinError::Foreign(pin.stream.clone()));
    }
    let count = |wanted: u8| pins.iter().filter(|pin| rank(&pin.stream) == wanted).count();
    if count(0) != 1 || count(1) != 1 || count(3) > 1 {
        return Err(PinError::Incomplete);
    }
    Ok(pins)
}
