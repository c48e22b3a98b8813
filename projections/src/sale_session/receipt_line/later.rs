//! What becomes of lines after their sale.

use domain::sale_session::{Event, LineFigures, LineRef};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes};

/// A part of a line falls away, or all of it; sums, so that entries may share a statement.
const FALL_AWAY: &Sql = &Sql {
    table: "receipt_line",
    text: "UPDATE receipt_line SET
            refunded_cents = receipt_line.refunded_cents + back.price_cents,
            refunded_tax_cents = receipt_line.refunded_tax_cents + back.tax_cents,
            share_cents = receipt_line.share_cents - back.share_cents,
            house_cents = receipt_line.house_cents - back.house_cents,
            standing = CASE WHEN back.gone THEN 'gone' ELSE receipt_line.standing END
        FROM (SELECT value->>'organization' AS organization, value->>'session' AS session,
                value->>'receipt' AS receipt, value->>'line' AS line, sum(value->>'price_cents') AS price_cents,
                sum(value->>'tax_cents') AS tax_cents, sum(value->>'share_cents') AS share_cents,
                sum(value->>'house_cents') AS house_cents, max(value->>'gone') AS gone
            FROM json_each(?1) GROUP BY 1, 2, 3, 4) AS back
        WHERE receipt_line.organization = back.organization AND receipt_line.session = back.session
            AND receipt_line.receipt = back.receipt AND receipt_line.line = back.line",
    joins: true,
};

/// A line is credited as its new figures say, instead of whatever it stood for.
const CREDIT: &Sql = &Sql {
    table: "receipt_line",
    text: "UPDATE receipt_line SET
            tag = row.value->>'tag', consignor = row.value->>'consignor', rate_bp = row.value->>'rate_bp',
            share_cents = row.value->>'share_cents', house_cents = row.value->>'house_cents',
            plan_version = COALESCE(row.value->>'plan_version', receipt_line.plan_version), standing = 'credited'
        FROM json_each(?1) AS row WHERE receipt_line.organization = row.value->>'organization'
            AND receipt_line.session = row.value->>'session' AND receipt_line.receipt = row.value->>'receipt'
            AND receipt_line.line = row.value->>'line'",
    joins: false,
};

/// A line is credited to nobody until its case ends.
const CONTEST: &Sql = &Sql {
    table: "receipt_line",
    text: "UPDATE receipt_line SET standing = 'contested', share_cents = 0, house_cents = 0
        FROM json_each(?1) AS row WHERE receipt_line.organization = row.value->>'organization'
            AND receipt_line.session = row.value->>'session' AND receipt_line.receipt = row.value->>'receipt'
            AND receipt_line.line = row.value->>'line'",
    joins: false,
};

/// The event is asked about a line that a case has held up until now.
const CLAIM: &Sql = &Sql {
    table: "receipt_line",
    text: "UPDATE receipt_line SET standing = 'claimed'
        FROM json_each(?1) AS row WHERE receipt_line.organization = row.value->>'organization'
            AND receipt_line.session = row.value->>'session' AND receipt_line.receipt = row.value->>'receipt'
            AND receipt_line.line = row.value->>'line' AND receipt_line.standing = 'contested'",
    joins: false,
};

/// A whole receipt never happened.
const DROP: &Sql = &Sql {
    table: "receipt_line",
    text:
        "UPDATE receipt_line SET standing = 'gone', share_cents = 0, house_cents = 0
        FROM json_each(?1) AS row WHERE receipt_line.organization = row.value->>'organization'
            AND receipt_line.session = row.value->>'session' AND receipt_line.receipt = row.value->>'receipt'",
    joins: false,
};

/// A line's key with figures about it; each statement reads what it needs.
#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    line: u32,
    tag: Option<String>,
    consignor: Option<u32>,
    price_cents: i64,
    tax_cents: i64,
    rate_bp: i64,
    share_cents: i64,
    house_cents: i64,
    plan_version: Option<u32>,
    gone: u8,
}

#[derive(Serialize)]
struct Place<'a> {
    organization: &'a str,
    session: &'a str,
    receipt: String,
    line: u32,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let gone = |line: &LineFigures| Row { gone: 1, ..row(at, line) };
    match event {
        Event::ReceiptVoided(voided) => writes.write(FALL_AWAY, voided.lines.iter().map(gone)),
        Event::ReturnRecorded(back) => {
            writes.write(FALL_AWAY, back.lines.iter().map(|back| gone(&back.line)))
        }
        Event::OnlineOrderCancelled(order) => writes.write(
            FALL_AWAY,
            order.lines.iter().map(|back| Row { gone: back.returned.into(), ..row(at, &back.line) }),
        ),
        Event::OnlineRefunded(refund) => writes.write(
            FALL_AWAY,
            refund.lines.iter().map(|back| Row { gone: back.returned.into(), ..row(at, &back.line) }),
        ),
        Event::LineIdentified(known) => {
            writes.write(CREDIT, [Row { plan_version: Some(known.plan), ..row(at, &known.line) }])
        }
        Event::ConflictOpened(opened) => {
            writes.write(CONTEST, opened.second.iter().map(|line| place(at, &line.at)))
        }
        Event::ConflictResolved(resolved) => {
            writes.write(FALL_AWAY, resolved.refunded.iter().map(gone))?;
            writes.write(CREDIT, resolved.credited.iter().map(|line| row(at, line)))?;
            let dropped = resolved.dropped.iter();
            writes.write(
                DROP,
                dropped.map(|dropped| {
                    place(at, &LineRef { receipt: dropped.receipt, number: dropped.number, line: 0 })
                }),
            )
        }
        Event::ClaimSent(sent) => {
            let line = LineRef { receipt: sent.claim.receipt, number: sent.number, line: sent.line };
            writes.write(CLAIM, [place(at, &line)])
        }
        Event::ClaimAnswered(answered) => {
            writes.write(CREDIT, answered.credited.iter().map(|line| row(at, line)))
        }
        _ => Ok(()),
    }
}

/// Lines count from 0 in entries, from 1 in rows.
fn row<'a>(at: &'a At<'_>, line: &LineFigures) -> Row<'a> {
    Row {
        organization: &at.organization,
        session: &at.id,
        receipt: line.at.receipt.to_string(),
        line: u32::from(line.at.line) + 1,
        tag: line.tag.map(|tag| tag.to_string()),
        consignor: line.consignor.map(|consignor| consignor.0),
        price_cents: line.price.0,
        tax_cents: line.tax.0,
        rate_bp: line.rate.0.into(),
        share_cents: line.share.0,
        house_cents: line.house.0,
        plan_version: None,
        gone: 0,
    }
}

fn place<'a>(at: &'a At<'_>, line: &LineRef) -> Place<'a> {
    Place {
        organization: &at.organization,
        session: &at.id,
        receipt: line.receipt.to_string(),
        line: u32::from(line.line) + 1,
    }
}
