//! How far the reaction has read each stream, moved only from where the mover believes it to be, in one batch with the
//! intents that the entries caused.

use domain::journal::{GENESIS, Hash, Head};
use domain::stream::StreamId;
use domain::tenancy::Scope;
use serde::Deserialize;
use worker::{Date, Env};

use super::intent::Intent;
use crate::adapters::database::{Rows, Value};
use crate::http::problem::EdgeError;

/// The reaction's name in its rows.
const REACTION: &str = "email";

/// What the database says when a checkpoint was not where it should be.
const MOVED_ERROR: &str = "NOT NULL constraint failed: reaction_checkpoint.seq";

const READ: &str = "SELECT r.born_at, c.seq, c.hash FROM reaction r
    LEFT JOIN reaction_checkpoint c ON c.organization = ?1 AND c.reaction = r.reaction AND c.stream = ?3
    WHERE r.reaction = ?2";

/// As the checkpoint of the read models: NULL, which the column refuses, when the place is another.
const MOVE: &str =
    "INSERT OR REPLACE INTO reaction_checkpoint (organization, reaction, stream, seq, hash, moved_at)
    SELECT ?1, ?2, ?3,
        CASE WHEN coalesce(
            (SELECT seq = CAST(?4 AS INTEGER) AND hash = ?5 FROM reaction_checkpoint
                WHERE organization = ?1 AND reaction = ?2 AND stream = ?3),
            CAST(?4 AS INTEGER) = 0
        ) THEN CAST(?6 AS INTEGER) END,
        ?7, CAST(?8 AS INTEGER)";

const INTEND: &str = "INSERT INTO email (organization, email, stream, seq, purpose, subject, about, status, attempts, intended_at, changed_at)
    SELECT ?1, value ->> 'id', ?2, value ->> 'seq', value ->> 'purpose', value ->> 'subject', value ->> 'about', 'intended', 0,
        CAST(?4 AS INTEGER), CAST(?4 AS INTEGER)
    FROM json_each(?3) WHERE true ON CONFLICT (organization, email) DO NOTHING";

/// Where the reaction stands in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The last entry taken.
    pub head: Head,
    /// When the reaction began, ms since 1970 UTC: what was recorded before causes nothing.
    pub born_at: i64,
}

/// What became of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Written.
    Done,
    /// Somebody else was quicker; nothing is written.
    Raced,
}

#[derive(Deserialize)]
struct Row {
    born_at: i64,
    seq: Option<u64>,
    hash: Option<String>,
}

/// One organization's checkpoints.
pub struct Checkpoints<'a> {
    rows: Rows<'a>,
}

impl<'a> Checkpoints<'a> {
    /// Those of the organization that `scope` stands for.
    #[must_use]
    pub fn of(env: &'a Env, scope: &Scope) -> Self {
        Self { rows: Rows::of(env, scope) }
    }

    /// Where the reaction stands in `stream`.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`]; [`EdgeError::Internal`] when the reaction has no row, which its migration makes.
    pub async fn place(&self, stream: &StreamId) -> Result<Place, EdgeError> {
        let stream = stream.to_string();
        let row: Option<Row> = self.rows.first(READ, &[Value::Text(REACTION), Value::Text(&stream)]).await?;
        let row = row.ok_or_else(|| EdgeError::Internal("the reaction was never begun".into()))?;
        let head = match (row.seq, row.hash) {
            // A hash that is none matches none: the stream is read anew.
            (Some(seq), Some(hash)) => Head { seq, hash: Hash::from_hex(&hash).unwrap_or(GENESIS) },
            _ => Head::EMPTY,
        };
        Ok(Place { head, born_at: row.born_at })
    }

    /// Moves on, and writes down what is intended.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn advance(
        &self,
        stream: &StreamId,
        (from, to): (Head, Head),
        intents: &[Intent],
    ) -> Result<Moved, EdgeError> {
        let (stream, now) = (stream.to_string(), Date::now().as_millis().to_string());
        let (from_seq, from_hash) = (from.seq.to_string(), from.hash.to_string());
        let (seq, hash) = (to.seq.to_string(), to.hash.to_string());
        let step = [REACTION, &stream, &from_seq, &from_hash, &seq, &hash, &now].map(Value::Text);
        let rows = serde_json::to_string(intents)?;
        let intended = [Value::Text(&stream), Value::Text(&rows), Value::Text(&now)];
        let both: [(&'static str, &[Value<'_>]); 2] = [(MOVE, &step), (INTEND, &intended)];
        let statements = if intents.is_empty() { &both[..1] } else { &both[..] };
        match self.rows.batch(statements).await {
            Ok(_) => Ok(Moved::Done),
            Err(error) if error.to_string().contains(MOVED_ERROR) => Ok(Moved::Raced),
            Err(error) => Err(error.into()),
        }
    }

    /// Goes back to before the first entry.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn restart(&self, stream: &StreamId, from: Head) -> Result<Moved, EdgeError> {
        self.advance(stream, (from, Head::EMPTY), &[]).await
    }
}
