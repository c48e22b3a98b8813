//! How long to wait after a failure: the one back-off of everything that an object sends.

use serde::{Deserialize, Serialize};

use super::database::{Database, StoreError};
use super::limits::{RETRY_FIRST_MS, RETRY_MAX_MS};
use super::store::Store;

/// Milliseconds to wait before try number `attempt` + 1 (`attempt` from 1): `first_ms`, doubled with each
/// further one, at most [`RETRY_MAX_MS`].
pub fn back_off_ms(first_ms: i64, attempt: u32) -> i64 {
    let doublings = 1_i64.checked_shl(attempt.saturating_sub(1)).unwrap_or(i64::MAX);
    let doubled = first_ms.saturating_mul(doublings);
    if doubled <= 0 { RETRY_MAX_MS } else { doubled.min(RETRY_MAX_MS) }
}

/// Failed rounds since one last went through, and when the last one was; kept as a note beside the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    failures: u32,
    tried_at: i64,
}

impl Patience {
    /// As the note `key` has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn load<D: Database>(store: &Store<D>, key: &'static str) -> Result<Self, StoreError> {
        Ok(store.note(key)?.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
    }

    /// When the next round may be, ms since 1970 UTC; none when it may be at once.
    pub fn not_before(self) -> Option<i64> {
        let wait = || back_off_ms(RETRY_FIRST_MS, self.failures);
        (self.failures > 0).then(|| self.tried_at.saturating_add(wait()))
    }

    /// Notes how the round at `now` went; answers what holds from now on. A success after a success costs no
    /// write.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note<D: Database>(
        self,
        store: &Store<D>,
        key: &'static str,
        now: i64,
        failed: bool,
    ) -> Result<Self, StoreError> {
        let next = if failed {
            Self { failures: self.failures.saturating_add(1), tried_at: now }
        } else {
            Self::default()
        };
        if next != self {
            store.set_note(key, &serde_json::to_string(&next)?)?;
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn back_off_doubles_up_to_its_bound_and_never_overflows() {
        assert_eq!(back_off_ms(500, 0), 500);
        assert_eq!(back_off_ms(500, 1), 500);
        assert_eq!(back_off_ms(500, 2), 1_000);
        assert_eq!(back_off_ms(500, 13), 2_048_000);
        for attempt in [14, 40, 62, 63, 64, 65, u32::MAX] {
            assert_eq!(back_off_ms(500, attempt), RETRY_MAX_MS);
        }
    }

    #[test]
    fn failures_add_up_over_instances_and_one_success_forgets_them() {
        let connection = Connection::open_in_memory().unwrap();
        let store = Store::new(&connection);
        store.create().unwrap();
        let load = || Patience::load(&store, "test").unwrap();
        assert_eq!(load().not_before(), None);
        load().note(&store, "test", 10_000, true).unwrap();
        assert_eq!(load().not_before(), Some(10_500));
        load().note(&store, "test", 20_000, true).unwrap();
        assert_eq!(load().not_before(), Some(21_000));
        load().note(&store, "test", 30_000, false).unwrap();
        assert_eq!(load().not_before(), None);
    }
}
