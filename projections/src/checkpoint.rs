//! Where a stream's rows stand, and moving it only from where the mover believes it to be.

use domain::journal::Head;
use serde::Serialize;

use crate::Side;
use crate::statement::{Sql, Statement, Writes, delete, insert};

/// Reads a stream's checkpoint; parameters: generation, stream; columns: seq, hash.
pub const READ: &str = "SELECT seq, hash FROM checkpoint WHERE projection = ?1 AND stream = ?2";

/// Reads whether a stream is parked; parameters: generation, stream; columns: seq, error.
pub const READ_PARKED: &str = "SELECT seq, error FROM parked_stream WHERE projection = ?1 AND stream = ?2";

/// Sets NULL, which the column refuses (`OR REPLACE` has no default to put there), when the checkpoint is not
/// where the mover left it: the whole batch fails then, and nobody's rows are written twice. A stream without
/// a checkpoint stands before its first entry.
const MOVE: &Sql = &Sql {
    table: "checkpoint",
    joins: false,
    text: "INSERT OR REPLACE INTO checkpoint (projection, stream, seq, hash, moved_at)
        SELECT row.value->>'projection', row.value->>'stream',
            CASE WHEN coalesce(
                (SELECT stood.seq = row.value->>'from_seq' AND stood.hash = row.value->>'from_hash'
                    FROM checkpoint AS stood
                    WHERE stood.projection = row.value->>'projection' AND stood.stream = row.value->>'stream'),
                row.value->>'from_seq' = 0
            ) THEN row.value->>'seq' END,
            row.value->>'hash', row.value->>'moved_at'
        FROM json_each(?1) AS row",
};

const PARK: &Sql = insert!(parked_stream (projection, stream, seq, kind, error, parked_at)
    "ON CONFLICT (projection, stream) DO UPDATE SET seq = excluded.seq, kind = excluded.kind, error = excluded.error");

const UNPARK: &Sql = delete!(parked_stream where (projection, stream));

const FORGET: &Sql = delete!(checkpoint where (projection, stream));

/// What the database says when a checkpoint was not where it should be.
pub const MOVED_ERROR: &str = "NOT NULL constraint failed: checkpoint.seq";

#[derive(Serialize)]
struct Move<'a> {
    projection: &'a str,
    stream: &'a str,
    from_seq: u64,
    from_hash: String,
    seq: u64,
    hash: String,
    moved_at: i64,
}

#[derive(Serialize)]
struct Park<'a> {
    projection: &'a str,
    stream: &'a str,
    seq: u64,
    kind: &'a str,
    error: &'a str,
    parked_at: i64,
}

/// Statements that move `stream`'s checkpoint, to be run in one batch with the rows, before them: a batch
/// that stands on the wrong place then fails at once.
///
/// # Errors
/// When the row cannot be written as JSON; it can.
pub fn advance(
    stream: &str,
    from: Head,
    to: Head,
    moved_at: i64,
) -> Result<Vec<Statement>, serde_json::Error> {
    advance_on(Side::Live, stream, from, to, moved_at)
}

/// As [`advance`], for the rows of one side.
///
/// # Errors
/// As [`advance`].
pub fn advance_on(
    side: Side,
    stream: &str,
    from: Head,
    to: Head,
    moved_at: i64,
) -> Result<Vec<Statement>, serde_json::Error> {
    let mut writes = Writes::default();
    let step = Move {
        projection: side.generation(),
        stream,
        from_seq: from.seq,
        from_hash: from.hash.to_string(),
        seq: to.seq,
        hash: to.hash.to_string(),
        moved_at,
    };
    writes.write(MOVE, [step])?;
    Ok(writes.into_statements())
}

/// The statement that parks `stream` at an entry.
///
/// # Errors
/// When the row cannot be written as JSON; it can.
pub fn park(
    stream: &str,
    seq: u64,
    kind: &str,
    error: &str,
    now: i64,
) -> Result<Vec<Statement>, serde_json::Error> {
    let mut writes = Writes::default();
    writes.write(
        PARK,
        [Park { projection: Side::Live.generation(), stream, seq, kind, error, parked_at: now }],
    )?;
    Ok(writes.into_statements())
}

/// The statement that lets a parked `stream` go on.
///
/// # Errors
/// When the key cannot be written as JSON; it can.
pub fn unpark(stream: &str) -> Result<Vec<Statement>, serde_json::Error> {
    let mut writes = Writes::default();
    writes.write(UNPARK, [serde_json::json!({ "projection": Side::Live.generation(), "stream": stream })])?;
    Ok(writes.into_statements())
}

/// The statement after which the rows of one side stand nowhere.
///
/// # Errors
/// When the key cannot be written as JSON; it can.
pub fn forget(side: Side, stream: &str) -> Result<Vec<Statement>, serde_json::Error> {
    let mut writes = Writes::default();
    writes.write(FORGET, [serde_json::json!({ "projection": side.generation(), "stream": stream })])?;
    Ok(writes.into_statements())
}
