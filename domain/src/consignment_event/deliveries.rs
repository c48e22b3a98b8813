//! What the event's entries hand to other aggregates.

use super::claims::ClaimResolution;
use super::event::Event;
use super::fees::{FeeMethod, FeesCharged};
use super::items::TransfersReturned;
use super::payouts;
use super::{Command, fees::FeeKind};
use crate::aggregate::Delivery;
use crate::claims::{ClaimAnswer, Verdict};
use crate::ids::{CaseId, EventId, SessionId};
use crate::lifecycle::EventStatus;
use crate::money::Cents;
use crate::organization::{Account, LedgerReason, Posting, Source};
use crate::stream::StreamId;
use crate::{organization, sale_session};

#[expect(clippy::too_many_lines, reason = "one arm per event that is handed over")]
pub(super) fn deliveries(stream: &StreamId, seq: u64, event: &Event) -> Vec<Delivery> {
    let StreamId::Event(organization, id) = *stream else { return Vec::new() };
    let command_id = format!("{stream}#{seq}");
    let to_session = |session, command: &sale_session::Command| {
        Delivery::of(StreamId::Session(organization, session), command_id.clone(), command)
    };
    let to_event = |event: EventId, command: &Command| {
        Delivery::of(StreamId::Event(organization, event), command_id.clone(), command)
    };
    let to_organization = |command: &organization::Command| {
        Delivery::of(StreamId::Organization(organization), command_id.clone(), command)
    };
    let answer = |session: SessionId, case: CaseId, verdict: Verdict| {
        to_session(session, &sale_session::Command::TakeClaimAnswer(ClaimAnswer { case, verdict }))
    };
    match event {
        Event::SessionScheduled(scheduled) => {
            to_session(scheduled.session, &sale_session::Command::Schedule(scheduled.clone()))
        }
        Event::SessionCancelled(cancelled) => to_session(cancelled.session, &sale_session::Command::Cancel),
        Event::CustodyHandedOver(page) => {
            to_session(page.session, &sale_session::Command::TakeCustody(page.clone()))
        }
        Event::ItemsTakenBack(page) => {
            to_session(page.session, &sale_session::Command::ConfirmRelease { page: page.page })
        }
        Event::TermsChanged(changed) => {
            let command = sale_session::Command::UpdateTerms { terms: changed.terms.clone() };
            changed.sessions.iter().flat_map(|session| to_session(*session, &command)).collect()
        }
        Event::ClaimAccepted(accepted) => {
            let verdict = Verdict::Accepted { item: accepted.item, terms: accepted.terms };
            answer(accepted.claim.session, accepted.claim.case, verdict)
        }
        Event::ClaimContested(contested) => {
            let verdict = Verdict::Contested { found: contested.found };
            answer(contested.claim.session, contested.claim.case, verdict)
        }
        Event::ClaimResolved(resolved) => {
            let verdict = match (resolved.resolution, resolved.credited) {
                (ClaimResolution::Upheld, Some((item, terms))) => Verdict::Accepted { item, terms },
                (ClaimResolution::Upheld, None) | (ClaimResolution::Dismissed, _) => Verdict::Dismissed,
            };
            answer(resolved.session, resolved.case, verdict)
        }
        Event::StatusChanged(changed)
            if matches!(changed.to, EventStatus::Complete | EventStatus::Cancelled) =>
        {
            to_organization(&organization::Command::EndEvent { event: id })
        }
        Event::ConsignorsJoined(joined) => {
            let consignors = joined.consignors.iter().map(|consignor| consignor.number).collect();
            to_organization(&organization::Command::CountParticipations { consignors, event: id })
        }
        Event::ConsignorRegistered(made) => {
            let consignors = vec![made.registration.consignor];
            to_organization(&organization::Command::CountParticipations { consignors, event: id })
        }
        Event::ParticipationCancelled(cancelled) if cancelled.had_place => {
            let consignor = cancelled.consignor;
            to_organization(&organization::Command::UncountParticipation { consignor, event: id })
        }
        Event::RightsKnown(known) => to_organization(&organization::Command::AcknowledgeRights {
            person: known.person.clone(),
            event: id,
            seq: known.seq,
        }),
        Event::FeesCharged(charged) => {
            let postings = after_payout(stream, seq, id, charged);
            if postings.is_empty() {
                return Vec::new();
            }
            to_organization(&organization::Command::Post { postings })
        }
        Event::PayoutsCalculated(_)
        | Event::PayoutPaid(_)
        | Event::PayoutVoided(_)
        | Event::PayoutCarried(_) => {
            let postings = payouts::postings(stream, seq, id, event);
            if postings.is_empty() {
                return Vec::new();
            }
            to_organization(&organization::Command::Post { postings })
        }
        Event::ItemsTransferred(sent) => to_event(sent.to, &Command::ReceiveTransfers(sent.clone())),
        Event::TransfersReceived(received) if !received.refused.is_empty() => {
            let returned = TransfersReturned { from: id, refused: received.refused.clone() };
            to_event(received.from, &Command::ReturnTransfers(returned))
        }
        Event::StatusChanged(_)
        | Event::ParticipationCancelled(_)
        | Event::TransfersReceived(_)
        | Event::EventCreated(_)
        | Event::ItemsListed(_)
        | Event::SessionOpening(_)
        | Event::CustodyConfirmed(_)
        | Event::RegistrationPlanned(_)
        | Event::ConsignorQueued(_)
        | Event::PlaceOffered(_)
        | Event::PlaceOfferExpired(_)
        | Event::ParticipationChanged(_)
        | Event::ConsignorErased(_)
        | Event::FeePaid(_)
        | Event::FeeWaived(_)
        | Event::AdjustmentMade(_)
        | Event::ReferralsCredited(_)
        | Event::DraftSaved(_)
        | Event::DraftDiscarded(_)
        | Event::ItemsEdited(_)
        | Event::TagsPrinted(_)
        | Event::ItemRetagged(_)
        | Event::ItemsCheckedIn(_)
        | Event::ItemsRejected(_)
        | Event::ItemsPulled(_)
        | Event::ItemsReinstated(_)
        | Event::ItemsDeparted(_)
        | Event::TransfersReturned(_)
        | Event::CountStarted(_)
        | Event::ItemsCounted(_)
        | Event::CountCompared(_)
        | Event::CountFinished(_)
        | Event::CountAbandoned(_)
        | Event::SlotsOpened(_)
        | Event::SlotResized(_)
        | Event::SlotCancelled(_)
        | Event::BookingMade(_)
        | Event::BookingQueued(_)
        | Event::BookingOffered(_)
        | Event::BookingConfirmed(_)
        | Event::BookingOfferExpired(_)
        | Event::BookingCancelled(_)
        | Event::BookingCheckedIn(_)
        | Event::BookingCompleted(_)
        | Event::BookingMissed(_)
        | Event::ReminderDue(_)
        | Event::SettlementPinned(_)
        | Event::StatementsCalculated(_)
        | Event::SettlementCalculated(_)
        | Event::SettlementApproved(_)
        | Event::PayoutsApproved(_)
        | Event::PayoutReissued(_) => Vec::new(),
    }
}

/// Debits for what fell due after the payout, each naming its line of the entry.
fn after_payout(stream: &StreamId, seq: u64, event: EventId, charged: &FeesCharged) -> Vec<Posting> {
    (0..)
        .zip(&charged.charges)
        .filter(|(_, charge)| charge.method == FeeMethod::Ledger && charge.amount > Cents::ZERO)
        .map(|(line, charge)| Posting {
            consignor: charge.consignor,
            account: Account::Carried,
            amount: Cents(-charge.amount.0),
            reason: match charge.kind {
                FeeKind::NoShow => LedgerReason::NoShowAfterPayout,
                FeeKind::Participation
                | FeeKind::Sort
                | FeeKind::Oversize
                | FeeKind::Battery
                | FeeKind::PulledItem
                | FeeKind::RejectedItem
                | FeeKind::MissedPickUp => LedgerReason::FeeAfterPayout,
            },
            source: Some(Source { stream: stream.clone(), seq, line }),
            event: Some(event),
            note: None,
        })
        .collect()
}
