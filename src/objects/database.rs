//! The little of SQLite that the log host needs, so that the same store runs on a Durable Object and, in the
//! tests, on plain SQLite.

use domain::journal::{ChainBreak, DecodeError};

/// A bound parameter.
#[derive(Debug, Clone, Copy)]
pub enum Param<'a> {
    /// NULL.
    Null,
    /// A whole number; exact up to 2^53 (seqs and milliseconds stay far below).
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// A column of a result row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What can go wrong below a decision.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or could not commit.
    #[error("storage: {0}")]
    Database(String),
    /// A result did not have the shape asked for.
    #[error("storage: unexpected result of {0}")]
    Shape(&'static str),
    /// The log is not the one that was written.
    #[error("the log does not hold: {0}")]
    Chain(#[from] ChainBreak),
    /// An entry cannot be read by this build.
    #[error("entry {seq} cannot be read: {source}")]
    Decode {
        /// The entry.
        seq: u64,
        /// Why.
        source: DecodeError,
    },
    /// The head in storage is not the head this object decided on.
    #[error("the head moved under the decision: decided on {decided}, stored {stored}")]
    HeadDiffers {
        /// Seq that the decision stood on.
        decided: u64,
        /// Seq found in storage.
        stored: u64,
    },
    /// The command was answered before.
    #[error("the command was answered before")]
    CommandKnown,
    /// A state could not be written as a snapshot.
    #[error("snapshot: {0}")]
    Snapshot(String),
    /// Something could not be written as JSON or read back.
    #[error("encoding: {0}")]
    Encoding(#[from] serde_json::Error),
}

/// A SQLite database with synchronous statements and transactions.
pub trait Database {
    /// Runs one statement and returns all its rows; no cursor stays open.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    fn run(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Vec<Cell>>, StoreError>;

    /// Runs one statement that returns no rows.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    fn write(&self, sql: &'static str, params: &[Param<'_>]) -> Result<(), StoreError> {
        self.run(sql, params).map(drop)
    }

    /// Runs `work` in a transaction: everything it wrote stays when it returns `Ok`, nothing when it does not.
    ///
    /// # Errors
    /// What `work` returned, or [`StoreError::Database`] when the commit failed.
    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError>;
}
