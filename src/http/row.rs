//! Columns as the API shows them: instants as RFC 3339, flags as booleans, JSON texts as what they hold. For
//! `#[serde(deserialize_with = …)]` on views that are read straight from a row.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use super::time;

/// Ms since 1970 UTC.
pub fn instant<'de, D: Deserializer<'de>>(column: D) -> Result<String, D::Error> {
    i64::deserialize(column).map(time::instant)
}

/// Ms since 1970 UTC, or nothing.
pub fn maybe_instant<'de, D: Deserializer<'de>>(column: D) -> Result<Option<String>, D::Error> {
    Option::<i64>::deserialize(column).map(|ms| ms.map(time::instant))
}

/// 0 or 1.
pub fn flag<'de, D: Deserializer<'de>>(column: D) -> Result<bool, D::Error> {
    i64::deserialize(column).map(|flag| flag != 0)
}

/// A text that holds JSON; the value's default when there is none.
pub fn json<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(column: D) -> Result<T, D::Error> {
    match Option::<String>::deserialize(column)? {
        None => Ok(T::default()),
        Some(text) => serde_json::from_str(&text).map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct View {
        #[serde(deserialize_with = "instant")]
        at: String,
        #[serde(deserialize_with = "maybe_instant")]
        until: Option<String>,
        #[serde(deserialize_with = "flag")]
        on: bool,
        #[serde(deserialize_with = "super::json")]
        tags: Vec<String>,
    }

    #[test]
    fn columns_become_what_the_api_shows() {
        let row = json!({ "at": 1_795_435_200_123_i64, "until": null, "on": 1, "tags": "[\"a\"]" });
        let view: View = serde_json::from_value(row).unwrap();
        let at = "2026-11-23T12:00:00.123Z".to_owned();
        assert_eq!(view, View { at, until: None, on: true, tags: vec!["a".into()] });
        let broken = json!({ "at": 1, "until": null, "on": 0, "tags": "[" });
        assert!(serde_json::from_value::<View>(broken).is_err());
    }
}
