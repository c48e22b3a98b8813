//! The read models on SQLite: the migrations as they are, the statements as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::journal::{Head, RawEntry};
use domain::stream::StreamId;
use projections::{GENERATION, Statement, Writes, checkpoint, project};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

/// Rows of every read model, by table.
pub type Rows = BTreeMap<String, BTreeSet<String>>;

/// Tables that are no read models.
const OTHERS: [&str; 8] = [
    "checkpoint",
    "parked_stream",
    "dead_letter",
    "denied_access",
    "reaction",
    "reaction_checkpoint",
    "email",
    "email_attempt",
];

pub struct Database(pub Connection);

impl Database {
    /// A database with every migration applied, in the order of their names.
    pub fn migrated() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            connection.execute_batch(&std::fs::read_to_string(&file).unwrap()).unwrap();
        }
        Self(connection)
    }

    /// Runs statements as D1 runs a batch: all or none.
    pub fn batch(&self, statements: &[Statement]) -> Result<(), String> {
        self.0.execute_batch("BEGIN").unwrap();
        let done = statements.iter().try_for_each(|statement| {
            let run = self.0.execute(statement.sql.text, [&statement.rows]);
            run.map(drop).map_err(|error| format!("{}: {error}", statement.sql.text))
        });
        self.0.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
        done
    }

    /// Where `stream` stands.
    pub fn head(&self, stream: &StreamId) -> u64 {
        let row =
            self.0.query_row(checkpoint::READ, [GENERATION, &stream.to_string()], |row| row.get::<_, i64>(0));
        row.map_or(0, |seq| u64::try_from(seq).unwrap())
    }

    /// Projects `entries`, which follow `from`, as the projector does.
    pub fn advance(&self, stream: &StreamId, from: Head, entries: &[RawEntry]) -> Result<Head, String> {
        let mut writes = Writes::default();
        for entry in entries {
            project(stream, entry, &mut writes).unwrap();
        }
        let last = entries.last().unwrap();
        let to = Head { seq: last.seq, hash: last.hash };
        let mut batch = checkpoint::advance(&stream.to_string(), from, to, last.recorded_at).unwrap();
        batch.extend(writes.into_statements());
        self.batch(&batch).map(|()| to)
    }

    /// Every row of every read model.
    pub fn rows(&self) -> Rows {
        let mut tables = self
            .0
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'vault%' AND name NOT LIKE 'edge%'")
            .unwrap();
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names
            .into_iter()
            .filter(|name| !OTHERS.contains(&name.as_str()))
            .map(|name| (name.clone(), self.table(&name)))
            .collect()
    }

    fn table(&self, name: &str) -> BTreeSet<String> {
        let mut statement = self.0.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        let mut found = BTreeSet::new();
        while let Some(row) = rows.next().unwrap() {
            let cell = |index| match row.get_ref_unwrap(index) {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap().into(),
                other => panic!("{name}.{} holds {other:?}", columns[index]),
            };
            let object: serde_json::Map<_, _> =
                columns.iter().enumerate().map(|(index, column)| (column.clone(), cell(index))).collect();
            assert!(found.insert(Value::Object(object).to_string()), "{name} holds a row twice");
        }
        found
    }
}
