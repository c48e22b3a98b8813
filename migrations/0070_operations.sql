-- What support does about rows and queues, and dead letters as things of one organization.

-- A letter is its organization's from the moment it is kept; one that names none is not shown.
ALTER TABLE dead_letter ADD COLUMN organization TEXT;
ALTER TABLE dead_letter ADD COLUMN stream TEXT;          -- the stream that its body names, if any
ALTER TABLE dead_letter ADD COLUMN redriven_at INTEGER;  -- ms since 1970 UTC; NULL until it was sent again
ALTER TABLE dead_letter ADD COLUMN redriven_by TEXT;     -- as in logs: person:…
UPDATE dead_letter
    SET stream = body->>'stream',
        organization = substr(body->>'stream', 1, instr(body->>'stream', '/') - 1)
    WHERE json_valid(body) AND instr(body->>'stream', '/') > 1;
CREATE INDEX dead_letter_organization ON dead_letter (organization, message);

-- Who resumed, rebuilt, compared or sent again what. No truth about a sale: what is projected can be projected anew.
CREATE TABLE edge_operation (
    organization TEXT NOT NULL,
    id           TEXT NOT NULL,    -- UUID v7: in order of time
    taken_at     INTEGER NOT NULL, -- ms since 1970 UTC
    actor        TEXT NOT NULL,    -- as in logs: person:…
    kind         TEXT NOT NULL,    -- resume_stream, …
    subject      TEXT NOT NULL,    -- a stream's name, or a letter's id
    request_id   TEXT NOT NULL,
    PRIMARY KEY (organization, id)
) WITHOUT ROWID;
