//! A log from its exports, into an object that never had an entry: for a new platform after a disaster, under the same
//! names, because the stream's name is hashed into every entry.
//!
//! Pages of lines come in order; each is checked as a whole (format, stream, chain, closing line) and stored as a whole
//! or not at all. Several files may follow one another, as the archive's segments do. Rows follow by the usual nudges,
//! questions are answered, but until somebody opens the log it takes no commands, serves no timers and hands nothing to
//! other logs: those may not be there yet.

use domain::aggregate::Aggregate;
use domain::journal::{EventCodec, ExportLine, ExportReader, Head, OpenExport, RawEntry};
use serde::{Deserialize, Serialize};

use super::database::{Database, StoreError};
use super::keys::places;
use super::limits::{IMPORT_BYTES_MAX, IMPORT_LINES_MAX, PAYLOAD_BYTES_MAX};
use super::log::{Failure, Hot, Log};
use super::store::{Run, Store};
use super::wire::{ImportError, Imported, SubmitError};

/// The note that says how far the import is. A log that was never imported has none.
const NOTE: &str = "import";

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    next_line: u64,
    file: Option<OpenExport>,
    open: bool,
}

impl Progress {
    const NONE: Self = Self { next_line: 1, file: None, open: false };
}

fn progress<D: Database>(store: &Store<D>) -> Result<Option<Progress>, StoreError> {
    Ok(store.note(NOTE)?.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// True for a log that was imported and not opened.
///
/// # Errors
/// [`StoreError`].
pub fn is_held<D: Database>(store: &Store<D>) -> Result<bool, StoreError> {
    Ok(progress(store)?.is_some_and(|progress| !progress.open))
}

/// The refusal of commands to such a log: whoever asks may ask again later.
pub fn held() -> SubmitError {
    SubmitError::Unavailable("the log is being imported and was not opened yet".to_owned())
}

/// What the lines of a page came to.
struct Page<E> {
    entries: Vec<RawEntry>,
    events: Vec<E>,
    head: Head,
    progress: Progress,
}

impl<A: Aggregate, D: Database> Log<A, D> {
    /// Takes the lines of an export in `body`, of which the first is line `first_line` of its file. Lines that were
    /// taken before are passed over.
    ///
    /// # Errors
    /// [`ImportError`]; nothing of the page is stored then.
    pub fn import(&self, first_line: u64, body: &str) -> Result<Imported, ImportError> {
        if body.len() > IMPORT_BYTES_MAX || body.lines().count() > IMPORT_LINES_MAX {
            let limits = format!("a page has at most {IMPORT_LINES_MAX} lines and {IMPORT_BYTES_MAX} bytes");
            return Err(ImportError::TooLarge(limits));
        }
        self.importing(|hot, progress| {
            let page = match self.read_lines(hot.head, progress, first_line, body) {
                Ok(page) => page,
                Err(refused) => return Ok(Err(refused)),
            };
            let keys: Vec<_> = places::<A>(&page.entries, &page.events).collect();
            let deliveries: Vec<_> = page
                .entries
                .iter()
                .zip(&page.events)
                .flat_map(|(entry, event)| {
                    let handed = A::deliveries(&self.id, entry.seq, event);
                    handed.into_iter().map(|delivery| (entry.seq, delivery))
                })
                .collect();
            let note = serde_json::to_string(&page.progress).map_err(StoreError::from)?;
            self.store.import(&Run {
                onto: hot.head,
                entries: &page.entries,
                keys: &keys,
                deliveries: &deliveries,
                note: (NOTE, &note),
            })?;
            (hot.stored, hot.held, hot.head) = (true, true, page.head);
            for (event, entry) in page.events.iter().zip(&page.entries) {
                A::evolve(&mut hot.state, event, entry.recorded_at);
                hot.recorded_at = entry.recorded_at;
                hot.tail.grow(entry.payload.len());
            }
            Ok(Ok(self.imported(hot.head, page.progress)))
        })
    }

    /// Lets an imported log take commands.
    ///
    /// # Errors
    /// [`ImportError::NotWhole`] in the middle of a file, and before the first.
    pub fn open_imported(&self) -> Result<Imported, ImportError> {
        self.importing(|hot, progress| {
            if progress.file.is_some() || hot.head.seq == 0 {
                return Ok(Err(ImportError::NotWhole));
            }
            let progress = Progress { open: true, ..progress };
            let note = serde_json::to_string(&progress).map_err(StoreError::from)?;
            self.store.set_note(NOTE, &note)?;
            hot.held = false;
            Ok(Ok(self.imported(hot.head, progress)))
        })
    }

    /// How far the import is.
    ///
    /// # Errors
    /// [`ImportError::NotFresh`] for a log that was not imported.
    pub fn import_progress(&self) -> Result<Imported, ImportError> {
        let outcome = self.with_hot(|hot| {
            let progress = if hot.stored { progress(&self.store)? } else { None };
            Ok(match progress {
                Some(progress) => Ok(self.imported(hot.head, progress)),
                None if hot.head.seq == 0 => Ok(self.imported(hot.head, Progress::NONE)),
                None => Err(ImportError::NotFresh { head: hot.head.seq }),
            })
        });
        outcome.unwrap_or_else(|failure| Err(lost(failure)))
    }

    /// Runs `work` on a log that is being imported, or may be.
    fn importing(
        &self,
        work: impl FnOnce(&mut Hot<A>, Progress) -> Result<Result<Imported, ImportError>, Failure>,
    ) -> Result<Imported, ImportError> {
        let outcome = self.with_hot(|hot| {
            let progress = if hot.stored { progress(&self.store)? } else { None };
            match progress {
                Some(progress) if !progress.open => work(hot, progress),
                None if hot.head.seq == 0 => work(hot, Progress::NONE),
                Some(_) | None => Ok(Err(ImportError::NotFresh { head: hot.head.seq })),
            }
        });
        outcome.unwrap_or_else(|failure| Err(lost(failure)))
    }

    fn imported(&self, head: Head, progress: Progress) -> Imported {
        Imported {
            stream: self.stream.clone(),
            head,
            next_line: progress.next_line,
            whole: progress.file.is_none() && head.seq > 0,
            open: progress.open,
        }
    }

    fn read_lines(
        &self,
        head: Head,
        progress: Progress,
        first_line: u64,
        body: &str,
    ) -> Result<Page<A::Event>, ImportError> {
        if first_line == 0 || first_line > progress.next_line {
            return Err(ImportError::Gap { expected: progress.next_line, found: first_line });
        }
        let mut reader = ExportReader::resume(&self.stream, head, progress.file);
        let (mut entries, mut events) = (Vec::new(), Vec::new());
        let known = usize::try_from(progress.next_line - first_line).unwrap_or(usize::MAX);
        let mut line = progress.next_line;
        for text in body.lines().skip(known) {
            let refused = |why: String| ImportError::Line { line, why };
            match reader.line(text).map_err(|fault| refused(fault.to_string()))? {
                ExportLine::Begun => line += 1,
                ExportLine::Closed => line = 1,
                ExportLine::Entry(entry) if entry.payload.len() > PAYLOAD_BYTES_MAX => {
                    return Err(refused(format!("its payload has more than {PAYLOAD_BYTES_MAX} bytes")));
                }
                ExportLine::Entry(entry) => {
                    let event = A::Event::from_payload(&entry.kind, entry.version, &entry.payload)
                        .map_err(|error| refused(error.to_string()))?;
                    events.push(event);
                    entries.push(entry);
                    line += 1;
                }
            }
        }
        let progress = Progress { next_line: line, file: reader.open(), open: false };
        Ok(Page { entries, events, head: reader.head(), progress })
    }
}

fn lost(failure: Failure) -> ImportError {
    match failure {
        Failure::Refused(error) => ImportError::Unavailable(error.to_string()),
        Failure::Store(error) => ImportError::Unavailable(error.to_string()),
    }
}
