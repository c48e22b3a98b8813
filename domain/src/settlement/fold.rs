//! The fold: pinned logs in, page by page; statements out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::balance::Books;
use super::pins::{Pin, PinError, SourceRef, canonical_pins};
use super::read;
use super::rules::Method;
use super::settled::Settled;
use crate::ids::ConsignorNumber;
use crate::journal::{ChainBreak, DecodeError, Head, RawEntry, Verifier};
use crate::money::OutOfRange;
use crate::stream::StreamId;

/// Entries in one page: at most 500 items or receipts of 300 lines each would be a few MB, and a page of
/// usual receipts is decoded in some milliseconds.
pub const FOLD_PAGE_ENTRIES: usize = 500;

/// Why a fold cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The pins are unusable.
    #[error(transparent)]
    Pins(#[from] PinError),
    /// A log's chain does not hold.
    #[error(transparent)]
    Chain(#[from] ChainBreak),
    /// The log has another entry where the pin stands: it was rewritten or restored.
    #[error("{stream} does not end in the pinned entry {seq}")]
    OffPin {
        /// The log.
        stream: StreamId,
        /// The pinned entry.
        seq: u64,
    },
    /// An entry cannot be read.
    #[error("entry {seq} of {stream}: {source}")]
    Entry {
        /// The log.
        stream: StreamId,
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// More entries than a page holds.
    #[error("{0} entries; a page holds {FOLD_PAGE_ENTRIES}")]
    PageTooLong(usize),
    /// Entries came after everything was read.
    #[error("everything was read already")]
    Finished,
    /// Statements were asked for before everything was read.
    #[error("{0} is not read to its pin yet")]
    Unfinished(StreamId),
    /// The event's log has no beginning, or a line was sold under a plan that no log holds.
    #[error("no commission plan {0} in the logs")]
    PlanUnknown(u32),
    /// A sum left the range of amounts.
    #[error(transparent)]
    Range(#[from] OutOfRange),
}

/// What the fold wants to read next: entries `from ..= to` of `stream`, in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The log.
    pub stream: StreamId,
    /// Its next entry.
    pub from: u64,
    /// The pinned one.
    pub to: u64,
}

/// A settlement in the making; store it between pages and go on later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    pins: Vec<Pin>,
    at: usize,
    head: Head,
    books: Books,
}

impl Fold {
    /// Starts before the first entry of the first log.
    ///
    /// # Errors
    /// [`FoldError::Pins`].
    pub fn new(pins: Vec<Pin>) -> Result<Self, FoldError> {
        let mut fold =
            Self { pins: canonical_pins(pins)?, at: 0, head: Head::EMPTY, books: Books::default() };
        fold.step_over_what_is_read();
        Ok(fold)
    }

    /// The pins in the order in which they are read; [`SourceRef::pin`] is an index into them.
    #[must_use]
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// What to read next; none when everything is read.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        let pin = self.pins.get(self.at)?;
        Some(Wanted { stream: pin.stream.clone(), from: self.head.seq + 1, to: pin.seq })
    }

    /// Takes the next entries of the log that is [`wanted`](Fold::wanted). On an error the fold stays before
    /// the page only as far as its head tells; throw it away.
    ///
    /// # Errors
    /// [`FoldError`] when the chain does not hold, does not end in the pin, or an entry cannot be read.
    pub fn take(&mut self, page: &[RawEntry]) -> Result<(), FoldError> {
        if page.len() > FOLD_PAGE_ENTRIES {
            return Err(FoldError::PageTooLong(page.len()));
        }
        let pin = self.pins.get(self.at).cloned().ok_or(FoldError::Finished)?;
        let index = u16::try_from(self.at).unwrap_or(u16::MAX);
        let mut verifier = Verifier::resume(pin.stream.to_string(), self.head);
        for entry in page {
            verifier.accept(entry)?;
            if entry.seq > pin.seq {
                return Err(FoldError::OffPin { stream: pin.stream, seq: pin.seq });
            }
            let source = SourceRef { pin: index, seq: entry.seq, line: 0 };
            read::take(&mut self.books, &pin.stream, entry, source).map_err(|source| FoldError::Entry {
                stream: pin.stream.clone(),
                seq: entry.seq,
                source,
            })?;
        }
        self.head = verifier.head();
        if self.head.seq == pin.seq {
            if self.head != pin.head() {
                return Err(FoldError::OffPin { stream: pin.stream, seq: pin.seq });
            }
            self.step_over_what_is_read();
        }
        Ok(())
    }

    /// Goes to the next log that has entries to read.
    fn step_over_what_is_read(&mut self) {
        while self.pins.get(self.at).is_some_and(|pin| pin.seq == self.head.seq) {
            self.at += 1;
            self.head = Head::EMPTY;
        }
    }

    /// Closes the books, to be settled by `method`.
    ///
    /// # Errors
    /// [`FoldError::Unfinished`] while a log is not read to its pin; [`FoldError::PlanUnknown`] when the event
    /// was never founded.
    pub fn finish(mut self, method: Method) -> Result<Settled, FoldError> {
        if let Some(wanted) = self.wanted() {
            return Err(FoldError::Unfinished(wanted.stream));
        }
        self.books.settle_later();
        let founded = self.books.founded.clone().ok_or(FoldError::PlanUnknown(0))?;
        let mut by_consignor: BTreeMap<ConsignorNumber, Vec<u32>> =
            self.books.accounts.keys().map(|consignor| (*consignor, Vec::new())).collect();
        for (at, line) in (0..).zip(&self.books.lines) {
            if let Some(consignor) = line.consignor {
                by_consignor.entry(consignor).or_default().push(at);
            }
        }
        Ok(Settled {
            books: self.books,
            founded_plan: founded.plan,
            plan_of: founded.rules.plan_of,
            by_consignor,
            method,
        })
    }
}
