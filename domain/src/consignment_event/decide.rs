//! The consignment event's decisions: which subject decides about which command.

use super::command::Command;
use super::event::{Event, EventCreated, StatusChanged};
use super::facts::Facts;
use super::state::State;
use super::{claims, count, fees, items, participation, payouts, rights, schedule, sessions, settlement};
use crate::aggregate::Context;
use crate::ids::Actor;
use crate::lifecycle::{EventStatus, SessionStatus, StatusReason};
use crate::organization::EventFounded;
use crate::rejection::{Rejection, conflict, forbidden, not_found, rule};

pub(super) type Decision = Result<Vec<Event>, Rejection>;

#[expect(clippy::too_many_lines, reason = "one arm per command; each is one call")]
pub(super) fn decide(state: &State, command: Command, context: &Context<'_, Facts>) -> Decision {
    if let Command::Create(founded) = command {
        return create(state, *founded, context.actor);
    }
    let Some(founding) = &state.founding else {
        return Err(not_found("EVT-1", "event_unknown", "no such event", "an event that was created"));
    };
    let (actor, now) = (context.actor, context.now);
    let rules = &founding.settings;
    rights::check(state, &command, actor)?;
    match command {
        Command::Create(_) => Ok(Vec::new()),
        Command::ChangeStatus { to, reason } => change_status(state, founding, to, reason),
        Command::JoinConsignors { consignors } => participation::join(state, rules, consignors),
        Command::ListItems { import, items } => items::list_items(state, founding, import, items),
        Command::ScheduleSession { session, name, channels } => {
            sessions::schedule(state, founding, session, &name, channels)
        }
        Command::CancelSession { session } => sessions::cancel(state, session),
        Command::OpenSession { session } => sessions::open(state, session),
        Command::ConfirmCustody { session, page } => {
            sessions::from_session(actor, session)?;
            sessions::confirm(state, session, page)
        }
        Command::TakeBack(page) => {
            sessions::from_session(actor, page.session)?;
            sessions::take_back(state, page)
        }
        Command::PlanRegistration(plan) => participation::plan(state, rules, plan, now),
        Command::Register(registration) => participation::register(state, rules, registration, now),
        Command::AcceptPlace { consignor } => participation::accept(state, rules, consignor, now),
        Command::ChangeParticipation { consignor, tier, method } => {
            participation::change(state, rules, consignor, tier, method)
        }
        Command::CancelParticipation { consignor, reason, note } => {
            participation::cancel(state, founding, consignor, (reason, note), now)
        }
        Command::GrantLoyalty { consignors } => {
            rights::from_organization(actor)?;
            Ok(participation::grant_loyalty(state, &consignors))
        }
        Command::EraseConsignor { consignor } => {
            rights::from_organization(actor)?;
            Ok(participation::erase(state, founding, consignor, now))
        }
        Command::KnowRights { person, roles, seq } => {
            rights::from_organization(actor)?;
            Ok(participation::know_rights(state, person, roles, seq))
        }
        Command::ChargeFee { consignor, kind, items } => fees::charge(state, rules, consignor, kind, items),
        Command::RecordFeePayment { consignor, kind, amount, method, reference } => {
            let paid = fees::FeePaid { consignor, kind, amount, method, reference };
            fees::pay(state, paid, actor, context.facts)
        }
        Command::WaiveFee { consignor, kind, amount, reason, note } => {
            fees::waive(state, (consignor, kind, amount), reason, note)
        }
        Command::Adjust { consignor, amount, reason, tag, note } => {
            fees::adjust(state, fees::AdjustmentMade { consignor, amount, reason, tag, note })
        }
        Command::SaveDraft { tag, draft } => items::save_draft(state, founding, tag, draft),
        Command::CompleteDraft { tag, draft } => items::complete_draft(state, founding, tag, draft),
        Command::DiscardDraft { tag } => items::discard_draft(state, tag),
        Command::EditItems { edits } => items::edit(state, rules, edits),
        Command::RepriceItems { tags, change } => items::reprice(state, rules, tags, change),
        Command::PrintTags { tags } => items::print(state, tags),
        Command::RetagItem { tag, reason } => items::retag(state, founding, tag, reason),
        Command::CheckIn { tags } => items::check_in(state, &tags),
        Command::RejectItems { tags, reason } => items::reject(state, rules, &tags, reason),
        Command::PullItems { tags, reason } => items::pull(state, rules, &tags, reason),
        Command::ReinstateItems { tags } => items::reinstate(state, &tags),
        Command::DepartItems { tags, how } => items::depart(state, &tags, how),
        Command::TransferItems { to, items } => items::transfer(state, founding, to, items),
        Command::ReceiveTransfers(sent) => items::receive(state, founding, sent, actor),
        Command::ReturnTransfers(returned) => items::returned(state, returned, actor),
        Command::StartCount { count } => count::start(state, count),
        Command::CountItems { count, tags } => count::count_items(state, count, tags),
        Command::CompareCount { count } => count::compare(state, founding, count),
        Command::AbandonCount { count } => count::abandon(state, count),
        Command::OpenSlots { slots } => schedule::open_slots(state, rules, slots, now),
        Command::ResizeSlot { slot, capacity } => schedule::resize(state, rules, slot, capacity, now),
        Command::CancelSlot { slot, reason } => schedule::cancel_slot(state, slot, reason),
        Command::Book { booking, slot, holder, wait } => {
            schedule::book(state, rules, schedule::Asked { booking, slot, holder, wait }, now)
        }
        Command::AcceptOffer { booking } => schedule::accept_offer(state, booking, now),
        Command::CancelBooking { booking, reason, note } => {
            schedule::cancel_booking(state, rules, booking, (reason, note), now)
        }
        Command::CheckInBooking { booking } => schedule::check_in(state, booking),
        Command::CompleteBooking { booking } => schedule::complete(state, booking),
        Command::MissBooking { booking } => schedule::miss(state, rules, booking, now),
        Command::RunTimers => Ok(schedule::run(state, rules, now)),
        Command::Settle(command) => settlement::settle(state, founding, *command, actor),
        Command::Pay(command) => payouts::pay(state, command, actor),
        Command::TakeClaim(claim) => {
            sessions::from_session(actor, claim.session)?;
            Ok(claims::take(state, claim))
        }
        Command::ResolveClaim { session, case, resolution } => {
            claims::resolve(state, (session, case), resolution)
        }
    }
}

fn create(state: &State, founded: EventFounded, actor: &Actor) -> Decision {
    if !matches!(actor, Actor::Stream(_)) {
        return Err(forbidden("EVT-1", "not_the_organization", actor.to_string(), "the organization's log"));
    }
    if state.founding.is_some() {
        return Err(conflict("EVT-1", "event_exists", "the event exists", "creating it once"));
    }
    Ok(vec![EventCreated(founded).into()])
}

fn change_status(
    state: &State,
    founding: &EventFounded,
    to: EventStatus,
    reason: Option<StatusReason>,
) -> Decision {
    let from = state.status;
    let Some((_, needs_reason)) = from.next().iter().find(|(next, _)| *next == to) else {
        let allowed: Vec<&str> = from.next().iter().map(|(next, _)| next.name()).collect();
        let allowed =
            if allowed.is_empty() { "nothing: this is its end".to_owned() } else { allowed.join(", ") };
        return Err(rule("EVT-2", "transition_not_allowed", format!("{from} to {to}"), allowed));
    };
    if *needs_reason && reason.is_none() {
        return Err(rule("EVT-3", "reason_missing", "no reason", "a reason of the list"));
    }
    let busy = state.sessions.iter().any(|session| holds_items(session.status));
    if busy && !to.sells() {
        return Err(rule(
            "EVT-4",
            "session_open",
            "a session still holds items",
            "closing every session first",
        ));
    }
    let credits = match to {
        EventStatus::Reconciliation => fees::referral_credits(state, &founding.settings),
        _ => None,
    };
    let called_off = if to == EventStatus::Cancelled { sessions::call_off(state) } else { Vec::new() };
    Ok(std::iter::once(StatusChanged { from, to, reason }.into()).chain(credits).chain(called_off).collect())
}

pub(super) const fn holds_items(status: SessionStatus) -> bool {
    matches!(
        status,
        SessionStatus::Opening | SessionStatus::Open | SessionStatus::Paused | SessionStatus::Closing
    )
}
