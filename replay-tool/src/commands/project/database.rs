//! The read models in SQLite: the platform's tables, statements and checkpoints.

use std::collections::BTreeSet;
use std::path::Path;

use domain::ids::{EventId, OrganizationId, SessionId};
use domain::journal::{Hash, Head, RawEntry};
use domain::stream::StreamId;
use projections::{GENERATION, Statement, Writes, checkpoint};
use rusqlite::{Connection, OptionalExtension};

use super::TableCount;
use crate::Failure;

/// Name and text of every migration, in order.
const MIGRATIONS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// Speed before durability: whatever a power cut takes, the logs give back.
const PRAGMAS: &str = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;";

/// Remembers which migrations a database has seen.
const SEEN: &str = "CREATE TABLE IF NOT EXISTS replay_tool_migration (name TEXT PRIMARY KEY) WITHOUT ROWID";

/// A database with the platform's tables.
pub(super) struct Database {
    pub(super) connection: Connection,
}

/// How far a page of entries came.
pub(super) enum Written {
    All,
    /// An entry could not be projected; the stream is parked at it, as on the platform.
    Parked(String),
}

impl Database {
    /// Opens or makes the database in `file`, or one in memory.
    pub(super) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let connection = match file {
            Some(file) => Connection::open(file)
                .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?,
            None => Connection::open_in_memory()?,
        };
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(SEEN)?;
        for (name, text) in MIGRATIONS {
            if connection.execute("INSERT OR IGNORE INTO replay_tool_migration (name) VALUES (?1)", [name])?
                > 0
            {
                connection.execute_batch(text).map_err(|error| Failure::new(format!("{name}: {error}")))?;
            }
        }
        Ok(Self { connection })
    }

    /// Where the rows of `stream` stand.
    pub(super) fn checkpoint(&self, stream: &str) -> Result<Head, Failure> {
        checkpoint_in(&self.connection, stream)
    }

    /// Writes the rows of `entries` and moves the checkpoint, all or nothing.
    pub(super) fn write(&mut self, stream: &StreamId, entries: &[RawEntry]) -> Result<Written, Failure> {
        let mut writes = Writes::default();
        let mut poison = None;
        let mut last = None;
        for entry in entries {
            if let Err(error) = projections::project(stream, entry, &mut writes) {
                poison = Some((entry, error.to_string()));
                break;
            }
            last = Some(entry);
        }
        let name = stream.to_string();
        let transaction = self.connection.transaction()?;
        if let Some(last) = last {
            let from = checkpoint_in(&transaction, &name)?;
            let to = Head { seq: last.seq, hash: last.hash };
            // The log's clock rather than ours: the same logs make the same database.
            run(&transaction, &checkpoint::advance(&name, from, to, last.recorded_at)?)?;
            run(&transaction, &writes.into_statements())?;
        }
        if let Some((entry, why)) = &poison {
            run(&transaction, &checkpoint::park(&name, entry.seq, &entry.kind, why, entry.recorded_at)?)?;
        }
        transaction.commit()?;
        Ok(match poison {
            None => Written::All,
            Some((entry, why)) => Written::Parked(format!("entry {} cannot be projected: {why}", entry.seq)),
        })
    }

    /// Deletes the rows of `stream`.
    pub(super) fn wipe(&mut self, stream: &StreamId) -> Result<(), Failure> {
        let name = stream.to_string();
        let transaction = self.connection.transaction()?;
        run(&transaction, &projections::wipe(stream)?)?;
        run(&transaction, &checkpoint::unpark(&name)?)?;
        transaction
            .execute("DELETE FROM checkpoint WHERE projection = ?1 AND stream = ?2", (GENERATION, &name))?;
        transaction.commit()?;
        Ok(())
    }

    /// How many rows each read model holds.
    pub(super) fn counts(&self) -> Result<Vec<TableCount>, Failure> {
        tables()?
            .into_iter()
            .map(|table| {
                let rows: i64 =
                    self.connection
                        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
                Ok(TableCount { table, rows: count(rows) })
            })
            .collect()
    }
}

/// Where the rows of `stream` stand in any database with the platform's tables.
pub(super) fn checkpoint_in(connection: &Connection, stream: &str) -> Result<Head, Failure> {
    let found: Option<(i64, String)> = connection
        .query_row(checkpoint::READ, (GENERATION, stream), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, hash)) = found else { return Ok(Head::EMPTY) };
    let hash = Hash::from_hex(&hash)
        .ok_or_else(|| Failure::new(format!("the checkpoint of {stream} holds no hash")))?;
    Ok(Head { seq: count(seq), hash })
}

/// SQLite counts in signed numbers.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn run(connection: &Connection, statements: &[Statement]) -> Result<(), rusqlite::Error> {
    for statement in statements {
        connection.prepare_cached(statement.sql.text)?.execute([statement.parameter()])?;
    }
    Ok(())
}

/// The tables that projections write, in order of name.
fn tables() -> Result<BTreeSet<&'static str>, Failure> {
    let id = uuid::Uuid::nil();
    let organization = OrganizationId(id);
    let mut tables = BTreeSet::new();
    for stream in [
        StreamId::Organization(organization),
        StreamId::Event(organization, EventId(id)),
        StreamId::Session(organization, SessionId(id)),
    ] {
        tables.extend(projections::wipe(&stream)?.iter().map(|statement| statement.sql.table));
    }
    Ok(tables)
}
