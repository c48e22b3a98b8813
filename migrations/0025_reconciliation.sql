-- From a reconciliation's stream: comparisons with the store, and the differences they found.

CREATE TABLE reconciliation_run (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    run          TEXT NOT NULL,
    kind         TEXT NOT NULL,    -- changes, full
    status       TEXT NOT NULL,    -- running, finished, abandoned
    found        INTEGER NOT NULL,
    vanished     INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    PRIMARY KEY (organization, event, run)
) WITHOUT ROWID;

CREATE TABLE discrepancy (
    organization     TEXT NOT NULL,
    event            TEXT NOT NULL,
    discrepancy      TEXT NOT NULL, -- the case
    number           INTEGER NOT NULL, -- the entry that found it
    run              TEXT NOT NULL,
    class            TEXT NOT NULL,
    subject_kind     TEXT NOT NULL, -- order, item, topic
    subject          TEXT NOT NULL,
    part             TEXT,          -- a line's or refund's id at the store
    ours             INTEGER NOT NULL,
    theirs           INTEGER NOT NULL,
    difference_cents INTEGER NOT NULL, -- what the store has more than we
    our_evidence     TEXT NOT NULL, -- JSON
    their_evidence   TEXT NOT NULL, -- JSON
    status           TEXT NOT NULL, -- open, vanished, resolved
    resolution       TEXT,
    reason           TEXT,
    by_policy        INTEGER,
    note             TEXT,          -- reference into the vault
    actor            TEXT,          -- who resolved it
    found_at         INTEGER NOT NULL,
    closed_at        INTEGER,
    PRIMARY KEY (organization, event, discrepancy)
) WITHOUT ROWID;
CREATE INDEX discrepancy_status ON discrepancy (organization, event, status);
