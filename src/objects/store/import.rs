//! The write of an import: entries that another object sealed, with what they leave behind here.

use domain::aggregate::Delivery;
use domain::journal::{Head, RawEntry};

use super::write::Effect;
use super::{Place, Store, integer};
use crate::objects::database::{Database, Param, StoreError};

/// What a command's body hashed to is in no export: its digest stays unknown here, and a repetition gets its first
/// reply whatever it says.
pub const UNKNOWN_BODY: &str = "";

/// Entries of one command that were cut by the end of a page are put together again.
const REMEMBER_IMPORTED: &str =
    "INSERT INTO commands (command_id, body_hash, first_seq, last_seq) VALUES (?1, ?2, ?3, ?3)
    ON CONFLICT (command_id) DO UPDATE SET last_seq = excluded.last_seq";

/// A run of verified entries, written as a whole or not at all.
#[derive(Debug)]
pub struct Run<'a> {
    /// The head that they follow.
    pub onto: Head,
    /// The entries, in order.
    pub entries: &'a [RawEntry],
    /// Under which keys the entries are found.
    pub keys: &'a [Place],
    /// What the entries hand to other objects, each with the seq of its entry.
    pub deliveries: &'a [(u64, Delivery)],
    /// The host's note under this key.
    pub note: (&'static str, &'a str),
}

impl<D: Database> Store<D> {
    /// Writes a run of entries as they are, making the tables where there are none.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of it is stored then.
    pub fn import(&self, run: &Run<'_>) -> Result<(), StoreError> {
        self.in_one(|store| {
            store.create()?;
            let (stored, _) = store.head()?;
            if stored != run.onto {
                return Err(StoreError::HeadDiffers { decided: run.onto.seq, stored: stored.seq });
            }
            for entry in run.entries {
                store.write_effect(&Effect { command: None, entry: Some(entry), key: None })?;
                let row = [Param::Text(&entry.command_id), Param::Text(UNKNOWN_BODY), integer(entry.seq)];
                store.database.write(REMEMBER_IMPORTED, &row)?;
            }
            run.keys.iter().try_for_each(|place| store.key(place))?;
            run.deliveries.iter().try_for_each(|(seq, delivery)| store.queue_delivery(*seq, delivery))?;
            store.set_note(run.note.0, run.note.1)
        })
    }
}
