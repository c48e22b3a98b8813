//! What the platform says about its own health.

use std::fmt::Display;
use std::io::{self, BufRead as _, BufReader, Read};

use domain::ids::{EventId, SessionId};
use domain::journal::{ExportHeader, Hash};
use domain::stream::StreamId;
use serde::Deserialize;

use super::{ApiError, Client};
use crate::Failure;

/// Longest first line of a log that is waited for, in bytes; a header has some 300.
const MAX_HEADER_BYTES: u64 = 4 * 1024;

/// How the rows of one stream follow its log.
#[derive(Debug, Clone, Deserialize)]
pub struct OperatedStream {
    pub stream: StreamId,
    /// Where its log stands; `None` when the log could not be asked.
    pub head_seq: Option<u64>,
    pub projected_seq: u64,
    pub lag_entries: Option<u64>,
    /// How long the oldest entry without rows has been waiting, ms.
    pub lag_ms: Option<u64>,
    /// The rows are of another history than the log.
    pub diverged: Option<bool>,
}

/// A stream that stands still at an entry.
#[derive(Debug, Clone, Deserialize)]
pub struct ParkedStream {
    pub stream: StreamId,
    pub seq: u64,
    pub kind: String,
    pub error: String,
    pub parked_at: String,
}

/// A message that a queue gave up on.
#[derive(Debug, Clone, Deserialize)]
pub struct DeadLetter {
    pub letter: String,
    pub queue: String,
    pub stream: String,
    pub died_at: String,
}

/// An open conflict of a session.
#[derive(Debug, Clone, Deserialize)]
pub struct OpenConflict {
    pub case: String,
    pub kind: String,
    pub opened_seq: u64,
    pub opened_at: String,
}

/// An open difference between the logs and the store.
#[derive(Debug, Clone, Deserialize)]
pub struct OpenDiscrepancy {
    pub discrepancy: String,
    pub class: String,
}

impl Client {
    pub fn operated_streams(&mut self) -> Result<Vec<OperatedStream>, Failure> {
        self.list("/api/v1/operations/streams")
    }

    pub fn parked_streams(&mut self) -> Result<Vec<ParkedStream>, Failure> {
        self.list("/api/v1/operations/parked-streams")
    }

    /// Those that were not sent again.
    pub fn dead_letters(&mut self) -> Result<Vec<DeadLetter>, Failure> {
        self.list("/api/v1/operations/dead-letters?redriven=false")
    }

    pub fn open_conflicts(&mut self, session: SessionId) -> Result<Vec<OpenConflict>, Failure> {
        self.list(&format!("/api/v1/sessions/{session}/conflicts?open=true"))
    }

    pub fn open_discrepancies(&mut self, event: EventId) -> Result<Vec<OpenDiscrepancy>, Failure> {
        self.list(&format!("/api/v1/events/{event}/discrepancies?status=open"))
    }

    /// The hash of the entry before `seq`, which must not be further than one behind the head.
    pub fn hash_before(&mut self, stream: &StreamId, seq: u64) -> Result<Hash, ApiError> {
        let unreadable = |error: &dyn Display| ApiError::Unreachable(format!("{stream}: {error}"));
        let line = first_line(self.log(stream, seq)?).map_err(|error| unreadable(&error))?;
        let header: ExportHeader = serde_json::from_str(&line).map_err(|error| unreadable(&error))?;
        Ok(header.previous)
    }
}

/// The first line; what follows is not read.
fn first_line(body: impl Read) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(body.take(MAX_HEADER_BYTES)).read_line(&mut line)?;
    Ok(line)
}
