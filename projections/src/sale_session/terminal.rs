//! `terminal`: paired devices, and what was rung up on each.

use domain::ids::TerminalId;
use domain::money::Cents;
use domain::sale_session::{DroppedReceipt, Event, ReceiptCompleted, TerminalRight};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(terminal where (organization, session));

const PAIR: &Sql = insert!(terminal (organization, session, terminal, name, token_digest, paired_at, revoked_at,
    receipts, lines, gross_cents, total_cents) "");
const REVOKE: &Sql = update!(terminal set (revoked_at) where (organization, session, terminal));
const RIGHTS: &Sql = update!(terminal set (rights) where (organization, session, terminal));
const REFUND: &Sql = add!(terminal add (refunded_cents) where (organization, session, terminal));
const ADD: &Sql =
    add!(terminal add (receipts, lines, gross_cents, total_cents) where (organization, session, terminal));

#[derive(Serialize)]
struct PairedRow<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    name: &'a str,
    token_digest: String,
    paired_at: i64,
    revoked_at: Option<i64>,
    receipts: u32,
    lines: u32,
    gross_cents: i64,
    total_cents: i64,
}

#[derive(Serialize)]
struct RevokedRow<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    revoked_at: i64,
}

#[derive(Serialize)]
struct RightsRow<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    rights: &'a [TerminalRight],
}

#[derive(Serialize)]
struct RefundedRow<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    refunded_cents: i64,
}

#[derive(Serialize)]
struct Sold<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    receipts: u32,
    lines: usize,
    gross_cents: i64,
    total_cents: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::TerminalPaired(paired) => writes.write(
            PAIR,
            [PairedRow {
                organization: &at.organization,
                session: &at.id,
                terminal: paired.terminal.to_string(),
                name: &paired.name,
                token_digest: paired.token_digest.to_string(),
                paired_at: at.entry.recorded_at,
                revoked_at: None,
                receipts: 0,
                lines: 0,
                gross_cents: 0,
                total_cents: 0,
            }],
        ),
        Event::TerminalRevoked(revoked) => writes.write(
            REVOKE,
            [RevokedRow {
                organization: &at.organization,
                session: &at.id,
                terminal: revoked.terminal.to_string(),
                revoked_at: at.entry.recorded_at,
            }],
        ),
        Event::ReceiptCompleted(sale) => writes.write(ADD, [sold(at, sale)]),
        Event::TerminalRightsSet(set) => writes.write(
            RIGHTS,
            [RightsRow {
                organization: &at.organization,
                session: &at.id,
                terminal: set.terminal.to_string(),
                rights: &set.rights,
            }],
        ),
        Event::ReceiptVoided(voided) => refunded(at, voided.terminal, voided.total, writes),
        Event::ReturnRecorded(back) => refunded(at, back.terminal, back.total, writes),
        Event::ConflictResolved(resolved) => {
            writes.write(ADD, resolved.dropped.iter().map(|dropped| never(at, dropped)))
        }
        _ => Ok(()),
    }
}

fn refunded(
    at: &At<'_>,
    terminal: Option<TerminalId>,
    total: Cents,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    let row = terminal.map(|terminal| RefundedRow {
        organization: &at.organization,
        session: &at.id,
        terminal: terminal.to_string(),
        refunded_cents: total.0,
    });
    writes.write(REFUND, row)
}

/// A receipt that never happened; it stays counted among those recorded.
fn never<'a>(at: &'a At<'_>, dropped: &DroppedReceipt) -> Sold<'a> {
    Sold {
        organization: &at.organization,
        session: &at.id,
        terminal: dropped.terminal.to_string(),
        receipts: 0,
        lines: 0,
        gross_cents: -dropped.gross.0,
        total_cents: -dropped.total.0,
    }
}

fn sold<'a>(at: &'a At<'_>, sale: &ReceiptCompleted) -> Sold<'a> {
    Sold {
        organization: &at.organization,
        session: &at.id,
        terminal: sale.terminal.to_string(),
        receipts: 1,
        lines: sale.lines.len() + sale.unlisted.len(),
        gross_cents: sale.gross.0,
        total_cents: sale.total.0,
    }
}
