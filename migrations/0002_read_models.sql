-- Read models. Each table is written from one stream only, and every key begins with the organization.
-- Money in cents, rates in basis points, instants in ms since 1970 UTC, flags 0 or 1.

-- From the organization's stream -----------------------------------------------------------------------------

CREATE TABLE organization (
    organization     TEXT PRIMARY KEY,
    slug             TEXT NOT NULL,
    name             TEXT NOT NULL,
    currency         TEXT NOT NULL,
    time_zone        TEXT NOT NULL,
    settings_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX organization_slug ON organization (slug);

CREATE TABLE membership (
    organization TEXT NOT NULL,
    person       TEXT NOT NULL,
    role         TEXT NOT NULL,
    granted_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, person, role)
) WITHOUT ROWID;

CREATE TABLE consignor (
    organization TEXT NOT NULL,
    number       INTEGER NOT NULL,
    tier         TEXT NOT NULL,
    enrolled_at  INTEGER NOT NULL,
    PRIMARY KEY (organization, number)
) WITHOUT ROWID;

-- The organization's word that an event exists; what became of it is in consignment_event.
CREATE TABLE founded_event (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    ordinal      INTEGER NOT NULL,
    name         TEXT NOT NULL,
    starts_on    TEXT, -- ISO 8601 date
    ends_on      TEXT, -- ISO 8601 date
    founded_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, event)
) WITHOUT ROWID;
CREATE UNIQUE INDEX founded_event_ordinal ON founded_event (organization, ordinal);

-- From a consignment event's stream --------------------------------------------------------------------------

CREATE TABLE consignment_event (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    ordinal      INTEGER NOT NULL,
    name         TEXT NOT NULL,
    status       TEXT NOT NULL,
    currency     TEXT NOT NULL,
    starts_on    TEXT,
    ends_on      TEXT,
    items        INTEGER NOT NULL, -- listed so far
    refused      INTEGER NOT NULL, -- refused so far
    sessions     INTEGER NOT NULL, -- planned so far
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL, -- of the last change of status
    PRIMARY KEY (organization, event)
) WITHOUT ROWID;

CREATE TABLE participation (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    tier         TEXT NOT NULL,
    joined_at    INTEGER NOT NULL,
    PRIMARY KEY (organization, event, consignor)
) WITHOUT ROWID;

-- The event's view of its items. What a session does with the ones in its custody is in receipt_line.
CREATE TABLE item (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    tag          TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    category     TEXT NOT NULL,
    title        TEXT NOT NULL,
    size         TEXT NOT NULL,
    condition    TEXT NOT NULL,
    price_cents  INTEGER NOT NULL,
    reduce       INTEGER NOT NULL,
    donate       INTEGER NOT NULL,
    reference    TEXT NOT NULL, -- the consignor's own
    status       TEXT NOT NULL,
    session      TEXT,          -- the session that has or last had it
    import       TEXT,
    import_row   INTEGER,
    listed_at    INTEGER NOT NULL,
    PRIMARY KEY (organization, event, tag)
) WITHOUT ROWID;
CREATE INDEX item_consignor ON item (organization, event, consignor);
CREATE INDEX item_status ON item (organization, event, status);

-- The event's word that a session is planned; what became of it is in sale_session.
CREATE TABLE planned_session (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    event        TEXT NOT NULL,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    channels     TEXT NOT NULL, -- JSON array
    handed_over  INTEGER NOT NULL, -- items that left for it
    taken_back   INTEGER NOT NULL, -- items that came back
    planned_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, session)
) WITHOUT ROWID;
CREATE UNIQUE INDEX planned_session_number ON planned_session (organization, event, number);

-- From a sale session's stream -------------------------------------------------------------------------------

CREATE TABLE sale_session (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    event        TEXT NOT NULL,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    currency     TEXT NOT NULL,
    channels     TEXT NOT NULL, -- JSON array
    status       TEXT NOT NULL,
    items        INTEGER NOT NULL, -- taken into custody
    released     INTEGER NOT NULL, -- given back
    receipts     INTEGER NOT NULL,
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    tax_cents    INTEGER NOT NULL,
    total_cents  INTEGER NOT NULL,
    share_cents  INTEGER NOT NULL, -- estimated
    house_cents  INTEGER NOT NULL, -- estimated
    scheduled_at INTEGER NOT NULL,
    opened_at    INTEGER,
    closed_at    INTEGER,
    PRIMARY KEY (organization, session)
) WITHOUT ROWID;
CREATE INDEX sale_session_event ON sale_session (organization, event);

CREATE TABLE pairing (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    code_digest  TEXT NOT NULL, -- hex
    expires_at   INTEGER NOT NULL,
    offered_at   INTEGER NOT NULL,
    terminal     TEXT,          -- who took it up
    PRIMARY KEY (organization, session, code_digest)
) WITHOUT ROWID;
CREATE INDEX pairing_code ON pairing (organization, code_digest);

CREATE TABLE terminal (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    terminal     TEXT NOT NULL,
    name         TEXT NOT NULL,
    token_digest TEXT NOT NULL, -- hex
    paired_at    INTEGER NOT NULL,
    revoked_at   INTEGER,
    receipts     INTEGER NOT NULL,
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    total_cents  INTEGER NOT NULL,
    PRIMARY KEY (organization, session, terminal)
) WITHOUT ROWID;
CREATE INDEX terminal_token ON terminal (organization, token_digest);

CREATE TABLE receipt (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    number       INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- the entry in the session's log
    terminal     TEXT NOT NULL,
    occurred_at  INTEGER NOT NULL, -- the terminal's clock
    recorded_at  INTEGER NOT NULL, -- the log's clock
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    tax_cents    INTEGER NOT NULL,
    total_cents  INTEGER NOT NULL,
    change_cents INTEGER NOT NULL,
    tenders      TEXT NOT NULL,    -- JSON array of {kind, amount_cents}
    PRIMARY KEY (organization, session, receipt)
) WITHOUT ROWID;
CREATE UNIQUE INDEX receipt_number ON receipt (organization, session, number);
CREATE INDEX receipt_id ON receipt (organization, receipt);

CREATE TABLE receipt_line (
    organization   TEXT NOT NULL,
    session        TEXT NOT NULL,
    receipt        TEXT NOT NULL,
    line           INTEGER NOT NULL, -- from 1
    tag            TEXT NOT NULL,
    consignor      INTEGER NOT NULL,
    printed_cents  INTEGER NOT NULL,
    price_cents    INTEGER NOT NULL,
    reduction_bp   INTEGER NOT NULL,
    tax_cents      INTEGER NOT NULL,
    rate_bp        INTEGER NOT NULL,
    share_cents    INTEGER NOT NULL, -- estimated
    house_cents    INTEGER NOT NULL, -- estimated
    plan_version   INTEGER NOT NULL,
    keyed          INTEGER NOT NULL,
    not_checked_in INTEGER NOT NULL,
    PRIMARY KEY (organization, session, receipt, line)
) WITHOUT ROWID;
CREATE INDEX receipt_line_tag ON receipt_line (organization, session, tag);

-- What each consignor has sold in a session, and the share estimated with each sale.
CREATE TABLE share_estimate (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    tax_cents    INTEGER NOT NULL,
    share_cents  INTEGER NOT NULL,
    house_cents  INTEGER NOT NULL,
    PRIMARY KEY (organization, session, consignor)
) WITHOUT ROWID;
