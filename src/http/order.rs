//! In which order a list comes, and where in it a page begins.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::list::List;
use super::problem::EdgeError;

/// The last row before a page: the order it stands in, and its place there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// The order, as asked for.
    by: String,
    /// The value sorted by; nothing when that is the key.
    value: Value,
    /// The key.
    key: Value,
}

impl After {
    /// Adds the place to the parameters of the statement.
    pub fn name_in(self, parameters: &mut Map<String, Value>) {
        parameters.insert("after_key".into(), self.key);
        parameters.insert("after_value".into(), self.value);
    }
}

/// An order that a list can come in. The columns are the list's own words, never the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    key: &'static str,
    /// Another column than the key.
    by: Option<&'static str>,
    descending: bool,
}

impl Order {
    /// Reads what a caller asks for.
    ///
    /// # Errors
    /// 400 `sort_unknown`, naming what can be asked for.
    pub fn read(list: &List, asked: Option<&str>) -> Result<Self, EdgeError> {
        let asked = asked.unwrap_or(list.default);
        let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        if name == list.key {
            return Ok(Self { key: list.key, by: None, descending });
        }
        let by = list.sorts.iter().copied().find(|sort| *sort == name).ok_or_else(|| {
            let known: Vec<&str> = std::iter::once(list.key).chain(list.sorts.iter().copied()).collect();
            EdgeError::bad_request(
                "sort_unknown",
                format!("sort is one of {}, or that with a minus.", known.join(", ")),
            )
        })?;
        Ok(Self { key: list.key, by: Some(by), descending })
    }

    fn name(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.by.unwrap_or(self.key))
    }

    /// The place of `row`.
    #[must_use]
    pub fn after(&self, row: &Map<String, Value>) -> After {
        let column = |name: &str| row.get(name).cloned().unwrap_or_default();
        // As the statement compares it: what is missing counts as an empty text, behind every number.
        let value = match self.by.map(column) {
            Some(Value::Null) => Value::from(""),
            Some(value) => value,
            None => Value::Null,
        };
        After { by: self.name(), value, key: column(self.key) }
    }

    /// Refuses a place in another order.
    ///
    /// # Errors
    /// 400 `cursor_unreadable`.
    pub fn check(&self, after: After) -> Result<After, EdgeError> {
        let scalar = |value: &Value| !value.is_array() && !value.is_object();
        if after.by == self.name() && scalar(&after.key) && scalar(&after.value) {
            return Ok(after);
        }
        Err(EdgeError::bad_request("cursor_unreadable", "cursor belongs to this list in another order."))
    }

    /// The statement for one page of `select`.
    #[must_use]
    pub fn statement(&self, select: &str, begun: bool) -> String {
        let (key, way, beyond) =
            if self.descending { (self.key, "DESC", "<") } else { (self.key, "ASC", ">") };
        let (place, from) = match self.by {
            None => (format!("{key} {way}"), format!("{key} {beyond} ?2->>'after_key'")),
            Some(by) => (
                format!("COALESCE({by}, '') {way}, {key} {way}"),
                format!("(COALESCE({by}, ''), {key}) {beyond} (?2->>'after_value', ?2->>'after_key')"),
            ),
        };
        let from = if begun { format!(" WHERE {from}") } else { String::new() };
        format!("SELECT * FROM ({select}){from} ORDER BY {place} LIMIT ?2->>'limit'")
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use serde_json::json;

    use super::*;

    const LIST: List = List {
        select: "SELECT tag, price FROM item WHERE organization = ?1 AND (?2->>'q' IS NULL OR instr(tag, ?2->>'q'))",
        key: "tag",
        default: "tag",
        sorts: &["price"],
        columns: &["tag", "price"],
    };

    /// Items a to g; two have no price, two the same one.
    fn items() -> Connection {
        let database = Connection::open_in_memory().unwrap();
        database
            .execute_batch(
                "CREATE TABLE item (organization TEXT, tag TEXT, price INTEGER);
                 INSERT INTO item VALUES ('o', 'a', 300), ('o', 'b', NULL), ('o', 'c', 100), ('o', 'd', 300),
                    ('o', 'e', 1000), ('o', 'f', NULL), ('o', 'g', 50), ('p', 'x', 1);",
            )
            .unwrap();
        database
    }

    fn read(sort: Option<&str>, rows: usize, filters: &Value) -> String {
        let (database, order) = (items(), Order::read(&LIST, sort).unwrap());
        let (mut seen, mut after) = (String::new(), None);
        for _ in 0..20 {
            let mut parameters = filters.as_object().unwrap().clone();
            parameters.insert("limit".into(), (rows + 1).into());
            let sql = order.statement(LIST.select, after.is_some());
            if let Some(after) = after.take() {
                After::name_in(order.check(after).unwrap(), &mut parameters);
            }
            let mut statement = database.prepare(&sql).unwrap();
            let found: Vec<Map<String, Value>> = statement
                .query_map(["o", &Value::Object(parameters).to_string()], |row| {
                    let (tag, price): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
                    Ok(json!({ "tag": tag, "price": price }).as_object().unwrap().clone())
                })
                .unwrap()
                .map(Result::unwrap)
                .collect();
            for row in found.iter().take(rows) {
                seen.push_str(row["tag"].as_str().unwrap());
            }
            if found.len() <= rows {
                break;
            }
            // Through the cursor's text and back, as a caller would.
            let text = serde_json::to_string(&order.after(&found[rows - 1])).unwrap();
            after = Some(serde_json::from_str(&text).unwrap());
        }
        seen
    }

    #[test]
    fn pages_of_any_size_make_the_same_list_in_every_order() {
        for rows in 1..=8 {
            assert_eq!(read(None, rows, &json!({})), "abcdefg", "{rows}");
            assert_eq!(read(Some("-tag"), rows, &json!({})), "gfedcba", "{rows}");
            assert_eq!(read(Some("price"), rows, &json!({})), "gcadebf", "{rows}");
            assert_eq!(read(Some("-price"), rows, &json!({})), "fbedacg", "{rows}");
        }
        assert_eq!(read(None, 2, &json!({ "q": "e" })), "e");
    }

    #[test]
    fn only_the_lists_own_columns_are_sorted_by() {
        for bad in ["", "-", "organization", "price; DROP TABLE item", "--price"] {
            assert!(Order::read(&LIST, Some(bad)).is_err(), "{bad}");
        }
        let by_price = Order::read(&LIST, Some("price")).unwrap();
        let after = by_price.after(json!({ "tag": "a", "price": 1 }).as_object().unwrap());
        assert!(Order::read(&LIST, Some("-price")).unwrap().check(after).is_err());
    }
}
