//! Reading a log page by page: closed entries from the archive, the tail from the object.

use std::collections::VecDeque;

use domain::journal::{Head, RawEntry, read_export};
use domain::stream::StreamId;
use worker::Env;

use super::{digest_of, fetch};
use crate::objects::client::{read_log, read_tail, renew_segment};
use crate::objects::wire::{AskError, LogPage, Segment};

/// Reads one log, usually from front to back. A segment stays in memory until a page lies outside it.
pub struct LogReader {
    env: Env,
    stream: StreamId,
    pulling: bool,
    /// Segments that the object named and that were not read yet.
    closed: VecDeque<Segment>,
    /// The entries of the segment that was read last, and the entry before them.
    kept: Option<(Head, Vec<RawEntry>)>,
    /// The log's head when the object was last asked.
    head: Head,
}

impl LogReader {
    /// A reader of the log of `stream`.
    #[must_use]
    pub fn new(env: Env, stream: StreamId) -> Self {
        Self { env, stream, pulling: false, closed: VecDeque::new(), kept: None, head: Head::EMPTY }
    }

    /// One for the projector: what it asks the object for tells it what has been projected.
    #[must_use]
    pub fn pulling(env: Env, stream: StreamId) -> Self {
        Self { pulling: true, ..Self::new(env, stream) }
    }

    /// The log that it reads.
    #[must_use]
    pub const fn stream(&self) -> &StreamId {
        &self.stream
    }

    /// At most `limit` entries from seq `from` on, verified; none only where the log ends. The page's head is the log's
    /// when the object was last asked.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn page(&mut self, from: u64, limit: u32) -> Result<LogPage, AskError> {
        let from = from.max(1);
        if let Some(page) = self.kept_page(from, limit) {
            return Ok(page);
        }
        if !self.closed.iter().any(|segment| (segment.first_seq..=segment.last_seq).contains(&from)) {
            let page = read_tail(&self.env, &self.stream, from, limit, self.pulling).await?;
            self.head = page.head;
            if page.closed.is_empty() {
                return Ok(page);
            }
            self.closed = page.closed.into();
        }
        while let Some(segment) = self.closed.pop_front() {
            if segment.last_seq < from {
                continue;
            }
            match self.open(&segment).await {
                Ok(kept) => {
                    self.kept = Some(kept);
                    break;
                }
                Err(why) => return self.without(&segment, from, limit, &why).await,
            }
        }
        match self.kept_page(from, limit) {
            Some(page) => Ok(page),
            None => read_log(&self.env, &self.stream, from, limit).await,
        }
    }

    fn kept_page(&self, from: u64, limit: u32) -> Option<LogPage> {
        let (before, entries) = self.kept.as_ref()?;
        let at = usize::try_from(from.checked_sub(before.seq + 1)?).ok()?;
        let rest = entries.get(at..).filter(|rest| !rest.is_empty())?;
        let previous =
            at.checked_sub(1).and_then(|at| entries.get(at)).map_or(before.hash, |entry| entry.hash);
        let count = usize::try_from(limit).unwrap_or(usize::MAX).clamp(1, rest.len());
        Some(LogPage {
            stream: self.stream.to_string(),
            previous,
            entries: rest.get(..count).unwrap_or(rest).to_vec(),
            head: self.head,
            closed: Vec::new(),
        })
    }

    /// The entries of a segment, every byte of it checked.
    async fn open(&self, segment: &Segment) -> Result<(Head, Vec<RawEntry>), String> {
        let bytes = match fetch(&self.env, &segment.key).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err("it is not there".to_owned()),
            Err(error) => return Err(error.to_string()),
        };
        if digest_of(&bytes) != segment.digest {
            return Err("its digest is another".to_owned());
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| error.to_string())?;
        let before = before(text).ok_or("it has no header")?;
        let entries = read_export(&self.stream.to_string(), before, text)
            .map_err(|(line, fault)| format!("line {line}: {fault}"))?;
        Ok((before, entries))
    }

    /// The object answers for a segment that cannot be read, and writes it anew.
    async fn without(
        &self,
        segment: &Segment,
        from: u64,
        limit: u32,
        why: &str,
    ) -> Result<LogPage, AskError> {
        tracing::error!(stream = %self.stream, key = segment.key, why, "archived segment cannot be read, asking the object");
        if let Err(error) = renew_segment(&self.env, &self.stream, segment).await {
            tracing::error!(stream = %self.stream, key = segment.key, %error, "segment will not be archived anew");
        }
        let left = segment.last_seq.saturating_sub(from).saturating_add(1);
        let limit = limit.min(u32::try_from(left).unwrap_or(u32::MAX));
        read_log(&self.env, &self.stream, from, limit).await
    }
}

/// The entry before a file's first, as its header says. The digest vouches for it.
fn before(text: &str) -> Option<Head> {
    let header: domain::journal::ExportHeader = serde_json::from_str(text.lines().next()?).ok()?;
    Some(Head { seq: header.from.checked_sub(1)?, hash: header.previous })
}
