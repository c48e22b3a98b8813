//! The tables behind one log: what is in them and every statement that touches them.
//!
//! `log` is the truth; `commands` remembers which command wrote what; `entry_keys` says where entries are that
//! commands ask for; `deliveries` holds what the log hands to other objects; `timers` what is to be done later; `segments` says
//! which entries lie in the archive; `snapshot` caches the hot state; `meta` holds the host's own notes.

mod commands;
mod deliveries;
mod entry_keys;
mod import;
mod parts;
mod segments;
mod timers;
mod write;

use domain::journal::{Hash, Head, RawEntry, Verifier};

pub use self::commands::KnownCommand;
pub use self::deliveries::QueuedDelivery;
pub use self::entry_keys::Place;
pub use self::import::{Run, UNKNOWN_BODY};
pub use self::timers::SetTimer;
pub use self::write::Append;
use super::database::{Cell, Database, Param, StoreError};
use super::limits::{ENVELOPE_BYTES, PAGE_BYTES_MAX};
use super::schema::{OUTDATED, SCHEMA, SCHEMA_NOTE, TABLES};

/// A page as one JSON text: many times quicker than a row at a time. The first entry always comes, however
/// large; further ones while the page stays below its bytes.
const PAGE: &str = "SELECT json_group_array(json_array(
        seq, recorded_at, command_id, actor, kind, version, payload, hash))
    FROM (
        SELECT *, sum(length(CAST(payload AS BLOB)) + ?3) OVER (ORDER BY seq) AS bytes
        FROM (SELECT * FROM log WHERE seq >= ?1 ORDER BY seq LIMIT ?2)
    )
    WHERE bytes <= ?4 OR seq = ?1";
const HEAD: &str = "SELECT seq, hash, recorded_at FROM log ORDER BY seq DESC LIMIT 1";
const HASH_AT: &str = "SELECT hash FROM log WHERE seq = ?1";
const GET_META: &str = "SELECT value FROM meta WHERE key = ?1";
const SET_META: &str =
    "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const TABLE_EXISTS: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'log'";

/// The log of one object.
pub struct Store<D> {
    database: D,
}

impl<D: Database> Store<D> {
    /// A store over `database`; nothing is written before the first append.
    pub fn new(database: D) -> Self {
        Self { database }
    }

    /// What is below, for tests that break it.
    #[cfg(test)]
    pub fn database(&self) -> &D {
        &self.database
    }

    /// Whether anything was ever written here.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn exists(&self) -> Result<bool, StoreError> {
        Ok(!self.database.run(TABLE_EXISTS, &[])?.is_empty())
    }

    /// Makes the tables that this build knows and the object does not have yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn create(&self) -> Result<(), StoreError> {
        TABLES.iter().try_for_each(|sql| self.database.write(sql, &[]))?;
        self.set_note(SCHEMA_NOTE, SCHEMA)
    }

    /// Whether the tables are those of this build.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn is_up_to_date(&self) -> Result<bool, StoreError> {
        Ok(self.note(SCHEMA_NOTE)?.as_deref() == Some(SCHEMA))
    }

    /// As [`Store::create`], for an object that was made by an older build. It knows no keys then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn update(&self) -> Result<(), StoreError> {
        OUTDATED.iter().try_for_each(|sql| self.database.write(sql, &[]))?;
        self.create()
    }

    /// Writes several things, all of them or none.
    ///
    /// # Errors
    /// What `work` returned, or [`StoreError::Database`] when the commit failed.
    pub fn in_one<T>(&self, work: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.database.transaction(|| work(self))
    }

    /// The stored head, and when its entry was recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn head(&self) -> Result<(Head, i64), StoreError> {
        match self.database.run(HEAD, &[])?.into_iter().next().as_deref() {
            None => Ok((Head::EMPTY, i64::MIN)),
            Some([Cell::Integer(seq), Cell::Text(hash), Cell::Integer(recorded_at)]) => {
                let hash = Hash::from_hex(hash).ok_or(StoreError::Shape("head hash"))?;
                Ok((Head { seq: seq.cast_unsigned(), hash }, *recorded_at))
            }
            Some(_) => Err(StoreError::Shape("head")),
        }
    }

    /// The head as of `seq`: [`Head::EMPTY`] for 0, none behind the head.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn head_at(&self, seq: u64) -> Result<Option<Head>, StoreError> {
        if seq == 0 {
            return Ok(Some(Head::EMPTY));
        }
        match self.database.run(HASH_AT, &[integer(seq)])?.into_iter().next().as_deref() {
            None => Ok(None),
            Some([Cell::Text(hash)]) => {
                let hash = Hash::from_hex(hash).ok_or(StoreError::Shape("hash"))?;
                Ok(Some(Head { seq, hash }))
            }
            Some(_) => Err(StoreError::Shape("hash")),
        }
    }

    /// At most `limit` entries from seq `from` on, bounded by bytes as well; at least one where there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn page(&self, from: u64, limit: u32) -> Result<Vec<RawEntry>, StoreError> {
        let params = [
            integer(from),
            Param::Integer(limit.into()),
            Param::Integer(ENVELOPE_BYTES),
            Param::Integer(PAGE_BYTES_MAX),
        ];
        match self.database.run(PAGE, &params)?.into_iter().next().as_deref() {
            Some([Cell::Text(json)]) => {
                let rows: Vec<Row> = serde_json::from_str(json)?;
                Ok(rows.into_iter().map(RawEntry::from).collect())
            }
            _ => Err(StoreError::Shape("page")),
        }
    }

    /// Hands every entry behind `after` to `each`, in order and verified; returns the head reached.
    ///
    /// # Errors
    /// [`StoreError::Chain`] at the first entry that does not follow; what `each` returned.
    pub fn replay(
        &self,
        stream: &str,
        after: Head,
        page_entries: u32,
        mut each: impl FnMut(&RawEntry) -> Result<(), StoreError>,
    ) -> Result<Head, StoreError> {
        let mut verifier = Verifier::resume(stream, after);
        loop {
            let page = self.page(verifier.head().seq + 1, page_entries)?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                verifier.accept(entry)?;
                each(entry)?;
            }
        }
        Ok(verifier.head())
    }

    /// A note of the host, as it was last written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note(&self, key: &'static str) -> Result<Option<String>, StoreError> {
        match self.database.run(GET_META, &[Param::Text(key)])?.into_iter().next() {
            None => Ok(None),
            Some(row) => match <[Cell; 1]>::try_from(row) {
                Ok([Cell::Text(value)]) => Ok(Some(value)),
                _ => Err(StoreError::Shape("note")),
            },
        }
    }

    /// Writes a note.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_note(&self, key: &'static str, value: &str) -> Result<(), StoreError> {
        self.database.write(SET_META, &[Param::Text(key), Param::Text(value)])
    }
}

/// Seqs are counted from 1 and stay far below 2^53.
fn integer(seq: u64) -> Param<'static> {
    Param::Integer(seq.cast_signed())
}

/// A row of [`PAGE`].
#[derive(serde::Deserialize)]
struct Row(u64, i64, String, String, String, u32, String, Hash);

impl From<Row> for RawEntry {
    fn from(row: Row) -> Self {
        let Row(seq, recorded_at, command_id, actor, kind, version, payload, hash) = row;
        Self { seq, recorded_at, command_id, actor, kind, version, payload, hash }
    }
}
