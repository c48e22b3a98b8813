//! What can happen to a consignment event.

use serde::{Deserialize, Serialize};

use super::claims::{ClaimAccepted, ClaimContested, ClaimResolved};
use super::count::{CountAbandoned, CountCompared, CountFinished, CountStarted, ItemsCounted};
use super::custody::{CustodyItem, ItemOutcome, Terms};
use super::fees::{AdjustmentMade, FeePaid, FeeWaived, FeesCharged, ReferralsCredited};
use super::items::{
    DraftDiscarded, DraftSaved, ItemRetagged, ItemsCheckedIn, ItemsDeparted, ItemsEdited, ItemsPulled,
    ItemsReinstated, ItemsRejected, ItemsTransferred, ListedItem, RefusedItem, TagsPrinted,
    TransfersReceived, TransfersReturned,
};
use super::participation::{
    ConsignorErased, ConsignorQueued, ConsignorRegistered, ParticipationCancelled, ParticipationChanged,
    PlaceOfferExpired, PlaceOffered, RegistrationPlanned, RightsKnown, TermsChanged,
};
use super::payouts::{
    PayoutCarried, PayoutPaid, PayoutReissued, PayoutVoided, PayoutsApproved, PayoutsCalculated,
};
use super::schedule::{
    BookingCancelled, BookingCheckedIn, BookingCompleted, BookingConfirmed, BookingMade, BookingMissed,
    BookingOfferExpired, BookingOffered, BookingQueued, ReminderDue, SlotCancelled, SlotResized, SlotsOpened,
};
use super::settlement::{SettlementApproved, SettlementCalculated, SettlementPinned, StatementsCalculated};
use crate::commission::CommissionPlan;
use crate::ids::{EventId, ImportId, SessionId};
use crate::journal::events;
use crate::lifecycle::{EventStatus, StatusReason};
use crate::markdown::MarkdownSchedule;
use crate::organization::{Enrolment, EventFounded};
use crate::tax::TaxRule;

events! {
    /// Entries of a consignment event's log.
    pub enum Event {
        /// It begins.
        EventCreated = "event_created" v 1 in Box,
        /// It moved on.
        StatusChanged = "status_changed" v 2 upcast upcast_status,
        /// Consignors take part.
        ConsignorsJoined = "consignors_joined" v 1,
        /// Items were listed.
        ItemsListed = "items_listed" v 1,
        /// A sale session is planned; its own log follows.
        SessionScheduled = "session_scheduled" v 1 in Box,
        /// A planned session is called off.
        SessionCancelled = "session_cancelled" v 1,
        /// Items begin to move into a session's custody.
        SessionOpening = "session_opening" v 1,
        /// One page of items left for a session.
        CustodyHandedOver = "custody_handed_over" v 1,
        /// The session has that page.
        CustodyConfirmed = "custody_confirmed" v 1,
        /// One page of items came back.
        ItemsTakenBack = "items_taken_back" v 1,
        /// How registration goes.
        RegistrationPlanned = "registration_planned" v 1,
        /// A consignor takes part.
        ConsignorRegistered = "consignor_registered" v 1,
        /// A consignor waits for a place.
        ConsignorQueued = "consignor_queued" v 1,
        /// A free place is kept for the first who waits.
        PlaceOffered = "place_offered" v 1,
        /// The place was not taken up in time.
        PlaceOfferExpired = "place_offer_expired" v 1,
        /// Another tier or way to pay.
        ParticipationChanged = "participation_changed" v 1,
        /// A consignor takes part no more.
        ParticipationCancelled = "participation_cancelled" v 1,
        /// A consignor's personal data is gone.
        ConsignorErased = "consignor_erased" v 1,
        /// What sessions need for their estimates has changed.
        TermsChanged = "terms_changed" v 1,
        /// A person's lesser rights are known here.
        RightsKnown = "rights_known" v 1,
        /// Fees or fines fell due.
        FeesCharged = "fees_charged" v 1,
        /// A fee was paid, outside the payout.
        FeePaid = "fee_paid" v 1,
        /// A fee is waived.
        FeeWaived = "fee_waived" v 1,
        /// A person adjusted somebody's figures.
        AdjustmentMade = "adjustment_made" v 1,
        /// Credits for referrals.
        ReferralsCredited = "referrals_credited" v 1,
        /// An item that is not complete yet.
        DraftSaved = "draft_saved" v 1,
        /// A draft that nobody will complete.
        DraftDiscarded = "draft_discarded" v 1,
        /// Items were edited.
        ItemsEdited = "items_edited" v 1,
        /// Tags were printed.
        TagsPrinted = "tags_printed" v 1,
        /// An item goes on under another tag.
        ItemRetagged = "item_retagged" v 1,
        /// A volunteer saw items come in.
        ItemsCheckedIn = "items_checked_in" v 1,
        /// Items were refused at check-in.
        ItemsRejected = "items_rejected" v 1,
        /// Items were taken out of the sale.
        ItemsPulled = "items_pulled" v 1,
        /// Items are for sale after all.
        ItemsReinstated = "items_reinstated" v 1,
        /// Items left the hall, other than sold.
        ItemsDeparted = "items_departed" v 1,
        /// Items go on in a later event.
        ItemsTransferred = "items_transferred" v 1,
        /// Items came from an earlier event.
        TransfersReceived = "transfers_received" v 1,
        /// Items that the later event did not take are here again.
        TransfersReturned = "transfers_returned" v 1,
        /// A stock count begins.
        CountStarted = "count_started" v 1,
        /// Tags were seen in the hall.
        ItemsCounted = "items_counted" v 1,
        /// One page of differences.
        CountCompared = "count_compared" v 1,
        /// The count is through.
        CountFinished = "count_finished" v 1,
        /// The count was given up.
        CountAbandoned = "count_abandoned" v 1,
        /// Slots can be booked.
        SlotsOpened = "slots_opened" v 1,
        /// A slot has more or fewer places.
        SlotResized = "slot_resized" v 1,
        /// A slot is called off.
        SlotCancelled = "slot_cancelled" v 1,
        /// A place is taken.
        BookingMade = "booking_made" v 1,
        /// Somebody waits for a place.
        BookingQueued = "booking_queued" v 1,
        /// A free place is kept for the first who waits.
        BookingOffered = "booking_offered" v 1,
        /// The offer was taken up.
        BookingConfirmed = "booking_confirmed" v 1,
        /// The offer was not taken up in time.
        BookingOfferExpired = "booking_offer_expired" v 1,
        /// A booking is given up.
        BookingCancelled = "booking_cancelled" v 1,
        /// The person is here.
        BookingCheckedIn = "booking_checked_in" v 1,
        /// The shift is done, the drop-off or pick-up over.
        BookingCompleted = "booking_completed" v 1,
        /// The person did not come.
        BookingMissed = "booking_missed" v 1,
        /// A reminder is due.
        ReminderDue = "reminder_due" v 1,
        /// A session's claim is taken.
        ClaimAccepted = "claim_accepted" v 1,
        /// A session's claim contradicts what is known.
        ClaimContested = "claim_contested" v 1,
        /// A contested claim is resolved.
        ClaimResolved = "claim_resolved" v 1,
        /// A settlement begins, over pinned heads.
        SettlementPinned = "settlement_pinned" v 1,
        /// One page of statements.
        StatementsCalculated = "statements_calculated" v 1,
        /// All statements are on record.
        SettlementCalculated = "settlement_calculated" v 1,
        /// A person approved a settlement.
        SettlementApproved = "settlement_approved" v 1,
        /// What an approved settlement comes to.
        PayoutsCalculated = "payouts_calculated" v 1,
        /// Payouts may be made.
        PayoutsApproved = "payouts_approved" v 1,
        /// A payout was made.
        PayoutPaid = "payout_paid" v 1,
        /// A payout that was made counts no more.
        PayoutVoided = "payout_voided" v 1,
        /// A voided payout is made again.
        PayoutReissued = "payout_reissued" v 1,
        /// A voided payout is owed in the ledger instead.
        PayoutCarried = "payout_carried" v 1,
    }
}

/// It begins, as the organization founded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventCreated(pub EventFounded);

/// It moved on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// From where.
    pub from: EventStatus,
    /// To where.
    pub to: EventStatus,
    /// Why, where the rules ask for a reason.
    pub reason: Option<StatusReason>,
}

/// Version 1 kept the reason in free text, which may name people; what it said is not carried on.
#[expect(clippy::unnecessary_wraps, reason = "an upcaster may fail; this one has nothing to fail at")]
fn upcast_status(_version: u32, mut json: serde_json::Value) -> Result<serde_json::Value, serde_json::Error> {
    if json.get("reason").is_some_and(serde_json::Value::is_string) {
        json["reason"] = serde_json::Value::String(StatusReason::Other.name().to_owned());
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::EventCodec;

    #[test]
    fn evt_3_a_reason_in_words_of_an_old_log_reads_as_other() {
        let read = |payload: &str| match Event::from_payload("status_changed", 1, payload) {
            Ok(Event::StatusChanged(changed)) => changed.reason,
            other => panic!("{other:?}"),
        };
        let old = r#"{"from":"draft","to":"cancelled","reason":"Mrs. Miller is ill"}"#;
        assert_eq!(read(old), Some(StatusReason::Other));
        assert_eq!(read(r#"{"from":"draft","to":"registration","reason":null}"#), None);
    }
}

/// Consignors take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorsJoined {
    /// Who, and how.
    pub consignors: Vec<Enrolment>,
}

/// Items were listed; those refused are on record too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsListed {
    /// The import they came in with, if any.
    pub import: Option<ImportId>,
    /// Listed.
    pub items: Vec<ListedItem>,
    /// Refused.
    pub refused: Vec<RefusedItem>,
}

/// Where a session sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The sale floor.
    Floor,
    /// The online store.
    Online,
}

/// A sale session is planned, with the rules it sells by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionScheduled {
    /// Its id.
    pub session: SessionId,
    /// The consignment event.
    pub event: EventId,
    /// From 1, by event.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Where it sells.
    pub channels: Vec<Channel>,
    /// Currency of all its amounts.
    pub currency: String,
    /// Commission plan for its estimates.
    pub plan: CommissionPlan,
    /// Tax rule.
    pub tax: TaxRule,
    /// Markdown schedule.
    pub markdown: MarkdownSchedule,
}

/// A planned session is called off; it never held items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionCancelled {
    /// Which.
    pub session: SessionId,
}

/// Items begin to move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpening {
    /// The session.
    pub session: SessionId,
    /// How many items will move.
    pub items: u32,
}

/// One page of items left for a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyHandedOver {
    /// The session.
    pub session: SessionId,
    /// From 1, by session.
    pub page: u32,
    /// True for the page that completes the opening.
    pub last: bool,
    /// Items.
    pub items: Vec<CustodyItem>,
    /// Terms of the consignors that this page mentions for the first time.
    pub terms: Vec<Terms>,
}

/// The session has the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyConfirmed {
    /// The session.
    pub session: SessionId,
    /// The page.
    pub page: u32,
}

/// One page of items came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsTakenBack {
    /// The session.
    pub session: SessionId,
    /// From 1, by session.
    pub page: u32,
    /// True for the last page.
    pub last: bool,
    /// What became of the items.
    pub items: Vec<ItemOutcome>,
}
