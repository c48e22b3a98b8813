//! A stream's rows made anew beside the live ones, compared with them, and switched: nobody reads fewer rows meanwhile.

use domain::journal::Head;
use domain::stream::StreamId;
use projections::Side;
use projections::beside::{self, Finding};
use worker::Env;

use super::projector::{Progress, ProjectorError, catch_up, catch_up_on, now};
use super::read_models::{BatchError, ReadModels, Standing};

/// How often a comparison or a switch waits for both sides to stand at the same place: commands may come in between.
const ROUNDS_MAX: usize = 5;

/// How far the rows beside are.
#[derive(Debug)]
pub enum Stage {
    /// They are being made; there is more to do.
    Building {
        /// The entry up to which they are written.
        at: Head,
    },
    /// They cannot be made: this build cannot project an entry.
    Stuck {
        /// The entry.
        seq: u64,
        /// Why.
        error: String,
    },
    /// They are made, and the live ones stand elsewhere for good: parked.
    Apart {
        /// Where the rows beside stand.
        beside: Head,
        /// Where the live ones stand.
        live: Head,
    },
    /// They are made and compared, both at the same place.
    Compared {
        /// Where both stand.
        at: Head,
        /// What was found, by table.
        tables: Vec<(&'static str, Vec<Finding>)>,
    },
}

/// Goes on making the rows beside; compares when they are whole. Rows beside that equal the live ones have served.
///
/// # Errors
/// [`ProjectorError`].
pub async fn compare(env: &Env, stream: &StreamId) -> Result<Stage, ProjectorError> {
    let (name, read_models) = (stream.to_string(), ReadModels::new(env)?);
    let parts = beside::parts(stream)?;
    let tables: Vec<&'static str> = parts.iter().map(|part| part.table).collect();
    let columns = read_models.columns(&tables).await?;
    let queries: Vec<_> =
        parts.iter().zip(&columns).map(|(part, columns)| beside::compare(stream, part, columns)).collect();
    let mut at = Head::EMPTY;
    for _ in 0..ROUNDS_MAX {
        match catch_up_on(Side::Beside, env, stream).await? {
            Progress::Complete(head) => at = head,
            Progress::Unfinished(at) => return Ok(Stage::Building { at }),
            Progress::Parked { seq, error } => return Ok(Stage::Stuck { seq, error }),
        }
        if let Progress::Parked { .. } = catch_up(env, stream).await? {
            let live = read_models.standing(Side::Live, &name).await?.head;
            return Ok(Stage::Apart { beside: at, live });
        }
        let (live, beside, found) = read_models.compared(&name, &queries).await?;
        if live == beside {
            return Ok(Stage::Compared { at: live, tables: tables.into_iter().zip(found).collect() });
        }
    }
    Ok(Stage::Building { at })
}

/// Why the rows beside did not take the live ones' place.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// There are none.
    #[error("there are no rows beside")]
    Nothing,
    /// They are not whole.
    #[error("the rows beside stand at {0} and not at the log's end")]
    Unfinished(u64),
    /// Something was out of reach.
    #[error(transparent)]
    Projector(#[from] ProjectorError),
}

/// Puts the rows beside in the live ones' place, all at once; a parked stream goes on.
///
/// # Errors
/// [`SwitchError`]; nothing has changed then.
pub async fn switch(env: &Env, stream: &StreamId) -> Result<Head, SwitchError> {
    let (name, read_models) = (stream.to_string(), ReadModels::new(env).map_err(ProjectorError::from)?);
    let mut at = Head::EMPTY;
    for _ in 0..ROUNDS_MAX {
        let standing = |side| read_models.standing(side, &name);
        let Standing { head: begun, .. } = standing(Side::Beside).await.map_err(ProjectorError::from)?;
        if begun == Head::EMPTY {
            return Err(SwitchError::Nothing);
        }
        match catch_up_on(Side::Beside, env, stream).await? {
            Progress::Complete(head) => at = head,
            Progress::Unfinished(head) => return Err(SwitchError::Unfinished(head.seq)),
            Progress::Parked { seq, .. } => return Err(SwitchError::Unfinished(seq.saturating_sub(1))),
        }
        let Standing { head: live, .. } = standing(Side::Live).await.map_err(ProjectorError::from)?;
        let queries = beside::switch(stream, live, at, now()).map_err(ProjectorError::from)?;
        match read_models.run_queries(&queries).await {
            Ok(()) => {
                tracing::info!(stream = name, seq = at.seq, "rows switched");
                return Ok(at);
            }
            Err(BatchError::Moved) => {}
            Err(error) => return Err(ProjectorError::ReadModels(error.to_string()).into()),
        }
    }
    Err(SwitchError::Unfinished(at.seq))
}

/// Throws the rows beside away.
///
/// # Errors
/// [`ProjectorError`].
pub async fn discard(env: &Env, stream: &StreamId) -> Result<(), ProjectorError> {
    let statements = beside::discard(stream)?;
    let done = ReadModels::new(env)?.run(&statements).await;
    done.map_err(|error| ProjectorError::ReadModels(error.to_string()))
}
