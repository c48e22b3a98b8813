//! Where an entry of a log speaks of a person, and only what it says of them: an export must not hand out what the
//! same entry says of others.

use domain::ids::{ConsignorNumber, PersonId};
use domain::journal::RawEntry;
use serde_json::{Value, json};

/// Names under which payloads speak of one consignor.
const ONE: [&str; 2] = ["consignor", "referrer"];

/// Names under which payloads list consignors, by number.
const MANY: [&str; 2] = ["consignors", "numbers"];

/// The kind whose payload calls a consignor's number just `number`.
const ENROLLED: &str = "consignors_enrolled";

/// Whom to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whom {
    /// As a consignor.
    pub consignor: Option<ConsignorNumber>,
    /// As somebody who signs in.
    pub person: Option<PersonId>,
}

/// What the entry says of them, part by part; empty when it does not speak of them.
#[must_use]
pub fn mentions(entry: &RawEntry, whom: &Whom) -> Vec<Value> {
    let mut parts = Vec::new();
    let acted = whom.person.as_ref().is_some_and(|person| entry.actor == format!("person:{person}"));
    if acted {
        parts.push(json!({"acted": true}));
    }
    if let Ok(payload) = serde_json::from_str::<Value>(&entry.payload) {
        look(&payload, whom, entry.kind == ENROLLED, &mut parts);
    }
    parts
}

fn look(value: &Value, whom: &Whom, enrolled: bool, parts: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            if is_about(fields, whom, enrolled) {
                parts.push(value.clone());
                return;
            }
            for (name, inner) in fields {
                if let (Some(number), Value::Array(listed)) = (whom.consignor, inner)
                    && MANY.contains(&name.as_str())
                    && listed.iter().any(|one| one.as_u64() == Some(number.0.into()))
                {
                    parts.push(json!({"listed_in": name}));
                }
                look(inner, whom, enrolled, parts);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look(item, whom, enrolled, parts)),
        _ => {}
    }
}

fn is_about(fields: &serde_json::Map<String, Value>, whom: &Whom, enrolled: bool) -> bool {
    let number = whom.consignor.map(|number| u64::from(number.0));
    let consignor = number.is_some()
        && (ONE.iter().any(|name| fields.get(*name).and_then(Value::as_u64) == number)
            || (enrolled && fields.get("number").and_then(Value::as_u64) == number));
    let person = whom.person.as_ref().map(|person| person.0.as_str());
    consignor || (person.is_some() && fields.values().any(|value| value.as_str() == person))
}

#[cfg(test)]
mod tests {
    use domain::journal::Hash;

    use super::*;

    fn entry(kind: &str, payload: &str) -> RawEntry {
        RawEntry {
            seq: 1,
            recorded_at: 0,
            command_id: "c".into(),
            actor: "person:user_a".into(),
            kind: kind.into(),
            version: 1,
            payload: payload.into(),
            hash: Hash([0; 32]),
        }
    }

    #[test]
    fn only_what_is_said_of_the_person_comes_out() {
        let whom = Whom { consignor: Some(ConsignorNumber(7)), person: Some(PersonId("user_b".into())) };
        let found = |kind: &str, payload: &str| {
            mentions(&entry(kind, payload), &whom).iter().map(Value::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            found(
                "receipt_completed",
                r#"{"lines":[{"consignor":7,"price":450},{"consignor":8,"price":9}]}"#
            ),
            [r#"{"consignor":7,"price":450}"#]
        );
        assert_eq!(
            found("consignors_enrolled", r#"{"consignors":[{"number":7,"tier":"regular"},{"number":8}]}"#),
            [r#"{"number":7,"tier":"regular"}"#]
        );
        assert_eq!(found("consignors_joined", r#"{"consignors":[7,8]}"#), [r#"{"listed_in":"consignors"}"#]);
        assert_eq!(found("role_granted", r#"{"person":"user_b","role":"support"}"#).len(), 1);
        assert!(
            found("receipt_numbered", r#"{"number":7,"lines":7}"#).is_empty(),
            "a number is not a consignor"
        );
        assert!(found("broken", "not json").is_empty());
        let acting = Whom { consignor: None, person: Some(PersonId("user_a".into())) };
        assert_eq!(mentions(&entry("x", "{}"), &acting).len(), 1);
    }
}
