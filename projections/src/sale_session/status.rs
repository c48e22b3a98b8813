//! `sale_session`: where a session stands, with its totals.

use domain::consignment_event::Channel;
use domain::lifecycle::SessionStatus;
use domain::money::Cents;
use domain::sale_session::{Event, LineFigures, SessionScheduled};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, add, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(sale_session where (organization, session));

const SCHEDULE: &Sql = insert!(sale_session (organization, session, event, number, name, currency, channels, status,
    items, released, receipts, lines, gross_cents, tax_cents, total_cents, share_cents, house_cents, scheduled_at,
    opened_at, closed_at) "");
const STATUS: &Sql = update!(sale_session set (status) where (organization, session));
const OPENED: &Sql = update!(sale_session set (status, opened_at) where (organization, session));
const CLOSED: &Sql = update!(sale_session set (status, closed_at) where (organization, session));
const MOVED: &Sql = add!(sale_session add (items, released) where (organization, session));
const SOLD: &Sql = add!(sale_session
    add (receipts, lines, gross_cents, tax_cents, total_cents)
    where (organization, session));
const REFUNDED: &Sql = add!(sale_session
    add (refunded_gross_cents, refunded_tax_cents, refunded_total_cents, house_cents)
    where (organization, session));

#[derive(Serialize)]
struct ScheduledRow<'a> {
    organization: &'a str,
    session: &'a str,
    event: String,
    number: u16,
    name: &'a str,
    currency: &'a str,
    channels: &'a [Channel],
    status: &'a str,
    items: u32,
    released: u32,
    #[serde(flatten)]
    sold: Totals,
    share_cents: i64,
    house_cents: i64,
    scheduled_at: i64,
    opened_at: Option<i64>,
    closed_at: Option<i64>,
}

#[derive(Default, Serialize)]
struct Totals {
    receipts: u32,
    lines: usize,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
}

/// What was given back. The shares that fall away do so by triggers, with their lines; what the house bears for an
/// order as such belongs to no line.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "named as the columns are")]
struct GivenBack {
    refunded_gross_cents: i64,
    refunded_tax_cents: i64,
    refunded_total_cents: i64,
    house_cents: i64,
}

/// The session's key with something about it.
#[derive(Serialize)]
struct About<'a, T> {
    organization: &'a str,
    session: &'a str,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
struct StatusRow {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<i64>,
}

#[derive(Serialize)]
struct Moved {
    items: usize,
    released: usize,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let status =
        |status: SessionStatus| StatusRow { status: status.name(), opened_at: None, closed_at: None };
    let now = Some(at.entry.recorded_at);
    match event {
        Event::SessionScheduled(plan) => writes.write(SCHEDULE, [scheduled(at, plan)]),
        Event::CustodyTaken(page) => {
            writes.write(MOVED, [about(at, Moved { items: page.items.len(), released: 0 })])?;
            // The first page begins the opening; later ones come before it has ended.
            if page.page == 1 {
                writes.write(STATUS, [about(at, status(SessionStatus::Opening))])
            } else {
                Ok(())
            }
        }
        Event::SessionOpened(_) => {
            writes.write(OPENED, [about(at, StatusRow { opened_at: now, ..status(SessionStatus::Open) })])
        }
        Event::SessionPaused(_) => writes.write(STATUS, [about(at, status(SessionStatus::Paused))]),
        Event::SessionResumed(_) => writes.write(STATUS, [about(at, status(SessionStatus::Open))]),
        Event::SessionCancelled(_) => writes.write(STATUS, [about(at, status(SessionStatus::Cancelled))]),
        Event::SessionClosing(_) => writes.write(STATUS, [about(at, status(SessionStatus::Closing))]),
        Event::CustodyReleased(page) => {
            writes.write(MOVED, [about(at, Moved { items: 0, released: page.items.len() })])
        }
        Event::SessionClosed(_) => {
            writes.write(CLOSED, [about(at, StatusRow { closed_at: now, ..status(SessionStatus::Closed) })])
        }
        _ => money(at, event, writes),
    }
}

fn money(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ReceiptCompleted(sale) => {
            let lines = sale.lines.len() + sale.unlisted.len();
            writes.write(SOLD, [about(at, totals(lines, sale.gross, sale.tax, sale.total))])
        }
        Event::OnlineOrderTaken(taken) => {
            let lines = taken.lines.len() + taken.unlisted.len();
            writes.write(SOLD, [about(at, totals(lines, taken.gross, taken.tax, taken.total))])
        }
        Event::ReceiptVoided(voided) => refunded(at, voided.gross, voided.tax, voided.total, writes),
        Event::ReturnRecorded(back) => refunded(at, back.gross, back.tax, back.total, writes),
        Event::OnlineOrderCancelled(order) => {
            refunded(at, order.gross, order.tax, order.total, writes)?;
            borne(at, -order.covered.0, writes)
        }
        Event::OnlineRefunded(refund) => {
            refunded(at, refund.gross, refund.tax, refund.total, writes)?;
            borne(at, refund.adjustment.0 - refund.covered.0, writes)
        }
        Event::ConflictResolved(resolved) => {
            let sum = |amount: fn(&LineFigures) -> Cents| {
                Cents(resolved.refunded.iter().map(|line| amount(line).0).sum())
            };
            refunded(at, sum(|line| line.price), sum(|line| line.tax), resolved.refund, writes)?;
            let never = resolved.dropped.iter().map(|dropped| {
                let (gross, tax, total) = (dropped.gross.0, dropped.tax.0, dropped.total.0);
                about(
                    at,
                    Totals {
                        receipts: 0,
                        lines: 0,
                        gross_cents: -gross,
                        tax_cents: -tax,
                        total_cents: -total,
                    },
                )
            });
            writes.write(SOLD, never)
        }
        _ => Ok(()),
    }
}

/// Given back for no line: the house bears it.
fn borne(at: &At<'_>, cents: i64, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let borne = GivenBack {
        refunded_gross_cents: cents,
        refunded_tax_cents: 0,
        refunded_total_cents: 0,
        house_cents: -cents,
    };
    writes.write(REFUNDED, [about(at, borne)])
}

fn refunded(
    at: &At<'_>,
    gross: Cents,
    tax: Cents,
    total: Cents,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    let back = GivenBack {
        refunded_gross_cents: gross.0,
        refunded_tax_cents: tax.0,
        refunded_total_cents: total.0,
        house_cents: 0,
    };
    writes.write(REFUNDED, [about(at, back)])
}

fn about<'a, T>(at: &'a At<'_>, what: T) -> About<'a, T> {
    About { organization: &at.organization, session: &at.id, what }
}

fn scheduled<'a>(at: &'a At<'_>, plan: &'a SessionScheduled) -> ScheduledRow<'a> {
    ScheduledRow {
        organization: &at.organization,
        session: &at.id,
        event: plan.0.event.to_string(),
        number: plan.0.number,
        name: &plan.0.name,
        currency: &plan.0.currency,
        channels: &plan.0.channels,
        status: SessionStatus::default().name(),
        items: 0,
        released: 0,
        sold: Totals::default(),
        share_cents: 0,
        house_cents: 0,
        scheduled_at: at.entry.recorded_at,
        opened_at: None,
        closed_at: None,
    }
}

fn totals(lines: usize, gross: Cents, tax: Cents, total: Cents) -> Totals {
    Totals { receipts: 1, lines, gross_cents: gross.0, tax_cents: tax.0, total_cents: total.0 }
}
