-- From the organization's stream: every version of the settings, referral codes, and the consignors' ledgers.

CREATE TABLE settings_version (
    organization TEXT NOT NULL,
    version      INTEGER NOT NULL,
    plan_version INTEGER NOT NULL, -- of the commission plan in it
    seq          INTEGER NOT NULL,
    settings     TEXT NOT NULL,    -- JSON, whole
    actor        TEXT NOT NULL,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, version)
) WITHOUT ROWID;

CREATE TABLE referral_code (
    organization TEXT NOT NULL,
    code         TEXT NOT NULL,
    consignor    INTEGER NOT NULL,
    issued_at    INTEGER NOT NULL,
    retired_at   INTEGER,          -- NULL while it counts
    PRIMARY KEY (organization, code)
) WITHOUT ROWID;

CREATE TABLE ledger_entry (
    organization  TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    line          INTEGER NOT NULL, -- from 0, in the entry
    consignor     INTEGER NOT NULL,
    account       TEXT NOT NULL,    -- carried, store_credit
    amount_cents  INTEGER NOT NULL, -- positive: to the consignor
    balance_cents INTEGER NOT NULL, -- of the account, with it
    reason        TEXT NOT NULL,
    source        TEXT,             -- stream#seq.line of the entry it stands on
    event         TEXT,
    note          TEXT,             -- reference into the vault
    actor         TEXT NOT NULL,
    posted_at     INTEGER NOT NULL,
    PRIMARY KEY (organization, seq, line)
) WITHOUT ROWID;
CREATE INDEX ledger_entry_consignor ON ledger_entry (organization, consignor);
