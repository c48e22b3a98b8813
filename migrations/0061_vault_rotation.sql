-- Which of the deployment's keys wrapped a data key: a rotation looks for those of the old one.
ALTER TABLE vault_key ADD COLUMN wrapped_by TEXT NOT NULL DEFAULT ''; -- first digits of the wrapping key's fingerprint
CREATE INDEX vault_key_wrapped_by ON vault_key (wrapped_by);
