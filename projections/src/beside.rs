//! Rows made anew beside the live ones: comparing them, and putting them in the live ones' place.
//!
//! They stand in the same tables under a key of their own (see [`Side`]), written by the same statements, followed by
//! the same triggers. So nothing here knows a read model: what a stream's tables are is what [`wipe_on`] says, and
//! their columns are what the database says.

use std::fmt::Write as _;

use domain::journal::Head;
use domain::stream::StreamId;
use serde::Deserialize;

use crate::{Side, Statement, checkpoint, wipe_on};

/// Keys of differing rows that a comparison names, for each table and each kind of difference.
pub const KEYS_NAMED_MAX: usize = 5;

/// Tables that triggers write while another table's rows move: they are put aside and come last.
const FOLLOWING: [&str; 1] = ["share_estimate"];

/// What is put behind the organization in the keys of rows that are aside for a moment within a batch.
const ASIDE_MARK: &str = "~aside";

/// Reads a table's columns; parameter: the table; columns: name, pk (0 for those outside the primary key).
pub const COLUMNS: &str = "SELECT name, pk FROM pragma_table_info(?1)";

/// A column, as [`COLUMNS`] reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its place in the primary key, from 1; 0 outside.
    pub pk: u32,
}

/// A text to run with its parameters, each a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The text.
    pub text: String,
    /// `?1` and on.
    pub parameters: Vec<String>,
}

impl From<&Statement> for Query {
    fn from(statement: &Statement) -> Self {
        Self { text: statement.sql.text.to_owned(), parameters: vec![statement.rows.clone()] }
    }
}

/// A stream's part of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The table.
    pub table: &'static str,
    /// Columns and values that tell the stream's rows from others of its organization.
    key: Vec<(String, String)>,
}

impl Part {
    /// `{column} = ?{from}` and so on, each behind an `AND`.
    fn condition(&self, from: usize) -> String {
        self.key.iter().zip(from..).fold(String::new(), |mut text, ((column, _), place)| {
            let _ = write!(text, " AND \"{column}\" = ?{place}");
            text
        })
    }

    /// `first` parameters and then the key's.
    fn parameters(&self, first: &[&str]) -> Vec<String> {
        let first = first.iter().map(|text| (*text).to_owned());
        first.chain(self.key.iter().map(|(_, value)| value.clone())).collect()
    }

    fn moved(&self, from: &str, to: &str) -> Query {
        let (table, condition) = (self.table, self.condition(3));
        let text = format!("UPDATE \"{table}\" SET organization = ?2 WHERE organization = ?1{condition}");
        Query { text, parameters: self.parameters(&[from, to]) }
    }

    fn deleted(&self, organization: &str) -> Query {
        let (table, condition) = (self.table, self.condition(2));
        let text = format!("DELETE FROM \"{table}\" WHERE organization = ?1{condition}");
        Query { text, parameters: self.parameters(&[organization]) }
    }
}

/// The parts of tables that hold a stream's rows.
///
/// # Errors
/// When a key cannot be written as JSON; ours all can.
pub fn parts(stream: &StreamId) -> Result<Vec<Part>, serde_json::Error> {
    let of = |statement: &Statement| {
        let key = statement.key()?.into_iter().filter(|(column, _)| column != "organization");
        Ok(Part { table: statement.sql.table, key: key.collect() })
    };
    wipe_on(Side::Live, stream)?.iter().map(of).collect()
}

/// How one table's rows on the two sides differ.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// `live` and `beside` count the rows of each side; `missing` rows stand only beside, `surplus` ones only live,
    /// `changed` ones on both with other values.
    pub how: String,
    /// Rows.
    pub rows: u64,
    /// Keys of the first few, a JSON array of arrays: the primary key without the organization.
    pub keys: String,
}

/// Compares both sides of `part`, value by value, in the database; its rows are [`Finding`]s. `columns` are those of
/// the table.
#[must_use]
pub fn compare(stream: &StreamId, part: &Part, columns: &[Column]) -> Query {
    let quoted = |column: &&Column| format!("\"{}\"", column.name);
    let own = || columns.iter().filter(|column| column.name != "organization");
    let all: Vec<String> = own().collect::<Vec<_>>().iter().map(quoted).collect();
    let mut key: Vec<&Column> = own().filter(|column| column.pk > 0).collect();
    key.sort_by_key(|column| column.pk);
    let mut key: Vec<String> = key.iter().map(quoted).collect();
    // A table with one row for an organization has nothing else for a key.
    let first = if key.is_empty() { "1 AS \"one\"".to_owned() } else { key.join(", ") };
    if key.is_empty() {
        key.push("\"one\"".to_owned());
    }
    let (all, key, table, condition) = (all.join(", "), key.join(", "), part.table, part.condition(3));
    let text = format!(
        "WITH live AS (SELECT {all} FROM \"{table}\" WHERE organization = ?1{condition}),
            beside AS (SELECT {all} FROM \"{table}\" WHERE organization = ?2{condition}),
            apart AS (
                SELECT {first}, 1 AS is_live FROM (SELECT * FROM live EXCEPT SELECT * FROM beside)
                UNION ALL SELECT {first}, 0 FROM (SELECT * FROM beside EXCEPT SELECT * FROM live)),
            named AS (SELECT json_array({key}) AS name,
                CASE WHEN count(*) = 2 THEN 'changed' WHEN max(is_live) THEN 'surplus' ELSE 'missing' END AS how
                FROM apart GROUP BY {key})
        SELECT how, count(*) AS rows, (SELECT json_group_array(json(name)) FROM
                (SELECT name FROM named f WHERE f.how = n.how ORDER BY name LIMIT {KEYS_NAMED_MAX})) AS keys
            FROM named n GROUP BY how
        UNION ALL SELECT 'live', count(*), '[]' FROM live
        UNION ALL SELECT 'beside', count(*), '[]' FROM beside"
    );
    let (live, beside) = (Side::Live.organization(stream), Side::Beside.organization(stream));
    Query { text, parameters: part.parameters(&[&live, &beside]) }
}

/// Puts the rows beside, which stand at `beside`, in the place of the live ones, which stand at `live`: to be run in
/// one batch, which fails when either has moved on. A stream that was parked is no longer.
///
/// # Errors
/// When a key cannot be written as JSON; ours all can.
pub fn switch(
    stream: &StreamId,
    live: Head,
    beside: Head,
    now: i64,
) -> Result<Vec<Query>, serde_json::Error> {
    let name = stream.to_string();
    let (from, to) = (Side::Beside.organization(stream), Side::Live.organization(stream));
    let aside = format!("{to}{ASIDE_MARK}");
    let (following, leading): (Vec<_>, Vec<_>) =
        parts(stream)?.into_iter().partition(|part| FOLLOWING.contains(&part.table));

    let mut guarded = checkpoint::advance_on(Side::Beside, &name, beside, beside, now)?;
    guarded.extend(checkpoint::advance(&name, live, beside, now)?);
    guarded.extend(wipe_on(Side::Live, stream)?);
    let mut queries: Vec<Query> = guarded.iter().map(Query::from).collect();
    queries.extend(following.iter().map(|part| part.moved(&from, &aside)));
    queries.extend(leading.iter().map(|part| part.moved(&from, &to)));
    for part in &following {
        queries.extend([part.deleted(&from), part.deleted(&to), part.moved(&aside, &to)]);
    }
    let mut done = checkpoint::forget(Side::Beside, &name)?;
    done.extend(checkpoint::unpark(&name)?);
    queries.extend(done.iter().map(Query::from));
    Ok(queries)
}

/// Throws the rows beside away.
///
/// # Errors
/// When a key cannot be written as JSON; ours all can.
pub fn discard(stream: &StreamId) -> Result<Vec<Statement>, serde_json::Error> {
    let mut statements = checkpoint::forget(Side::Beside, &stream.to_string())?;
    statements.extend(wipe_on(Side::Beside, stream)?);
    Ok(statements)
}
