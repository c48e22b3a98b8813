//! `goods_return`: what was brought back, why, and what the shopper got for it.

use domain::sale_session::{Event, ReturnReason, Tender};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(goods_return where (organization, session));

const RECORD: &Sql = insert!(goods_return (organization, session, return_id, receipt, number, seq, terminal, actor,
    occurred_at, recorded_at, reason, lines, gross_cents, tax_cents, total_cents, tenders) "");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    return_id: String,
    receipt: String,
    number: u32,
    seq: u64,
    terminal: Option<String>,
    actor: &'a str,
    occurred_at: i64,
    recorded_at: i64,
    reason: ReturnReason,
    lines: usize,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
    tenders: &'a [Tender],
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let Event::ReturnRecorded(back) = event else { return Ok(()) };
    writes.write(
        RECORD,
        [Row {
            organization: &at.organization,
            session: &at.id,
            return_id: back.id.to_string(),
            receipt: back.receipt.to_string(),
            number: back.number,
            seq: at.entry.seq,
            terminal: back.terminal.map(|terminal| terminal.to_string()),
            actor: &at.entry.actor,
            occurred_at: back.occurred_at,
            recorded_at: at.entry.recorded_at,
            reason: back.reason,
            lines: back.lines.len(),
            gross_cents: back.gross.0,
            tax_cents: back.tax.0,
            total_cents: back.total.0,
            tenders: &back.tenders,
        }],
    )
}
