//! The one write: everything that a command leaves, in one transaction that first checks the head.

use domain::aggregate::Delivery;
use domain::journal::{Head, RawEntry};

use super::{Store, integer};
use crate::objects::database::{Database, Param, StoreError};

const APPEND: &str = "INSERT INTO log (seq, recorded_at, command_id, actor, kind, version, payload, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const REMEMBER_COMMAND: &str =
    "INSERT INTO commands (command_id, body_hash, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4)";
const REMEMBER_FACT: &str =
    "INSERT INTO facts (key, json) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET json = excluded.json";

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

impl<D: Database> Store<D> {
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
            append.facts.iter().try_for_each(|(key, json)| self.remember_fact(key, json))?;
            append.deliveries.iter().try_for_each(|(seq, delivery)| self.queue_delivery(*seq, delivery))?;
            Ok(())
        })
    }

    pub(super) fn remember_fact(&self, key: &str, json: &str) -> Result<(), StoreError> {
        self.database.run(REMEMBER_FACT, &[Param::Text(key), Param::Text(json)]).map(drop)
    }

    pub(super) fn insert(&self, entry: &RawEntry) -> Result<(), StoreError> {
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
}
