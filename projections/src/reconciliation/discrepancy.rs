//! `discrepancy`: differences between our logs and the store, and what became of them.

use domain::reconciliation::{DiscrepancyFound, Event, Subject};
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(discrepancy where (organization, event));

const FIND: &Sql = insert!(discrepancy (organization, event, discrepancy, number, run, class, subject_kind, subject,
    part, ours, theirs, difference_cents, our_evidence, their_evidence, status, found_at) "");
const VANISH: &Sql = update!(discrepancy set (status, closed_at) where (organization, event, discrepancy));
const RESOLVE: &Sql = update!(discrepancy set (status, resolution, reason, by_policy, note, actor, closed_at)
    where (organization, event, discrepancy));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (organization, id, now) = (&at.organization, &at.id, at.entry.recorded_at);
    match event {
        Event::DiscrepancyFound(found) => writes.write(FIND, [found_row(at, found)?]),
        Event::DiscrepancyVanished(vanished) => writes.write(
            VANISH,
            [json!({ "organization": organization, "event": id, "discrepancy": vanished.case,
                "status": "vanished", "closed_at": now })],
        ),
        Event::DiscrepancyResolved(resolved) => writes.write(
            RESOLVE,
            [json!({
                "organization": organization, "event": id, "discrepancy": resolved.case, "status": "resolved",
                "resolution": resolved.resolution, "reason": resolved.reason,
                "by_policy": u8::from(resolved.by_policy), "note": resolved.note, "actor": at.entry.actor,
                "closed_at": now,
            })],
        ),
        _ => Ok(()),
    }
}

fn found_row(at: &At<'_>, found: &DiscrepancyFound) -> Result<Value, serde_json::Error> {
    let finding = &found.finding;
    let (kind, subject) = match &finding.subject {
        Subject::Order(order) => ("order", order.to_string()),
        Subject::Item(tag) => ("item", tag.to_string()),
        Subject::Topic(topic) => ("topic", topic.clone()),
    };
    Ok(json!({
        "organization": at.organization, "event": at.id, "discrepancy": found.case, "number": at.entry.seq,
        "run": found.run, "class": finding.class, "subject_kind": kind, "subject": subject,
        "part": finding.part, "ours": finding.ours, "theirs": finding.theirs,
        "difference_cents": finding.difference,
        "our_evidence": serde_json::to_string(&finding.our_evidence)?,
        "their_evidence": serde_json::to_string(&finding.their_evidence)?,
        "status": "open", "found_at": at.entry.recorded_at,
    }))
}
