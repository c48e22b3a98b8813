//! `receipt_line`: what was sold, with the estimate made in the same decision.

use domain::sale_session::{Line, ReceiptCompleted};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(receipt_line where (organization, session));

const SELL: &Sql = insert!(receipt_line (organization, session, receipt, line, tag, consignor, printed_cents, price_cents,
    reduction_bp, tax_cents, rate_bp, share_cents, house_cents, plan_version, keyed, not_checked_in) "");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    line: usize,
    tag: String,
    consignor: u32,
    printed_cents: i64,
    price_cents: i64,
    reduction_bp: i64,
    tax_cents: i64,
    rate_bp: i64,
    share_cents: i64,
    house_cents: i64,
    plan_version: u32,
    keyed: u8,
    not_checked_in: u8,
}

pub(super) fn project(
    at: &At<'_>,
    sale: &ReceiptCompleted,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    writes.write(SELL, (1..).zip(&sale.lines).map(|(number, line)| row(at, sale, number, line)))
}

fn row<'a>(at: &'a At<'_>, sale: &ReceiptCompleted, number: usize, line: &Line) -> Row<'a> {
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt: sale.receipt.to_string(),
        line: number,
        tag: line.tag.to_string(),
        consignor: line.consignor.0,
        printed_cents: line.printed.0,
        price_cents: line.price.0,
        reduction_bp: line.reduction.0.into(),
        tax_cents: line.tax.0,
        rate_bp: line.rate.0.into(),
        share_cents: line.share.0,
        house_cents: line.house.0,
        plan_version: line.plan,
        keyed: line.keyed.into(),
        not_checked_in: line.not_checked_in.into(),
    }
}
