//! `ledger_entry`: every line of the consignors' ledgers.

use domain::organization::Event;
use serde_json::json;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert};

pub(super) const WIPE: &Sql = delete!(ledger_entry where (organization));

const POST: &Sql = insert!(ledger_entry (organization, seq, line, consignor, account, amount_cents, balance_cents,
    reason, source, event, note, actor, posted_at) "");

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    let Event::LedgerPosted(posted) = event else { return Ok(()) };
    let rows = posted.entries.iter().zip(0_u32..).map(|(entry, line)| {
        let posting = &entry.posting;
        let source =
            posting.source.as_ref().map(|source| format!("{}#{}.{}", source.stream, source.seq, source.line));
        json!({
            "organization": at.organization,
            "seq": at.entry.seq,
            "line": line,
            "consignor": posting.consignor,
            "account": posting.account,
            "amount_cents": posting.amount,
            "balance_cents": entry.balance,
            "reason": posting.reason,
            "source": source,
            "event": posting.event,
            "note": posting.note,
            "actor": at.entry.actor,
            "posted_at": at.entry.recorded_at,
        })
    });
    writes.write(POST, rows)
}
