//! Voids: a whole receipt, while its session still sells.

use super::super::event::Event;
use super::super::facts::Facts;
use super::super::refuse::Decision;
use super::super::state::{Now, ReceiptKind, State};
use super::super::terminals::TerminalRight;
use super::cash_of;
use super::event::{LineFigures, LineRef, ReceiptVoided, VoidReason};
use crate::aggregate::Context;
use crate::ids::{Actor, ReceiptId, TerminalId};
use crate::lifecycle::SessionStatus;
use crate::rejection::{Rejection, conflict, forbidden, not_found};

pub(in crate::sale_session) fn void(
    state: &State,
    receipt: ReceiptId,
    reason: VoidReason,
    context: &Context<'_, Facts>,
) -> Decision {
    let terminal = who_may(state, context.actor, TerminalRight::VoidReceipts, "RET-1")?;
    if !matches!(state.status, SessionStatus::Open | SessionStatus::Paused) {
        let allowed = "an open or paused session; afterwards lines are returned";
        return Err(conflict("RET-2", "session_over", state.status.name(), allowed));
    }
    let fact = context.facts.receipts.get(&receipt).ok_or_else(|| unknown(receipt))?;
    let stub = state.stub(fact.number).ok_or_else(|| unknown(receipt))?;
    match stub.kind {
        ReceiptKind::Floor | ReceiptKind::Offline => {}
        ReceiptKind::Online => {
            return Err(conflict("RET-2", "receipt_is_online", receipt.to_string(), "a refund at the store"));
        }
        ReceiptKind::Voided | ReceiptKind::Dropped => {
            return Err(conflict("RET-2", "receipt_void", receipt.to_string(), "a receipt that stands"));
        }
    }
    let mut lines = Vec::new();
    for line in 0..fact.len() {
        let Some(found) = fact.line(state, line) else { continue };
        let at = LineRef { receipt, number: fact.number, line };
        let disputed = found.figures.tag.is_some_and(|tag| state.in_dispute(tag, at.into()));
        if found.now != Now::Credited || disputed {
            let found = format!("line {line} was returned, or is contested");
            return Err(conflict("RET-2", "receipt_changed", found, "returning the lines that are left"));
        }
        lines.push(LineFigures { ..found.figures.at(at) });
    }
    let (gross, tax, total) = (fact.gross, fact.tax, fact.total);
    let cash = cash_of(&fact.tenders, fact.change);
    let number = fact.number;
    let voided = ReceiptVoided { receipt, number, terminal, reason, lines, gross, tax, total, cash };
    Ok(vec![Event::from(voided)])
}

pub(in crate::sale_session) fn unknown(receipt: ReceiptId) -> Rejection {
    not_found("RET-1", "receipt_unknown", receipt.to_string(), "a receipt of this session")
}

/// A person (whose role the edge has checked), or a terminal with the right; says which terminal.
pub(in crate::sale_session) fn who_may(
    state: &State,
    actor: &Actor,
    right: TerminalRight,
    rule: &'static str,
) -> Result<Option<TerminalId>, Rejection> {
    if matches!(actor, Actor::Person(_)) {
        return Ok(None);
    }
    let (id, terminal) = super::super::refuse::paired(state, actor)?;
    if terminal.may(right) {
        return Ok(Some(id));
    }
    let found = format!("{} without the right", terminal.name);
    Err(forbidden(rule, "not_permitted", found, "a person, or a terminal that was given the right"))
}
