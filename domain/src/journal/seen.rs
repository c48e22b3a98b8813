//! Heads that were seen before: by the organization's log, which witnesses every other log once a day, or in a
//! signed checkpoint. A log read later must still have them.

use std::collections::BTreeMap;

use super::chain::Hash;
use super::entry::Head;

/// Heads that one log is known to have had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    heads: BTreeMap<u64, Hash>,
}

/// A log is not the one that was seen before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// An entry has another hash than it had.
    #[error("entry {seq} was seen with hash {seen}; now it has {found}")]
    Rewritten {
        /// The entry.
        seq: u64,
        /// As it was seen.
        seen: Hash,
        /// As it stands.
        found: Hash,
    },
    /// Entries that were there are gone.
    #[error("entry {seq} was seen, but the log ends at {end}")]
    Shortened {
        /// The last entry that was seen.
        seq: u64,
        /// Where the log ends.
        end: u64,
    },
}

impl Seen {
    /// Remembers that the log had `head`.
    ///
    /// # Errors
    /// [`Contradiction::Rewritten`] when it was seen with another hash before: two witnesses disagree.
    pub fn expect(&mut self, head: Head) -> Result<(), Contradiction> {
        self.meet(head)?;
        self.heads.insert(head.seq, head.hash);
        Ok(())
    }

    /// How many heads are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// True when nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Compares an entry, by its place and hash, with what was seen.
    ///
    /// # Errors
    /// [`Contradiction::Rewritten`].
    pub fn meet(&self, entry: Head) -> Result<(), Contradiction> {
        match self.heads.get(&entry.seq) {
            Some(seen) if *seen != entry.hash => {
                Err(Contradiction::Rewritten { seq: entry.seq, seen: *seen, found: entry.hash })
            }
            _ => Ok(()),
        }
    }

    /// Says whether a log that ends at `end` has all that was seen; for whole logs, at their end.
    ///
    /// # Errors
    /// [`Contradiction::Shortened`].
    pub fn reach(&self, end: u64) -> Result<(), Contradiction> {
        match self.heads.last_key_value() {
            Some((seq, _)) if *seq > end => Err(Contradiction::Shortened { seq: *seq, end }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64, byte: u8) -> Head {
        Head { seq, hash: Hash([byte; 32]) }
    }

    #[test]
    fn log_8_a_log_is_held_to_the_heads_that_were_seen() {
        let mut seen = Seen::default();
        seen.expect(head(3, 3)).unwrap();
        seen.expect(head(5, 5)).unwrap();
        seen.expect(head(5, 5)).unwrap();
        for entry in [head(1, 1), head(3, 3), head(4, 9), head(5, 5), head(6, 6)] {
            seen.meet(entry).unwrap();
        }
        assert!(matches!(seen.meet(head(5, 6)), Err(Contradiction::Rewritten { seq: 5, .. })));
        assert!(matches!(seen.expect(head(3, 4)), Err(Contradiction::Rewritten { seq: 3, .. })));
        assert_eq!(seen.len(), 2);
        assert_eq!(seen.reach(5), Ok(()));
        assert_eq!(seen.reach(4), Err(Contradiction::Shortened { seq: 5, end: 4 }));
        assert_eq!(Seen::default().reach(0), Ok(()));
    }
}
