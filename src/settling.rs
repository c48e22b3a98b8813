//! Running a settlement: reads the pinned logs page by page, lets the domain's fold make the statements, and hands
//! them to the event's object page by page. It may be cut off anywhere: the fold is the same each time, pages that
//! are on record are passed over, and every page has one command id.

use domain::consignment_event::settlement::{MAX_PAGE_PARTS, SettleCommand};
use domain::consignment_event::{Command, ConsignmentEvent};
use domain::ids::{Actor, SettlementId};
use domain::journal::Head;
use domain::settlement::{FOLD_PAGE_ENTRIES, Fold, FoldError, Method, Pin, Settled, pages_of};
use domain::stream::StreamId;
use worker::Env;

use crate::objects::archive::LogReader;
use crate::objects::client::{AskError, Envelope, SubmitError, read_log, submit};

/// Who runs settlements, as the log writes it down.
const RUNNER: &str = "settlement";

/// Why a settlement stopped; another run goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum SettlingError {
    /// The logs contradict the pins or themselves, or cannot be read.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A log is out of reach.
    #[error("log: {0}")]
    Log(#[from] AskError),
    /// The event's object did not take a page.
    #[error("page: {0}")]
    Submit(#[from] SubmitError),
    /// A log ends before its pin.
    #[error("{0} ends before its pin")]
    Short(StreamId),
}

/// The heads of `streams` as they stand now; a log that has not begun is left out.
///
/// # Errors
/// [`SettlingError::Log`].
pub async fn heads(env: &Env, streams: &[StreamId]) -> Result<Vec<Pin>, SettlingError> {
    let mut pins = Vec::new();
    for stream in streams {
        let Head { seq, hash } = read_log(env, stream, 1, 1).await?.head;
        if seq > 0 {
            pins.push(Pin { stream: stream.clone(), seq, hash });
        }
    }
    Ok(pins)
}

/// Reads the pinned logs and closes the books.
///
/// # Errors
/// [`SettlingError`]; nothing is written.
pub async fn fold(env: &Env, pins: Vec<Pin>) -> Result<Settled, SettlingError> {
    let mut fold = Fold::new(pins)?;
    let limit = u32::try_from(FOLD_PAGE_ENTRIES).unwrap_or(u32::MAX);
    let mut log: Option<LogReader> = None;
    while let Some(wanted) = fold.wanted() {
        let reader = match &mut log {
            Some(reader) if *reader.stream() == wanted.stream => reader,
            other => other.insert(LogReader::new(env.clone(), wanted.stream.clone())),
        };
        let mut page = reader.page(wanted.from, limit).await?.entries;
        page.retain(|entry| entry.seq <= wanted.to);
        if page.is_empty() {
            return Err(SettlingError::Short(wanted.stream));
        }
        fold.take(&page)?;
    }
    Ok(fold.finish(Method::by_the_rules())?)
}

/// A settlement that was pinned, and how far it is.
#[derive(Debug, Clone)]
pub struct Pinned {
    /// The event's log.
    pub stream: StreamId,
    /// Its id.
    pub settlement: SettlementId,
    /// What it reads.
    pub pins: Vec<Pin>,
    /// Pages that are on record.
    pub pages: usize,
}

/// Calculates `pinned` to its end; answers where the event's log stands then.
///
/// # Errors
/// [`SettlingError`]; what is on record stays, and another run goes on from there.
pub async fn run(env: &Env, pinned: Pinned) -> Result<u64, SettlingError> {
    let Pinned { stream, settlement, pins, pages } = pinned;
    let settled = fold(env, pins).await?;
    let statements = settled.statements()?;
    let balance = settled.trial_balance(&statements)?;
    let laid_out = pages_of(statements, MAX_PAGE_PARTS);
    let mut seq = 0;
    for (parts, page) in laid_out.into_iter().zip(1_u32..).skip(pages) {
        let command = SettleCommand::Record { settlement, page, parts };
        seq = send(env, &stream, format!("{RUNNER}/{settlement}/page/{page}"), command).await?;
    }
    let close = SettleCommand::Close { settlement, balance, checks: settled.checks() };
    let closed = send(env, &stream, format!("{RUNNER}/{settlement}/close"), close).await?;
    Ok(closed.max(seq))
}

async fn send(
    env: &Env,
    stream: &StreamId,
    command_id: String,
    command: SettleCommand,
) -> Result<u64, SettlingError> {
    let envelope = Envelope {
        command_id,
        actor: Actor::System(RUNNER.into()),
        if_match: None,
        command: Command::Settle(Box::new(command)),
    };
    Ok(submit::<ConsignmentEvent>(env, stream, envelope).await?.seq)
}
