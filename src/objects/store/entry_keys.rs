//! Entries that commands ask for by key: where they are.

use super::{Store, integer};
use crate::objects::database::{Cell, Database, Param, StoreError};

const FIND: &str =
    "SELECT key, seq FROM entry_keys WHERE key IN (SELECT value FROM json_each(?1)) ORDER BY seq, key";
const KEY: &str =
    "INSERT INTO entry_keys (key, seq) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq";

/// A key and the seq of the entry that is found under it.
pub type Place = (String, u64);

impl<D: Database> Store<D> {
    /// Where the entries under `keys` are, in order of the log; what is under none of them is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn places(&self, keys: &[String]) -> Result<Vec<Place>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys = serde_json::to_string(keys)?;
        let rows = self.database.run(FIND, &[Param::Text(&keys)])?;
        rows.into_iter().map(|row| place(row).ok_or(StoreError::Shape("place"))).collect()
    }

    /// The entry at `place` is found under its key from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn key(&self, (key, seq): &Place) -> Result<(), StoreError> {
        self.database.write(KEY, &[Param::Text(key), integer(*seq)])
    }
}

fn place(row: Vec<Cell>) -> Option<Place> {
    match <[Cell; 2]>::try_from(row) {
        Ok([Cell::Text(key), Cell::Integer(seq)]) => Some((key, seq.cast_unsigned())),
        _ => None,
    }
}
