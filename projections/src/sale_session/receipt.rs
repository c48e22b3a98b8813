//! `receipt`: purchases, on the floor and at stores, and whether they stand.

use domain::ids::ReceiptId;
use domain::sale_session::{Event, OnlineOrderTaken, OrderRef, ReceiptCompleted, Tender, VarianceFound};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(receipt where (organization, session));

const COMPLETE: &Sql = insert!(receipt (organization, session, receipt, number, seq, terminal, occurred_at, corrected_at,
    recorded_at, lines, gross_cents, tax_cents, total_cents, change_cents, tenders, offline, variances, standing,
    shop, online_order, paid, fulfilled, cancelled) "");
const STANDING: &Sql = update!(receipt set (standing) where (organization, session, receipt));
const PAID: &Sql = update!(receipt set (paid, fulfilled) where (organization, session, shop, online_order));
const CANCEL: &Sql = update!(receipt set (cancelled) where (organization, session, shop, online_order));

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    number: u32,
    seq: u64,
    terminal: Option<String>,
    occurred_at: i64,
    corrected_at: Option<i64>,
    recorded_at: i64,
    lines: usize,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
    change_cents: i64,
    tenders: &'a [Tender],
    offline: u8,
    variances: &'a [VarianceFound],
    standing: &'static str,
    shop: Option<String>,
    online_order: Option<String>,
    paid: Option<u8>,
    fulfilled: Option<u8>,
    cancelled: Option<u8>,
}

#[derive(Serialize)]
struct StandingRow<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    standing: &'static str,
}

/// What is known of an order; each statement reads the columns that it sets.
#[derive(Serialize)]
struct OrderRow<'a> {
    organization: &'a str,
    session: &'a str,
    shop: String,
    online_order: String,
    paid: u8,
    fulfilled: u8,
    cancelled: u8,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ReceiptCompleted(sale) => writes.write(COMPLETE, [completed(at, sale)]),
        Event::OnlineOrderTaken(taken) => writes.write(COMPLETE, [taken_online(at, taken)]),
        Event::OnlineOrderUpdated(updated) => {
            let (paid, fulfilled) = (updated.paid.into(), updated.fulfilled.into());
            writes.write(PAID, [OrderRow { paid, fulfilled, ..order(at, &updated.order) }])
        }
        Event::OnlineOrderCancelled(cancelled) => {
            writes.write(CANCEL, [OrderRow { cancelled: 1, ..order(at, &cancelled.order) }])
        }
        Event::ReceiptVoided(voided) => writes.write(STANDING, [standing(at, voided.receipt, "voided")]),
        Event::ConflictResolved(resolved) => {
            let dropped = resolved.dropped.iter().map(|dropped| standing(at, dropped.receipt, "dropped"));
            writes.write(STANDING, dropped)
        }
        _ => Ok(()),
    }
}

fn completed<'a>(at: &'a At<'_>, sale: &'a ReceiptCompleted) -> Row<'a> {
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt: sale.receipt.to_string(),
        number: sale.number,
        seq: at.entry.seq,
        terminal: Some(sale.terminal.to_string()),
        occurred_at: sale.occurred_at,
        corrected_at: sale.offline.map(|offline| offline.corrected_at),
        recorded_at: at.entry.recorded_at,
        lines: sale.lines.len() + sale.unlisted.len(),
        gross_cents: sale.gross.0,
        tax_cents: sale.tax.0,
        total_cents: sale.total.0,
        change_cents: sale.change.0,
        tenders: &sale.tenders,
        offline: sale.offline.is_some().into(),
        variances: &sale.variances,
        standing: "stands",
        shop: None,
        online_order: None,
        paid: None,
        fulfilled: None,
        cancelled: None,
    }
}

fn taken_online<'a>(at: &'a At<'_>, taken: &'a OnlineOrderTaken) -> Row<'a> {
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt: taken.receipt.to_string(),
        number: taken.number,
        seq: at.entry.seq,
        terminal: None,
        occurred_at: taken.occurred_at,
        corrected_at: None,
        recorded_at: at.entry.recorded_at,
        lines: taken.lines.len() + taken.unlisted.len(),
        gross_cents: taken.gross.0,
        tax_cents: taken.tax.0,
        total_cents: taken.total.0,
        change_cents: 0,
        tenders: &[],
        offline: 0,
        variances: &taken.variances,
        standing: "stands",
        shop: Some(taken.order.shop.to_string()),
        online_order: Some(taken.order.order.to_string()),
        paid: Some(taken.paid.into()),
        fulfilled: Some(taken.fulfilled.into()),
        cancelled: Some(0),
    }
}

fn standing<'a>(at: &'a At<'_>, receipt: ReceiptId, standing: &'static str) -> StandingRow<'a> {
    StandingRow { organization: &at.organization, session: &at.id, receipt: receipt.to_string(), standing }
}

fn order<'a>(at: &'a At<'_>, order: &OrderRef) -> OrderRow<'a> {
    OrderRow {
        organization: &at.organization,
        session: &at.id,
        shop: order.shop.to_string(),
        online_order: order.order.to_string(),
        paid: 0,
        fulfilled: 0,
        cancelled: 0,
    }
}
