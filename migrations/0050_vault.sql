-- Personal data, sealed per person. Keys and values stand apart, so that destroying a key erases a person.
-- A subject is `consignor:{number}` or `person:{identity provider's id}`.

CREATE TABLE vault_key (
    organization TEXT NOT NULL,
    subject      TEXT NOT NULL,
    wrapped      TEXT NOT NULL, -- base64: version, nonce, the person's data key sealed by the deployment's key
    created_at   INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (organization, subject)
) WITHOUT ROWID;

CREATE TABLE vault_value (
    organization TEXT NOT NULL,
    subject      TEXT NOT NULL,
    field        TEXT NOT NULL,
    sealed       TEXT NOT NULL, -- base64: version, nonce, the value sealed by the person's data key
    updated_at   INTEGER NOT NULL, -- ms since 1970 UTC
    PRIMARY KEY (organization, subject, field)
) WITHOUT ROWID;
