//! `claim`: what sessions claimed of items whose custody had moved on, and what came of it.

use domain::claims::Claim;
use domain::consignment_event::Event;
use domain::consignment_event::claims::ClaimResolution;
use domain::ids::SessionId;
use domain::lifecycle::ItemStatus;
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(claim where (organization, event));

const TAKE: &Sql = insert!(claim (organization, event, session, case_id, kind, tag, receipt, price_cents, occurred_at,
    status, found, holder, seq, taken_at) "");
const RESOLVE: &Sql = update!(claim set (status, resolved_at, resolved_by)
    where (organization, event, session, case_id));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ClaimAccepted(taken) => {
            writes.write(TAKE, [row(at, &taken.claim, "accepted", Some(taken.found), None)])
        }
        Event::ClaimContested(taken) => {
            writes.write(TAKE, [row(at, &taken.claim, "contested", taken.found, taken.holder)])
        }
        Event::ClaimResolved(resolved) => writes.write(
            RESOLVE,
            [json!({ "organization": at.organization, "event": at.id, "session": resolved.session,
                "case_id": resolved.case, "status": ending(resolved.resolution),
                "resolved_at": at.entry.recorded_at, "resolved_by": at.entry.actor })],
        ),
        _ => Ok(()),
    }
}

fn row(
    at: &At<'_>,
    claim: &Claim,
    status: &str,
    found: Option<ItemStatus>,
    holder: Option<SessionId>,
) -> Value {
    json!({ "organization": at.organization, "event": at.id, "session": claim.session, "case_id": claim.case,
        "kind": claim.kind, "tag": claim.tag, "receipt": claim.receipt, "price_cents": claim.price,
        "occurred_at": claim.occurred_at, "status": status, "found": found, "holder": holder,
        "seq": at.entry.seq, "taken_at": at.entry.recorded_at })
}

fn ending(resolution: ClaimResolution) -> &'static str {
    match resolution {
        ClaimResolution::Upheld => "upheld",
        ClaimResolution::Dismissed => "dismissed",
    }
}
