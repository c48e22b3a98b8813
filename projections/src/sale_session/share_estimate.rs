//! `share_estimate`: what each consignor has sold in a session, and the share estimated with each sale.

use domain::sale_session::ReceiptCompleted;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(share_estimate where (organization, session));

const ADD: &Sql = insert!(share_estimate
    (organization, session, consignor, lines, gross_cents, tax_cents, share_cents, house_cents)
    "ON CONFLICT (organization, session, consignor) DO UPDATE SET
        lines = lines + excluded.lines,
        gross_cents = gross_cents + excluded.gross_cents,
        tax_cents = tax_cents + excluded.tax_cents,
        share_cents = share_cents + excluded.share_cents,
        house_cents = house_cents + excluded.house_cents");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    consignor: u32,
    lines: u32,
    gross_cents: i64,
    tax_cents: i64,
    share_cents: i64,
    house_cents: i64,
}

pub(super) fn project(
    at: &At<'_>,
    sale: &ReceiptCompleted,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    writes.write(
        ADD,
        sale.lines.iter().map(|line| Row {
            organization: &at.organization,
            session: &at.id,
            consignor: line.consignor.0,
            lines: 1,
            gross_cents: line.price.0,
            tax_cents: line.tax.0,
            share_cents: line.share.0,
            house_cents: line.house.0,
        }),
    )
}
