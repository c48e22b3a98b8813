//! The domain's words in the API's description: each list is what the domain itself writes, so that callers get
//! them as closed sets.

use domain::commission::Tier;
use domain::consignment_event::claims::ClaimResolution;
use domain::consignment_event::fees::{AdjustmentReason, FeeKind, FeeMethod, WaiverReason};
use domain::consignment_event::items::{Departure, PullReason, RejectReason, RetagReason};
use domain::consignment_event::participation::{LeaveReason, ReferralSource};
use domain::consignment_event::payouts::{PayoutMethod, VoidReason};
use domain::consignment_event::schedule::{CancelReason, ShiftKind};
use domain::consignment_event::settlement::DespiteReason;
use domain::organization::{Account, LedgerReason};
use domain::reconciliation::{Policy, Resolution, ResolutionReason};
use domain::sale_session::{CloseReason, ReturnReason, TerminalRight, VoidReason as ReceiptVoidReason};
use serde::Serialize;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

/// How a conflict can end; the domain has them as variants with data of their own.
const CONFLICT_ENDINGS: [&str; 5] =
    ["keep_first_refund_second", "keep_second_refund_first", "two_items", "one_basket", "two_baskets"];

/// How a conflict can end.
#[must_use]
pub fn conflict_endings() -> Object {
    set_of(&CONFLICT_ENDINGS)
}

/// Any of what a terminal may do beyond plain sales.
#[must_use]
pub fn terminal_rights_list() -> Array {
    ArrayBuilder::new().items(set_of(&TerminalRight::ALL)).build()
}

fn set_of<T: Serialize>(words: &[T]) -> Object {
    let words = words.iter().filter_map(|word| serde_json::to_value(word).ok());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

macro_rules! sets {
    ($( $(#[$meta:meta])* $name:ident: $of:ident [$($word:ident),+ $(,)?] ),+ $(,)?) => { $(
        $(#[$meta])*
        #[must_use]
        pub fn $name() -> Object {
            set_of(&[$($of::$word),+])
        }
    )+ };
}

sets! {
    /// How a consignor takes part.
    tiers: Tier [Regular, Super],
    /// What is charged for.
    fee_kinds: FeeKind [Participation, Sort, Oversize, Battery, PulledItem, RejectedItem, NoShow, MissedPickUp],
    /// How a participation fee may be paid.
    fee_methods: FeeMethod [Online, Door, Payout],
    /// Why a person waives a fee.
    waiver_reasons: WaiverReason [Helper, Hardship, OurMistake, Goodwill],
    /// Why a person adjusts figures.
    adjustment_reasons: AdjustmentReason [ItemLost, ItemDamaged, WrongPrice, FeeRefunded, Correction, Goodwill],
    /// How somebody heard of the event.
    referral_sources: ReferralSource [Consignor, Friend, SocialMedia, Search, Print, Mail, Returning, Other],
    /// Why a participation ends.
    leave_reasons: LeaveReason [OwnWish, Unpaid, Organizer],
    /// Why an item is refused at check-in.
    reject_reasons: RejectReason [Stained, Damaged, Incomplete, NotWorking, Recalled, OutOfSeason, NotAccepted, Tagging],
    /// Why an item is taken out of the sale.
    pull_reasons: PullReason [OwnWish, Damaged, NotAsDescribed, Recalled, Organizer],
    /// Why an item gets another tag.
    retag_reasons: RetagReason [Lost, Damaged, Doubled],
    /// How items leave the hall.
    departures: Departure [PickedUp, Donated, Missing],
    /// Which work a shift is.
    shift_kinds: ShiftKind [DropOffSorting, ItemOrganization, ShopperAssistance, GeneralHelp],
    /// Why a slot or booking is called off.
    cancel_reasons: CancelReason [OwnWish, Moved, Organizer],
    /// Why a settlement is approved although something is open.
    despite_reasons: DespiteReason [ComesLater, Trifle, CannotBeResolved],
    /// How money leaves.
    payout_methods: PayoutMethod [Cheque, Bank, Paypal, Cash, StoreCredit],
    /// Why a payout is voided.
    void_reasons: VoidReason [Lost, Stale, Returned, Misprinted, Other],
    /// A consignor's two balances.
    ledger_accounts: Account [Carried, StoreCredit],
    /// Why a person posts to a ledger.
    posting_reasons: LedgerReason [Correction, Goodwill, OpeningBalance],
    /// Why goods come back.
    return_reasons: ReturnReason [Faulty, NotAsDescribed, Mistake, Goodwill],
    /// Why a receipt is voided.
    receipt_void_reasons: ReceiptVoidReason [Mistake, PaymentFailed, ShopperLeft, Training],
    /// How a contested claim ends.
    claim_endings: ClaimResolution [Upheld, Dismissed],
    /// Why a session is closed over terminals that may hold sales.
    close_reasons: CloseReason [HallClosed, TerminalLost, ComesLater],
    /// How differences with the store are resolved.
    policies: Policy [ByHand, MostRecentWins],
    /// Who is right.
    resolutions: Resolution [StoreIsRight, LogsAreRight, Explained],
    /// Why.
    resolution_reasons: ResolutionReason [Evidence, Shopper, StoreMistake, OurMistake, Trifle, Other],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_the_domain_writes_them() {
        let words = serde_json::to_value(pull_reasons()).unwrap();
        assert_eq!(
            words["enum"],
            serde_json::json!(["own_wish", "damaged", "not_as_described", "recalled", "organizer"])
        );
    }
}
