-- From a consignment event's stream: settlements, the statements that explain them, and payouts.

CREATE TABLE settlement (
    organization  TEXT NOT NULL,
    event         TEXT NOT NULL,
    settlement    TEXT NOT NULL,
    number        INTEGER NOT NULL, -- from 1, by event
    amends        TEXT,             -- the approved settlement before it
    status        TEXT NOT NULL,    -- pinned, calculated, approved, replaced
    pins          TEXT NOT NULL,    -- JSON array of {stream, seq, hash}; statements refer to them by index
    pages         INTEGER NOT NULL, -- of statements, so far
    statements    INTEGER NOT NULL, -- so far
    balance       TEXT,             -- JSON, once calculated
    checks        TEXT,             -- JSON, once calculated
    approvals     TEXT NOT NULL,    -- JSON array of persons
    pinned_at     INTEGER NOT NULL,
    calculated_at INTEGER,
    approved_at   INTEGER,
    PRIMARY KEY (organization, event, settlement)
) WITHOUT ROWID;

-- Sums, once a statement is whole.
CREATE TABLE statement (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    settlement   TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    tier         TEXT NOT NULL,
    shifts       INTEGER NOT NULL,
    sold         INTEGER NOT NULL,
    gross_cents          INTEGER NOT NULL,
    estimate_cents       INTEGER NOT NULL,
    share_cents          INTEGER NOT NULL,
    house_cents          INTEGER NOT NULL,
    charges_cents        INTEGER NOT NULL,
    credits_cents        INTEGER NOT NULL,
    earned_cents         INTEGER NOT NULL,
    carried_in_cents     INTEGER NOT NULL,
    settled_before_cents INTEGER NOT NULL,
    due_cents            INTEGER NOT NULL,
    PRIMARY KEY (organization, event, settlement, consignor)
) WITHOUT ROWID;

-- Lines, as the log holds them; a long statement has several parts.
CREATE TABLE statement_part (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    settlement   TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- the entry
    part         INTEGER NOT NULL, -- from 0, in the entry
    lines        TEXT NOT NULL,    -- JSON array
    PRIMARY KEY (organization, event, settlement, consignor, seq, part)
);

CREATE TABLE payout (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    payout       INTEGER NOT NULL, -- its number in the event, from 1
    settlement   TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL,
    status       TEXT NOT NULL,    -- calculated, approved, paid, voided, reissued, carried
    method       TEXT,
    reference    TEXT,             -- cheque or trace number
    paid_on      TEXT,             -- ISO 8601 date
    void_reason  TEXT,
    replaces     INTEGER,          -- the voided one that it makes good
    replaced_by  INTEGER,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, event, payout)
) WITHOUT ROWID;
CREATE INDEX payout_consignor ON payout (organization, consignor);

-- What an approved settlement carries forward instead of paying it.
CREATE TABLE carried_forward (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    settlement   TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL, -- positive: owed to the consignor
    reason       TEXT NOT NULL,
    PRIMARY KEY (organization, event, settlement, consignor)
) WITHOUT ROWID;
