-- From a consignment event's stream: how registration goes, how people came, and every movement of money that is
-- not a sale: charges, payments, waivers, adjustments, referral credits.

CREATE TABLE registration_plan (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    opens_at     INTEGER,          -- NULL: with the event
    closes_at    INTEGER,          -- NULL: with the event
    capacity     INTEGER,          -- NULL: no limit
    terms        INTEGER NOT NULL, -- version that must be accepted; 0 for none
    planned_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, event)
) WITHOUT ROWID;

ALTER TABLE participation ADD COLUMN referral_source TEXT;
ALTER TABLE participation ADD COLUMN referred_by INTEGER;
ALTER TABLE participation ADD COLUMN terms INTEGER NOT NULL DEFAULT 0; -- version accepted; 0 for none
ALTER TABLE participation ADD COLUMN left_reason TEXT;

CREATE TABLE fee_entry (
    organization     TEXT NOT NULL,
    event            TEXT NOT NULL,
    seq              INTEGER NOT NULL,
    line             INTEGER NOT NULL, -- from 0, in the entry
    consignor        INTEGER NOT NULL,
    movement         TEXT NOT NULL,    -- charged, paid, waived, adjusted, referred
    kind             TEXT,             -- of fee; NULL for adjustments and referrals
    amount_cents     INTEGER NOT NULL, -- charged: owed; else: to the consignor
    part_of_share_bp INTEGER,          -- where the amount is a part of the share, known at the settlement
    method           TEXT,             -- charged: to be paid by; paid: paid by
    reason           TEXT,
    reference        TEXT,             -- of a payment
    tag              TEXT,
    booking          TEXT,
    items            INTEGER,
    referred         INTEGER,          -- the consignor who came through this one
    note             TEXT,             -- reference into the vault
    actor            TEXT NOT NULL,
    recorded_at      INTEGER NOT NULL,
    PRIMARY KEY (organization, event, seq, line)
) WITHOUT ROWID;
CREATE INDEX fee_entry_consignor ON fee_entry (organization, event, consignor);
