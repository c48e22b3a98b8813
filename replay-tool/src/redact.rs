//! Copies of logs for sharing: no texts, no names, no people, no evidence – and no pretending to be the log.
//!
//! A log holds no personal data by law, but it holds what people typed (titles, names of events and terminals,
//! reasons, references) and opaque ids of people that the organization can resolve. A copy keeps what a
//! settlement or a bug needs: numbers, flags, times, codes, and ids that name things. Everything else is
//! replaced, by an allow-list: a text in a field that is not known to hold codes goes.
//!
//! The copy is a chain of its own, framed otherwise than a log's, under a header that says what it is a copy
//! of. It can be verified for what it is, and never passes for the original.

use std::collections::BTreeMap;

use domain::journal::{Content, Framer, Hash, Head, RawEntry};
use domain::stream::StreamId;
use domain::tag::Tag;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::header::Header;

/// What a copy's header says was taken out.
pub const REMOVED: [&str; 4] = ["texts", "people", "evidence", "foreign command ids"];

/// What stands where a text stood.
const TEXT: &str = "redacted";

/// Fields that hold codes from lists of ours or the organization's, in small letters. Other texts go.
const CODES: [&str; 46] = [
    "about",
    "access",
    "account",
    "categories",
    "category",
    "channels",
    "charge",
    "class",
    "code",
    "condition",
    "conditions",
    "credit",
    "currency",
    "despite",
    "difference",
    "exempt",
    "failure",
    "flag",
    "found",
    "from",
    "how",
    "kind",
    "method",
    "missing",
    "outcome",
    "override",
    "plan_of",
    "policy",
    "present",
    "reason",
    "reminder",
    "resolution",
    "rights",
    "role",
    "roles",
    "rounding",
    "scope",
    "shift",
    "source",
    "standing",
    "tier",
    "to",
    "topic",
    "topics",
    "variance",
    "verdict",
];

/// More of them.
const MORE_CODES: [&str; 4] = ["via", "what", "type", "answer"];

/// Fields that hold tags, or numbers that a store gave.
const NUMBERS: [&str; 16] = [
    "agreement",
    "agreements",
    "from",
    "id",
    "line",
    "line_ids",
    "new",
    "old",
    "order",
    "orders",
    "part",
    "refund",
    "tag",
    "tags",
    "to",
    "item",
];

/// Fields that people type into: whatever stands there goes.
const TYPED: [&str; 6] = ["name", "title", "size", "reference", "slug", "domain"];

/// Fields that name people.
const PEOPLE: [&str; 3] = ["person", "by", "first_admin"];

/// Fields that hold an IANA zone.
const ZONES: [&str; 1] = ["time_zone"];

/// Fields that hold digests of what lies elsewhere: somebody who guesses the original could confirm the guess.
const EVIDENCE: [&str; 5] = ["evidence", "body", "code_digest", "token_digest", "url_digest"];

/// Kinds and versions whose `reason` was typed by a person; later ones take it from a list.
const TYPED_REASONS: [(&str, u32); 1] = [("status_changed", 1)];

/// How much was replaced in one log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// Texts.
    pub texts: u64,
    /// Mentions of people.
    pub people: u64,
    /// Digests.
    pub digests: u64,
    /// Command ids that were made elsewhere.
    pub commands: u64,
}

/// Replaces, with the same pseudonym for the same person in all logs of one run.
#[derive(Debug, Default)]
pub struct Redactor {
    people: BTreeMap<String, usize>,
    commands: BTreeMap<String, usize>,
    /// Of the log at hand.
    pub replaced: Replaced,
}

impl Redactor {
    /// The entry without what goes; unsealed.
    ///
    /// # Errors
    /// When the payload is no JSON, which no platform writes.
    pub fn entry(&mut self, entry: RawEntry) -> Result<RawEntry, serde_json::Error> {
        let mut payload: Value = serde_json::from_str(&entry.payload)?;
        self.value((&entry.kind, entry.version), "", &mut payload);
        Ok(RawEntry {
            command_id: self.command(entry.command_id),
            actor: self.actor(entry.actor),
            payload: serde_json::to_string(&payload)?,
            ..entry
        })
    }

    fn value(&mut self, kind: (&str, u32), field: &str, value: &mut Value) {
        match value {
            Value::Object(object) => {
                for (name, inner) in object {
                    self.value(kind, name, inner);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.value(kind, field, item);
                }
            }
            Value::String(text) => self.text(kind, field, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, kind: (&str, u32), field: &str, text: &mut String) {
        if text.is_empty() {
            return;
        }
        if PEOPLE.contains(&field) {
            self.replaced.people += 1;
            *text = self.person(text);
        } else if EVIDENCE.contains(&field) && Hash::from_hex(text).is_some() {
            self.replaced.digests += 1;
            *text = Hash::default().to_string();
        } else if TYPED.contains(&field) || !(names_a_thing(field, text) || is_code(kind, field, text)) {
            self.replaced.texts += 1;
            TEXT.clone_into(text);
        }
    }

    fn person(&mut self, id: &str) -> String {
        let next = self.people.len() + 1;
        format!("person-{}", self.people.entry(id.to_owned()).or_insert(next))
    }

    fn actor(&mut self, actor: String) -> String {
        let Some(person) = actor.strip_prefix("person:") else { return actor };
        self.replaced.people += 1;
        format!("person:{}", self.person(person))
    }

    /// Ids that we made say nothing; a shop's or a provider's could be looked up there.
    fn command(&mut self, id: String) -> String {
        let ours = id.parse::<Uuid>().is_ok()
            || id.split_once(['#', ' ']).is_some_and(|(stream, _)| stream.parse::<StreamId>().is_ok());
        if ours {
            return id;
        }
        self.replaced.commands += 1;
        let next = self.commands.len() + 1;
        format!("command-{}", self.commands.entry(id).or_insert(next))
    }
}

/// Ids, tags, streams, hashes, dates, numbers, and the numbers of rules.
fn names_a_thing(field: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rule = || {
        text.split_once('-').is_some_and(|(name, number)| {
            name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(number)
        })
    };
    let number = || digits(text.strip_prefix('-').unwrap_or(text)) || Tag::parse(text).is_ok();
    (NUMBERS.contains(&field) && number())
        || text.parse::<Uuid>().is_ok()
        || Hash::from_hex(text).is_some()
        || text.parse::<StreamId>().is_ok()
        || text.parse::<chrono::NaiveDate>().is_ok()
        || rule()
}

fn is_code(kind: (&str, u32), field: &str, text: &str) -> bool {
    if ZONES.contains(&field) {
        return text.parse::<chrono_tz::Tz>().is_ok();
    }
    if field == "currency" {
        return text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    }
    if field == "reason" && TYPED_REASONS.contains(&kind) {
        return false;
    }
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_/".contains(&byte);
    (CODES.contains(&field) || MORE_CODES.contains(&field)) && text.bytes().all(small)
}

/// Seals entries into a copy's own chain.
#[derive(Debug)]
pub struct Sealing {
    framer: Framer,
    /// The copy's last entry.
    pub head: Head,
}

impl Sealing {
    /// Behind `header`.
    #[must_use]
    pub fn new(header: &Header) -> Self {
        let head = Head { seq: header.export.from.saturating_sub(1), hash: header.export.previous };
        Self { framer: Framer::new(header.framing(), &header.export.stream), head }
    }

    /// `entry` with the copy's hash.
    #[must_use]
    pub fn seal(&mut self, entry: RawEntry) -> RawEntry {
        let hash = self.framer.hash(&Content::from(&entry), &self.head.hash);
        self.head = Head { seq: entry.seq, hash };
        RawEntry { hash, ..entry }
    }
}
