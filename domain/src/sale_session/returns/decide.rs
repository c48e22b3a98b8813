//! Takes lines back and says what goes back to the shopper.

use std::collections::BTreeSet;

use super::super::conflicts::ClaimSent;
use super::super::event::Event;
use super::super::facts::{Facts, ReceiptFact};
use super::super::receipts::{LineRef, MAX_TENDERS, Tender};
use super::super::refuse::{Decision, out_of_range};
use super::super::state::{LineAt, Now, ReceiptKind, Slot, State};
use super::super::terminals::TerminalRight;
use super::command::{AskedReturn, ReturnLines};
use super::event::{ReturnRecorded, ReturnedLine};
use crate::aggregate::Context;
use crate::claims::{Claim, ClaimKind};
use crate::consignment_event::SessionScheduled;
use crate::ids::CaseId;
use crate::money::Cents;
use crate::rejection::{Rejection, conflict, rule};
use crate::sabotage::{Bug, sabotaged};
use crate::sale_session::receipts::{unknown_receipt, who_may};

pub(in crate::sale_session) fn return_lines(
    state: &State,
    plan: &SessionScheduled,
    asked: &ReturnLines,
    context: &Context<'_, Facts>,
) -> Decision {
    let terminal = who_may(state, context.actor, TerminalRight::TakeReturns, "RET-1")?;
    if state.returns.contains(&asked.id) {
        return Err(conflict("RET-3", "return_exists", asked.id.to_string(), "a fresh return id"));
    }
    let fact = context.facts.receipts.get(&asked.receipt).ok_or_else(|| unknown_receipt(asked.receipt))?;
    standing_receipt(state, asked, fact)?;
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for back in &asked.lines {
        if !seen.insert(back.line) {
            let found = format!("line {} twice", back.line);
            return Err(rule("RET-3", "line_twice", found, "each line once"));
        }
        lines.push(returned(state, asked, fact, *back)?);
    }
    if lines.is_empty() {
        return Err(rule("RET-3", "nothing_returned", "no line", "one line at least"));
    }
    let sum =
        |amount: fn(&ReturnedLine) -> Cents| Cents::total(lines.iter().map(amount)).map_err(out_of_range);
    let (gross, tax) = (sum(|back| back.line.price)?, sum(|back| back.line.tax)?);
    let total = if plan.tax.inclusive { gross } else { gross.plus(tax).map_err(out_of_range)? };
    check_tenders(&asked.tenders, total)?;
    let claims = claims(state, plan, &lines, asked.occurred_at, context);
    let recorded = ReturnRecorded {
        id: asked.id,
        receipt: asked.receipt,
        number: fact.number,
        terminal,
        occurred_at: asked.occurred_at,
        reason: asked.reason,
        lines,
        gross,
        tax,
        total,
        tenders: asked.tenders.clone(),
    };
    Ok(std::iter::once(recorded.into()).chain(claims).collect())
}

fn standing_receipt(state: &State, asked: &ReturnLines, fact: &ReceiptFact) -> Result<(), Rejection> {
    let stub = state.stub(fact.number).ok_or_else(|| unknown_receipt(asked.receipt))?;
    match stub.kind {
        ReceiptKind::Floor | ReceiptKind::Offline => Ok(()),
        ReceiptKind::Online => Err(conflict(
            "RET-4",
            "receipt_is_online",
            asked.receipt.to_string(),
            "a refund at the store, which gives the money back",
        )),
        ReceiptKind::Voided | ReceiptKind::Dropped => {
            Err(conflict("RET-4", "receipt_void", asked.receipt.to_string(), "a receipt that stands"))
        }
    }
}

fn returned(
    state: &State,
    asked: &ReturnLines,
    fact: &ReceiptFact,
    back: AskedReturn,
) -> Result<ReturnedLine, Rejection> {
    let found = fact.line(state, back.line).ok_or_else(|| {
        let found = format!("line {}", back.line);
        rule("RET-3", "line_unknown", found, format!("lines below {}", fact.len()))
    })?;
    let at = LineRef { receipt: asked.receipt, number: fact.number, line: back.line };
    let disputed = found.figures.tag.is_some_and(|tag| state.in_dispute(tag, LineAt::from(at)));
    match found.now {
        Now::Gone => {
            let found = format!("line {} was taken back before", back.line);
            Err(conflict("RET-5", "line_already_returned", found, "a line that stands"))
        }
        Now::Contested | Now::Claimed => Err(contested(back.line)),
        Now::Credited if disputed => Err(contested(back.line)),
        Now::Credited if sabotaged(Bug::KeepsReturnedShare) => {
            let kept = crate::sale_session::state::Figures { share: Cents::ZERO, ..found.figures };
            Ok(ReturnedLine { line: kept.at(at), restock: back.restock })
        }
        Now::Credited => Ok(ReturnedLine { line: found.figures.at(at), restock: back.restock }),
    }
}

fn contested(line: u16) -> Rejection {
    conflict("CON-4", "line_contested", format!("line {line}"), "a line whose case is resolved")
}

fn check_tenders(tenders: &[Tender], total: Cents) -> Result<(), Rejection> {
    let paid = Cents::total(tenders.iter().map(|tender| tender.amount)).map_err(out_of_range)?;
    let each = tenders.iter().all(|tender| tender.amount.is_price() && tender.amount > Cents::ZERO);
    if tenders.len() > MAX_TENDERS || !each || paid != total {
        let found = format!("{paid} in {} tenders", tenders.len());
        return Err(rule("RET-6", "refund_differs", found, format!("{total} in at most 8 tenders")));
    }
    Ok(())
}

/// Where the item's custody has moved on, its event hears that it is back.
fn claims(
    state: &State,
    plan: &SessionScheduled,
    lines: &[ReturnedLine],
    occurred_at: i64,
    context: &Context<'_, Facts>,
) -> Vec<Event> {
    let gone = |back: &&ReturnedLine| {
        let slot = back.line.tag.and_then(|tag| state.slot(tag));
        slot.is_none_or(|slot| slot.has(Slot::RELEASED)) && back.line.consignor.is_some()
    };
    let claimed = lines.iter().filter(gone).zip(0..);
    claimed
        .filter_map(|(back, nth)| {
            let claim = Claim {
                session: plan.session,
                case: CaseId(super::super::fresh(context.fresh_id, nth)),
                receipt: back.line.at.receipt,
                tag: back.line.tag?,
                kind: ClaimKind::Returned,
                price: back.line.price,
                occurred_at,
            };
            let (number, line) = (back.line.at.number, back.line.at.line);
            Some(ClaimSent { claim, number, line, event: plan.event }.into())
        })
        .collect()
}
