//! `invitation`: who was asked to take a role, and what became of it. Whom it went to is in the vault.

use domain::organization::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(invitation where (organization));

const INVITE: &Sql = insert!(invitation (organization, invitation, role, status, invited_by, invited_at, until)
    "ON CONFLICT DO NOTHING");
const ACCEPT: &Sql = update!(invitation set (status, person, ended_at) where (organization, invitation));
const WITHDRAW: &Sql = update!(invitation set (status, ended_at) where (organization, invitation));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (organization, now) = (&at.organization, at.entry.recorded_at);
    match event {
        Event::PersonInvited(invited) => writes.write(
            INVITE,
            [json!({ "organization": organization, "invitation": invited.invitation, "role": invited.role,
                "status": "open", "invited_by": at.entry.actor, "invited_at": now, "until": invited.until })],
        ),
        Event::InvitationAccepted(accepted) => writes.write(
            ACCEPT,
            [json!({ "organization": organization, "invitation": accepted.invitation, "status": "accepted",
                "person": accepted.person, "ended_at": now })],
        ),
        Event::InvitationWithdrawn(withdrawn) => writes.write(
            WITHDRAW,
            [json!({ "organization": organization, "invitation": withdrawn.invitation, "status": "withdrawn",
                "ended_at": now })],
        ),
        _ => Ok(()),
    }
}
