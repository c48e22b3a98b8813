//! The tables of an object.

/// The tables, made when an object is first written to. Each statement is repeatable.
pub const TABLES: [&str; 12] = [
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
    // Where entries are that commands ask for by key.
    "CREATE TABLE IF NOT EXISTS entry_keys (key TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
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
    // Never read: what is written to it is what one command leaves, or a part of that.
    "CREATE VIEW IF NOT EXISTS effect AS SELECT NULL AS command_id, NULL AS body_hash, NULL AS onto_seq,
        NULL AS onto_hash, NULL AS last_seq, NULL AS seq, NULL AS recorded_at, NULL AS entry_command_id, NULL AS actor,
        NULL AS kind, NULL AS version, NULL AS payload, NULL AS hash, NULL AS key, NULL AS key_seq",
    // A command comes before its entries, once, and only onto the head that it was decided on: NULL is refused.
    "CREATE TRIGGER IF NOT EXISTS effect_written INSTEAD OF INSERT ON effect BEGIN
        SELECT raise(ABORT, 'command refused before') FROM refusals WHERE command_id = new.command_id;
        INSERT INTO commands (command_id, body_hash, first_seq, last_seq)
            SELECT new.command_id, new.body_hash, CASE WHEN coalesce(
                (SELECT log.seq = new.onto_seq AND log.hash = new.onto_hash FROM log ORDER BY log.seq DESC LIMIT 1),
                new.onto_seq = 0) THEN new.onto_seq + 1 END, new.last_seq
            WHERE new.command_id IS NOT NULL;
        INSERT INTO log (seq, recorded_at, command_id, actor, kind, version, payload, hash)
            SELECT new.seq, new.recorded_at, new.entry_command_id, new.actor, new.kind, new.version, new.payload,
                new.hash
            WHERE new.seq IS NOT NULL;
        INSERT INTO entry_keys (key, seq) SELECT new.key, new.key_seq WHERE new.key IS NOT NULL
            ON CONFLICT (key) DO UPDATE SET seq = excluded.seq;
    END",
];

/// What an older build made in another way: the view goes with its trigger, and facts were copies of entries.
pub const OUTDATED: [&str; 2] = ["DROP VIEW IF EXISTS effect", "DROP TABLE IF EXISTS facts"];

/// Raised when [`TABLES`] change.
pub const SCHEMA: &str = "7";

/// The note that says which tables an object has.
pub const SCHEMA_NOTE: &str = "schema";
