//! `receipt_line`: what was sold, whom it is credited to now, and what was given back of it.
//!
//! `share_estimate` and the session's sums of shares follow these rows by triggers (see the migrations).

mod later;

use domain::sale_session::{Event, Line, Marked, OverrideReason, Standing, UnlistedLine, UnlistedReason};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(receipt_line where (organization, session));

const SELL: &Sql = insert!(receipt_line (organization, session, receipt, line, tag, read_tag, consignor, printed_cents,
    price_cents, reduction_bp, tax_cents, rate_bp, share_cents, house_cents, plan_version, keyed, not_checked_in,
    standing, refunded_cents, refunded_tax_cents, unlisted, overridden, expected_cents, marked) "");

#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: &'a str,
    line: usize,
    tag: Option<String>,
    read_tag: Option<String>,
    consignor: Option<u32>,
    printed_cents: Option<i64>,
    price_cents: i64,
    reduction_bp: i64,
    tax_cents: i64,
    rate_bp: i64,
    share_cents: i64,
    house_cents: i64,
    plan_version: Option<u32>,
    keyed: u8,
    not_checked_in: u8,
    standing: Standing,
    refunded_cents: i64,
    refunded_tax_cents: i64,
    unlisted: Option<UnlistedReason>,
    overridden: Option<OverrideReason>,
    expected_cents: Option<i64>,
    marked: Option<Marked>,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ReceiptCompleted(sale) => {
            sold(at, &sale.receipt.to_string(), &sale.lines, &sale.unlisted, writes)
        }
        Event::OnlineOrderTaken(taken) => {
            sold(at, &taken.receipt.to_string(), &taken.lines, &taken.unlisted, writes)
        }
        _ => later::project(at, event, writes),
    }
}

fn sold(
    at: &At<'_>,
    receipt: &str,
    lines: &[Line],
    unlisted: &[UnlistedLine],
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    let listed = (1..).zip(lines).map(|(number, line)| listed(at, receipt, number, line));
    let others =
        (lines.len() + 1..).zip(unlisted).map(|(number, line)| of_the_house(at, receipt, number, line));
    writes.write(SELL, listed.chain(others))
}

fn listed<'a>(at: &'a At<'_>, receipt: &'a str, number: usize, line: &Line) -> Row<'a> {
    // What nobody is credited with yet counts for nobody.
    let counts = i64::from(line.standing == Standing::Credited);
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt,
        line: number,
        tag: Some(line.tag.to_string()),
        read_tag: Some(line.tag.to_string()),
        consignor: Some(line.consignor.0),
        printed_cents: Some(line.printed.0),
        price_cents: line.price.0,
        reduction_bp: line.reduction.0.into(),
        tax_cents: line.tax.0,
        rate_bp: line.rate.0.into(),
        share_cents: line.share.0 * counts,
        house_cents: line.house.0 * counts,
        plan_version: Some(line.plan),
        keyed: line.keyed.into(),
        not_checked_in: line.not_checked_in.into(),
        standing: line.standing,
        refunded_cents: 0,
        refunded_tax_cents: 0,
        unlisted: None,
        overridden: line.overridden,
        expected_cents: line.expected.map(|price| price.0),
        marked: line.marked,
    }
}

fn of_the_house<'a>(at: &'a At<'_>, receipt: &'a str, number: usize, line: &UnlistedLine) -> Row<'a> {
    let counts = i64::from(line.standing == Standing::Credited);
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt,
        line: number,
        tag: line.tag.map(|tag| tag.to_string()),
        read_tag: line.tag.map(|tag| tag.to_string()),
        consignor: None,
        printed_cents: None,
        price_cents: line.price.0,
        reduction_bp: 0,
        tax_cents: line.tax.0,
        rate_bp: 0,
        share_cents: 0,
        house_cents: line.price.0 * counts,
        plan_version: None,
        keyed: line.keyed.into(),
        not_checked_in: 0,
        standing: line.standing,
        refunded_cents: 0,
        refunded_tax_cents: 0,
        unlisted: Some(line.why),
        overridden: None,
        expected_cents: None,
        marked: None,
    }
}
