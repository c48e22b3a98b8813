//! The stored parts of a snapshot.

use super::Store;
use crate::objects::database::{Cell, Database, Param, StoreError};

const PARTS: &str = "SELECT bytes FROM snapshot ORDER BY part";
const CLEAR_PARTS: &str = "DELETE FROM snapshot";
const ADD_PART: &str = "INSERT INTO snapshot (part, bytes) VALUES (?1, ?2)";

impl<D: Database> Store<D> {
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
}
