//! Row by row: do two databases tell the same?

use std::collections::BTreeMap;
use std::path::Path;

use domain::journal::Head;
use domain::stream::StreamId;
use replay_tool::logs::Logs;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, ToSql};
use serde::Serialize;
use serde_json::Value;

use super::database::{Database, checkpoint_in};
use crate::Failure;
use crate::output::{Out, Tone, tame};

/// Rows that differ are told one by one up to this many; all are counted.
const MAX_ROWS_TOLD: usize = 20;

/// What comparing found.
#[derive(Serialize, Default)]
pub(super) struct Comparison {
    with: String,
    rows_equal: u64,
    rows_different: u64,
    /// Streams that stand elsewhere in the other database.
    behind: Vec<Behind>,
    /// The first rows that differ.
    rows: Vec<RowDifference>,
}

/// A stream that stands elsewhere in the other database.
#[derive(Serialize)]
struct Behind {
    stream: String,
    here: Head,
    there: Head,
}

/// A row that differs; a side is `None` where it has no such row.
#[derive(Serialize)]
struct RowDifference {
    table: &'static str,
    here: Option<Value>,
    there: Option<Value>,
}

/// Rows by their primary key.
type Rows = BTreeMap<String, Value>;

impl Database {
    /// Compares every row that the streams at hand have made with the ones in `other`.
    pub(super) fn compare(&self, other: &Path, logs: &Logs) -> Result<Comparison, Failure> {
        let there = open_other(other)?;
        let mut comparison = Comparison { with: other.display().to_string(), ..Comparison::default() };
        for source in &logs.all {
            let name = source.stream.to_string();
            let there_at = checkpoint_in(&there, &name).map_err(|error| {
                Failure::new(format!("{} is no database of read models: {}", other.display(), error.0))
            })?;
            let here_at = self.checkpoint(&name)?;
            if here_at != there_at {
                comparison.behind.push(Behind { stream: name, here: here_at, there: there_at });
            }
            compare_stream(&self.connection, &there, &source.stream, &mut comparison)?;
        }
        Ok(comparison)
    }
}

/// Opens an SQLite file for reading, or takes in an export as SQL.
fn open_other(file: &Path) -> Result<Connection, Failure> {
    let named = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
    if file.extension().is_none_or(|extension| extension != "sql") {
        return Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|error| named(&error));
    }
    let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(&text).map_err(|error| named(&error))?;
    Ok(connection)
}

fn compare_stream(
    here: &Connection,
    there: &Connection,
    stream: &StreamId,
    comparison: &mut Comparison,
) -> Result<(), Failure> {
    // What a stream has written is what a rebuild would delete.
    for statement in projections::wipe(stream)? {
        let table = statement.sql.table;
        let key = statement.key()?;
        let mine = rows(here, table, &key)?;
        let mut theirs = rows(there, table, &key)?;
        for (id, row) in mine {
            match theirs.remove(&id) {
                Some(other) if other == row => comparison.rows_equal += 1,
                other => comparison.differs(table, Some(row), other),
            }
        }
        for row in theirs.into_values() {
            comparison.differs(table, None, Some(row));
        }
    }
    Ok(())
}

/// The rows of `table` that belong to `key`, by their primary key.
fn rows(connection: &Connection, table: &str, key: &BTreeMap<String, String>) -> Result<Rows, Failure> {
    let conditions: Vec<String> =
        key.keys().zip(1..).map(|(column, at)| format!("{column} = ?{at}")).collect();
    let primary = primary_key(connection, table)?;
    let text = format!("SELECT * FROM {table} WHERE {}", conditions.join(" AND "));
    let mut statement = connection.prepare(&text)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let parameters: Vec<&dyn ToSql> = key.values().map(|value| value as &dyn ToSql).collect();
    let mut found = Rows::new();
    let mut cursor = statement.query(parameters.as_slice())?;
    while let Some(row) = cursor.next()? {
        let row = object(row, &columns)?;
        let id: Vec<String> = primary.iter().map(|column| row[column].to_string()).collect();
        found.insert(id.join("\u{1f}"), row);
    }
    Ok(found)
}

fn primary_key(connection: &Connection, table: &str) -> Result<Vec<String>, Failure> {
    let mut statement =
        connection.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
    let names = statement.query_map([table], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    if names.is_empty() {
        return Err(Failure::new(format!("the other database has no table {table} with a primary key")));
    }
    Ok(names)
}

fn object(row: &Row<'_>, columns: &[String]) -> Result<Value, rusqlite::Error> {
    let mut object = serde_json::Map::new();
    for (at, column) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            // No column holds fractions; should one appear, its text is compared.
            ValueRef::Real(number) => number.to_string().into(),
            ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
        };
        object.insert(column.clone(), value);
    }
    Ok(Value::Object(object))
}

impl RowDifference {
    /// The row, and what differs in it.
    fn words(&self) -> String {
        match (&self.here, &self.there) {
            (Some(Value::Object(here)), Some(Value::Object(there))) => {
                let (mut same, mut different) = (Vec::new(), Vec::new());
                for (column, value) in here {
                    match there.get(column) {
                        Some(other) if other == value => same.push(value.to_string()),
                        other => {
                            let other = other.map_or_else(|| "nothing".to_owned(), Value::to_string);
                            different.push(format!("{column}: here {value}, there {other}"));
                        }
                    }
                }
                format!("{} ({})", different.join("; "), same.join(" "))
            }
            (Some(here), _) => format!("only here: {here}"),
            (None, Some(there)) => format!("only there: {there}"),
            (None, None) => String::new(),
        }
    }
}

impl Comparison {
    pub(super) fn same(&self) -> bool {
        self.rows_different == 0 && self.behind.is_empty()
    }

    fn differs(&mut self, table: &'static str, here: Option<Value>, there: Option<Value>) {
        self.rows_different += 1;
        if self.rows.len() < MAX_ROWS_TOLD {
            self.rows.push(RowDifference { table, here, there });
        }
    }

    pub(super) fn show(&self, out: &mut Out) -> Result<(), Failure> {
        out.toned(Tone::Title, &format!("compared with {}", self.with))?;
        for behind in &self.behind {
            let text = format!(
                "  {} stands at entry {} there, at {} here",
                behind.stream, behind.there.seq, behind.here.seq
            );
            out.toned(Tone::Warning, &text)?;
        }
        for row in &self.rows {
            out.line(&format!("  {}  {}", row.table, tame(&row.words())))?;
        }
        if let Some(more) = self.rows_different.checked_sub(self.rows.len() as u64).filter(|more| *more > 0) {
            out.toned(Tone::Faint, &format!("  … and {more} more rows"))?;
        }
        let tone = if self.same() { Tone::Good } else { Tone::Bad };
        out.toned(tone, &format!("  {} rows equal, {} different", self.rows_equal, self.rows_different))?;
        Ok(())
    }
}
