-- Reactions: what happens outside because of an entry. Unlike read models, these rows are the only record of what was
-- done: no rebuild touches them.

-- When each reaction began. Entries recorded before are passed over: the mails of years ago are not sent again.
CREATE TABLE reaction (
    reaction TEXT PRIMARY KEY,
    born_at  INTEGER NOT NULL -- ms since 1970 UTC
) WITHOUT ROWID;
INSERT INTO reaction (reaction, born_at)
    VALUES ('email', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));

-- How far each reaction has read a stream. A move is guarded as that of the read models is: it sets seq to NULL, and so
-- fails with its whole batch, when the row is not where the mover believes it to be.
CREATE TABLE reaction_checkpoint (
    organization TEXT NOT NULL,
    reaction     TEXT NOT NULL,
    stream       TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    hash         TEXT NOT NULL,    -- of that entry, hex: a mismatch means that the log was restored
    moved_at     INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (organization, reaction, stream)
) WITHOUT ROWID;

-- One row per mail that an entry causes: intended, attempted, and how it ended. No address stands here.
CREATE TABLE email (
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,    -- made from the entry's hash and the purpose: the same entry never makes two
    stream       TEXT NOT NULL,
    seq          INTEGER NOT NULL, -- the entry
    purpose      TEXT NOT NULL,    -- invitation, role_granted, receipt
    subject      TEXT NOT NULL,    -- whose address it goes to, in the vault
    about        TEXT NOT NULL,    -- JSON: opaque ids of what it is about
    status       TEXT NOT NULL,    -- intended, attempted, sent, rejected, bounced, failed, unknown
    reason       TEXT,             -- why it was not sent or not delivered
    attempts     INTEGER NOT NULL,
    retry_at     INTEGER,          -- ms since 1970 UTC; NULL when nobody will try again by themselves
    queued_at    INTEGER,          -- ms since 1970 UTC; when the queue was last told
    resent_by    TEXT,             -- who last asked to send it again, as in logs
    resent_as    TEXT,             -- under which command's id, so that the same request asks once
    intended_at  INTEGER NOT NULL, -- ms since 1970 UTC
    changed_at   INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (organization, email)
) WITHOUT ROWID;
CREATE INDEX email_of_stream ON email (organization, stream, status);
CREATE INDEX email_by_time ON email (organization, intended_at);

-- Every try, with what the provider said.
CREATE TABLE email_attempt (
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    attempt      INTEGER NOT NULL, -- from 1
    attempted_at INTEGER NOT NULL, -- ms since 1970 UTC
    asked_by     TEXT,             -- who asked for it, as in logs; NULL when nobody had to
    outcome      TEXT,             -- NULL while no answer came
    reason       TEXT,
    provider_id  TEXT,             -- the provider's id of the message
    ended_at     INTEGER,          -- ms since 1970 UTC
    PRIMARY KEY (organization, email, attempt)
) WITHOUT ROWID;
