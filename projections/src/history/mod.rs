//! `history_entry` and `history_subject`: which entries are about what, for any log.
//!
//! Subjects are found by the names of fields, which are the same words everywhere: a kind of entry that comes later
//! is found without a change here.

mod story;

use std::collections::BTreeSet;

use domain::stream::StreamId;
use domain::tag::Tag;
use serde::Serialize;
use serde_json::{Value, json};

pub use story::{Change, Story, concerning, own_change};

use crate::At;
use crate::statement::{Sql, Statement, Writes, delete, insert};

const WIPE: &Sql = delete!(history_entry where (organization, stream));
const WIPE_SUBJECTS: &Sql = delete!(history_subject where (organization, stream));

const ENTRY: &Sql = insert!(history_entry (organization, stream, seq, recorded_at, actor, kind) "");
const SUBJECT: &Sql = insert!(history_subject (organization, subject, stream, seq) "");

/// Entries that only carry items from one log to the other: the event's log says that they left and came back.
const TRANSPORT: [&str; 4] = ["custody_taken", "custody_released", "custody_confirmed", "release_confirmed"];

/// Fields whose value names something, alone or in a list under the word's plural.
const NAMED: [&str; 17] = [
    "booking",
    "case",
    "consignor",
    "count",
    "event",
    "import",
    "order",
    "payout",
    "person",
    "receipt",
    "run",
    "session",
    "settlement",
    "shop",
    "slot",
    "tag",
    "terminal",
];

/// Fields that name a consignor by another word.
const CONSIGNORS: [&str; 4] = ["number", "referred", "referrer", "referred_by"];

/// Fields that name an item by another word.
const TAGS: [&str; 4] = ["from", "new", "old", "read_tag"];

#[derive(Serialize)]
struct EntryRow<'a> {
    organization: &'a str,
    stream: &'a str,
    seq: u64,
    recorded_at: i64,
    actor: &'a str,
    kind: &'a str,
}

#[derive(Serialize)]
struct SubjectRow<'a> {
    organization: &'a str,
    subject: &'a str,
    stream: &'a str,
    seq: u64,
}

/// A stream's name within its organization.
#[must_use]
pub fn short_name(stream: &StreamId) -> String {
    let name = stream.to_string();
    name.split_once('/').map_or_else(|| name.clone(), |(_, rest)| rest.to_owned())
}

pub(crate) fn project(at: &At<'_>, stream: &StreamId, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (name, entry) = (short_name(stream), at.entry);
    let row = EntryRow {
        organization: &at.organization,
        stream: &name,
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        actor: &entry.actor,
        kind: &entry.kind,
    };
    writes.write(ENTRY, [row])?;
    let subjects = subjects(&entry.kind, &serde_json::from_str(&entry.payload)?);
    let rows = subjects.iter().map(|subject| SubjectRow {
        organization: &at.organization,
        subject,
        stream: &name,
        seq: entry.seq,
    });
    writes.write(SUBJECT, rows)
}

pub(crate) fn wipe(organization: &str, stream: &StreamId) -> Result<Vec<Statement>, serde_json::Error> {
    let row = json!({ "organization": organization, "stream": short_name(stream) });
    let mut writes = Writes::default();
    writes.write(WIPE, [&row])?;
    writes.write(WIPE_SUBJECTS, [&row])?;
    Ok(writes.into_statements())
}

/// What an entry is about, as `kind/id`.
#[must_use]
pub fn subjects(kind: &str, payload: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if !TRANSPORT.contains(&kind) {
        walk(payload, &mut found);
    }
    found
}

fn walk(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // A statement repeats every line that was ever sold: it is about its consignor.
                if name == "lines" && fields.contains_key("shifts") {
                    continue;
                }
                field(name, value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn field(name: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => {
            for value in values {
                field(singular(name), value, found);
            }
        }
        Value::Object(_) => walk(value, found),
        Value::String(text) => {
            found.extend(named(name, text));
        }
        Value::Number(number) => {
            found.extend(named(name, &number.to_string()));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// What one of a list's values is called.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}

fn named(name: &str, text: &str) -> Option<String> {
    let is_number = || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if name == "tag" || TAGS.contains(&name) {
        return (text.len() == 10 && is_number() && Tag::parse(text).is_ok()).then(|| format!("item/{text}"));
    }
    if name == "consignor" || CONSIGNORS.contains(&name) {
        return is_number().then(|| format!("consignor/{text}"));
    }
    NAMED.contains(&name).then(|| format!("{name}/{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, payload: &Value) -> Vec<String> {
        subjects(kind, payload).into_iter().collect()
    }

    #[test]
    fn an_entry_is_about_what_its_fields_name() {
        let tag = Tag::new(1, 123).unwrap().to_string();
        let listed = json!({ "import": null, "items": [{ "tag": tag, "consignor": 7 }, { "tag": tag, "consignor": 7 }] });
        assert_eq!(of("items_listed", &listed), ["consignor/7".to_owned(), format!("item/{tag}")]);
        let checked = json!({ "tags": [tag], "refused": [] });
        assert_eq!(of("items_checked_in", &checked), [format!("item/{tag}")]);
        let retagged = json!({ "old": tag, "new": Tag::new(1, 124).unwrap().to_string(), "reason": "lost" });
        assert_eq!(of("item_retagged", &retagged).len(), 2);
        let moved = json!({ "from": "intake", "to": "selling" });
        assert!(of("status_changed", &moved).is_empty());
        let enrolled = json!({ "consignors": [{ "number": 7, "tier": "regular" }] });
        assert_eq!(of("consignors_enrolled", &enrolled), ["consignor/7"]);
        let approved = json!({ "payouts": [1, 2], "by": "user_1" });
        assert_eq!(of("payouts_approved", &approved), ["payout/1", "payout/2"]);
    }

    #[test]
    fn transport_and_the_lines_of_statements_are_passed_over() {
        let tag = Tag::new(1, 123).unwrap().to_string();
        assert!(of("custody_taken", &json!({ "items": [{ "tag": tag }] })).is_empty());
        let page = json!({ "settlement": "s", "parts": [{ "consignor": 7, "shifts": 0, "lines": [{ "tag": tag }] }] });
        assert_eq!(of("statements_calculated", &page), ["consignor/7", "settlement/s"]);
    }
}
