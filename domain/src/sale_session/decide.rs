//! The sale session's decisions: hands each command to its subject.

use super::command::Command;
use super::conflicts::{resolve, take_answer};
use super::custody::{cancel, close, confirm_release, move_on, schedule, take, update_terms};
use super::event::{Event, SessionPaused, SessionResumed};
use super::facts::Facts;
use super::receipts::{AskedLine, AskedUnlisted, Sale, Tender, complete, identify, mail, record, void};
use super::refuse::{Decision, from_event, organizer, paired};
use super::returns::return_lines;
use super::state::State;
use super::{online, terminals};
use crate::aggregate::Context;
use crate::consignment_event::SessionScheduled;
use crate::ids::ReceiptId;
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::rejection::not_found;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, Facts>) -> Decision {
    if let Command::Schedule(plan) = command {
        return schedule(state, *plan, context.actor);
    }
    let Some(plan) = &state.plan else {
        return Err(not_found("SES-5", "session_unknown", "no such session", "a scheduled session"));
    };
    let actor = context.actor;
    match command {
        Command::Schedule(_) => Ok(Vec::new()),
        Command::Cancel
        | Command::TakeCustody(_)
        | Command::UpdateTerms { .. }
        | Command::ConfirmRelease { .. }
        | Command::TakeClaimAnswer(_) => {
            from_event(actor, plan.event)?;
            delivered(state, plan, command, context)
        }
        Command::Pause => {
            organizer(actor)?;
            move_on(state, &[SessionStatus::Open], SessionPaused {}.into())
        }
        Command::Resume => {
            organizer(actor)?;
            move_on(state, &[SessionStatus::Paused], SessionResumed {}.into())
        }
        Command::Close => close(state, plan, None, actor),
        Command::CloseOver { reason } => close(state, plan, Some(reason), actor),
        Command::CompleteReceipt { receipt, lines, unlisted, tenders, change, occurred_at } => {
            let paid = Paid { receipt, lines, unlisted, tenders, change, occurred_at };
            sell(state, plan, &paid, context)
        }
        Command::RecordOfflineReceipt(receipt) => record(state, plan, &receipt, context),
        Command::VoidReceipt { receipt, reason } => void(state, receipt, reason, context),
        Command::ReturnLines(asked) => return_lines(state, plan, &asked, context),
        Command::IdentifyLine { receipt, line, tag, consignor } => {
            identify(state, plan, (receipt, line), (tag, consignor), context)
        }
        Command::MailReceipt { receipt, address } => mail(state, receipt, address, context),
        Command::ResolveConflict { case, resolution, receipts: _ } => {
            resolve(state, plan, (case, resolution), context)
        }
        Command::TakeOnlineOrder(order) => online::take(state, plan, &order, context),
        Command::CancelOnlineOrder(order) => online::cancel(state, plan, order, context),
        Command::TakeOnlineRefund(refund) => online::refund(state, plan, &refund, context),
        at_terminals => of_terminals(state, at_terminals, context),
    }
}

/// Delivered by the consignment event.
fn delivered(
    state: &State,
    plan: &SessionScheduled,
    command: Command,
    context: &Context<'_, Facts>,
) -> Decision {
    match command {
        Command::Cancel => cancel(state),
        Command::TakeCustody(page) => take(state, plan, page),
        Command::UpdateTerms { terms } => update_terms(terms),
        Command::ConfirmRelease { page } => confirm_release(state, plan, page),
        Command::TakeClaimAnswer(answer) => take_answer(state, plan, answer, context),
        _ => Ok(Vec::new()),
    }
}

fn of_terminals(state: &State, command: Command, context: &Context<'_, Facts>) -> Decision {
    let (actor, now) = (context.actor, context.now);
    match command {
        Command::OfferPairing { code_digest } => {
            organizer(actor)?;
            terminals::offer(state, code_digest, now)
        }
        Command::Pair { code_digest, terminal, name, token_digest } => {
            terminals::pair(state, code_digest, terminal, &name, token_digest, now)
        }
        Command::RevokeTerminal { terminal } => terminals::revoke(state, terminal, actor),
        Command::SetTerminalRights { terminal, rights } => {
            terminals::set_rights(state, terminal, rights, actor)
        }
        Command::Acknowledge { version } => terminals::acknowledge(state, version, actor),
        Command::ReportWaiting { waiting } => terminals::waiting(state, waiting, actor),
        Command::ReportUnreachable { terminal } => terminals::unreachable(state, terminal, actor),
        Command::OpenDrawer { float } => terminals::open_drawer(state, float, actor),
        Command::MoveCash { amount, reason } => terminals::move_cash(state, amount, reason, actor),
        Command::CloseDrawer { counted } => terminals::close_drawer(state, counted, actor),
        Command::ParkBasket { basket, lines } => terminals::park(state, basket, lines, actor),
        Command::RecallBasket { basket } => terminals::recall(state, basket, actor),
        _ => Ok(Vec::new()),
    }
}

struct Paid {
    receipt: ReceiptId,
    lines: Vec<AskedLine>,
    unlisted: Vec<AskedUnlisted>,
    tenders: Vec<Tender>,
    change: Cents,
    occurred_at: i64,
}

fn sell(state: &State, plan: &SessionScheduled, paid: &Paid, context: &Context<'_, Facts>) -> Decision {
    let terminal = paired(state, context.actor)?;
    let sale = Sale {
        receipt: paid.receipt,
        terminal,
        lines: &paid.lines,
        unlisted: &paid.unlisted,
        tenders: &paid.tenders,
        change: paid.change,
        occurred_at: paid.occurred_at,
    };
    let mut events: Vec<Event> = complete(state, plan, &sale, context)?;
    if !events.is_empty() {
        events.extend(terminals::reachable(state, context.actor));
    }
    Ok(events)
}
