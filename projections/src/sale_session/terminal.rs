//! `terminal`: paired devices, and what was rung up on each.

use domain::sale_session::{Event, ReceiptCompleted};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(terminal where (organization, session));

const PAIR: &Sql = insert!(terminal (organization, session, terminal, name, token_digest, paired_at, revoked_at,
    receipts, lines, gross_cents, total_cents) "");
const REVOKE: &Sql = update!(terminal set (revoked_at) where (organization, session, terminal));
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
        Event::SessionScheduled(_)
        | Event::CustodyTaken(_)
        | Event::SessionOpened(_)
        | Event::SessionPaused(_)
        | Event::SessionResumed(_)
        | Event::PairingOffered(_)
        | Event::SessionClosing(_)
        | Event::CustodyReleased(_)
        | Event::ReleaseConfirmed(_)
        | Event::SessionClosed(_) => Ok(()),
    }
}

fn sold<'a>(at: &'a At<'_>, sale: &ReceiptCompleted) -> Sold<'a> {
    Sold {
        organization: &at.organization,
        session: &at.id,
        terminal: sale.terminal.to_string(),
        receipts: 1,
        lines: sale.lines.len(),
        gross_cents: sale.gross.0,
        total_cents: sale.total.0,
    }
}
