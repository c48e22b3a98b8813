-- The session desk: cases and how they ended, goods brought back, cash drawers.

CREATE TABLE conflict_case (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    case_id      TEXT NOT NULL,
    kind         TEXT NOT NULL,    -- double_sale, online_against_floor, receipt_id_reused
    tag          TEXT,             -- NULL when it is about a whole receipt
    receipts     TEXT NOT NULL,    -- JSON array of receipt ids, in the order of the log
    opened_seq   INTEGER NOT NULL, -- the entry in the session's log
    opened_at    INTEGER NOT NULL, -- ms since 1970 UTC
    resolved_seq INTEGER,          -- NULL while it is open
    resolved_at  INTEGER,
    resolved_by  TEXT,             -- actor
    resolution   TEXT,             -- JSON {how, consignor?}
    refund_cents INTEGER,          -- what shoppers get back
    PRIMARY KEY (organization, session, case_id)
) WITHOUT ROWID;
CREATE INDEX conflict_case_open ON conflict_case (organization, session, opened_seq) WHERE resolved_seq IS NULL;

CREATE TABLE goods_return (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    return_id    TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    number       INTEGER NOT NULL, -- of the receipt
    seq          INTEGER NOT NULL,
    terminal     TEXT,             -- NULL when a person took it at a desk
    actor        TEXT NOT NULL,
    occurred_at  INTEGER NOT NULL, -- the terminal's clock
    recorded_at  INTEGER NOT NULL, -- the log's clock
    reason       TEXT NOT NULL,
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    tax_cents    INTEGER NOT NULL,
    total_cents  INTEGER NOT NULL, -- what the shopper got back
    tenders      TEXT NOT NULL,    -- JSON array of {kind, amount_cents}
    PRIMARY KEY (organization, session, return_id)
) WITHOUT ROWID;
CREATE INDEX goods_return_receipt ON goods_return (organization, receipt);

-- One row each time a drawer is in use. A terminal has at most one open drawer.
CREATE TABLE drawer (
    organization     TEXT NOT NULL,
    session          TEXT NOT NULL,
    terminal         TEXT NOT NULL,
    opened_seq       INTEGER NOT NULL,
    opened_at        INTEGER NOT NULL,
    float_cents      INTEGER NOT NULL, -- the change it began with
    moved_cents      INTEGER NOT NULL, -- put in less taken out, not by sales
    closed_at        INTEGER,          -- NULL while it is open
    counted_cents    INTEGER,
    expected_cents   INTEGER,
    difference_cents INTEGER,          -- counted less expected
    PRIMARY KEY (organization, session, opened_seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX drawer_open ON drawer (organization, session, terminal) WHERE closed_at IS NULL;

CREATE TABLE cash_move (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    terminal     TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, -- put in above zero, taken out below
    reason       TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL,
    PRIMARY KEY (organization, session, seq)
) WITHOUT ROWID;
