-- From a consignment event's stream: stock counts and the differences they found.

CREATE TABLE stock_count (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    count        TEXT NOT NULL,
    number       INTEGER NOT NULL, -- the entry that began it
    status       TEXT NOT NULL,    -- counting, finished, abandoned
    expected     INTEGER NOT NULL, -- items that should be here
    counted      INTEGER NOT NULL, -- tags seen so far
    differences  INTEGER NOT NULL, -- found so far
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    PRIMARY KEY (organization, event, count)
) WITHOUT ROWID;

CREATE TABLE count_difference (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    count        TEXT NOT NULL,
    tag          TEXT NOT NULL,
    difference   TEXT NOT NULL,
    class        TEXT NOT NULL,    -- missing, found, unexpected
    found_at     INTEGER NOT NULL,
    PRIMARY KEY (organization, event, count, tag)
) WITHOUT ROWID;
