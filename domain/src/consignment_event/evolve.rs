//! What each entry does to the hot state: one arm per event, total and infallible.

use super::claims::ClaimResolution;
use super::count::CountState;
use super::event::Event;
use super::participation::Standing;
use super::payouts::PayoutStatus;
use super::state::{SessionRef, State};
use crate::lifecycle::{BookingStatus, ItemStatus, SessionStatus};

impl State {
    #[expect(clippy::too_many_lines, reason = "one arm per event; what an arm does stands with its subject")]
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::EventCreated(created) => self.founding = Some(created.0.clone()),
            Event::StatusChanged(changed) => self.status = changed.to,
            Event::ConsignorsJoined(joined) => self.joined(&joined.consignors),
            Event::ItemsListed(listed) => listed.items.iter().for_each(|item| self.list(item, 0)),
            Event::SessionScheduled(scheduled) => self.sessions.push(SessionRef {
                id: scheduled.session,
                status: SessionStatus::Scheduled,
                page: 0,
                confirmed: 0,
                taken_back: 0,
                handed_over: false,
            }),
            Event::SessionCancelled(cancelled) => {
                self.with_session(cancelled.session, |session| session.status = SessionStatus::Cancelled);
            }
            Event::SessionOpening(opening) => {
                self.with_session(opening.session, |session| session.status = SessionStatus::Opening);
            }
            Event::CustodyHandedOver(page) => self.hand_over(page),
            Event::CustodyConfirmed(confirmed) => self.with_session(confirmed.session, |session| {
                session.confirmed = confirmed.page;
                if session.handed_over && session.status == SessionStatus::Opening {
                    session.status = SessionStatus::Open;
                }
            }),
            Event::ItemsTakenBack(page) => self.take_back(page),
            Event::RegistrationPlanned(plan) => self.registration = *plan,
            Event::ConsignorRegistered(made) => self.registered(&made.registration, Standing::Active),
            Event::ConsignorQueued(made) => self.registered(&made.registration, Standing::Waiting),
            Event::PlaceOffered(offer) => self.place_offered(offer),
            Event::PlaceOfferExpired(expired) => self.left(expired.consignor),
            Event::ParticipationChanged(changed) => self.with_participation(changed.consignor, |found| {
                found.tier = changed.tier;
                found.method = changed.method;
            }),
            Event::ParticipationCancelled(cancelled) => self.cancelled(cancelled),
            Event::ConsignorErased(erased) => {
                self.with_participation(erased.consignor, |found| found.erased = true);
            }
            Event::RightsKnown(known) => {
                self.narrowed.insert(known.person.clone(), (known.roles.clone(), known.seq));
            }
            Event::FeesCharged(charged) => self.charged(&charged.charges),
            Event::FeePaid(paid) => self.fee_paid(paid),
            Event::FeeWaived(waived) => self.fee_waived(waived),
            Event::ReferralsCredited(credited) => {
                self.credited.extend(credited.credits.iter().map(|credit| credit.referred));
            }
            // Told to others; the figures themselves are in other entries, or only on the statement.
            Event::TermsChanged(_) | Event::AdjustmentMade(_) => {}
            Event::DraftSaved(saved) => self.draft_saved(saved),
            Event::DraftDiscarded(discarded) => self.set_status(&[discarded.tag], ItemStatus::Retagged),
            Event::ItemsEdited(edited) => edited.edits.iter().for_each(|edit| self.edited(edit)),
            Event::TagsPrinted(printed) => printed.tags.iter().for_each(|tag| self.printed(tag)),
            Event::ItemRetagged(retagged) => self.retagged(retagged),
            Event::ItemsCheckedIn(items) => self.set_status(&items.tags, ItemStatus::CheckedIn),
            Event::ItemsRejected(items) => self.set_status(&items.tags, ItemStatus::Rejected),
            Event::ItemsPulled(items) => self.pulled(&items.tags, items.reason),
            Event::ItemsReinstated(items) => self.set_status(&items.tags, ItemStatus::CheckedIn),
            Event::ItemsDeparted(items) => self.departed(&items.tags, items.how),
            Event::ItemsTransferred(sent) => self.transferred(&sent.items),
            Event::TransfersReceived(received) => {
                received.items.iter().for_each(|item| self.list(&item.item, item.transfers));
            }
            Event::TransfersReturned(returned) => {
                returned.refused.iter().for_each(|item| self.set_status(&[item.tag], ItemStatus::Released));
            }
            Event::CountStarted(started) => self.count = Some(CountState::new(started.count)),
            Event::ItemsCounted(counted) => self.counted(counted),
            Event::CountCompared(page) => self.compared(page),
            Event::CountFinished(_) | Event::CountAbandoned(_) => self.count = None,
            Event::ClaimAccepted(accepted) => {
                let claim = &accepted.claim;
                self.claimed(claim.session, claim.tag, claim.kind);
            }
            Event::ClaimContested(contested) => {
                let claim = &contested.claim;
                self.contested.insert((claim.session, claim.case), (claim.tag, claim.kind));
            }
            Event::ClaimResolved(resolved) => {
                self.contested.remove(&(resolved.session, resolved.case));
                if resolved.resolution == ClaimResolution::Upheld {
                    self.claimed(resolved.session, resolved.tag, resolved.kind);
                }
            }
            Event::SettlementPinned(pinned) => self.settlements.pinned(pinned),
            Event::StatementsCalculated(page) => self.settlements.recorded(page),
            Event::SettlementCalculated(calculated) => self.settlements.calculated(calculated),
            Event::SettlementApproved(approved) => self.settlements.approved(approved),
            Event::PayoutsCalculated(page) => self.payouts.calculated(page),
            Event::PayoutsApproved(approved) => {
                approved
                    .payouts
                    .iter()
                    .for_each(|payout| self.payouts.move_to(*payout, PayoutStatus::Approved));
            }
            Event::PayoutPaid(paid) => self.payouts.move_to(paid.payout, PayoutStatus::Paid(paid.method)),
            Event::PayoutVoided(voided) => self.payouts.move_to(voided.payout, PayoutStatus::Voided),
            Event::PayoutReissued(reissued) => self.payouts.reissued(reissued.payout, reissued.replaces),
            Event::PayoutCarried(carried) => self.payouts.move_to(carried.payout, PayoutStatus::Carried),
            Event::SlotsOpened(opened) => self.schedule.open(&opened.slots),
            Event::SlotResized(resized) => {
                self.schedule.with_slot(resized.slot, |slot| slot.capacity = resized.capacity);
            }
            Event::SlotCancelled(cancelled) => {
                self.schedule.with_slot(cancelled.slot, |slot| slot.cancelled = true);
                cancelled.bookings.iter().for_each(|id| self.schedule.set(*id, BookingStatus::Cancelled, 0));
            }
            Event::BookingMade(made) => {
                self.schedule.made(made.booking, made.slot, &made.holder, BookingStatus::Scheduled);
            }
            Event::BookingQueued(made) => {
                self.schedule.made(made.booking, made.slot, &made.holder, BookingStatus::Waiting);
            }
            Event::BookingOffered(offer) => {
                self.schedule.set(offer.booking, BookingStatus::Offered, offer.expires_at);
            }
            Event::BookingConfirmed(confirmed) => {
                self.schedule.set(confirmed.booking, BookingStatus::Scheduled, 0);
            }
            Event::BookingOfferExpired(expired) => {
                self.schedule.set(expired.booking, BookingStatus::Cancelled, 0);
            }
            Event::BookingCancelled(cancelled) => {
                self.schedule.set(cancelled.booking, BookingStatus::Cancelled, 0);
            }
            Event::BookingCheckedIn(here) => self.schedule.set(here.booking, BookingStatus::CheckedIn, 0),
            Event::BookingCompleted(done) => {
                self.schedule.set(done.booking, BookingStatus::Completed, 0);
                self.shift_completed(done.booking);
            }
            Event::BookingMissed(missed) => self.schedule.set(missed.booking, BookingStatus::NoShow, 0),
            Event::ReminderDue(due) => self.schedule.reminded(due.booking, due.reminder),
        }
    }
}
