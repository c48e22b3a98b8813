//! What a settlement reads in the event's log: who takes part, shifts, charges and credits, and what was
//! settled before.

use crate::commission::Tier;
use crate::consignment_event::Event;
use crate::consignment_event::fees::{FeeMethod, FeesCharged};
use crate::consignment_event::schedule::{Holder, SlotKind};
use crate::ids::{BookingId, ConsignorNumber, SlotId};
use crate::money::{BasisPoints, Cents};
use crate::settlement::balance::{Books, Charge, Credit, Founded};
use crate::settlement::fact::CreditKind;
use crate::settlement::pins::SourceRef;

#[expect(clippy::too_many_lines, reason = "one arm per kind of entry, so that a new kind must be placed")]
pub(super) fn take(books: &mut Books, event: &Event, source: SourceRef) {
    match event {
        Event::EventCreated(created) => {
            let founded = &created.0;
            books.plans.insert(founded.settings.plan.version, founded.settings.plan.clone());
            books.founded = Some(Founded {
                event: founded.event,
                plan: founded.settings.plan.version,
                rules: founded.settings.settlement.clone(),
            });
        }
        Event::SessionScheduled(scheduled) => {
            books.plans.insert(scheduled.plan.version, scheduled.plan.clone());
        }
        Event::ConsignorsJoined(joined) => {
            joined.consignors.iter().for_each(|one| tier(books, one.number, one.tier, source));
        }
        Event::ConsignorRegistered(made) => {
            tier(books, made.registration.consignor, made.registration.tier, source);
        }
        Event::ParticipationChanged(changed) => tier(books, changed.consignor, changed.tier, source),
        Event::FeesCharged(charged) => charges(books, charged, source),
        Event::FeePaid(paid) => {
            credit(books, paid.consignor, CreditKind::Payment, (paid.amount, None), source);
        }
        Event::FeeWaived(waived) => {
            let amount = (waived.amount, waived.part_of_share);
            credit(books, waived.consignor, CreditKind::Waiver, amount, source);
        }
        Event::AdjustmentMade(made) => {
            credit(books, made.consignor, CreditKind::Adjustment, (made.amount, None), source);
        }
        Event::ReferralsCredited(credited) => {
            for (line, one) in (1..).zip(&credited.credits) {
                let source = source.at_line(line);
                credit(books, one.referrer, CreditKind::Referral, (one.amount, None), source);
            }
        }
        Event::SlotsOpened(opened) => {
            let shifts = opened.slots.iter().filter(|slot| matches!(slot.plan.kind, SlotKind::Shift(_)));
            books.shift_slots.extend(shifts.map(|slot| slot.plan.slot));
        }
        Event::BookingMade(made) => booked(books, made.booking, made.slot, &made.holder),
        Event::BookingQueued(made) => booked(books, made.booking, made.slot, &made.holder),
        Event::BookingCompleted(done) => {
            if let Some((consignor, slot)) = books.bookings.get(&done.booking).copied()
                && books.shift_slots.contains(&slot)
            {
                books.account(consignor).shifts.push(source);
            }
        }
        Event::StatementsCalculated(page) => {
            for part in &page.parts {
                if let Some(totals) = part.totals {
                    books.calculated.insert((page.settlement, part.consignor), totals.earned);
                }
            }
        }
        Event::SettlementApproved(approved) if approved.complete => {
            books.approved = true;
            for ((settlement, consignor), earned) in std::mem::take(&mut books.calculated) {
                if settlement == approved.settlement {
                    books.account(consignor).settled = earned;
                }
            }
        }
        // A claim counts when the session says how it credits the line; a payout is what a settlement said.
        Event::SettlementApproved(_)
        | Event::SettlementPinned(_)
        | Event::SettlementCalculated(_)
        | Event::PayoutsCalculated(_)
        | Event::PayoutsApproved(_)
        | Event::PayoutPaid(_)
        | Event::PayoutVoided(_)
        | Event::PayoutReissued(_)
        | Event::PayoutCarried(_)
        | Event::ClaimAccepted(_)
        | Event::ClaimContested(_)
        | Event::ClaimResolved(_)
        // What becomes of items, places and reminders brings no amount by itself.
        | Event::StatusChanged(_)
        | Event::ItemsListed(_)
        | Event::SessionCancelled(_)
        | Event::SessionOpening(_)
        | Event::CustodyHandedOver(_)
        | Event::CustodyConfirmed(_)
        | Event::ItemsTakenBack(_)
        | Event::RegistrationPlanned(_)
        | Event::ConsignorQueued(_)
        | Event::PlaceOffered(_)
        | Event::PlaceOfferExpired(_)
        | Event::ParticipationCancelled(_)
        | Event::ConsignorErased(_)
        | Event::TermsChanged(_)
        | Event::RightsKnown(_)
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
        | Event::ItemsTransferred(_)
        | Event::TransfersReceived(_)
        | Event::TransfersReturned(_)
        | Event::CountStarted(_)
        | Event::ItemsCounted(_)
        | Event::CountCompared(_)
        | Event::CountFinished(_)
        | Event::CountAbandoned(_)
        | Event::SlotResized(_)
        | Event::SlotCancelled(_)
        | Event::BookingOffered(_)
        | Event::BookingConfirmed(_)
        | Event::BookingOfferExpired(_)
        | Event::BookingCancelled(_)
        | Event::BookingCheckedIn(_)
        | Event::BookingMissed(_)
        | Event::ReminderDue(_) => {}
    }
}

fn tier(books: &mut Books, consignor: ConsignorNumber, tier: Tier, source: SourceRef) {
    books.account(consignor).tier = Some((tier, source));
}

fn charges(books: &mut Books, charged: &FeesCharged, source: SourceRef) {
    for (line, charge) in (1..).zip(&charged.charges) {
        // What fell due after the payout is a debit in the organization's ledger already; only a part of the
        // share must still be worked out here.
        let amount = if charge.method == FeeMethod::Ledger { Cents::ZERO } else { charge.amount };
        let part_of_share = charge.part_of_share.unwrap_or(BasisPoints(0));
        if amount != Cents::ZERO || part_of_share.0 > 0 {
            let source = source.at_line(line);
            let account = books.account(charge.consignor);
            account.charges.push(Charge { kind: charge.kind, amount, part_of_share, source });
        }
    }
}

fn credit(
    books: &mut Books,
    consignor: ConsignorNumber,
    kind: CreditKind,
    (amount, part): (Cents, Option<BasisPoints>),
    source: SourceRef,
) {
    let part_of_share = part.unwrap_or(BasisPoints(0));
    books.account(consignor).credits.push(Credit { kind, amount, part_of_share, source });
}

fn booked(books: &mut Books, booking: BookingId, slot: SlotId, holder: &Holder) {
    if let Holder::Consignor(consignor) = holder {
        books.bookings.insert(booking, (*consignor, slot));
    }
}
