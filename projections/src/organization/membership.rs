//! `membership`: who may do what.

use domain::ids::PersonId;
use domain::organization::Event;
use domain::rights::Role;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(membership where (organization));

const GRANT: &Sql = insert!(membership (organization, person, role, granted_at) "ON CONFLICT DO NOTHING");
const REVOKE: &Sql = delete!(membership where (organization, person, role));

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    person: &'a str,
    role: &'a str,
    granted_at: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::OrganizationCreated(created) => {
            writes.write(GRANT, [row(at, &created.first_admin, Role::OrganizationAdmin)])
        }
        Event::RoleGranted(granted) => writes.write(GRANT, [row(at, &granted.person, granted.role)]),
        Event::RoleRevoked(revoked) => writes.write(REVOKE, [row(at, &revoked.person, revoked.role)]),
        _ => Ok(()),
    }
}

fn row<'a>(at: &'a At<'_>, person: &'a PersonId, role: Role) -> Row<'a> {
    Row {
        organization: &at.organization,
        person: &person.0,
        role: role.name(),
        granted_at: at.entry.recorded_at,
    }
}
