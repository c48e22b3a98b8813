//! The projections' statements for a database in the same process.
//!
//! On the platform a statement takes all of its rows as one JSON parameter, because each call costs. Here a call
//! costs nothing, and taking JSON apart for every column costs a lot: the text is turned into one that takes a
//! single row, a parameter for each column.

use std::collections::{BTreeMap, HashMap};

use projections::{Sql, Statement};
use rusqlite::types::{ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{Connection, ToSql};
use serde_json::Value;
use serde_json::value::RawValue;

/// Where a text reads its rows from.
const ROWS: &str = "FROM json_each(?1)";

/// What the rows may be called then.
const ALIAS: &str = " AS row";

/// How a text reads a column of a row.
const COLUMN: &str = "value->>'";

/// Statements kept ready: more than projections have texts.
pub(super) const STATEMENTS_KEPT: usize = 256;

/// A text for a single row.
struct Direct {
    text: String,
    /// What is bound to each of its parameters.
    columns: Vec<String>,
}

/// Runs statements, remembering their texts.
#[derive(Default)]
pub(super) struct Runner {
    known: HashMap<&'static str, Option<Direct>>,
}

impl Runner {
    /// Runs `statements` in order.
    ///
    /// # Errors
    /// The database's own.
    pub(super) fn run(
        &mut self,
        connection: &Connection,
        statements: &[Statement],
    ) -> Result<(), rusqlite::Error> {
        for statement in statements {
            let direct = self.known.entry(statement.sql.text).or_insert_with(|| direct(statement.sql));
            match direct {
                Some(direct) => direct.run(connection, &statement.rows)?,
                None => {
                    connection.prepare_cached(statement.sql.text)?.execute([&statement.rows])?;
                }
            }
        }
        Ok(())
    }
}

impl Direct {
    fn run(&self, connection: &Connection, rows: &str) -> Result<(), rusqlite::Error> {
        let rows: Vec<BTreeMap<&str, &RawValue>> = serde_json::from_str(rows).map_err(unreadable)?;
        let mut prepared = connection.prepare_cached(&self.text)?;
        for row in rows {
            for (at, column) in (1..).zip(&self.columns) {
                prepared.raw_bind_parameter(at, Column(row.get(column.as_str()).map(|value| value.get())))?;
            }
            prepared.raw_execute()?;
        }
        Ok(())
    }
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// A column of a row, as `->>` reads it from JSON.
struct Column<'a>(Option<&'a str>);

impl ToSql for Column<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        let Some(json) = self.0 else { return Ok(ToSqlOutput::Owned(Cell::Null)) };
        let text = |text| Ok(ToSqlOutput::Borrowed(ValueRef::Text(text)));
        match json.as_bytes() {
            [b'{' | b'[', ..] => return text(json.as_bytes()),
            [b'"', plain @ .., b'"'] if !plain.contains(&b'\\') => return text(plain),
            _ => {}
        }
        Ok(ToSqlOutput::Owned(match serde_json::from_str(json).map_err(unreadable)? {
            Value::Bool(flag) => Cell::Integer(i64::from(flag)),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Cell::Integer(number),
                None => Cell::Real(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => Cell::Text(text),
            Value::Null | Value::Array(_) | Value::Object(_) => Cell::Null,
        }))
    }
}

/// The text for a single row; none where rows are joined with a table, which needs them as a table.
fn direct(sql: &Sql) -> Option<Direct> {
    let (before, after) = sql.text.split_once(ROWS)?;
    let after = after.strip_prefix(ALIAS).unwrap_or(after);
    if after.trim_start().starts_with("JOIN") {
        return None;
    }
    let mut direct = Direct { text: String::new(), columns: Vec::new() };
    direct.take(before)?;
    direct.take(after)?;
    (!direct.text.contains("value") && !direct.text.contains("json_each")).then_some(direct)
}

impl Direct {
    /// Takes over a part of a text, with parameters for columns.
    fn take(&mut self, part: &str) -> Option<()> {
        let mut rest = part;
        while let Some((plain, column)) = rest.split_once(COLUMN) {
            let (column, after) = column.split_once('\'')?;
            self.text.push_str(plain.strip_suffix("row.").unwrap_or(plain));
            let known = self.columns.iter().position(|known| known == column);
            let at = known.unwrap_or_else(|| {
                self.columns.push(column.to_owned());
                self.columns.len() - 1
            });
            self.text.push('?');
            self.text.push_str(&(at + 1).to_string());
            rest = after;
        }
        self.text.push_str(rest);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const UPSERT: &Sql = &Sql {
        table: "t",
        text: "INSERT INTO t (a, b) SELECT value->>'a', value->>'b' FROM json_each(?1) WHERE true ON CONFLICT (a) DO UPDATE SET b = excluded.b",
        joins: true,
    };
    const UPDATE: &Sql = &Sql {
        table: "t",
        text: "UPDATE t SET b = COALESCE(row.value->>'b', t.b) FROM json_each(?1) AS row WHERE t.a = row.value->>'a'",
        joins: false,
    };
    const ADD: &Sql = &Sql {
        table: "t",
        text: "UPDATE t SET b = t.b + more.b FROM (SELECT value->>'a' AS a, sum(value->>'b') AS b FROM json_each(?1) GROUP BY value->>'a') AS more WHERE t.a = more.a",
        joins: true,
    };
    const DELETE: &Sql = &Sql {
        table: "t",
        text: "DELETE FROM t WHERE (a) IN (SELECT value->>'a' FROM json_each(?1))",
        joins: true,
    };
    const JOINED: &Sql = &Sql {
        table: "t",
        text: "INSERT INTO t (a, b) SELECT row.value->>'new', t.b FROM json_each(?1) AS row JOIN t ON t.a = row.value->>'a'",
        joins: false,
    };

    fn rows(direct: bool) -> Vec<(Cell, Cell)> {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER)").unwrap();
        let statement =
            |sql: &'static Sql, rows: &[Value]| Statement { sql, rows: Value::from(rows).to_string() };
        let statements = [
            statement(
                UPSERT,
                &[
                    serde_json::json!({ "a": "1", "b": 5 }),
                    serde_json::json!({ "a": "2" }),
                    serde_json::json!({ "a": "3", "b": true }),
                    serde_json::json!({ "a": ["x"], "b": "te\"xt" }),
                    serde_json::json!({ "a": "1", "b": 9_007_199_254_740_993_i64 }),
                ],
            ),
            statement(
                UPDATE,
                &[serde_json::json!({ "a": "2", "b": 7 }), serde_json::json!({ "a": "3", "b": null })],
            ),
            statement(
                ADD,
                &[
                    serde_json::json!({ "a": "1", "b": 1 }),
                    serde_json::json!({ "a": "1", "b": 1 }),
                    serde_json::json!({ "a": "9", "b": 1 }),
                ],
            ),
            statement(JOINED, &[serde_json::json!({ "a": "1", "new": "4" })]),
            statement(DELETE, &[serde_json::json!({ "a": "2" })]),
        ];
        if direct {
            Runner::default().run(&connection, &statements).unwrap();
        } else {
            for statement in &statements {
                connection.execute(statement.sql.text, [&statement.rows]).unwrap();
            }
        }
        let mut read = connection.prepare("SELECT a, b FROM t ORDER BY a").unwrap();
        let found = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        found.map(Result::unwrap).collect()
    }

    #[test]
    fn row_by_row_is_the_same_as_all_at_once() {
        assert_eq!(rows(true), rows(false));
        assert_eq!(rows(true).len(), 4);
    }

    #[test]
    fn only_rows_that_are_joined_stay_json() {
        assert!([UPSERT, UPDATE, ADD, DELETE].into_iter().all(|sql| direct(sql).is_some()));
        assert!(direct(JOINED).is_none());
    }
}
