//! Which entries lie in the archive.

use domain::journal::Hash;

use super::{Store, integer};
use crate::objects::database::{Cell, Database, Param, StoreError};
use crate::objects::wire::Segment;

const FROM: &str = "SELECT first_seq, last_seq, key, digest FROM segments
    WHERE last_seq >= ?1 ORDER BY first_seq LIMIT ?2";
const LAST: &str = "SELECT coalesce(max(last_seq), 0) FROM segments";
const KEEP: &str = "INSERT INTO segments (first_seq, last_seq, key, digest) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (first_seq) DO UPDATE SET key = excluded.key, digest = excluded.digest";

impl<D: Database> Store<D> {
    /// At most `limit` segments, from the one with entry `from` on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn segments(&self, from: u64, limit: u32) -> Result<Vec<Segment>, StoreError> {
        let rows = self.database.run(FROM, &[integer(from), Param::Integer(limit.into())])?;
        rows.into_iter()
            .map(|row| match <[Cell; 4]>::try_from(row) {
                Ok([Cell::Integer(first), Cell::Integer(last), Cell::Text(key), Cell::Text(digest)]) => {
                    let digest = Hash::from_hex(&digest).ok_or(StoreError::Shape("a segment's digest"))?;
                    Ok(Segment {
                        first_seq: first.cast_unsigned(),
                        last_seq: last.cast_unsigned(),
                        key,
                        digest,
                    })
                }
                _ => Err(StoreError::Shape("segment")),
            })
            .collect()
    }

    /// Seq of the last entry that lies in the archive; 0 for none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn archived(&self) -> Result<u64, StoreError> {
        match self.database.run(LAST, &[])?.first().map(Vec::as_slice) {
            Some([Cell::Integer(last)]) => Ok(last.cast_unsigned()),
            _ => Err(StoreError::Shape("the last segment")),
        }
    }

    /// Notes that a segment lies in the archive, in the place of one with the same entries.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_segment(&self, segment: &Segment) -> Result<(), StoreError> {
        let digest = segment.digest.to_string();
        let row = [
            integer(segment.first_seq),
            integer(segment.last_seq),
            Param::Text(&segment.key),
            Param::Text(&digest),
        ];
        self.database.write(KEEP, &row)
    }
}
