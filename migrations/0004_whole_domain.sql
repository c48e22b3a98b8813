-- What the rest of the domain says about rows that exist already: returns, voids, conflicts, claims, online orders,
-- check-in, printing, transfers, registration. Nothing that was written before changes its meaning.

ALTER TABLE organization ADD COLUMN suspended_at INTEGER; -- NULL while it may go on

ALTER TABLE consignor ADD COLUMN person TEXT;             -- who signs in for the account
ALTER TABLE consignor ADD COLUMN barred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consignor ADD COLUMN tax_form_missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consignor ADD COLUMN participations INTEGER NOT NULL DEFAULT 0; -- that count
ALTER TABLE consignor ADD COLUMN carried_cents INTEGER NOT NULL DEFAULT 0;  -- owed to them; negative: by them
ALTER TABLE consignor ADD COLUMN store_credit_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE consignor ADD COLUMN erased_at INTEGER;

ALTER TABLE founded_event ADD COLUMN ended_at INTEGER;

ALTER TABLE participation ADD COLUMN standing TEXT NOT NULL DEFAULT 'active'; -- active, waiting, offered, left
ALTER TABLE participation ADD COLUMN method TEXT NOT NULL DEFAULT 'payout';   -- how the fee is paid
ALTER TABLE participation ADD COLUMN offer_expires_at INTEGER;                -- while a place is offered
ALTER TABLE participation ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;

ALTER TABLE item ADD COLUMN marked TEXT;            -- missing or rejected: what it is again when it leaves the floor unsold
ALTER TABLE item ADD COLUMN printed_cents INTEGER;  -- as on the tag, where one was printed; it counts on the floor
ALTER TABLE item ADD COLUMN printed_reduce INTEGER;
ALTER TABLE item ADD COLUMN printed_donate INTEGER;
ALTER TABLE item ADD COLUMN transfers INTEGER NOT NULL DEFAULT 0; -- from earlier events

ALTER TABLE planned_session ADD COLUMN cancelled_at INTEGER;

-- gross, tax and total are what was charged. Where every cent is: gross - refunded_gross = share + house + held.
ALTER TABLE sale_session ADD COLUMN refunded_gross_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_session ADD COLUMN refunded_tax_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_session ADD COLUMN refunded_total_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_session ADD COLUMN held_cents INTEGER NOT NULL DEFAULT 0; -- contested or claimed: credited to nobody yet

ALTER TABLE terminal ADD COLUMN rights TEXT NOT NULL DEFAULT '[]'; -- JSON array
ALTER TABLE terminal ADD COLUMN refunded_cents INTEGER NOT NULL DEFAULT 0; -- paid back there

-- Receipts of a store have no terminal, lines of things unknown no consignor: both tables are made anew.

CREATE TABLE receipt_new (
    organization TEXT NOT NULL,
    session      TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    number       INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- the entry in the session's log
    terminal     TEXT,             -- NULL for a store's
    occurred_at  INTEGER NOT NULL, -- the terminal's clock
    corrected_at INTEGER,          -- offline: that, put right by the estimated offset
    recorded_at  INTEGER NOT NULL, -- the log's clock
    lines        INTEGER NOT NULL,
    gross_cents  INTEGER NOT NULL,
    tax_cents    INTEGER NOT NULL,
    total_cents  INTEGER NOT NULL,
    change_cents INTEGER NOT NULL,
    tenders      TEXT NOT NULL,    -- JSON array of {kind, amount_cents}
    offline      INTEGER NOT NULL,
    variances    TEXT NOT NULL,    -- JSON array of {variance, line, expected_cents}; line from 0
    standing     TEXT NOT NULL,    -- stands, voided, dropped (it never happened)
    shop         TEXT,             -- the store's, for online orders
    online_order TEXT,
    paid         INTEGER,
    fulfilled    INTEGER,
    cancelled    INTEGER,
    PRIMARY KEY (organization, session, receipt)
) WITHOUT ROWID;
INSERT INTO receipt_new SELECT organization, session, receipt, number, seq, terminal, occurred_at, NULL, recorded_at,
    lines, gross_cents, tax_cents, total_cents, change_cents, tenders, 0, '[]', 'stands', NULL, NULL, NULL, NULL, NULL
    FROM receipt;
DROP TABLE receipt;
ALTER TABLE receipt_new RENAME TO receipt;
CREATE UNIQUE INDEX receipt_number ON receipt (organization, session, number);
CREATE INDEX receipt_id ON receipt (organization, receipt);
CREATE INDEX receipt_order ON receipt (organization, session, shop, online_order) WHERE shop IS NOT NULL;

CREATE TABLE receipt_line_new (
    organization       TEXT NOT NULL,
    session            TEXT NOT NULL,
    receipt            TEXT NOT NULL,
    line               INTEGER NOT NULL, -- from 1, over listed and then unlisted lines
    tag                TEXT,             -- the item it stands for; NULL when none is known
    read_tag           TEXT,             -- the tag as it was read at the till
    consignor          INTEGER,          -- NULL for the house
    printed_cents      INTEGER,          -- NULL for what was not listed
    price_cents        INTEGER NOT NULL, -- charged
    reduction_bp       INTEGER NOT NULL,
    tax_cents          INTEGER NOT NULL, -- charged
    rate_bp            INTEGER NOT NULL,
    share_cents        INTEGER NOT NULL, -- credited now, as estimated
    house_cents        INTEGER NOT NULL, -- credited now, as estimated
    plan_version       INTEGER,
    keyed              INTEGER NOT NULL,
    not_checked_in     INTEGER NOT NULL,
    standing           TEXT NOT NULL,    -- credited, contested, claimed, gone (returned, refunded, voided)
    refunded_cents     INTEGER NOT NULL, -- of the price
    refunded_tax_cents INTEGER NOT NULL, -- of the tax
    unlisted           TEXT,             -- why it named no item of the session
    overridden         TEXT,             -- why the price was not the rules'
    expected_cents     INTEGER,          -- the rules' price then
    marked             TEXT,             -- missing, rejected or returned, and sold all the same
    PRIMARY KEY (organization, session, receipt, line)
) WITHOUT ROWID;
INSERT INTO receipt_line_new SELECT organization, session, receipt, line, tag, tag, consignor, printed_cents, price_cents,
    reduction_bp, tax_cents, rate_bp, share_cents, house_cents, plan_version, keyed, not_checked_in, 'credited', 0, 0,
    NULL, NULL, NULL, NULL FROM receipt_line;
DROP TABLE receipt_line;
ALTER TABLE receipt_line_new RENAME TO receipt_line;
CREATE INDEX receipt_line_tag ON receipt_line (organization, session, tag);

-- What is credited follows the lines, whatever happens to them: an entry that changes a line does not say what the
-- line stood for until then, the row does.

CREATE TRIGGER receipt_line_added AFTER INSERT ON receipt_line
BEGIN
    UPDATE sale_session SET
        share_cents = share_cents + NEW.share_cents,
        house_cents = house_cents + NEW.house_cents,
        held_cents = held_cents + (NEW.standing IN ('contested', 'claimed')) * (NEW.price_cents - NEW.refunded_cents)
    WHERE organization = NEW.organization AND session = NEW.session;
    INSERT INTO share_estimate (organization, session, consignor, lines, gross_cents, tax_cents, share_cents, house_cents)
    SELECT NEW.organization, NEW.session, NEW.consignor, 1, NEW.price_cents - NEW.refunded_cents,
        NEW.tax_cents - NEW.refunded_tax_cents, NEW.share_cents, NEW.house_cents
    WHERE NEW.consignor IS NOT NULL AND NEW.standing = 'credited'
    ON CONFLICT (organization, session, consignor) DO UPDATE SET
        lines = lines + excluded.lines,
        gross_cents = gross_cents + excluded.gross_cents,
        tax_cents = tax_cents + excluded.tax_cents,
        share_cents = share_cents + excluded.share_cents,
        house_cents = house_cents + excluded.house_cents;
END;

CREATE TRIGGER receipt_line_changed AFTER UPDATE ON receipt_line
BEGIN
    UPDATE sale_session SET
        share_cents = share_cents - OLD.share_cents + NEW.share_cents,
        house_cents = house_cents - OLD.house_cents + NEW.house_cents,
        held_cents = held_cents
            - (OLD.standing IN ('contested', 'claimed')) * (OLD.price_cents - OLD.refunded_cents)
            + (NEW.standing IN ('contested', 'claimed')) * (NEW.price_cents - NEW.refunded_cents)
    WHERE organization = NEW.organization AND session = NEW.session;
    UPDATE share_estimate SET
        lines = lines - 1,
        gross_cents = gross_cents - OLD.price_cents + OLD.refunded_cents,
        tax_cents = tax_cents - OLD.tax_cents + OLD.refunded_tax_cents,
        share_cents = share_cents - OLD.share_cents,
        house_cents = house_cents - OLD.house_cents
    WHERE organization = OLD.organization AND session = OLD.session AND consignor = OLD.consignor
        AND OLD.standing = 'credited';
    INSERT INTO share_estimate (organization, session, consignor, lines, gross_cents, tax_cents, share_cents, house_cents)
    SELECT NEW.organization, NEW.session, NEW.consignor, 1, NEW.price_cents - NEW.refunded_cents,
        NEW.tax_cents - NEW.refunded_tax_cents, NEW.share_cents, NEW.house_cents
    WHERE NEW.consignor IS NOT NULL AND NEW.standing = 'credited'
    ON CONFLICT (organization, session, consignor) DO UPDATE SET
        lines = lines + excluded.lines,
        gross_cents = gross_cents + excluded.gross_cents,
        tax_cents = tax_cents + excluded.tax_cents,
        share_cents = share_cents + excluded.share_cents,
        house_cents = house_cents + excluded.house_cents;
END;
