-- Where each stream's rows stand, and which streams do not go on.

-- A move is guarded: it sets seq to NULL, and so fails with its whole batch, when the row is not where the
-- mover believes it to be.
CREATE TABLE checkpoint (
    projection TEXT NOT NULL,    -- generation of the read models that these rows belong to
    stream     TEXT NOT NULL,
    seq        INTEGER NOT NULL, -- last entry whose rows are written
    hash       TEXT NOT NULL,    -- of that entry, hex: a mismatch means that the log was restored
    moved_at   INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (projection, stream)
) WITHOUT ROWID;

-- A stream that stands still at an entry that could not be projected. Deleting the row resumes it.
CREATE TABLE parked_stream (
    projection TEXT NOT NULL,
    stream     TEXT NOT NULL,
    seq        INTEGER NOT NULL, -- the entry
    kind       TEXT NOT NULL,
    error      TEXT NOT NULL,
    parked_at  INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (projection, stream)
) WITHOUT ROWID;
