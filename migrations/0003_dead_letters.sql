-- Messages that a queue gave up on: support sees them, repairs the cause and sends them again.
CREATE TABLE dead_letter (
    queue    TEXT NOT NULL,
    message  TEXT NOT NULL,    -- the queue's own id of it
    body     TEXT NOT NULL,    -- JSON
    died_at  INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (queue, message)
) WITHOUT ROWID;
