//! The read models in SQLite: the platform's tables, statements and checkpoints.

use std::collections::BTreeSet;
use std::path::Path;

use domain::ids::{EventId, OrganizationId, SessionId};
use domain::journal::{Hash, Head};
use domain::stream::StreamId;
use projections::{GENERATION, checkpoint};
use rusqlite::{Connection, OptionalExtension};

use super::TableCount;
use super::direct::{Runner, STATEMENTS_KEPT};
use super::page::Page;
use crate::Failure;

/// Name and text of every migration, in order.
const MIGRATIONS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// Speed before durability: whatever a power cut takes, the logs give back. The cache, in KiB, holds the pages that
/// rows of a few thousand items touch again and again.
const PRAGMAS: &str = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;";

/// Entries whose rows are committed together: a commit writes every page that was touched, and entries that follow
/// each other touch the same ones. What an interruption takes is made again in a second or two.
const ENTRIES_PER_COMMIT: u64 = 50_000;

/// Remembers which migrations a database has seen.
const SEEN: &str = "CREATE TABLE IF NOT EXISTS replay_tool_migration (name TEXT PRIMARY KEY) WITHOUT ROWID";

/// A database with the platform's tables.
pub(super) struct Database {
    pub(super) connection: Connection,
    runner: Runner,
    /// Entries whose rows are written and not committed.
    open: u64,
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
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(SEEN)?;
        for (name, text) in MIGRATIONS {
            if connection.execute("INSERT OR IGNORE INTO replay_tool_migration (name) VALUES (?1)", [name])?
                > 0
            {
                connection.execute_batch(text).map_err(|error| Failure::new(format!("{name}: {error}")))?;
            }
        }
        Ok(Self { connection, runner: Runner::default(), open: 0 })
    }

    /// Where the rows of `stream` stand.
    pub(super) fn checkpoint(&self, stream: &str) -> Result<Head, Failure> {
        checkpoint_in(&self.connection, stream)
    }

    /// Writes a page's rows and moves the checkpoint, all or nothing. They stand once [`Database::commit`] was called,
    /// or enough others followed.
    pub(super) fn write(&mut self, stream: &StreamId, page: Page) -> Result<Written, Failure> {
        let name = stream.to_string();
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN")?;
        }
        if let Some(last) = page.last {
            let from = checkpoint_in(&self.connection, &name)?;
            // The log's clock rather than ours: the same logs make the same database.
            let moved = checkpoint::advance(&name, from, last.head, last.recorded_at)?;
            self.runner.run(&self.connection, &moved)?;
            self.runner.run(&self.connection, &page.writes.into_statements())?;
        }
        if let Some(poison) = &page.poison {
            let (kind, why) = (&poison.kind, &poison.why);
            let parked = checkpoint::park(&name, poison.seq, kind, why, poison.recorded_at)?;
            self.runner.run(&self.connection, &parked)?;
        }
        self.open += page.entries;
        if self.open >= ENTRIES_PER_COMMIT {
            self.commit()?;
        }
        Ok(match &page.poison {
            None => Written::All,
            Some(poison) => {
                Written::Parked(format!("entry {} cannot be projected: {}", poison.seq, poison.why))
            }
        })
    }

    /// Commits what was written.
    pub(super) fn commit(&mut self) -> Result<(), Failure> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT")?;
        }
        self.open = 0;
        Ok(())
    }

    /// Deletes the rows of `stream`.
    pub(super) fn wipe(&mut self, stream: &StreamId) -> Result<(), Failure> {
        let name = stream.to_string();
        let transaction = self.connection.transaction()?;
        self.runner.run(&transaction, &projections::wipe(stream)?)?;
        self.runner.run(&transaction, &checkpoint::unpark(&name)?)?;
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
