//! `conflict_case`: records that cannot both be true, and how a person ended that.

use domain::ids::ReceiptId;
use domain::sale_session::{Event, Resolution};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(conflict_case where (organization, session));

const OPEN: &Sql =
    insert!(conflict_case (organization, session, case_id, kind, tag, receipts, opened_seq, opened_at) "");
const RESOLVE: &Sql = update!(conflict_case set (resolved_seq, resolved_at, resolved_by, resolution, refund_cents)
    where (organization, session, case_id));

#[derive(Serialize)]
struct Beginning<'a> {
    organization: &'a str,
    session: &'a str,
    case_id: String,
    kind: domain::sale_session::ConflictKind,
    tag: Option<domain::tag::Tag>,
    receipts: &'a [ReceiptId],
    opened_seq: u64,
    opened_at: i64,
}

#[derive(Serialize)]
struct Ending<'a> {
    organization: &'a str,
    session: &'a str,
    case_id: String,
    resolved_seq: u64,
    resolved_at: i64,
    resolved_by: &'a str,
    resolution: Resolution,
    refund_cents: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ConflictOpened(opened) => writes.write(
            OPEN,
            [Beginning {
                organization: &at.organization,
                session: &at.id,
                case_id: opened.case.to_string(),
                kind: opened.kind,
                tag: opened.tag,
                receipts: &opened.receipts,
                opened_seq: at.entry.seq,
                opened_at: at.entry.recorded_at,
            }],
        ),
        Event::ConflictResolved(resolved) => writes.write(
            RESOLVE,
            [Ending {
                organization: &at.organization,
                session: &at.id,
                case_id: resolved.case.to_string(),
                resolved_seq: at.entry.seq,
                resolved_at: at.entry.recorded_at,
                resolved_by: &at.entry.actor,
                resolution: resolved.resolution,
                refund_cents: resolved.refund.0,
            }],
        ),
        _ => Ok(()),
    }
}
