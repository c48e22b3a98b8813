-- What happened to whom: one row per entry of any log, and one per thing that an entry is about.

CREATE TABLE history_entry (
    organization TEXT NOT NULL,
    stream       TEXT NOT NULL,    -- without the organization: event/…, session/…, organization, …
    seq          INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    PRIMARY KEY (organization, stream, seq)
) WITHOUT ROWID;
CREATE INDEX history_entry_time ON history_entry (organization, recorded_at, stream, seq);

CREATE TABLE history_subject (
    organization TEXT NOT NULL,
    subject      TEXT NOT NULL,    -- consignor/101, item/0010001234, receipt/…, …
    stream       TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (organization, subject, stream, seq)
) WITHOUT ROWID;
CREATE INDEX history_subject_stream ON history_subject (organization, stream);
