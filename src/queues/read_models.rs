//! The read models in D1: where a stream's rows stand, and batches that move both together.

use domain::journal::{GENESIS, Hash, Head};
use projections::beside::{COLUMNS, Column, Query};
use projections::{Side, Statement, checkpoint};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use worker::{D1Database, D1PreparedStatement, D1Result, D1Type, Env, Error, Result};

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

    /// Where one side of the rows of `stream` stands.
    ///
    /// # Errors
    /// When D1 cannot be reached.
    pub async fn standing(&self, side: Side, stream: &str) -> Result<Standing> {
        let key = [D1Type::Text(side.generation()), D1Type::Text(stream)];
        let read = |sql: &str| self.database.prepare(sql).bind_refs(&key);
        let results =
            self.database.batch(vec![read(checkpoint::READ)?, read(checkpoint::READ_PARKED)?]).await?;
        let [places, parked] = results.as_slice() else {
            return Err(Error::RustError("D1 answered another number of results".to_owned()));
        };
        let head = place_in(places)?;
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
                self.database.prepare(statement.sql.text).bind_refs(&D1Type::Text(&statement.rows))
            })
            .collect();
        self.all_or_none(prepared).await.map(drop)
    }

    /// As [`Self::run`], for texts that are made at run time.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_queries(&self, queries: &[Query]) -> std::result::Result<(), BatchError> {
        let prepared = queries.iter().map(|query| self.prepared(query)).collect();
        self.all_or_none(prepared).await.map(drop)
    }

    /// The columns of each of `tables`.
    ///
    /// # Errors
    /// When D1 cannot be reached.
    pub async fn columns(&self, tables: &[&str]) -> Result<Vec<Vec<Column>>> {
        let read = |table: &&str| self.database.prepare(COLUMNS).bind_refs(&D1Type::Text(table));
        let prepared: Result<Vec<_>> = tables.iter().map(read).collect();
        self.database.batch(prepared?).await?.iter().map(D1Result::results).collect()
    }

    /// Where both sides of the rows of `stream` stand, and what `queries` find there: all of it as of one moment.
    ///
    /// # Errors
    /// When D1 cannot be reached.
    pub async fn compared<T: DeserializeOwned>(
        &self,
        stream: &str,
        queries: &[Query],
    ) -> Result<(Head, Head, Vec<Vec<T>>)> {
        let place = |side: Side| {
            let key = [D1Type::Text(side.generation()), D1Type::Text(stream)];
            self.database.prepare(checkpoint::READ).bind_refs(&key)
        };
        let mut prepared = vec![place(Side::Live)?, place(Side::Beside)?];
        for query in queries {
            prepared.push(self.prepared(query)?);
        }
        let results = self.database.batch(prepared).await?;
        let [live, beside, found @ ..] = results.as_slice() else {
            return Err(Error::RustError("D1 answered another number of results".to_owned()));
        };
        let found: Result<Vec<Vec<T>>> = found.iter().map(D1Result::results).collect();
        Ok((place_in(live)?, place_in(beside)?, found?))
    }

    fn prepared(&self, query: &Query) -> Result<D1PreparedStatement> {
        let parameters: Vec<D1Type<'_>> = query.parameters.iter().map(|text| D1Type::Text(text)).collect();
        self.database.prepare(&query.text).bind_refs(&parameters)
    }

    async fn all_or_none(
        &self,
        prepared: Result<Vec<D1PreparedStatement>>,
    ) -> std::result::Result<Vec<D1Result>, BatchError> {
        let prepared = prepared.map_err(|error| BatchError::Unfit(error.to_string()))?;
        self.database.batch(prepared).await.map_err(|error| classify(words(&error)))
    }
}

fn place_in(read: &D1Result) -> Result<Head> {
    Ok(match read.results::<Place>()?.into_iter().next() {
        None => Head::EMPTY,
        // A hash that is none matches none: the stream is rebuilt.
        Some(place) => Head { seq: place.seq, hash: Hash::from_hex(&place.hash).unwrap_or(GENESIS) },
    })
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
