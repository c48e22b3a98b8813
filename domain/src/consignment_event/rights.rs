//! Who may ask what, checked again where it is decided.
//!
//! The edge asks the organization for a person's roles and checks them. Here stands the second look: the kind
//! of actor, and – for persons of whom a revocation is known – what they may still do.

use super::command::Command;
use super::settlement::SettleCommand;
use super::state::State;
use crate::ids::Actor;
use crate::rejection::{Rejection, forbidden};
use crate::rights::Permission;
use crate::stream::StreamId;

/// Who may ask.
enum Asker {
    /// A log that hands something over.
    Log,
    /// The platform's timer.
    Timer,
    /// A person with one of these permissions, or the platform itself.
    Person(&'static [Permission]),
    /// A person with this permission, and nobody in their place.
    PersonOnly(Permission),
    /// A person, or a log that tells of a payment.
    PersonOrLog(Permission),
}

const ORGANIZER: &[Permission] = &[Permission::ManageEvents];
const ITEMS: &[Permission] = &[Permission::ManageItems];
const OWN_ITEMS: &[Permission] = &[Permission::ManageItems, Permission::TakePart];
const HANDS: &[Permission] = &[Permission::HandleItems];
const MONEY: &[Permission] = &[Permission::DecideMoney];
const SESSIONS: &[Permission] = &[Permission::ManageSessions];
const OWN: &[Permission] = &[Permission::ManageEvents, Permission::HandleItems, Permission::TakePart];

fn asker(command: &Command) -> Asker {
    match command {
        Command::Create(_)
        | Command::ConfirmCustody { .. }
        | Command::TakeBack(_)
        | Command::GrantLoyalty { .. }
        | Command::EraseConsignor { .. }
        | Command::KnowRights { .. }
        | Command::ReceiveTransfers(_)
        | Command::ReturnTransfers(_)
        | Command::TakeClaim(_) => Asker::Log,
        Command::RunTimers => Asker::Timer,
        Command::Settle(command) => match **command {
            SettleCommand::Pin { .. } => Asker::Person(MONEY),
            SettleCommand::Record { .. } | SettleCommand::Close { .. } => Asker::Timer,
            SettleCommand::Approve { .. } => Asker::PersonOnly(Permission::DecideMoney),
        },
        Command::ChangeStatus { .. }
        | Command::JoinConsignors { .. }
        | Command::PlanRegistration(_)
        | Command::OpenSlots { .. }
        | Command::ResizeSlot { .. }
        | Command::CancelSlot { .. } => Asker::Person(ORGANIZER),
        Command::ScheduleSession { .. }
        | Command::CancelSession { .. }
        | Command::OpenSession { .. }
        | Command::ResolveClaim { .. } => Asker::Person(SESSIONS),
        Command::ListItems { .. }
        | Command::SaveDraft { .. }
        | Command::CompleteDraft { .. }
        | Command::DiscardDraft { .. }
        | Command::EditItems { .. }
        | Command::PrintTags { .. }
        | Command::TransferItems { .. } => Asker::Person(OWN_ITEMS),
        Command::RepriceItems { .. } | Command::PullItems { .. } | Command::ReinstateItems { .. } => {
            Asker::Person(ITEMS)
        }
        Command::RetagItem { .. }
        | Command::CheckIn { .. }
        | Command::RejectItems { .. }
        | Command::DepartItems { .. }
        | Command::StartCount { .. }
        | Command::CountItems { .. }
        | Command::CompareCount { .. }
        | Command::AbandonCount { .. }
        | Command::ChargeFee { .. }
        | Command::CheckInBooking { .. }
        | Command::CompleteBooking { .. }
        | Command::MissBooking { .. } => Asker::Person(HANDS),
        Command::Register(_)
        | Command::AcceptPlace { .. }
        | Command::ChangeParticipation { .. }
        | Command::CancelParticipation { .. }
        | Command::Book { .. }
        | Command::AcceptOffer { .. }
        | Command::CancelBooking { .. } => Asker::Person(OWN),
        Command::RecordFeePayment { .. } => Asker::PersonOrLog(Permission::HandleItems),
        Command::WaiveFee { .. } | Command::Adjust { .. } | Command::Pay(_) => {
            Asker::PersonOnly(Permission::DecideMoney)
        }
    }
}

/// Refuses actors that may not ask for `command` here.
pub(super) fn check(state: &State, command: &Command, actor: &Actor) -> Result<(), Rejection> {
    let permitted = |permissions: &[Permission]| match actor {
        Actor::Person(person) => match state.narrowed.get(person) {
            Some((roles, _)) => {
                roles.iter().any(|role| permissions.iter().any(|permission| role.permits(*permission)))
            }
            None => true,
        },
        Actor::Terminal(_) | Actor::System(_) | Actor::Stream(_) => true,
    };
    let asker = asker(command);
    let (kind_fits, permissions, allowed): (bool, &[Permission], &str) = match &asker {
        // Which log it must be is checked with the command.
        Asker::Log => return Ok(()),
        Asker::Timer => (matches!(actor, Actor::System(_)), &[], "the timer"),
        Asker::Person(permissions) => {
            (matches!(actor, Actor::Person(_) | Actor::System(_)), permissions, "a person with the right")
        }
        Asker::PersonOnly(permission) => {
            (matches!(actor, Actor::Person(_)), std::slice::from_ref(permission), "a person with the right")
        }
        Asker::PersonOrLog(permission) => (
            !matches!(actor, Actor::Terminal(_)),
            std::slice::from_ref(permission),
            "a person with the right, or the storefront",
        ),
    };
    if !kind_fits {
        return Err(forbidden("RGT-1", "wrong_kind_of_actor", actor.to_string(), allowed));
    }
    if permissions.is_empty() || permitted(permissions) {
        return Ok(());
    }
    Err(forbidden("RGT-3", "rights_revoked", actor.to_string(), "a person whose rights were not taken away"))
}

/// Deliveries of the organization count only when they come from it.
pub(super) fn from_organization(actor: &Actor) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Organization(_)) => Ok(()),
        _ => Err(forbidden("RGT-2", "not_the_organization", actor.to_string(), "the organization's own log")),
    }
}
