//! The engine's readings: questions to the hot state, the head, verified pages of the log.

use domain::aggregate::{Aggregate, Timer};
use domain::journal::Head;

use super::database::{Database, StoreError};
use super::limits::{PAGE_ENTRIES_MAX, SEGMENTS_PER_ANSWER};
use super::log::{Failure, Log};
use super::wire::{AskError, LogPage};

impl<A: Aggregate, D: Database> Log<A, D> {
    /// Answers the question in `body` from the hot state.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn ask(&self, body: &str) -> Result<A::Answer, AskError> {
        let query: A::Query =
            serde_json::from_str(body).map_err(|error| AskError::Malformed(error.to_string()))?;
        self.with_hot(|hot| Ok::<_, Failure>(A::answer(&hot.state, &query))).map_err(lost)
    }

    /// The head, the log having been read and verified.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn head(&self) -> Result<Head, AskError> {
        self.with_hot(|hot| Ok::<_, Failure>(hot.head)).map_err(lost)
    }

    /// As [`Log::head`], for the host itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn verified_head(&self) -> Result<Head, StoreError> {
        self.with_hot(|hot| Ok(hot.head)).map_err(StoreError::from)
    }

    /// What the aggregate wants done later.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn timers(&self, now: i64) -> Result<Vec<Timer<A::Command>>, StoreError> {
        self.with_hot(|hot| Ok(A::timers(&hot.state, now))).map_err(StoreError::from)
    }

    /// What the aggregate wants recorded when `listener` has fallen silent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn silenced(&self, listener: &str) -> Result<Option<A::Command>, StoreError> {
        self.with_hot(|hot| Ok(A::silenced(&hot.state, listener))).map_err(StoreError::from)
    }

    /// A page of the log from seq `from` on, verified as it is read.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn page(&self, from: u64, limit: u32) -> Result<LogPage, AskError> {
        self.read_page(from, limit, false)
    }

    /// As [`Log::page`], for a reader of the archive: it is told where the entries lie, when they lie there.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn page_or_closed(&self, from: u64, limit: u32) -> Result<LogPage, AskError> {
        self.read_page(from, limit, true)
    }

    fn read_page(&self, from: u64, limit: u32, archive: bool) -> Result<LogPage, AskError> {
        let from = from.max(1);
        self.with_hot(|hot| {
            let mut page = LogPage {
                stream: self.stream.clone(),
                previous: hot.head.hash,
                entries: Vec::new(),
                head: hot.head,
                closed: Vec::new(),
            };
            if from > hot.head.seq {
                return Ok::<_, Failure>(page);
            }
            let before = self.store.head_at(from - 1)?.ok_or(StoreError::Shape("the entry before a page"))?;
            page.previous = before.hash;
            if archive {
                page.closed = self.store.segments(from, SEGMENTS_PER_ANSWER)?;
                if !page.closed.is_empty() {
                    return Ok(page);
                }
            }
            page.entries = self.store.page(from, limit.clamp(1, PAGE_ENTRIES_MAX))?;
            let mut verifier = domain::journal::Verifier::resume(&self.stream, before);
            page.entries.iter().try_for_each(|entry| verifier.accept(entry)).map_err(StoreError::Chain)?;
            Ok(page)
        })
        .map_err(lost)
    }
}

fn lost(failure: Failure) -> AskError {
    match failure {
        Failure::Refused(error) => AskError::Unavailable(error.to_string()),
        Failure::Store(error) => AskError::Unavailable(error.to_string()),
    }
}
