-- Who was asked by e-mail to take a role. The address is in the vault, under `invitation:{id}`.
CREATE TABLE invitation (
    organization TEXT NOT NULL,
    invitation   TEXT NOT NULL,
    role         TEXT NOT NULL,
    status       TEXT NOT NULL,    -- open, accepted, withdrawn; one that ran out stays open, see until
    invited_by   TEXT NOT NULL,    -- as in logs: person:…
    invited_at   INTEGER NOT NULL, -- ms since 1970 UTC
    until        INTEGER NOT NULL, -- ms since 1970 UTC
    person       TEXT,             -- who came
    ended_at     INTEGER,          -- ms since 1970 UTC
    PRIMARY KEY (organization, invitation)
) WITHOUT ROWID;
