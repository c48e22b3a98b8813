//! `statement` and `statement_part`: the explanation of a settlement for one consignor, sums and lines.

use domain::consignment_event::Event;
use domain::consignment_event::settlement::StatementsCalculated;
use domain::settlement::{StatementPart, StatementTotals};
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(statement where (organization, event));
pub(super) const WIPE_PARTS: &Sql = delete!(statement_part where (organization, event));

const TOTAL: &Sql = insert!(statement (organization, event, settlement, consignor, tier, shifts, sold, gross_cents,
    estimate_cents, share_cents, house_cents, charges_cents, credits_cents, earned_cents, carried_in_cents,
    settled_before_cents, due_cents) "");
const PART: &Sql = insert!(statement_part (organization, event, settlement, consignor, seq, part, lines) "");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let Event::StatementsCalculated(page) = event else { return Ok(()) };
    for (part, number) in page.parts.iter().zip(0_u32..) {
        let row = json!({
            "organization": at.organization, "event": at.id, "settlement": page.settlement,
            "consignor": part.consignor, "seq": at.entry.seq, "part": number,
            "lines": serde_json::to_string(&part.lines)?,
        });
        writes.write(PART, [row])?;
        if let Some(totals) = &part.totals {
            writes.write(TOTAL, [total(at, page, part, totals)?])?;
        }
    }
    Ok(())
}

/// The sums are named as the log names them.
fn total(
    at: &At<'_>,
    page: &StatementsCalculated,
    part: &StatementPart,
    totals: &StatementTotals,
) -> Result<Value, serde_json::Error> {
    let mut row = serde_json::to_value(totals)?;
    for (column, value) in [
        ("organization", json!(at.organization)),
        ("event", json!(at.id)),
        ("settlement", json!(page.settlement)),
        ("consignor", json!(part.consignor)),
        ("tier", json!(part.tier)),
        ("shifts", json!(part.shifts)),
    ] {
        row[column] = value;
    }
    Ok(row)
}
