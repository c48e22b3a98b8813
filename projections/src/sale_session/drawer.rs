//! `drawer` and `cash_move`: what was in each cash drawer, and what moved without a sale.

use domain::sale_session::{CashReason, Event};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(drawer where (organization, session));
pub(super) const WIPE_MOVES: &Sql = delete!(cash_move where (organization, session));

const OPEN: &Sql =
    insert!(drawer (organization, session, terminal, opened_seq, opened_at, float_cents, moved_cents) "");

const MOVE: &Sql =
    insert!(cash_move (organization, session, seq, terminal, amount_cents, reason, recorded_at) "");

/// The entry names the terminal; its open drawer is the one that is meant.
const ADD: &Sql = &Sql {
    table: "drawer",
    joins: false,
    text:
        "UPDATE drawer SET moved_cents = moved_cents + (row.value->>'amount_cents') FROM json_each(?1) AS row
        WHERE drawer.organization = row.value->>'organization' AND drawer.session = row.value->>'session'
            AND drawer.terminal = row.value->>'terminal' AND drawer.closed_at IS NULL",
};

const CLOSE: &Sql = &Sql {
    table: "drawer",
    joins: false,
    text:
        "UPDATE drawer SET closed_at = row.value->>'closed_at', counted_cents = row.value->>'counted_cents',
            expected_cents = row.value->>'expected_cents', difference_cents = row.value->>'difference_cents'
        FROM json_each(?1) AS row
        WHERE drawer.organization = row.value->>'organization' AND drawer.session = row.value->>'session'
            AND drawer.terminal = row.value->>'terminal' AND drawer.closed_at IS NULL",
};

#[derive(Serialize)]
struct Beginning<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    opened_seq: u64,
    opened_at: i64,
    float_cents: i64,
    moved_cents: i64,
}

#[derive(Serialize)]
struct Moved<'a> {
    organization: &'a str,
    session: &'a str,
    seq: u64,
    terminal: String,
    amount_cents: i64,
    reason: CashReason,
    recorded_at: i64,
}

#[derive(Serialize)]
struct Ending<'a> {
    organization: &'a str,
    session: &'a str,
    terminal: String,
    closed_at: i64,
    counted_cents: i64,
    expected_cents: i64,
    difference_cents: i64,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::DrawerOpened(opened) => writes.write(
            OPEN,
            [Beginning {
                organization: &at.organization,
                session: &at.id,
                terminal: opened.terminal.to_string(),
                opened_seq: at.entry.seq,
                opened_at: at.entry.recorded_at,
                float_cents: opened.float.0,
                moved_cents: 0,
            }],
        ),
        Event::CashMoved(moved) => {
            let row = || Moved {
                organization: &at.organization,
                session: &at.id,
                seq: at.entry.seq,
                terminal: moved.terminal.to_string(),
                amount_cents: moved.amount.0,
                reason: moved.reason,
                recorded_at: at.entry.recorded_at,
            };
            writes.write(MOVE, [row()])?;
            writes.write(ADD, [row()])
        }
        Event::DrawerClosed(closed) => writes.write(
            CLOSE,
            [Ending {
                organization: &at.organization,
                session: &at.id,
                terminal: closed.terminal.to_string(),
                closed_at: at.entry.recorded_at,
                counted_cents: closed.counted.0,
                expected_cents: closed.expected.0,
                difference_cents: closed.difference.0,
            }],
        ),
        _ => Ok(()),
    }
}
