//! A stream's state at a past moment, by its own log and the domain's own `evolve`.

use domain::aggregate::Aggregate;
use domain::journal::{DecodeError, EventCodec};
use domain::stream::StreamId;
use worker::Env;

use crate::objects::archive::LogReader;
use crate::objects::client::AskError;

/// Entries read at a time; the object bounds a page by bytes as well.
const REPLAY_PAGE_ENTRIES: u32 = 500;

/// Up to where to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// With this entry.
    Seq(u64),
    /// With everything recorded up to this moment, ms since 1970 UTC.
    Time(i64),
    /// Everything.
    Head,
}

/// Why a log could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The log is out of reach.
    #[error("log: {0}")]
    Log(#[from] AskError),
    /// An entry cannot be read.
    #[error("entry: {0}")]
    Entry(#[from] DecodeError),
}

/// A state, and where in its log it stands.
#[derive(Debug)]
pub struct Moment<S> {
    /// The state.
    pub state: S,
    /// The last entry in it; 0 for none.
    pub seq: u64,
    /// When the log took that entry, ms since 1970 UTC.
    pub recorded_at: i64,
}

/// Folds the log of `stream` up to `until`.
///
/// # Errors
/// [`ReplayError`].
pub async fn replay<A: Aggregate>(
    env: &Env,
    stream: &StreamId,
    until: Until,
) -> Result<Moment<A::State>, ReplayError> {
    let mut log = LogReader::new(env.clone(), stream.clone());
    let mut moment = Moment { state: A::State::default(), seq: 0, recorded_at: 0 };
    loop {
        let page = log.page(moment.seq + 1, REPLAY_PAGE_ENTRIES).await?;
        if page.entries.is_empty() {
            return Ok(moment);
        }
        for entry in &page.entries {
            let beyond = match until {
                Until::Seq(last) => entry.seq > last,
                Until::Time(last) => entry.recorded_at > last,
                Until::Head => false,
            };
            if beyond {
                return Ok(moment);
            }
            A::evolve(&mut moment.state, &A::Event::decode(entry)?.event, entry.recorded_at);
            moment.seq = entry.seq;
            moment.recorded_at = entry.recorded_at;
        }
    }
}
