//! From log to rows. Order, repetitions, gaps, crashes and rebuilds are one and the same path: read where the
//! stream's rows stand, pull what is missing from archive and object, write rows and checkpoint in one batch that
//! fails when the checkpoint is no longer where it was.

use domain::journal::{Head, RawEntry};
use domain::stream::StreamId;
use projections::{Side, Writes, checkpoint, project_on, wipe_on};
use worker::{Date, Env};

use super::read_models::{BatchError, ReadModels, Standing};
use crate::objects::archive::LogReader;
use crate::objects::client::{AskError, LogPage};

/// Entries pulled and written together: a batch stays well below D1's 30 s, a lost race costs little.
pub const PROJECTION_PAGE_ENTRIES: u32 = 200;

/// Statements that one run sends to D1, which takes 1,000 queries per invocation; what is left comes with the
/// next nudge.
const STATEMENTS_PER_RUN_MAX: usize = 600;

/// Rounds of one run, lost races included.
const ROUNDS_PER_RUN_MAX: usize = 200;

/// How far a run got.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The rows are those of the log up to here, which was its head when last asked.
    Complete(Head),
    /// The rows are those of the log up to here; there may be more.
    Unfinished(Head),
    /// The stream stands still until somebody resumes it.
    Parked {
        /// The entry that could not be projected.
        seq: u64,
        /// Why.
        error: String,
    },
}

/// Why a run ended early; a later one may succeed.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The read models could not be reached.
    #[error("read models: {0}")]
    ReadModels(String),
    /// The object could not be asked.
    #[error("log: {0}")]
    Log(#[from] AskError),
    /// A statement could not be made.
    #[error("statement: {0}")]
    Statement(#[from] serde_json::Error),
}

impl From<worker::Error> for ProjectorError {
    fn from(error: worker::Error) -> Self {
        Self::ReadModels(error.to_string())
    }
}

/// What became of one page.
enum Outcome {
    /// Written, up to here.
    Written { statements: usize, to: Head },
    /// Somebody else moved the checkpoint.
    Raced,
    /// Not to be written as a whole; go on one entry at a time.
    Isolate,
    /// The first entry that cannot be projected.
    Poison { seq: u64, kind: String, error: String },
}

/// Brings the rows of `stream` up to its log. May run anywhere, any number of times at once.
///
/// # Errors
/// [`ProjectorError`]; whatever was written until then is whole and stays.
pub async fn catch_up(env: &Env, stream: &StreamId) -> Result<Progress, ProjectorError> {
    catch_up_on(Side::Live, env, stream).await
}

/// As [`catch_up`], for one side of the rows. Rows beside are not parked: whoever has them made is told.
///
/// # Errors
/// As [`catch_up`].
pub async fn catch_up_on(side: Side, env: &Env, stream: &StreamId) -> Result<Progress, ProjectorError> {
    let name = stream.to_string();
    let read_models = ReadModels::new(env)?;
    // Only the live rows' place is confirmed to the object.
    let mut log = match side {
        Side::Live => LogReader::pulling(env.clone(), stream.clone()),
        Side::Beside => LogReader::new(env.clone(), stream.clone()),
    };
    let (mut statements, mut limit, mut place) = (0, PROJECTION_PAGE_ENTRIES, Head::EMPTY);
    // Whoever has moved the checkpoint knows where it is; if somebody else moves it next, the batch says so.
    let mut knows_place = false;
    for _ in 0..ROUNDS_PER_RUN_MAX {
        if !knows_place {
            let Standing { head, parked } = read_models.standing(side, &name).await?;
            place = head;
            if let Some((seq, error)) = parked {
                return Ok(Progress::Parked { seq, error });
            }
        }
        knows_place = false;
        let page = log.page(place.seq + 1, limit).await?;
        if place.seq > page.head.seq || page.previous != place.hash {
            tracing::warn!(
                stream = name,
                seq = place.seq,
                "log and rows disagree, rebuilding the stream's rows"
            );
            begin_anew(&read_models, side, stream).await?;
            continue;
        }
        if page.entries.is_empty() {
            return Ok(Progress::Complete(place));
        }
        if statements >= STATEMENTS_PER_RUN_MAX {
            break;
        }
        match write(&read_models, (side, stream), place, &page).await? {
            Outcome::Written { statements: count, to } => {
                statements += count;
                limit = PROJECTION_PAGE_ENTRIES;
                (place, knows_place) = (to, true);
            }
            Outcome::Raced => {}
            Outcome::Isolate => limit = 1,
            Outcome::Poison { seq, kind, error } => {
                if side == Side::Live {
                    park(&read_models, &name, seq, &kind, &error).await?;
                }
                return Ok(Progress::Parked { seq, error });
            }
        }
    }
    Ok(Progress::Unfinished(place))
}

/// From here on the stream stands still until somebody resumes it.
async fn park(
    read_models: &ReadModels,
    stream: &str,
    seq: u64,
    kind: &str,
    error: &str,
) -> Result<(), ProjectorError> {
    tracing::error!(stream, seq, kind, error, "entry cannot be projected, parking its stream");
    let park = checkpoint::park(stream, seq, kind, error, now())?;
    read_models.run(&park).await.map_err(|error| ProjectorError::ReadModels(error.to_string()))
}

/// Sees to it that the rows of `stream` are those of its log up to `min_seq` at least, projecting here and now
/// what the queue has not brought yet. For queries that must read their caller's own writes.
///
/// # Errors
/// [`ProjectorError`].
pub async fn reach(env: &Env, stream: &StreamId, min_seq: u64) -> Result<Progress, ProjectorError> {
    let Standing { head, parked } = ReadModels::new(env)?.standing(Side::Live, &stream.to_string()).await?;
    match parked {
        _ if head.seq >= min_seq => Ok(Progress::Unfinished(head)),
        Some((seq, error)) => Ok(Progress::Parked { seq, error }),
        None => catch_up(env, stream).await,
    }
}

/// Lets a parked stream go on, after a repair; it is parked again where it still cannot.
///
/// # Errors
/// [`ProjectorError`].
pub async fn resume(env: &Env, stream: &StreamId) -> Result<Progress, ProjectorError> {
    let unpark = checkpoint::unpark(&stream.to_string())?;
    let resumed = ReadModels::new(env)?.run(&unpark).await;
    resumed.map_err(|error| ProjectorError::ReadModels(error.to_string()))?;
    catch_up(env, stream).await
}

/// Makes the rows of `stream` anew in their place, from its first entry: until that is done, they are fewer.
///
/// # Errors
/// [`ProjectorError`].
pub async fn rebuild(env: &Env, stream: &StreamId) -> Result<Progress, ProjectorError> {
    begin_anew(&ReadModels::new(env)?, Side::Live, stream).await?;
    resume(env, stream).await
}

/// Forgets a stream's rows together with their place: they do not belong to this log, or nobody trusts them. Wherever
/// the place was: somebody who wrote meanwhile loses the race and begins anew as well.
async fn begin_anew(read_models: &ReadModels, side: Side, stream: &StreamId) -> Result<(), ProjectorError> {
    let mut statements = checkpoint::forget(side, &stream.to_string())?;
    statements.extend(wipe_on(side, stream)?);
    read_models.run(&statements).await.map_err(|error| ProjectorError::ReadModels(error.to_string()))
}

async fn write(
    read_models: &ReadModels,
    (side, stream): (Side, &StreamId),
    place: Head,
    page: &LogPage,
) -> Result<Outcome, ProjectorError> {
    let (fit, poison) = collect(side, stream, &page.entries);
    let (Some(last), statements) = fit else {
        return Ok(poison.unwrap_or(Outcome::Raced));
    };
    let to = Head { seq: last.seq, hash: last.hash };
    let mut batch = checkpoint::advance_on(side, &stream.to_string(), place, to, now())?;
    batch.extend(statements);
    match read_models.run(&batch).await {
        Ok(()) => Ok(poison.unwrap_or(Outcome::Written { statements: batch.len(), to })),
        Err(BatchError::Moved) => Ok(Outcome::Raced),
        Err(BatchError::Unfit(_)) if page.entries.len() > 1 => Ok(Outcome::Isolate),
        Err(BatchError::Unfit(error)) => Ok(poison_of(last, error)),
        Err(BatchError::Unreachable(error)) => Err(ProjectorError::ReadModels(error)),
    }
}

type Fit<'a> = (Option<&'a RawEntry>, Vec<projections::Statement>);

/// Statements of the entries up to the first that cannot be projected, and that one.
fn collect<'a>(side: Side, stream: &StreamId, entries: &'a [RawEntry]) -> (Fit<'a>, Option<Outcome>) {
    let mut writes = Writes::default();
    let mut last = None;
    for entry in entries {
        match project_on(side, stream, entry, &mut writes) {
            Ok(()) => last = Some(entry),
            Err(error) => {
                return ((last, writes.into_statements()), Some(poison_of(entry, error.to_string())));
            }
        }
    }
    ((last, writes.into_statements()), None)
}

fn poison_of(entry: &RawEntry, error: String) -> Outcome {
    Outcome::Poison { seq: entry.seq, kind: entry.kind.clone(), error }
}

pub(super) fn now() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}
