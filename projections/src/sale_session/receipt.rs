//! `receipt`: completed purchases.

use domain::sale_session::{ReceiptCompleted, Tender};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(receipt where (organization, session));

const COMPLETE: &Sql = insert!(receipt (organization, session, receipt, number, seq, terminal, occurred_at, recorded_at,
    lines, gross_cents, tax_cents, total_cents, change_cents, tenders) "");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    number: u32,
    seq: u64,
    terminal: String,
    occurred_at: i64,
    recorded_at: i64,
    lines: usize,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
    change_cents: i64,
    tenders: &'a [Tender],
}

pub(super) fn project(
    at: &At<'_>,
    sale: &ReceiptCompleted,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    writes.write(
        COMPLETE,
        [Row {
            organization: &at.organization,
            session: &at.id,
            receipt: sale.receipt.to_string(),
            number: sale.number,
            seq: at.entry.seq,
            terminal: sale.terminal.to_string(),
            occurred_at: sale.occurred_at,
            recorded_at: at.entry.recorded_at,
            lines: sale.lines.len(),
            gross_cents: sale.gross.0,
            tax_cents: sale.tax.0,
            total_cents: sale.total.0,
            change_cents: sale.change.0,
            tenders: &sale.tenders,
        }],
    )
}
