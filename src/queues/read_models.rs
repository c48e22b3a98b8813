//! The read models in D1: where a stream's rows stand, and batches that move both together.

use domain::journal::{GENESIS, Hash, Head};
use projections::{GENERATION, Statement, checkpoint};
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement, D1Type, Env, Error, Result};

/// What stands in D1 about a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The entry up to which rows are written.
    pub head: Head,
    /// Where it is parked, and why.
    pub parked: Option<(u64, String)>,
}

/// Why a batch did not go through. Nothing of it is written.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The checkpoint was not where it was believed to be: somebody else was quicker.
    #[error("the checkpoint has moved")]
    Moved,
    /// The database will never take these rows.
    #[error("{0}")]
    Unfit(String),
    /// The database could not be reached or was busy.
    #[error("{0}")]
    Unreachable(String),
}

/// Parts of messages that say that a statement, not the database, is at fault.
const UNFIT: [&str; 7] = [
    "constraint failed",
    "SQLITE_CONSTRAINT",
    "SQLITE_ERROR",
    "SQLITE_MISMATCH",
    "SQLITE_TOOBIG",
    "no such table",
    "malformed JSON",
];

/// The read models of a deployment.
pub struct ReadModels {
    database: D1Database,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
    hash: String,
}

#[derive(Deserialize)]
struct Parked {
    seq: u64,
    error: String,
}

impl ReadModels {
    /// The read models behind the binding `DB`.
    ///
    /// # Errors
    /// When nothing is bound.
    pub fn new(env: &Env) -> Result<Self> {
        Ok(Self { database: env.d1("DB")? })
    }

    /// Where `stream` stands.
    ///
    /// # Errors
    /// When D1 cannot be reached.
    pub async fn standing(&self, stream: &str) -> Result<Standing> {
        let key = [D1Type::Text(GENERATION), D1Type::Text(stream)];
        let read = |sql: &str| self.database.prepare(sql).bind_refs(&key);
        let results =
            self.database.batch(vec![read(checkpoint::READ)?, read(checkpoint::READ_PARKED)?]).await?;
        let [places, parked] = results.as_slice() else {
            return Err(Error::RustError("D1 answered another number of results".to_owned()));
        };
        let head = match places.results::<Place>()?.into_iter().next() {
            None => Head::EMPTY,
            // A hash that is none matches none: the stream is rebuilt.
            Some(place) => Head { seq: place.seq, hash: Hash::from_hex(&place.hash).unwrap_or(GENESIS) },
        };
        let parked = parked.results::<Parked>()?.into_iter().next().map(|parked| (parked.seq, parked.error));
        Ok(Standing { head, parked })
    }

    /// Runs statements in one batch: all of them or none.
    ///
    /// # Errors
    /// [`BatchError`].
    pub async fn run(&self, statements: &[Statement]) -> std::result::Result<(), BatchError> {
        let prepared: Result<Vec<D1PreparedStatement>> = statements
            .iter()
            .map(|statement| {
                let rows = statement.parameter();
                self.database.prepare(statement.sql.text).bind_refs(&D1Type::Text(&rows))
            })
            .collect();
        let prepared = prepared.map_err(|error| BatchError::Unfit(error.to_string()))?;
        self.database.batch(prepared).await.map(drop).map_err(|error| classify(words(&error)))
    }
}

/// What D1 said, without the runtime's wrapping.
fn words(error: &Error) -> String {
    match error {
        Error::D1(error) => error.cause(),
        other => other.to_string(),
    }
}

fn classify(message: String) -> BatchError {
    if message.contains(checkpoint::MOVED_ERROR) {
        BatchError::Moved
    } else if UNFIT.iter().any(|part| message.contains(part)) {
        BatchError::Unfit(message)
    } else {
        BatchError::Unreachable(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_race_a_bad_row_and_a_lost_database_are_told_apart() {
        let moved = "Error: NOT NULL constraint failed: checkpoint.seq: SQLITE_CONSTRAINT";
        assert!(matches!(classify(moved.to_owned()), BatchError::Moved));
        let bad = "Error: NOT NULL constraint failed: item.title: SQLITE_CONSTRAINT";
        assert!(matches!(classify(bad.to_owned()), BatchError::Unfit(_)));
        assert!(matches!(classify("D1 DB is overloaded".to_owned()), BatchError::Unreachable(_)));
    }
}
