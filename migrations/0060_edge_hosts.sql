-- Host names beside the labels, and what the edge must remember of deliveries and refusals. None of it is truth about
-- a sale: the logs decide.

-- Which organization a host name of its own leads to. A name that was given up is kept out of other hands for a
-- while (see `HOST_QUARANTINE_MS`): no copy of the old answer may outlive it.
CREATE TABLE edge_host (
    host         TEXT PRIMARY KEY,
    organization TEXT NOT NULL,
    added_at     INTEGER NOT NULL, -- ms since 1970 UTC
    released_at  INTEGER           -- NULL while it is in use
) WITHOUT ROWID;
CREATE INDEX edge_host_organization ON edge_host (organization);

-- Signed messages of the identity provider that were taken: one that comes again is answered, and changes nothing.
CREATE TABLE edge_delivery (
    delivery    TEXT PRIMARY KEY,  -- the sender's id of it
    kind        TEXT NOT NULL,
    received_at INTEGER NOT NULL,  -- ms since 1970 UTC
    done_at     INTEGER            -- NULL while it is not finished
) WITHOUT ROWID;

-- Who was refused what, counted by the hour, so that a flood of refusals is one row.
CREATE TABLE denied_access (
    organization TEXT NOT NULL,
    hour         INTEGER NOT NULL, -- hours since 1970 UTC
    actor        TEXT NOT NULL,    -- as in logs: person:…, terminal:…; `others` when an hour has too many
    method       TEXT NOT NULL,
    route        TEXT NOT NULL,    -- as in the route table
    needs        TEXT NOT NULL,    -- what was missing
    attempts     INTEGER NOT NULL,
    first_at     INTEGER NOT NULL, -- ms since 1970 UTC
    last_at      INTEGER NOT NULL, -- ms since 1970 UTC
    request_id   TEXT NOT NULL,    -- of the last one
    PRIMARY KEY (organization, hour, actor, method, route, needs)
) WITHOUT ROWID;
