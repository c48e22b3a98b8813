//! `settlement`: what was settled over which heads, and how far it is.

use domain::consignment_event::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(settlement where (organization, event));

/// A settlement that nobody approved gives way to the next one.
const REPLACE: &Sql = &Sql {
    table: "settlement",
    text: "UPDATE settlement SET status = 'replaced' FROM json_each(?1) AS row
        WHERE settlement.organization = row.value->>'organization' AND settlement.event = row.value->>'event'
            AND settlement.status IN ('pinned', 'calculated')",
    joins: false,
};
const PIN: &Sql = insert!(settlement
    (organization, event, settlement, number, amends, status, pins, pages, statements, approvals, pinned_at) "");
const PAGE: &Sql = add!(settlement add (pages, statements) where (organization, event, settlement));
const CALCULATE: &Sql = update!(settlement set (status, balance, checks, calculated_at)
    where (organization, event, settlement));
const SIGN: &Sql = &Sql {
    table: "settlement",
    text: "UPDATE settlement SET approvals = json_insert(settlement.approvals, '$[#]', row.value->>'by')
        FROM json_each(?1) AS row
        WHERE settlement.organization = row.value->>'organization' AND settlement.event = row.value->>'event'
            AND settlement.settlement = row.value->>'settlement'",
    joins: false,
};
const APPROVE: &Sql = update!(settlement set (status, approved_at) where (organization, event, settlement));

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let (organization, id, now) = (&at.organization, &at.id, at.entry.recorded_at);
    match event {
        Event::SettlementPinned(pinned) => {
            writes.write(REPLACE, [json!({ "organization": organization, "event": id })])?;
            let row = json!({
                "organization": organization, "event": id, "settlement": pinned.settlement,
                "number": pinned.number, "amends": pinned.amends, "status": "pinned",
                "pins": serde_json::to_string(&pinned.pins)?, "pages": 0, "statements": 0, "approvals": "[]",
                "pinned_at": now,
            });
            writes.write(PIN, [row])
        }
        Event::StatementsCalculated(page) => {
            let whole = page.parts.iter().filter(|part| part.totals.is_some()).count();
            let row = json!({ "organization": organization, "event": id, "settlement": page.settlement,
                "pages": 1, "statements": whole });
            writes.write(PAGE, [row])
        }
        Event::SettlementCalculated(calculated) => {
            let row = json!({
                "organization": organization, "event": id, "settlement": calculated.settlement,
                "status": "calculated", "balance": serde_json::to_string(&calculated.balance)?,
                "checks": serde_json::to_string(&calculated.checks)?, "calculated_at": now,
            });
            writes.write(CALCULATE, [row])
        }
        Event::SettlementApproved(approved) => {
            let row = json!({ "organization": organization, "event": id, "settlement": approved.settlement,
                "by": approved.by, "status": "approved", "approved_at": now });
            writes.write(SIGN, [&row])?;
            if approved.complete { writes.write(APPROVE, [&row]) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}
