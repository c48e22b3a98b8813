//! Settling an event from its logs: the domain's own fold over the files at hand.

mod recorded;

use std::collections::BTreeMap;

use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::{EventId, SessionId};
use domain::journal::{Head, RawEntry};
use domain::lifecycle::SessionStatus;
use domain::settlement::{FOLD_PAGE_ENTRIES, Fold, FoldError, Method, Pin, Settled, Wanted};
use domain::stream::StreamId;

pub use recorded::{Life, Made, Recorded, RecordedSettlement, read_recorded};

use crate::fault::Fault;
use crate::files::{FindError, open};
use crate::line::Line;
use crate::logs::{Logs, Source};
use crate::scan::{Nothing, Reading, ScanError, Stop, scan};
use crate::timeline::{At, fold};
use crate::typed::{TypedError, each};

/// Why an event cannot be settled from the logs at hand.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// A log could not be read.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// A file could not be opened or read.
    #[error(transparent)]
    Find(#[from] FindError),
    /// A log does not hold.
    #[error("{file}: {fault}")]
    Fault {
        /// The file.
        file: String,
        /// What is wrong.
        fault: Box<Fault>,
    },
    /// The fold refuses.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A log that the settlement reads is not at hand.
    #[error("the log of {0} is not here; `replay-tool fetch` brings an event's logs with it")]
    Missing(StreamId),
    /// What was asked for is not there, or not clear.
    #[error("{0}")]
    Unknown(String),
    /// A file begins after the beginning of its log.
    #[error("{file} begins at entry {from}; a settlement reads from the first")]
    Headless {
        /// The file.
        file: String,
        /// Its first entry.
        from: u64,
    },
    /// A file ends before the pinned entry.
    #[error("{file} ends at entry {ends}, the settlement reads up to {to}; fetch it again")]
    Short {
        /// The file.
        file: String,
        /// Its last entry.
        ends: u64,
        /// The pinned entry.
        to: u64,
    },
    /// A thread ended without an answer.
    #[error("{0}: a worker thread ended early")]
    Worker(String),
}

/// An event's own log, and what it calls itself.
#[derive(Debug, Clone)]
pub struct Chosen<'a> {
    /// Its id.
    pub event: EventId,
    /// Its log.
    pub source: &'a Source,
    /// Its name.
    pub name: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
}

/// The event that `wanted` names by number, name or the beginning of its id; the only one where nothing is asked.
///
/// # Errors
/// [`SettleError::Unknown`] lists what there is.
pub fn choose<'a>(logs: &'a Logs, wanted: Option<&str>, workers: usize) -> Result<Chosen<'a>, SettleError> {
    let mut all = Vec::new();
    for (event, source) in logs.events() {
        let mut found = None;
        each::<ConsignmentEvent>(
            &source.path,
            workers,
            |line| line.seq == 1,
            |entry| {
                if let consignment_event::Event::EventCreated(created) = entry.event {
                    found = Some(created.0);
                }
                Err(Stop::Enough)
            },
        )?;
        let (ordinal, name, currency) = found.map_or((0_u16, "?".to_owned(), String::new()), |founded| {
            (founded.ordinal, founded.name, founded.settings.currency)
        });
        all.push((ordinal, Chosen { event, source, name, currency }));
    }
    let known: Vec<String> =
        all.iter().map(|(ordinal, chosen)| format!("  {ordinal:>3}  {}", chosen.name)).collect();
    let fits = |ordinal: u16, chosen: &Chosen<'_>| {
        wanted.is_none_or(|wanted| {
            ordinal.to_string() == wanted
                || chosen.name.eq_ignore_ascii_case(wanted)
                || chosen.event.to_string().starts_with(wanted)
        })
    };
    let mut fitting: Vec<Chosen<'a>> = all
        .into_iter()
        .filter(|(ordinal, chosen)| fits(*ordinal, chosen))
        .map(|(_, chosen)| chosen)
        .collect();
    match (fitting.len(), known.is_empty(), wanted) {
        (1, ..) => Ok(fitting.remove(0)),
        (_, true, _) => Err(SettleError::Unknown("no event's own log is here".to_owned())),
        (0, _, Some(wanted)) => Err(SettleError::Unknown(format!(
            "no log here is of event {wanted:?}. There are:\n{}",
            known.join("\n")
        ))),
        _ => Err(SettleError::Unknown(format!("which event? Say --event; there are:\n{}", known.join("\n")))),
    }
}

/// What an event would be settled over if it were pinned now.
#[derive(Debug, Clone)]
pub struct Heads {
    /// The heads of the logs at hand.
    pub pins: Vec<Pin>,
    /// Sessions that sold, and whose logs are not at hand: whatever is settled lacks them.
    pub missing: Vec<StreamId>,
}

/// Pins the heads of `event`'s logs at hand, after verifying each of them.
///
/// # Errors
/// [`SettleError`].
pub fn heads(logs: &Logs, chosen: &Chosen<'_>, workers: usize) -> Result<Heads, SettleError> {
    let organization = chosen.source.stream.organization();
    let moment = fold::<ConsignmentEvent>(&chosen.source.path, At::End, workers)?;
    let sessions: BTreeMap<SessionId, SessionStatus> =
        moment.state.sessions.iter().map(|session| (session.id, session.status)).collect();
    let mut streams = vec![StreamId::Organization(organization), chosen.source.stream.clone()];
    let (mut missing, mut pins) = (Vec::new(), Vec::new());
    for (session, status) in sessions {
        let stream = StreamId::Session(organization, session);
        let sold = !matches!(status, SessionStatus::Scheduled | SessionStatus::Cancelled);
        match logs.of(&stream) {
            Some(_) => streams.push(stream),
            None if sold => missing.push(stream),
            None => {}
        }
    }
    let reconciliation = StreamId::Reconciliation(organization, chosen.event);
    streams.extend(logs.of(&reconciliation).map(|_| reconciliation));
    for stream in streams {
        let source = logs.of(&stream).ok_or_else(|| SettleError::Missing(stream.clone()))?;
        let mut head = Resealing::new(source);
        let walked = scan(open(&source.path)?, workers, &Nothing, |()| Ok(()));
        let verified = walked.map_err(|error| named(source, error))?;
        if source.redacted {
            feed(source, u64::MAX, workers, |entry| {
                head.next(entry);
                Ok(())
            })?;
            pins.push(Pin { stream, seq: head.head.seq, hash: head.head.hash });
        } else {
            pins.push(Pin { stream, seq: verified.head.seq, hash: verified.head.hash });
        }
    }
    Ok(Heads { pins, missing })
}

/// The settlement over `pins`, by `method`.
///
/// # Errors
/// [`SettleError`]: a log that is missing, too short, broken, or another than the one that was pinned.
pub fn settle(logs: &Logs, pins: &[Pin], method: Method, workers: usize) -> Result<Settled, SettleError> {
    let mut running = Fold::new(pins.to_vec())?;
    while let Some(Wanted { stream, to, .. }) = running.wanted() {
        let source = logs.of(&stream).ok_or_else(|| SettleError::Missing(stream.clone()))?;
        let mut page: Vec<RawEntry> = Vec::with_capacity(FOLD_PAGE_ENTRIES);
        let mut resealing = Resealing::new(source);
        let ends = feed(source, to, workers, |entry| {
            page.push(resealing.next(entry));
            if page.len() == FOLD_PAGE_ENTRIES {
                running.take(&page)?;
                page.clear();
            }
            Ok(())
        })?;
        if ends < to {
            return Err(SettleError::Short { file: source.path.display().to_string(), ends, to });
        }
        running.take(&page)?;
    }
    Ok(running.finish(method)?)
}

/// Pins of a settlement on record, as far as a redacted copy can be held against them: its entries keep their
/// numbers, but not their hashes, so the copy's own entries are pinned instead.
///
/// # Errors
/// [`SettleError`].
pub fn pins_here(logs: &Logs, pins: &[Pin], workers: usize) -> Result<Vec<Pin>, SettleError> {
    let mut here = Vec::with_capacity(pins.len());
    for pin in pins {
        let mut pin = pin.clone();
        if let Some(source) = logs.of(&pin.stream).filter(|source| source.redacted) {
            let mut resealing = Resealing::new(source);
            feed(source, pin.seq, workers, |entry| {
                resealing.next(entry);
                Ok(())
            })?;
            pin.hash = resealing.head.hash;
        }
        here.push(pin);
    }
    Ok(here)
}

/// Seals the entries of a redacted copy as a log's, so that the fold, which checks every link, can read it.
struct Resealing<'a> {
    redacted: bool,
    stream: &'a StreamId,
    head: Head,
}

impl<'a> Resealing<'a> {
    fn new(source: &'a Source) -> Self {
        Self { redacted: source.redacted, stream: &source.stream, head: Head::EMPTY }
    }

    fn next(&mut self, entry: RawEntry) -> RawEntry {
        if !self.redacted {
            return entry;
        }
        let sealed = RawEntry::seal(&self.stream.to_string(), &self.head, entry);
        self.head = Head { seq: sealed.seq, hash: sealed.hash };
        sealed
    }
}

/// Entries as stored, up to one of them.
struct UpTo(u64);

impl Reading for UpTo {
    type Gathered = Vec<RawEntry>;

    fn gather(&self, line: &Line<'_>, into: &mut Vec<RawEntry>) {
        if line.seq <= self.0 {
            into.push(line.into());
        }
    }
}

/// Hands the entries of a log up to `to` to `take`; says at which entry it ended.
fn feed(
    source: &Source,
    to: u64,
    workers: usize,
    mut take: impl FnMut(RawEntry) -> Result<(), FoldError>,
) -> Result<u64, SettleError> {
    if source.from > 1 {
        let file = source.path.display().to_string();
        return Err(SettleError::Headless { file, from: source.from });
    }
    let (mut ends, mut failed) = (0, None);
    let walked = scan(open(&source.path)?, workers, &UpTo(to), |entries| {
        for entry in entries {
            ends = entry.seq;
            if let Err(error) = take(entry) {
                failed = Some(error);
                return Err(Stop::Enough);
            }
        }
        if ends == to { Err(Stop::Enough) } else { Ok(()) }
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    match walked {
        Ok(_) | Err(ScanError::Enough) => Ok(ends),
        Err(error) => Err(named(source, error)),
    }
}

fn named(source: &Source, error: ScanError) -> SettleError {
    let file = source.path.display().to_string();
    match error {
        ScanError::Fault(fault) => SettleError::Fault { file, fault: Box::new(fault) },
        ScanError::Io(error) => FindError::io(&source.path, error).into(),
        ScanError::Enough | ScanError::Worker => SettleError::Worker(file),
    }
}
