//! `payout` and `carried_forward`: what an approved settlement comes to, and what became of it.

use domain::consignment_event::Event;
use domain::consignment_event::payouts::PayoutsCalculated;
use serde_json::{Value, json};

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(payout where (organization, event));
pub(super) const WIPE_CARRIED: &Sql = delete!(carried_forward where (organization, event));

const CALCULATE: &Sql =
    insert!(payout (organization, event, payout, settlement, consignor, amount_cents, status, changed_at) "");
const MOVE: &Sql = update!(payout set (status, changed_at) where (organization, event, payout));
const PAY: &Sql =
    update!(payout set (status, method, reference, paid_on, changed_at) where (organization, event, payout));
const VOID: &Sql = update!(payout set (status, void_reason, changed_at) where (organization, event, payout));
const REPLACE: &Sql =
    update!(payout set (status, replaced_by, changed_at) where (organization, event, payout));
const REISSUE: &Sql = &Sql {
    table: "payout",
    text: "INSERT INTO payout (organization, event, payout, settlement, consignor, amount_cents, status, replaces,
            changed_at)
        SELECT old.organization, old.event, row.value->>'by', old.settlement, old.consignor, old.amount_cents,
            'approved', old.payout, row.value->>'changed_at'
        FROM json_each(?1) AS row JOIN payout AS old ON old.organization = row.value->>'organization'
            AND old.event = row.value->>'event' AND old.payout = row.value->>'payout'",
    joins: false,
};
const CARRY: &Sql = insert!(carried_forward (organization, event, settlement, consignor, amount_cents, reason)
    "");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let row = |payout: u32, status: &str| {
        json!({ "organization": at.organization, "event": at.id, "payout": payout, "status": status,
            "changed_at": at.entry.recorded_at })
    };
    match event {
        Event::PayoutsCalculated(page) => calculated(at, page, &row, writes),
        Event::PayoutsApproved(approved) => {
            writes.write(MOVE, approved.payouts.iter().map(|payout| row(*payout, "approved")))
        }
        Event::PayoutPaid(paid) => {
            let mut row = row(paid.payout, "paid");
            row["method"] = json!(paid.method);
            row["reference"] = json!(paid.reference);
            row["paid_on"] = json!(paid.paid_on);
            writes.write(PAY, [row])
        }
        Event::PayoutVoided(voided) => {
            let mut row = row(voided.payout, "voided");
            row["void_reason"] = json!(voided.reason);
            writes.write(VOID, [row])
        }
        Event::PayoutReissued(again) => {
            let mut row = row(again.replaces, "reissued");
            row["by"] = json!(again.payout);
            row["replaced_by"] = json!(again.payout);
            writes.write(REISSUE, [&row])?;
            writes.write(REPLACE, [&row])
        }
        Event::PayoutCarried(carried) => writes.write(MOVE, [row(carried.payout, "carried")]),
        _ => Ok(()),
    }
}

fn calculated(
    at: &At<'_>,
    page: &PayoutsCalculated,
    row: &impl Fn(u32, &str) -> Value,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    writes.write(
        CALCULATE,
        page.payouts.iter().map(|made| {
            let mut row = row(made.payout, "calculated");
            row["settlement"] = json!(page.settlement);
            row["consignor"] = json!(made.consignor);
            row["amount_cents"] = json!(made.amount);
            row
        }),
    )?;
    writes.write(
        CARRY,
        page.carried.iter().map(|carried| {
            json!({ "organization": at.organization, "event": at.id, "settlement": page.settlement,
                "consignor": carried.consignor, "amount_cents": carried.amount, "reason": carried.reason })
        }),
    )
}
