//! The tables of an object.

/// The tables, made when an object is first written to. Each statement is repeatable.
pub const TABLES: [&str; 10] = [
    "CREATE TABLE IF NOT EXISTS log (
        seq INTEGER PRIMARY KEY,
        recorded_at INTEGER NOT NULL,
        command_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        payload TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT",
    // No reply column: the reply is the entries first_seq..last_seq, read again.
    "CREATE TABLE IF NOT EXISTS commands (
        command_id TEXT PRIMARY KEY,
        body_hash TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
    // Commands of people and terminals that a rule refused: the refusal is their first reply.
    "CREATE TABLE IF NOT EXISTS refusals (
        command_id TEXT PRIMARY KEY,
        body_hash TEXT NOT NULL,
        rejection TEXT NOT NULL
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS deliveries (
        number INTEGER PRIMARY KEY,
        seq INTEGER NOT NULL,
        target TEXT NOT NULL,
        command_id TEXT NOT NULL,
        command TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'taken', 'refused')),
        outcome TEXT
    ) STRICT",
    "CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (number) WHERE state = 'pending'",
    // Few rows at any time: no index on due_at is worth its writes.
    "CREATE TABLE IF NOT EXISTS timers (
        name TEXT PRIMARY KEY,
        due_at INTEGER NOT NULL,
        command TEXT
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS snapshot (part INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    // Runs of entries that lie in the archive, too, from the first entry on without gaps.
    "CREATE TABLE IF NOT EXISTS segments (
        first_seq INTEGER PRIMARY KEY,
        last_seq INTEGER NOT NULL,
        key TEXT NOT NULL,
        digest TEXT NOT NULL
    ) STRICT",
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
];

/// Raised when [`TABLES`] grows.
pub const SCHEMA: &str = "5";

/// The note that says which tables an object has.
pub const SCHEMA_NOTE: &str = "schema";
