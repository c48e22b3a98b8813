//! Changing the wrapping key: data keys are unwrapped with the old one and wrapped with the new one, page by page;
//! the sealed values stay as they are. It can stop anywhere and be gone on with: both keys open until it is done.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use super::keyring::Keyring;
use super::store::key_place;
use crate::adapters::database::database;
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;

/// Data keys wrapped anew by one request: far below D1's limits on text and time.
const ROTATION_PAGE_KEYS: u32 = 200;

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// Keys wrapped anew.
    pub rewrapped: u32,
    /// Keys that no key of the deployment opens: they were lost before, and are left alone.
    pub unreadable: u32,
    /// Keys that are still wrapped by another key than the current one.
    pub left: u32,
}

#[derive(Deserialize)]
struct Row {
    organization: String,
    subject: String,
    wrapped: String,
}

#[derive(Serialize)]
struct Rewrapped {
    organization: String,
    subject: String,
    old: String,
    wrapped: String,
}

#[derive(Deserialize)]
struct Count {
    left: u32,
}

/// Every organization's keys: the wrapping key is the deployment's.
const SELECT: &str = "SELECT organization, subject, wrapped FROM vault_key
    WHERE wrapped_by <> ?1 AND wrapped_by <> ?2 ORDER BY organization, subject LIMIT ?3";

/// Only where it is still as it was read: an erasure in between stays one.
const UPDATE: &str =
    "UPDATE vault_key SET wrapped = v.value ->> 'wrapped', wrapped_by = ?2 FROM json_each(?1) v
    WHERE vault_key.organization = v.value ->> 'organization' AND vault_key.subject = v.value ->> 'subject'
      AND vault_key.wrapped = v.value ->> 'old'";

const LEFT: &str = "SELECT COUNT(*) AS left FROM vault_key WHERE wrapped_by <> ?1 AND wrapped_by <> ?2";

/// What `wrapped_by` says of keys that open with none of ours.
const UNREADABLE: &str = "unreadable";

/// Wraps a page of data keys anew.
///
/// # Errors
/// [`EdgeError::Unavailable`] when the store is out of reach.
pub async fn rotate(edge: &Edge) -> Result<Rotated, EdgeError> {
    let keys = Keyring::of(edge.env())?;
    let current = keys.current().fingerprint();
    let text = JsValue::from_str;
    let database = database(edge.env())?;
    let values = [text(&current), text(UNREADABLE), JsValue::from_f64(f64::from(ROTATION_PAGE_KEYS))];
    let select = database.prepare(SELECT).bind(&values)?;
    let rows: Vec<Row> = SendFuture::new(async move { select.all().await }).await?.results()?;
    let (mut fresh, mut lost) = (Vec::new(), Vec::new());
    for row in rows {
        let place = key_place(&row.organization, &row.subject);
        let (wrapped, into) = match keys.unwrap_key(&row.wrapped, &place) {
            Ok(key) => (keys.current().wrap(&key, &place)?, &mut fresh),
            Err(_) => (row.wrapped.clone(), &mut lost),
        };
        into.push(Rewrapped {
            organization: row.organization,
            subject: row.subject,
            old: row.wrapped,
            wrapped,
        });
    }
    let update = |rows: &[Rewrapped], by: &str| -> Result<_, EdgeError> {
        let rows = serde_json::to_string(rows)?;
        Ok(database.prepare(UPDATE).bind(&[text(&rows), text(by)])?)
    };
    let statements = vec![
        update(&fresh, &current)?,
        update(&lost, UNREADABLE)?,
        database.prepare(LEFT).bind(&[text(&current), text(UNREADABLE)])?,
    ];
    let results = SendFuture::new(async move { database.batch(statements).await }).await?;
    let left: Vec<Count> = results.get(2).map(worker::D1Result::results).transpose()?.unwrap_or_default();
    let count = |rows: &Vec<Rewrapped>| u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(Rotated {
        rewrapped: count(&fresh),
        unreadable: count(&lost),
        left: left.first().map_or(0, |count| count.left),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_erased_meanwhile_stays_erased() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        for migration in [
            include_str!("../../migrations/0050_vault.sql"),
            include_str!("../../migrations/0061_vault_rotation.sql"),
        ] {
            database.execute_batch(migration).unwrap();
        }
        database
            .execute_batch(
                "INSERT INTO vault_key (organization, subject, wrapped, created_at)
                   VALUES ('o', 'a', 'old-a', 1), ('o', 'b', 'newer-b', 1);",
            )
            .unwrap();
        let row = |subject: &str, old: &str| Rewrapped {
            organization: "o".into(),
            subject: subject.into(),
            old: old.into(),
            wrapped: format!("new-{subject}"),
        };
        let rows = [row("a", "old-a"), row("b", "old-b"), row("c", "old-c")];
        database.execute(UPDATE, [&serde_json::to_string(&rows).unwrap(), "12345678"]).unwrap();
        let mut read = database.prepare("SELECT subject, wrapped, wrapped_by FROM vault_key").unwrap();
        let found: Vec<(String, String, String)> = read
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let wanted = [("a", "new-a", "12345678"), ("b", "newer-b", "")];
        assert_eq!(found, wanted.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
        let left: u32 = database.query_row(LEFT, ["12345678", UNREADABLE], |row| row.get(0)).unwrap();
        assert_eq!(left, 1);
    }
}
