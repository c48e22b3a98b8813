//! Refusals for want of a right are written down for the organization's admins: who, which route, what was missing,
//! how often in that hour. A flood of refusals is one row that counts, and an hour has a bounded number of rows.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::http::Method;

use super::caller::Caller;
use super::edge::Edge;
use super::problem::EdgeError;
use super::tenant::Tenant;
use crate::adapters::database::Value;

/// One hour, ms.
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Rows that one hour of one organization may have; what comes then is counted under [`OTHERS`].
const ROWS_PER_HOUR_MAX: u32 = 500;

/// Who stands for everybody whose own row would be one too many.
const OTHERS: &str = "others";

/// While a row was written less than so long ago, an isolate counts in memory, ms.
const WRITE_PAUSE_MS: i64 = 2_000;

/// Rows that an isolate counts in memory; over it, it writes each refusal at once and starts again.
const PENDING_MAX: usize = 1_000;

/// `?2` hour, `?3` actor, `?4` method, `?5` route, `?6` what is missing, `?7` how often, `?8` now, `?9` request id,
/// `?10` most rows, `?11` who stands for the others.
const COUNT: &str = "INSERT INTO denied_access
    (organization, hour, actor, method, route, needs, attempts, first_at, last_at, request_id)
    SELECT ?1, CAST(?2 AS INTEGER),
      CASE WHEN (SELECT COUNT(*) FROM denied_access WHERE organization = ?1 AND hour = CAST(?2 AS INTEGER))
          < CAST(?10 AS INTEGER)
        OR EXISTS (SELECT 1 FROM denied_access WHERE organization = ?1 AND hour = CAST(?2 AS INTEGER)
          AND actor = ?3 AND method = ?4 AND route = ?5 AND needs = ?6)
        THEN ?3 ELSE ?11 END,
      ?4, ?5, ?6, CAST(?7 AS INTEGER), CAST(?8 AS INTEGER), CAST(?8 AS INTEGER), ?9 WHERE true
    ON CONFLICT (organization, hour, actor, method, route, needs) DO UPDATE SET
      attempts = attempts + excluded.attempts, last_at = excluded.last_at, request_id = excluded.request_id";

/// What an isolate has counted and not written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    written_at: i64,
    unwritten: u32,
}

thread_local! {
    static PENDING: RefCell<BTreeMap<String, Pending>> = const { RefCell::new(BTreeMap::new()) };
}

/// How many refusals to write now; none while the row was written just before.
fn due(pending: &mut BTreeMap<String, Pending>, key: String, now: i64) -> Option<u32> {
    if pending.len() >= PENDING_MAX {
        pending.clear();
    }
    let entry = pending.entry(key).or_insert(Pending { written_at: i64::MIN, unwritten: 0 });
    entry.unwritten = entry.unwritten.saturating_add(1);
    if now.saturating_sub(entry.written_at) < WRITE_PAUSE_MS {
        return None;
    }
    let count = entry.unwritten;
    *entry = Pending { written_at: now, unwritten: 0 };
    Some(count)
}

/// Writes a refusal down. That this fails never changes the answer.
pub async fn note(
    edge: &Edge,
    tenant: Option<&Tenant>,
    caller: &Caller,
    (method, route): (&Method, &str),
    error: &EdgeError,
) {
    let actor = caller.actor().to_string();
    tracing::warn!(actor, %error, "refused");
    let Some(tenant) = tenant else { return };
    let needs = match error {
        EdgeError::Forbidden(needs) => needs.as_str(),
        _ => "another session",
    };
    let hour = edge.now().div_euclid(HOUR_MS).to_string();
    let key = format!("{}/{hour}/{actor}/{method}/{route}/{needs}", tenant.id());
    let Some(count) = PENDING.with_borrow_mut(|pending| due(pending, key, edge.now())) else { return };
    let (count, now, most) = (count.to_string(), edge.now().to_string(), ROWS_PER_HOUR_MAX.to_string());
    let values =
        [&hour, &actor, method.as_str(), route, needs, &count, &now, edge.request_id(), &most, OTHERS]
            .map(Value::Text);
    if let Err(error) = tenant.rows(edge).run(COUNT, &values).await {
        tracing::error!(%error, "a refusal was not written down");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_in_memory_and_written_now_and_then() {
        let mut pending = BTreeMap::new();
        let mut at = |now| due(&mut pending, "a".into(), now);
        assert_eq!(at(0), Some(1));
        assert_eq!((1..100).filter_map(&mut at).count(), 0);
        assert_eq!(at(WRITE_PAUSE_MS), Some(100), "nothing is forgotten");
        assert_eq!(at(WRITE_PAUSE_MS + 1), None);
    }

    #[test]
    fn an_hour_has_a_bounded_number_of_rows() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        database.execute_batch(include_str!("../../migrations/0060_edge_hosts.sql")).unwrap();
        for number in 0..5 {
            for _ in 0..2 {
                let actor = format!("person:user_{number}");
                let row = ["org", "1", &actor, "GET", "/x", "y", "3", "10", "request", "3", OTHERS];
                database.execute(COUNT, rusqlite::params_from_iter(row)).unwrap();
            }
        }
        let mut read = database.prepare("SELECT actor, attempts FROM denied_access ORDER BY actor").unwrap();
        let rows: Vec<(String, u32)> =
            read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let wanted = [("others", 12), ("person:user_0", 6), ("person:user_1", 6), ("person:user_2", 6)];
        assert_eq!(rows, wanted.map(|(actor, attempts)| (actor.to_owned(), attempts)));
    }
}
