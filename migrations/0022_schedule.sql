-- From a consignment event's stream: shifts, drop-off and pick-up slots, and what is booked in them.

CREATE TABLE slot (
    organization TEXT NOT NULL,
    event        TEXT NOT NULL,
    slot         TEXT NOT NULL,
    kind         TEXT NOT NULL,    -- shift, drop_off, pick_up
    shift        TEXT,             -- which work, for shifts
    zone         INTEGER,          -- which zone, for drop-offs
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    capacity     INTEGER NOT NULL,
    cancelled    TEXT,             -- why; NULL while it stands
    PRIMARY KEY (organization, event, slot)
) WITHOUT ROWID;

CREATE TABLE booking (
    organization     TEXT NOT NULL,
    event            TEXT NOT NULL,
    booking          TEXT NOT NULL,
    slot             TEXT NOT NULL,
    consignor        INTEGER,       -- NULL for shoppers
    shopper          TEXT,          -- keyed digest; NULL for consignors
    status           TEXT NOT NULL, -- waiting, offered, scheduled, checked_in, completed, no_show, cancelled
    offer_expires_at INTEGER,       -- while a place is offered
    cancelled        TEXT,          -- why
    made_at          INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    PRIMARY KEY (organization, event, booking)
) WITHOUT ROWID;
CREATE INDEX booking_slot ON booking (organization, event, slot);
CREATE INDEX booking_consignor ON booking (organization, event, consignor);
