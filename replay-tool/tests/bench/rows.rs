//! `project` beside plain inserts of the rows that it leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use domain::journal::RawEntry;
use domain::stream::StreamId;
use projections::Writes;
use replay_tool::files::open;
use replay_tool::line::Line;
use replay_tool::scan::{Reading, scan};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::logs::Made;

/// As in the tool: whatever a power cut takes, the logs give back.
const PRAGMAS: &str = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;";

/// What was measured.
pub struct Projected {
    /// Row writes a second of `project`, in hundredths of plain inserts a second.
    pub ratio: u64,
    pub writes: u64,
    pub project_ms: u64,
    pub rows: u64,
    pub plain_ms: u64,
}

pub fn measure(folder: &Path, log: &Made, rounds: usize) -> Projected {
    let writes = row_writes(log);
    let (mut projected, mut plain, mut rows) = (Duration::MAX, Duration::MAX, 0);
    let target = folder.join("rows.sqlite");
    for _ in 0..rounds {
        let _ = fs::remove_file(&target);
        let begun = Instant::now();
        let run = Command::new(tool())
            .args([
                "project".as_ref(),
                log.path.as_os_str(),
                "--into".as_ref(),
                target.as_os_str(),
                "--json".as_ref(),
            ])
            .output()
            .unwrap();
        projected = projected.min(begun.elapsed());
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let (took, count) = plain_inserts(&target, &folder.join("plain.sqlite"));
        plain = plain.min(took);
        rows = count;
    }
    let (ours, theirs) = (crate::rate(writes, projected), crate::rate(rows, plain));
    Projected {
        ratio: ours * 100 / theirs.max(1),
        writes,
        project_ms: projected.as_millis() as u64,
        rows,
        plain_ms: plain.as_millis() as u64,
    }
}

/// The tool beside this program: `target/release/examples/bench` → `target/release/replay-tool`.
fn tool() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("replay-tool")
}

struct Rows(StreamId);

impl Reading for Rows {
    type Gathered = u64;

    fn gather(&self, line: &Line<'_>, into: &mut u64) {
        let mut writes = Writes::default();
        projections::project(&self.0, &RawEntry::from(line), &mut writes).unwrap();
        *into += writes.into_statements().iter().map(|statement| statement.rows.len() as u64).sum::<u64>();
    }
}

/// How many rows the projections write for this log.
fn row_writes(log: &Made) -> u64 {
    let mut sum = 0;
    scan(open(&log.path).unwrap(), 2, &Rows(log.stream.parse().unwrap()), |rows| {
        sum += rows;
        Ok(())
    })
    .unwrap();
    sum
}

/// Inserts every row of `from` into empty tables of the same shape, by prepared statements in one transaction.
fn plain_inserts(from: &Path, to: &Path) -> (Duration, u64) {
    let source = Connection::open(from).unwrap();
    let _ = fs::remove_file(to);
    let mut target = Connection::open(to).unwrap();
    target.execute_batch(PRAGMAS).unwrap();
    let mut tables: Vec<(String, String)> = Vec::new();
    let mut schema = source
        .prepare(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL
             ORDER BY type DESC",
        )
        .unwrap();
    let mut found = schema.query([]).unwrap();
    while let Some(row) = found.next().unwrap() {
        let (kind, name, sql): (String, String, String) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        target.execute_batch(&sql).unwrap();
        if kind == "table" {
            tables.push((name, sql));
        }
    }
    let mut all: Vec<(String, usize, Vec<Vec<Value>>)> = Vec::new();
    for (name, _) in tables {
        let mut statement = source.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = statement.column_count();
        let mut cursor = statement.query([]).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().unwrap() {
            rows.push((0..columns).map(|at| row.get::<_, Value>(at).unwrap()).collect());
        }
        all.push((name, columns, rows));
    }
    let begun = Instant::now();
    let mut count = 0;
    let transaction = target.transaction().unwrap();
    for (name, columns, rows) in all {
        let places: Vec<String> = (1..=columns).map(|at| format!("?{at}")).collect();
        let mut insert =
            transaction.prepare(&format!("INSERT INTO {name} VALUES ({})", places.join(","))).unwrap();
        for row in rows {
            insert.execute(params_from_iter(row)).unwrap();
            count += 1;
        }
    }
    transaction.commit().unwrap();
    (begun.elapsed(), count)
}
