//! The one write: everything that a command leaves, all of it or nothing, and only onto the head it was decided on.

use domain::aggregate::Delivery;
use domain::journal::{Head, RawEntry};

use super::{Place, Store, integer};
use crate::objects::database::{Database, Param, StoreError};

/// What a command leaves goes through the view `effect`, whose trigger writes the tables: most commands leave one entry
/// and at most one key, and one statement is whole by itself, without a transaction around it.
const WRITE: &str = "INSERT INTO effect (command_id, body_hash, onto_seq, onto_hash, last_seq,
        seq, recorded_at, entry_command_id, actor, kind, version, payload, hash, key, key_seq)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

/// What the database says when the head is another one: the trigger sets NULL there, which the column refuses.
const HEAD_DIFFERS: &str = "commands.first_seq";

/// What the database says of a command that was taken before, and of one that was refused before.
const KNOWN: [&str; 2] = ["commands.command_id", "command refused before"];

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
    /// Under which keys the entries are found.
    pub keys: &'a [Place],
    /// What the entries hand to other objects, each with the seq of its entry.
    pub deliveries: &'a [(u64, Delivery)],
}

/// A part of what is left: any of the three may be missing.
pub(super) struct Effect<'a> {
    pub command: Option<&'a Append<'a>>,
    pub entry: Option<&'a RawEntry>,
    pub key: Option<&'a Place>,
}

impl<D: Database> Store<D> {
    /// Writes all that a command leaves, onto the head it was decided on.
    ///
    /// # Errors
    /// [`StoreError::CommandKnown`] when the command was answered before; [`StoreError`]. Nothing of it is stored then.
    pub fn append(&self, append: &Append<'_>) -> Result<(), StoreError> {
        let effects = append.entries.len().max(append.keys.len()).max(1);
        let write = || {
            for at in 0..effects {
                self.write_effect(&Effect {
                    command: (at == 0).then_some(append),
                    entry: append.entries.get(at),
                    key: append.keys.get(at),
                })?;
            }
            append.deliveries.iter().try_for_each(|(seq, delivery)| self.queue_delivery(*seq, delivery))
        };
        if effects == 1 && append.deliveries.is_empty() { write() } else { self.database.transaction(write) }
    }

    pub(super) fn write_effect(&self, effect: &Effect<'_>) -> Result<(), StoreError> {
        let (onto, hash);
        let mut row = [Param::Null; 15];
        if let Some(append) = effect.command {
            onto = append.onto.hash.to_string();
            let last = append.entries.last().map_or(append.onto.seq, |entry| entry.seq);
            row[..5].copy_from_slice(&[
                Param::Text(append.command_id),
                Param::Text(append.body_hash),
                integer(append.onto.seq),
                Param::Text(&onto),
                integer(last),
            ]);
        }
        if let Some(entry) = effect.entry {
            hash = entry.hash.to_string();
            row[5..13].copy_from_slice(&[
                integer(entry.seq),
                Param::Integer(entry.recorded_at),
                Param::Text(&entry.command_id),
                Param::Text(&entry.actor),
                Param::Text(&entry.kind),
                Param::Integer(entry.version.into()),
                Param::Text(&entry.payload),
                Param::Text(&hash),
            ]);
        }
        if let Some((key, seq)) = effect.key {
            row[13..].copy_from_slice(&[Param::Text(key), integer(*seq)]);
        }
        match (self.database.write(WRITE, &row), effect.command) {
            (Err(StoreError::Database(error)), Some(append)) if error.contains(HEAD_DIFFERS) => {
                Err(StoreError::HeadDiffers { decided: append.onto.seq, stored: self.head()?.0.seq })
            }
            (Err(StoreError::Database(error)), Some(_))
                if KNOWN.iter().any(|known| error.contains(known)) =>
            {
                Err(StoreError::CommandKnown)
            }
            (outcome, _) => outcome,
        }
    }
}
