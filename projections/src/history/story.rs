//! What an entry says about one thing, and how that differs from what was said before: before and after, from the
//! thing's own story alone.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{named, singular};

/// One value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field, as the log names it.
    pub field: String,
    /// What it was; null when nothing was known.
    pub before: Value,
    /// What it is.
    pub after: Value,
}

/// Fields that say where an entry comes from or what it is part of, not what the thing is like.
const NOT_OF_THE_THING: [&str; 8] = ["row", "import", "line", "page", "last", "note", "seq", "booking"];

/// The story of one thing, entry by entry in order.
#[derive(Debug, Default)]
pub struct Story {
    known: BTreeMap<String, Value>,
}

impl Story {
    /// Takes the next entry that is about `subject` (`kind/id`); answers what changed.
    pub fn take(&mut self, subject: &str, payload: &Value) -> Vec<Change> {
        let mut said = Map::new();
        about(payload, subject, &mut said);
        let mut changes = Vec::new();
        for (field, after) in said {
            let before = self.known.insert(field.clone(), after.clone()).unwrap_or_default();
            if before != after && !before.is_null() {
                changes.push(Change { field, before, after });
            }
        }
        changes
    }
}

/// What an entry says of itself about its change: fields `from` and `to`.
#[must_use]
pub fn own_change(payload: &Value) -> Option<Change> {
    let (from, to) = (payload.get("from")?, payload.get("to")?);
    (from.is_string() && to.is_string()).then(|| Change {
        field: "status".into(),
        before: from.clone(),
        after: to.clone(),
    })
}

/// How the subjects of items begin.
const ITEM: &str = "item/";

/// What names an item tells of the item: its consignor is another thing, which has not changed with it.
fn names_an_item(name: &str, value: &Value) -> bool {
    value.as_str().and_then(|text| named(name, text)).is_some_and(|found| found.starts_with(ITEM))
}

/// Collects the plain fields of the objects that name `subject`.
fn about(value: &Value, subject: &str, said: &mut Map<String, Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| about(value, subject, said)),
        Value::Object(fields) => {
            let names_it = fields.iter().any(|(name, value)| is_named(name, value, subject))
                && (subject.starts_with(ITEM)
                    || !fields.iter().any(|(name, value)| names_an_item(name, value)));
            for (name, value) in fields {
                if value.is_object() || value.is_array() {
                    about(value, subject, said);
                } else if names_it
                    && !value.is_null()
                    && !is_named(name, value, subject)
                    && !NOT_OF_THE_THING.contains(&name.as_str())
                {
                    // Older kinds of entries say `price`, newer ones `price_cents`: both are cents.
                    let name = name.strip_suffix("_cents").unwrap_or(name);
                    said.insert(name.to_owned(), value.clone());
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What of an entry concerns `subject`: of a list in which it is named, only what names it. An import of five hundred items
/// says as much of one of them as an import of that one.
#[must_use]
pub fn concerning(subject: &str, payload: Value) -> Value {
    part_of("", payload, subject)
}

fn part_of(name: &str, value: Value, subject: &str) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let part = part_of(&name, value, subject);
                (name, part)
            })
            .collect(),
        Value::Array(values) => {
            let one = singular(name);
            let narrows = values.iter().any(|value| names(one, value, subject));
            let kept = values.into_iter().filter(|value| !narrows || names(one, value, subject));
            kept.map(|value| part_of(one, value, subject)).collect()
        }
        plain => plain,
    }
}

/// Whether the subject is named anywhere in a value.
fn names(name: &str, value: &Value, subject: &str) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| names(name, value, subject)),
        Value::Array(values) => values.iter().any(|value| names(singular(name), value, subject)),
        plain => is_named(name, plain, subject),
    }
}

fn is_named(name: &str, value: &Value, subject: &str) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return false,
    };
    named(name, &text).is_some_and(|found| found == subject)
}

#[cfg(test)]
mod tests {
    use domain::tag::Tag;
    use serde_json::json;

    use super::*;

    #[test]
    fn before_and_after_come_from_the_things_own_story() {
        let (tag, other) = (Tag::new(1, 5).unwrap().to_string(), Tag::new(1, 6).unwrap().to_string());
        let subject = format!("item/{tag}");
        let mut story = Story::default();
        let listed = json!({ "import": "x", "items": [
            { "tag": tag, "consignor": 7, "price": 450, "title": "Kite", "row": 1 },
            { "tag": other, "consignor": 7, "price": 100, "title": "Ball", "row": 2 },
        ]});
        assert!(story.take(&subject, &listed).is_empty(), "what is said first changes nothing");
        let edited = json!({ "edits": [{ "tag": tag, "price_cents": 400 }, { "tag": other, "price": 50 }] });
        let change = Change { field: "price".into(), before: json!(450), after: json!(400) };
        assert_eq!(story.take(&subject, &edited), [change]);
        assert!(story.take(&subject, &json!({ "tags": [tag], "refused": [] })).is_empty());
    }

    #[test]
    fn a_consignors_items_are_no_changes_of_the_consignor() {
        let [tag, other] = [5, 6].map(|number| Tag::new(1, number).unwrap().to_string());
        let mut story = Story::default();
        let enrolled = json!({ "consignors": [{ "number": 7, "tier": "regular" }] });
        let listed = json!({ "items": [
            { "tag": tag, "consignor": 7, "title": "Kite" }, { "tag": other, "consignor": 7, "title": "Ball" },
        ]});
        let raised = json!({ "consignors": [{ "number": 7, "tier": "super" }] });
        let mut told: Vec<Change> = Vec::new();
        for payload in [&enrolled, &listed, &raised] {
            told.extend(story.take("consignor/7", payload));
        }
        let tier = Change { field: "tier".into(), before: json!("regular"), after: json!("super") };
        assert_eq!(told, [tier]);
    }

    #[test]
    fn of_a_long_entry_a_story_tells_what_concerns_its_subject() {
        let [tag, other] = [5, 6].map(|number| Tag::new(1, number).unwrap().to_string());
        let (item, consignor) = (format!("item/{tag}"), "consignor/8".to_owned());
        let of = |subject: &str, payload: &Value| concerning(subject, payload.clone());
        let listed = json!({ "import": "x", "items": [
            { "tag": tag, "consignor": 7, "photos": ["a", "b"] }, { "tag": other, "consignor": 8, "photos": [] },
        ]});
        assert_eq!(
            of(&item, &listed),
            json!({ "import": "x", "items": [{ "tag": tag, "consignor": 7, "photos": ["a", "b"] }] })
        );
        assert_eq!(
            of(&consignor, &listed),
            json!({ "import": "x", "items": [{ "tag": other, "consignor": 8, "photos": [] }] })
        );
        let checked = json!({ "tags": [other, tag], "refused": [] });
        assert_eq!(of(&item, &checked), json!({ "tags": [tag], "refused": [] }));
        let nested = json!({ "parts": [{ "lines": [{ "tag": tag }, { "tag": other }] }, { "lines": [{ "tag": other }] }] });
        assert_eq!(of(&item, &nested), json!({ "parts": [{ "lines": [{ "tag": tag }] }] }));
        assert_eq!(of("receipt/r", &listed), listed, "what does not name it is left as it is");
    }

    #[test]
    fn an_entry_may_say_itself_what_changed() {
        let change = own_change(&json!({ "from": "intake", "to": "selling", "reason": null })).unwrap();
        assert_eq!((change.before, change.after), (json!("intake"), json!("selling")));
        assert_eq!(own_change(&json!({ "from": "x" })), None);
    }
}
