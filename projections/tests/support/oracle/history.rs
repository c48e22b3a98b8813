//! Who and what entries are about, found in their text: field by field as it is written, without reading it as JSON.

use std::collections::BTreeSet;

use domain::journal::RawEntry;
use domain::stream::StreamId;
use serde_json::{Value, json};

const WORDS: [&str; 18] = [
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
    "number",
];

pub fn rows(stream: &StreamId, log: &[RawEntry]) -> Vec<(&'static str, Value)> {
    let organization = stream.organization().to_string();
    let name = stream.to_string().split_once('/').unwrap().1.to_owned();
    let mut rows = Vec::new();
    for entry in log {
        rows.push((
            "history_entry",
            json!({ "organization": organization, "stream": name, "seq": entry.seq,
                "recorded_at": entry.recorded_at, "actor": entry.actor, "kind": entry.kind }),
        ));
        for subject in subjects(entry) {
            rows.push((
                "history_subject",
                json!({ "organization": organization, "subject": subject, "stream": name, "seq": entry.seq }),
            ));
        }
    }
    rows
}

fn subjects(entry: &RawEntry) -> BTreeSet<String> {
    if entry.kind.starts_with("custody_") && entry.kind != "custody_handed_over"
        || entry.kind == "release_confirmed"
    {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    for (name, value) in written(&entry.payload) {
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let kind = match name {
            "number" | "consignor" if digits => "consignor",
            "tag" | "from" | "old" | "new" | "read_tag" if digits && value.len() == 10 => "item",
            "number" | "consignor" | "tag" => continue,
            word if WORDS.contains(&word) => word,
            _ => continue,
        };
        found.insert(format!("{kind}/{value}"));
    }
    found
}

/// Every plain value with the name before it, and the elements of plain lists under their list's name without its s.
fn written(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("\":") {
        let name = &text[text[..at].rfind('"').unwrap() + 1..at];
        let rest = &text[at + 2..];
        if let Some(list) = rest.strip_prefix('[') {
            let list = list.split(['[', '{', ']']).next().unwrap();
            let one = name.strip_suffix('s').unwrap_or(name);
            found.extend(list.split(',').map(|value| (one, value.trim_matches('"'))));
        } else if let Some(quoted) = rest.strip_prefix('"') {
            found.push((name, quoted.split('"').next().unwrap()));
        } else {
            found.push((name, rest.split([',', '}', ']']).next().unwrap()));
        }
    }
    found.retain(|(_, value)| !value.is_empty() && *value != "null" && !value.starts_with('{'));
    found
}
