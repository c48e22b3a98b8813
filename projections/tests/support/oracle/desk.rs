//! What the rows of the session desk should be: each case, return and drawer with everything later about it.

use domain::journal::Entry;
use domain::sale_session::Event;
use serde_json::{Value, json};

use super::text;

/// Rows of cases, returns, drawers and cash that moved.
pub fn rows(organization: &str, session: &str, log: &[Entry<Event>]) -> Vec<(&'static str, Value)> {
    let mut rows = Vec::new();
    for (index, entry) in log.iter().enumerate() {
        let row = match &entry.event {
            Event::ConflictOpened(_) => ("conflict_case", case(entry, log)),
            Event::ReturnRecorded(back) => (
                "goods_return",
                json!({
                    "return_id": back.id, "receipt": back.receipt, "number": back.number, "seq": entry.seq,
                    "terminal": back.terminal, "actor": entry.actor, "occurred_at": back.occurred_at,
                    "recorded_at": entry.recorded_at, "reason": back.reason, "lines": back.lines.len(),
                    "gross_cents": back.gross, "tax_cents": back.tax, "total_cents": back.total,
                    "tenders": text(&back.tenders),
                }),
            ),
            Event::DrawerOpened(_) => ("drawer", drawer(&log[index..])),
            Event::CashMoved(moved) => (
                "cash_move",
                json!({
                    "seq": entry.seq, "terminal": moved.terminal, "amount_cents": moved.amount,
                    "reason": moved.reason, "recorded_at": entry.recorded_at,
                }),
            ),
            _ => continue,
        };
        rows.push(row);
    }
    for (_, row) in &mut rows {
        row["organization"] = organization.into();
        row["session"] = session.into();
    }
    rows
}

fn case(entry: &Entry<Event>, log: &[Entry<Event>]) -> Value {
    let Event::ConflictOpened(opened) = &entry.event else { unreachable!("asked for a case") };
    let end = log.iter().find_map(|later| match &later.event {
        Event::ConflictResolved(resolved) if resolved.case == opened.case => Some((later, resolved)),
        _ => None,
    });
    json!({
        "case_id": opened.case, "kind": opened.kind, "tag": opened.tag, "receipts": text(&opened.receipts),
        "opened_seq": entry.seq, "opened_at": entry.recorded_at,
        "resolved_seq": end.map(|(later, _)| later.seq), "resolved_at": end.map(|(later, _)| later.recorded_at),
        "resolved_by": end.map(|(later, _)| &later.actor),
        "resolution": end.map(|(_, resolved)| text(resolved.resolution)),
        "refund_cents": end.map(|(_, resolved)| resolved.refund),
    })
}

/// A drawer from its opening, which comes first in `log`, to its count.
fn drawer(log: &[Entry<Event>]) -> Value {
    let Event::DrawerOpened(opened) = &log[0].event else { unreachable!("asked for a drawer") };
    let end = log.iter().position(
        |entry| matches!(&entry.event, Event::DrawerClosed(closed) if closed.terminal == opened.terminal),
    );
    let used = &log[..end.unwrap_or(log.len())];
    let moved = used.iter().filter_map(|entry| match &entry.event {
        Event::CashMoved(moved) if moved.terminal == opened.terminal => Some(moved.amount.0),
        _ => None,
    });
    let (closed_at, count) = match end.map(|at| (log[at].recorded_at, &log[at].event)) {
        Some((at, Event::DrawerClosed(closed))) => (Some(at), Some(closed)),
        _ => (None, None),
    };
    json!({
        "terminal": opened.terminal, "opened_seq": log[0].seq, "opened_at": log[0].recorded_at,
        "float_cents": opened.float, "moved_cents": moved.sum::<i64>(), "closed_at": closed_at,
        "counted_cents": count.map(|closed| closed.counted), "expected_cents": count.map(|closed| closed.expected),
        "difference_cents": count.map(|closed| closed.difference),
    })
}
