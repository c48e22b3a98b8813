-- What sessions claimed of items whose custody had moved on, and what the event made of it.

CREATE TABLE claim (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    session      TEXT NOT NULL,    -- that claims
    case_id      TEXT NOT NULL,    -- the session's name for it
    kind         TEXT NOT NULL,    -- sold, returned
    tag          TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    price_cents  INTEGER NOT NULL, -- on that receipt
    occurred_at  INTEGER NOT NULL, -- the terminal's clock, ms since 1970 UTC
    status       TEXT NOT NULL,    -- accepted, contested, upheld, dismissed
    found        TEXT,             -- what the item was; NULL when the event knows no such item
    holder       TEXT,             -- session that had it or sold it, for contested ones
    seq          INTEGER NOT NULL, -- the entry that took or contested it
    taken_at     INTEGER NOT NULL, -- ms since 1970 UTC
    resolved_at  INTEGER,          -- NULL unless a person resolved it
    resolved_by  TEXT,             -- actor
    PRIMARY KEY (organization, event, session, case_id)
) WITHOUT ROWID;
CREATE INDEX claim_contested ON claim (organization, event, seq) WHERE status = 'contested';
