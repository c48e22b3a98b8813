//! Decisions about settlements.

use std::collections::BTreeSet;

use super::super::event::Event;
use super::super::payouts::payouts_of;
use super::super::state::State;
use super::command::SettleCommand;
use super::event::{
    DespiteReason, SettlementApproved, SettlementCalculated, SettlementPinned, StatementsCalculated,
};
use super::state::{Draft, sum_of};
use crate::ids::{Actor, NoteRef, PersonId, SettlementId};
use crate::lifecycle::{EventStatus, SessionStatus};
use crate::money::Cents;
use crate::organization::EventFounded;
use crate::rejection::{Rejection, conflict, forbidden, rule};
use crate::settlement::{
    Checks, MAX_PART_LINES, Pin, StatementPart, StatementTotals, TrialBalance, canonical_pins,
};
use crate::stream::StreamId;

/// Statements in one page: with few lines each, an entry of some 100 KB.
pub const MAX_PAGE_PARTS: usize = 200;

/// Settlements of one event: the first one and a year of weekly amendments.
pub const MAX_SETTLEMENTS: u16 = 60;

type Decision = Result<Vec<Event>, Rejection>;

pub(in super::super) fn settle(
    state: &State,
    founding: &EventFounded,
    command: SettleCommand,
    actor: &Actor,
) -> Decision {
    match command {
        SettleCommand::Pin { settlement, pins } => pin(state, founding, settlement, pins),
        // Statements are what the fold says, and the platform runs it: nobody writes one by hand (RGT-1).
        SettleCommand::Record { settlement, page, parts } => record(draft(state, settlement)?, page, parts),
        SettleCommand::Close { settlement, balance, checks } => {
            close(draft(state, settlement)?, balance, checks)
        }
        SettleCommand::Approve { settlement, despite, note } => {
            let by = person(actor)?;
            approve(state, founding, draft(state, settlement)?, by, despite, note)
        }
    }
}

/// Money decisions are a person's.
pub(in super::super) fn person(actor: &Actor) -> Result<&PersonId, Rejection> {
    match actor {
        Actor::Person(person) => Ok(person),
        Actor::Terminal(_) | Actor::System(_) | Actor::Stream(_) => {
            Err(forbidden("STL-16", "not_a_person", actor.to_string(), "a person who may decide about money"))
        }
    }
}

fn draft(state: &State, settlement: SettlementId) -> Result<&Draft, Rejection> {
    state.settlements.draft.as_ref().filter(|draft| draft.settlement == settlement).ok_or_else(|| {
        conflict(
            "STL-17",
            "settlement_not_current",
            settlement.to_string(),
            "the settlement pinned last, before it is approved",
        )
    })
}

fn pin(state: &State, founding: &EventFounded, settlement: SettlementId, pins: Vec<Pin>) -> Decision {
    if !matches!(state.status, EventStatus::Reconciliation | EventStatus::Complete) {
        return Err(rule(
            "STL-14",
            "not_in_reconciliation",
            state.status.name(),
            "an event in reconciliation, or complete",
        ));
    }
    let known = state.settlements.approved.contains(&settlement)
        || state.settlements.draft.as_ref().is_some_and(|draft| draft.settlement == settlement);
    if known {
        return Err(conflict("STL-14", "settlement_exists", settlement.to_string(), "a fresh id"));
    }
    if state.settlements.count >= MAX_SETTLEMENTS {
        return Err(rule("STL-14", "too_many_settlements", "60 settlements", "at most 60"));
    }
    let pins = canonical_pins(pins)
        .map_err(|error| rule("STL-1", "pins_unusable", error.to_string(), "each log of the event once"))?;
    covers_everything(state, founding, &pins)?;
    let amends = state.settlements.approved.last().copied();
    let number = state.settlements.count + 1;
    Ok(vec![SettlementPinned { settlement, number, amends, pins }.into()])
}

/// The pins are this event's log, and the logs of all its sessions that ever sold.
fn covers_everything(state: &State, founding: &EventFounded, pins: &[Pin]) -> Result<(), Rejection> {
    let session = |pin: &Pin| match pin.stream {
        StreamId::Session(_, session) => Some(session),
        _ => None,
    };
    let own = |pin: &Pin| match pin.stream {
        StreamId::Event(_, event) | StreamId::Reconciliation(_, event) => event == founding.event,
        _ => true,
    };
    if let Some(foreign) = pins.iter().find(|pin| !own(pin)) {
        return Err(rule("STL-1", "pins_foreign", foreign.stream.to_string(), "this event's own logs"));
    }
    let pinned: BTreeSet<_> = pins.iter().filter_map(session).collect();
    let sold = |status| !matches!(status, SessionStatus::Scheduled | SessionStatus::Cancelled);
    let needed: BTreeSet<_> =
        state.sessions.iter().filter(|session| sold(session.status)).map(|session| session.id).collect();
    let known: BTreeSet<_> = state.sessions.iter().map(|session| session.id).collect();
    if let Some(missing) = needed.difference(&pinned).next() {
        return Err(rule("STL-1", "session_not_pinned", missing.to_string(), "every session that sold"));
    }
    if let Some(foreign) = pinned.difference(&known).next() {
        return Err(rule("STL-1", "pins_foreign", foreign.to_string(), "sessions of this event"));
    }
    Ok(())
}

fn record(draft: &Draft, page: u32, parts: Vec<StatementPart>) -> Decision {
    if page != draft.page + 1 || draft.closed.is_some() {
        return Err(conflict(
            "STL-15",
            "page_out_of_order",
            format!("page {page}"),
            format!("page {}, before the last one", draft.page + 1),
        ));
    }
    let lines: usize = parts.iter().map(|part| part.lines.len()).sum();
    if parts.is_empty() || parts.len() > MAX_PAGE_PARTS || lines > MAX_PART_LINES {
        return Err(rule(
            "STL-15",
            "page_size",
            format!("{} parts, {lines} lines", parts.len()),
            "1 to 200 parts with at most 1,500 lines together",
        ));
    }
    let mut last = draft.totals.last_key_value().map(|(consignor, _)| *consignor);
    let mut partial = draft.partial;
    for part in &parts {
        let continues = partial.is_some_and(|(consignor, _)| consignor == part.consignor);
        if (partial.is_some() && !continues) || last.is_some_and(|last| part.consignor <= last) {
            return Err(rule(
                "STL-15",
                "statements_out_of_order",
                format!("consignor {}", part.consignor),
                "consignors in ascending order, each once and whole",
            ));
        }
        let before = partial.map_or(Cents::ZERO, |(_, sum)| sum);
        let sum = sum_of(part).and_then(|sum| before.plus(sum).ok()).ok_or_else(|| does_not_add_up(part))?;
        partial = match part.totals {
            None => Some((part.consignor, sum)),
            Some(totals) => {
                let whole = totals.earned.plus(totals.carried_in).ok();
                if !totals.hold() || whole != Some(sum) {
                    return Err(does_not_add_up(part));
                }
                last = Some(part.consignor);
                None
            }
        };
    }
    Ok(vec![StatementsCalculated { settlement: draft.settlement, page, parts }.into()])
}

fn does_not_add_up(part: &StatementPart) -> Rejection {
    rule(
        "STL-15",
        "statement_does_not_add_up",
        format!("the statement of consignor {}", part.consignor),
        "lines that add up to the totals",
    )
}

fn close(draft: &Draft, balance: TrialBalance, checks: Checks) -> Decision {
    if draft.closed.is_some() {
        return Ok(Vec::new());
    }
    let sum = |of: fn(&StatementTotals) -> Cents| Cents::total(draft.totals.values().map(of)).ok();
    let agrees = sum(|totals| totals.share) == Some(balance.share)
        && sum(|totals| totals.earned) == Some(balance.earned)
        && draft.partial.is_none();
    if !agrees {
        return Err(rule(
            "STL-12",
            "balance_is_not_of_these",
            format!("{} earned", balance.earned),
            "the trial balance over the statements on record",
        ));
    }
    let statements = u32::try_from(draft.totals.len()).unwrap_or(u32::MAX);
    Ok(vec![SettlementCalculated { settlement: draft.settlement, statements, balance, checks }.into()])
}

fn approve(
    state: &State,
    founding: &EventFounded,
    draft: &Draft,
    by: &PersonId,
    despite: Option<DespiteReason>,
    note: Option<NoteRef>,
) -> Decision {
    let Some((balance, checks)) = &draft.closed else {
        return Err(conflict(
            "STL-16",
            "not_calculated",
            format!("{} pages of statements", draft.page),
            "a settlement whose statements are all there",
        ));
    };
    if balance.difference != Cents::ZERO {
        return Err(rule("STL-12", "trial_balance", balance.difference.to_string(), "0.00"));
    }
    if !checks.are_clear() && despite.is_none() {
        return Err(rule(
            "STL-16",
            "matters_open",
            format!(
                "{} conflicts, {} discrepancies, {} entries without a line",
                checks.open_conflicts, checks.open_discrepancies, checks.unmatched
            ),
            "nothing open, or a reason to approve all the same",
        ));
    }
    if draft.approvals.contains(by) {
        return Err(rule("STL-16", "approved_already", by.to_string(), "another person"));
    }
    let rules = &founding.settings.settlement;
    let complete = !rules.two_persons || !draft.approvals.is_empty();
    let approved =
        SettlementApproved { settlement: draft.settlement, by: by.clone(), complete, despite, note };
    let payouts = if complete { payouts_of(state, rules, draft) } else { Vec::new() };
    Ok(std::iter::once(approved.into()).chain(payouts).collect())
}
