//! Entries as what they mean: an aggregate's events, decoded while the file is verified.

use std::marker::PhantomData;
use std::path::Path;

use domain::aggregate::Aggregate;
use domain::journal::{DecodeError, EventCodec};

use crate::fault::Fault;
use crate::files::{FindError, open};
use crate::line::Line;
use crate::scan::{Reading, ScanError, Stop, Verified, scan, scan_each};

/// Why a log was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum TypedError {
    /// The file could not be opened or read.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It does not hold.
    #[error("{file}: {fault}")]
    Fault {
        /// The file.
        file: String,
        /// What is wrong.
        fault: Box<Fault>,
    },
    /// An entry holds, but this build does not understand it.
    #[error("{file}: entry {seq} holds, but is not understood: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// The entry.
        seq: u64,
        /// What the codec said.
        why: String,
    },
    /// A thread ended without an answer.
    #[error("{file}: a worker thread ended early")]
    Worker {
        /// The file.
        file: String,
    },
}

/// An entry with its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<E> {
    /// Position in the stream.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// Who caused it; empty where nobody asked ([`each_event`]).
    pub actor: String,
    /// What happened.
    pub event: E,
}

/// What one block gave.
pub struct Decoded<E> {
    entries: Vec<Entry<E>>,
    unreadable: Option<(u64, String)>,
}

impl<E> Default for Decoded<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), unreadable: None }
    }
}

struct Decoding<A, P> {
    wanted: P,
    actors: bool,
    aggregate: PhantomData<fn() -> A>,
}

impl<A, P> Reading for Decoding<A, P>
where
    A: Aggregate,
    A::Event: Send,
    P: Fn(&Line<'_>) -> bool + Sync,
{
    type Gathered = Decoded<A::Event>;

    fn gather(&self, line: &Line<'_>, into: &mut Self::Gathered) {
        if into.unreadable.is_some() || !(self.wanted)(line) {
            return;
        }
        match self.decode(line) {
            Ok(entry) => into.entries.push(entry),
            Err(error) => into.unreadable = Some((line.seq, error.to_string())),
        }
    }
}

impl<A: Aggregate, P> Decoding<A, P> {
    fn decode(&self, line: &Line<'_>) -> Result<Entry<A::Event>, DecodeError> {
        Ok(Entry {
            seq: line.seq,
            recorded_at: line.recorded_at,
            actor: if self.actors { line.actor.clone().into_owned() } else { String::new() },
            event: A::Event::from_payload(&line.kind, line.version, line.payload)?,
        })
    }
}

/// Hands the wanted entries of a log to `take`, in order, verifying the file on the way. `None` when `take`
/// had enough.
///
/// # Errors
/// [`TypedError`]; entries before the trouble have been handed over by then.
pub fn each<A>(
    file: &Path,
    workers: usize,
    wanted: impl Fn(&Line<'_>) -> bool + Sync,
    take: impl FnMut(Entry<A::Event>) -> Result<(), Stop>,
) -> Result<Option<Verified>, TypedError>
where
    A: Aggregate,
    A::Event: Send,
{
    walk::<A, _>(file, workers, &Decoding { wanted, actors: true, aggregate: PhantomData }, take)
}

/// Hands every event of a log to `take`, in order, without saying who caused it: folding needs no names.
///
/// # Errors
/// As [`each`].
pub fn each_event<A>(
    file: &Path,
    workers: usize,
    take: impl FnMut(Entry<A::Event>) -> Result<(), Stop>,
) -> Result<Option<Verified>, TypedError>
where
    A: Aggregate,
    A::Event: Send,
{
    let all = |_: &Line<'_>| true;
    walk::<A, _>(file, workers, &Decoding { wanted: all, actors: false, aggregate: PhantomData }, take)
}

fn walk<A, P>(
    file: &Path,
    workers: usize,
    reading: &Decoding<A, P>,
    mut take: impl FnMut(Entry<A::Event>) -> Result<(), Stop>,
) -> Result<Option<Verified>, TypedError>
where
    A: Aggregate,
    A::Event: Send,
    P: Fn(&Line<'_>) -> bool + Sync,
{
    let mut unreadable = None;
    let walked = if workers <= 1 {
        scan_each(open(file)?, |line| {
            if !(reading.wanted)(line) {
                return Ok(());
            }
            let entry = reading.decode(line).map_err(|error| {
                unreadable = Some((line.seq, error.to_string()));
                Stop::Enough
            })?;
            take(entry)
        })
    } else {
        scan(open(file)?, workers, reading, |decoded| {
            decoded.entries.into_iter().try_for_each(&mut take)?;
            unreadable = decoded.unreadable;
            if unreadable.is_some() { Err(Stop::Enough) } else { Ok(()) }
        })
    };
    let name = || file.display().to_string();
    if let Some((seq, why)) = unreadable {
        return Err(TypedError::Unreadable { file: name(), seq, why });
    }
    match walked {
        Ok(verified) => Ok(Some(verified)),
        Err(ScanError::Enough) => Ok(None),
        Err(ScanError::Fault(fault)) => Err(TypedError::Fault { file: name(), fault: Box::new(fault) }),
        Err(ScanError::Io(error)) => Err(FindError::io(file, error).into()),
        Err(ScanError::Worker) => Err(TypedError::Worker { file: name() }),
    }
}
