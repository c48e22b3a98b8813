-- What the edge keeps for finding its way. None of it is truth: the logs decide.

-- Which organization a host label was given to. Reserved before the organization's log begins, so that two
-- organizations can never be created under one label.
CREATE TABLE edge_slug (
    slug         TEXT PRIMARY KEY,
    organization TEXT NOT NULL,
    reserved_at  INTEGER NOT NULL -- ms since 1970 UTC
) WITHOUT ROWID;

-- How often a code was guessed wrong, per organization and minute.
CREATE TABLE edge_wrong_code (
    organization TEXT NOT NULL,
    minute       INTEGER NOT NULL, -- minutes since 1970 UTC
    attempts     INTEGER NOT NULL,
    PRIMARY KEY (organization, minute)
) WITHOUT ROWID;
