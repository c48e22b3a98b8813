//! The tables behind one log: what is in them and every statement that touches them.
//!
//! `log` is the truth; `commands` remembers which command wrote what; `facts` holds cold facts that commands
//! name; `deliveries` holds what the log hands to other objects; `snapshot` caches the hot state; `meta` holds
//! the host's own notes.

use domain::aggregate::Delivery;
use domain::journal::{Hash, Head, RawEntry, Verifier};
use domain::rejection::Rejection;

use super::database::{Cell, Database, Param, StoreError};
use super::limits::{ENVELOPE_BYTES, PAGE_BYTES_MAX};
use super::schema::{SCHEMA, SCHEMA_NOTE, TABLES};

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
const APPEND: &str = "INSERT INTO log (seq, recorded_at, command_id, actor, kind, version, payload, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const FIND_COMMAND: &str =
    "SELECT body_hash, first_seq, last_seq, NULL AS rejection FROM commands WHERE command_id = ?1
    UNION ALL SELECT body_hash, 0, 0, rejection FROM refusals WHERE command_id = ?1";
const REMEMBER_REFUSAL: &str = "INSERT INTO refusals (command_id, body_hash, rejection) VALUES (?1, ?2, ?3)";
const REMEMBER_COMMAND: &str =
    "INSERT INTO commands (command_id, body_hash, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4)";
const FACTS: &str = "SELECT key, json FROM facts WHERE key IN (SELECT value FROM json_each(?1))";
const REMEMBER_FACT: &str =
    "INSERT INTO facts (key, json) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET json = excluded.json";
const QUEUE_DELIVERY: &str =
    "INSERT INTO deliveries (seq, target, command_id, command, state) VALUES (?1, ?2, ?3, ?4, 'pending')";
const PENDING: &str = "SELECT number, target, command_id, command FROM deliveries
    WHERE state = 'pending' ORDER BY number LIMIT ?1";
const HAS_PENDING: &str = "SELECT 1 FROM deliveries WHERE state = 'pending' LIMIT 1";
const SETTLE: &str = "UPDATE deliveries SET state = ?2, outcome = ?3 WHERE number = ?1 AND state = 'pending'";
const PARTS: &str = "SELECT bytes FROM snapshot ORDER BY part";
const CLEAR_PARTS: &str = "DELETE FROM snapshot";
const ADD_PART: &str = "INSERT INTO snapshot (part, bytes) VALUES (?1, ?2)";
const GET_META: &str = "SELECT value FROM meta WHERE key = ?1";
const SET_META: &str =
    "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const TABLE_EXISTS: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'log'";

/// A command that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCommand {
    /// Digest of its body and actor, hex.
    pub body_hash: String,
    /// Seq of its first entry.
    pub first_seq: u64,
    /// Seq of its last entry.
    pub last_seq: u64,
    /// The refusal it got; it has no entries then.
    pub refusal: Option<Rejection>,
}

/// Something that this log hands to another object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedDelivery {
    /// Place in the order of deliveries.
    pub number: i64,
    /// The stream that should take it.
    pub target: String,
    /// The idempotency key under which it is handed over.
    pub command_id: String,
    /// The command's JSON.
    pub command: String,
}

/// What one command leaves behind, written as a whole or not at all.
#[derive(Debug)]
pub struct Append<'a> {
    /// The head that the decision stood on.
    pub onto: Head,
    /// The sealed entries, in order.
    pub entries: &'a [RawEntry],
    /// The command.
    pub command_id: &'a str,
    /// Digest of its body and actor, hex.
    pub body_hash: &'a str,
    /// Cold facts: key and JSON.
    pub facts: &'a [(String, String)],
    /// What the entries hand to other objects, each with the seq of its entry.
    pub deliveries: &'a [(u64, Delivery)],
}

/// The log of one object.
pub struct Store<D> {
    database: D,
}

impl<D: Database> Store<D> {
    /// A store over `database`; nothing is written before the first append.
    pub fn new(database: D) -> Self {
        Self { database }
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
        TABLES.iter().try_for_each(|sql| self.database.run(sql, &[]).map(drop))?;
        self.set_note(SCHEMA_NOTE, SCHEMA)
    }

    /// As [`Store::create`], for an object that was made by an older build.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn update(&self) -> Result<(), StoreError> {
        if self.note(SCHEMA_NOTE)?.as_deref() == Some(SCHEMA) { Ok(()) } else { self.create() }
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

    /// What is known of a command.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn command(&self, command_id: &str) -> Result<Option<KnownCommand>, StoreError> {
        let rows = self.database.run(FIND_COMMAND, &[Param::Text(command_id)])?;
        match rows.into_iter().next().as_deref() {
            None => Ok(None),
            Some([Cell::Text(body_hash), Cell::Integer(first), Cell::Integer(last), rejection]) => {
                let refusal = match rejection {
                    Cell::Text(json) => Some(serde_json::from_str(json)?),
                    _ => None,
                };
                Ok(Some(KnownCommand {
                    body_hash: body_hash.clone(),
                    first_seq: first.cast_unsigned(),
                    last_seq: last.cast_unsigned(),
                    refusal,
                }))
            }
            Some(_) => Err(StoreError::Shape("command")),
        }
    }

    /// Keeps a refusal as the command's first reply.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is stored then.
    pub fn refuse(&self, command_id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError> {
        let rejection = serde_json::to_string(refusal)?;
        let row = [Param::Text(command_id), Param::Text(body_hash), Param::Text(&rejection)];
        self.database.run(REMEMBER_REFUSAL, &row).map(drop)
    }

    /// The stored facts among `keys`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn facts(&self, keys: &[String]) -> Result<Vec<(String, String)>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys = serde_json::to_string(keys)?;
        let rows = self.database.run(FACTS, &[Param::Text(&keys)])?;
        rows.into_iter().map(|row| pair(row).ok_or(StoreError::Shape("fact"))).collect()
    }

    /// Writes all that a command leaves, in one transaction that first checks the head.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of it is stored then.
    pub fn append(&self, append: &Append<'_>) -> Result<(), StoreError> {
        self.database.transaction(|| {
            let (stored, _) = self.head()?;
            if stored != append.onto {
                return Err(StoreError::HeadDiffers { decided: append.onto.seq, stored: stored.seq });
            }
            append.entries.iter().try_for_each(|entry| self.insert(entry))?;
            let last = append.entries.last().map_or(append.onto.seq, |entry| entry.seq);
            self.database.run(
                REMEMBER_COMMAND,
                &[
                    Param::Text(append.command_id),
                    Param::Text(append.body_hash),
                    integer(append.onto.seq + 1),
                    integer(last),
                ],
            )?;
            for (key, json) in append.facts {
                self.database.run(REMEMBER_FACT, &[Param::Text(key), Param::Text(json)])?;
            }
            for (seq, delivery) in append.deliveries {
                let (target, command) = (delivery.to.to_string(), delivery.command.to_string());
                let row = [
                    integer(*seq),
                    Param::Text(&target),
                    Param::Text(&delivery.command_id),
                    Param::Text(&command),
                ];
                self.database.run(QUEUE_DELIVERY, &row)?;
            }
            Ok(())
        })
    }

    fn insert(&self, entry: &RawEntry) -> Result<(), StoreError> {
        let hash = entry.hash.to_string();
        let row = [
            integer(entry.seq),
            Param::Integer(entry.recorded_at),
            Param::Text(&entry.command_id),
            Param::Text(&entry.actor),
            Param::Text(&entry.kind),
            Param::Integer(entry.version.into()),
            Param::Text(&entry.payload),
            Param::Text(&hash),
        ];
        self.database.run(APPEND, &row).map(drop)
    }

    /// The first `limit` deliveries that were not settled, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pending_deliveries(&self, limit: u32) -> Result<Vec<QueuedDelivery>, StoreError> {
        let rows = self.database.run(PENDING, &[Param::Integer(limit.into())])?;
        rows.into_iter()
            .map(|row| match <[Cell; 4]>::try_from(row) {
                Ok(
                    [Cell::Integer(number), Cell::Text(target), Cell::Text(command_id), Cell::Text(command)],
                ) => Ok(QueuedDelivery { number, target, command_id, command }),
                _ => Err(StoreError::Shape("delivery")),
            })
            .collect()
    }

    /// Whether any delivery waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_pending_deliveries(&self) -> Result<bool, StoreError> {
        Ok(!self.database.run(HAS_PENDING, &[])?.is_empty())
    }

    /// Settles a delivery as `taken` or `refused`, with what the receiver said.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settle_delivery(&self, number: i64, taken: bool, outcome: &str) -> Result<(), StoreError> {
        let state = if taken { "taken" } else { "refused" };
        let row = [Param::Integer(number), Param::Text(state), Param::Text(outcome)];
        self.database.run(SETTLE, &row).map(drop)
    }

    /// The parts of the snapshot, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn parts(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.database.run(PARTS, &[])?;
        rows.into_iter()
            .map(|row| match <[Cell; 1]>::try_from(row) {
                Ok([Cell::Blob(bytes)]) => Ok(bytes),
                _ => Err(StoreError::Shape("snapshot")),
            })
            .collect()
    }

    /// Puts other parts in the place of those there are, with the note that says what they are.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub fn replace_parts(&self, parts: &[&[u8]], key: &'static str, note: &str) -> Result<(), StoreError> {
        self.database.transaction(|| {
            self.database.run(CLEAR_PARTS, &[])?;
            for (number, bytes) in (0..).zip(parts) {
                self.database.run(ADD_PART, &[Param::Integer(number), Param::Blob(bytes)])?;
            }
            self.set_note(key, note)
        })
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
        self.database.run(SET_META, &[Param::Text(key), Param::Text(value)]).map(drop)
    }
}

/// Seqs are counted from 1 and stay far below 2^53.
fn integer(seq: u64) -> Param<'static> {
    Param::Integer(seq.cast_signed())
}

fn pair(row: Vec<Cell>) -> Option<(String, String)> {
    match <[Cell; 2]>::try_from(row) {
        Ok([Cell::Text(key), Cell::Text(json)]) => Some((key, json)),
        _ => None,
    }
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
