-- Rows that are made anew beside the live ones stand in the same tables, under the organization with a mark behind it
-- (see projections/src/side.rs). Every unique index begins with the organization but this one: a label is one live
-- organization's, and may be one's beside.
DROP INDEX organization_slug;
CREATE UNIQUE INDEX organization_slug ON organization (slug, instr(organization, '~'));
