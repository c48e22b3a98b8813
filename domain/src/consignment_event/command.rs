//! What can be asked of a consignment event.

use serde::{Deserialize, Serialize};

use super::claims::ClaimResolution;
use super::event::{Channel, ItemsTakenBack};
use super::fees::{AdjustmentReason, FeeKind, FeeMethod, WaiverReason};
use super::items::{
    Departure, ItemDraft, ItemEdit, ItemsTransferred, PriceChange, PullReason, RejectReason, RetagReason,
    TransferDraft, TransfersReturned,
};
use super::participation::{LeaveReason, Registration, RegistrationPlanned};
use super::payouts::PayCommand;
use super::schedule::{CancelReason, Holder, SlotPlan};
use super::settlement::SettleCommand;
use crate::claims::Claim;
use crate::commission::Tier;
use crate::ids::{
    BookingId, CaseId, ConsignorNumber, CountId, EventId, ImportId, NoteRef, PersonId, SessionId, SlotId,
};
use crate::lifecycle::{EventStatus, StatusReason};
use crate::money::Cents;
use crate::organization::{Enrolment, EventFounded};
use crate::rights::Role;
use crate::tag::Tag;

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Delivered by the organization.
    Create(Box<EventFounded>),
    /// Moves it on (or back, where the rules name it).
    ChangeStatus {
        /// To where.
        to: EventStatus,
        /// Why, where the rules ask for a reason.
        reason: Option<StatusReason>,
    },
    /// Enrolled consignors take part; those who do already are passed over.
    JoinConsignors {
        /// Who, and how.
        consignors: Vec<Enrolment>,
    },
    /// Lists items, at most `MAX_ITEMS_LISTED` of them. Drafts that break a rule are refused one by one.
    ListItems {
        /// The import they come in with.
        import: Option<ImportId>,
        /// Drafts.
        items: Vec<ItemDraft>,
    },
    /// Plans a sale session.
    ScheduleSession {
        /// Its id, made by the edge.
        session: SessionId,
        /// Its name.
        name: String,
        /// Where it sells.
        channels: Vec<Channel>,
    },
    /// Calls a planned session off.
    CancelSession {
        /// Which.
        session: SessionId,
    },
    /// Opens a planned session: its items begin to move.
    OpenSession {
        /// Which.
        session: SessionId,
    },
    /// Delivered by the session: it has the page.
    ConfirmCustody {
        /// The session.
        session: SessionId,
        /// The page.
        page: u32,
    },
    /// Delivered by the session: a page of items comes back.
    TakeBack(ItemsTakenBack),
    /// Says how registration goes.
    PlanRegistration(RegistrationPlanned),
    /// A consignor wants to take part; waits when all places are taken.
    Register(Registration),
    /// A consignor takes up the place that is kept for them.
    AcceptPlace {
        /// Who.
        consignor: ConsignorNumber,
    },
    /// Another tier or way to pay, before the event sells.
    ChangeParticipation {
        /// Whose.
        consignor: ConsignorNumber,
        /// The tier.
        tier: Tier,
        /// How the fee is paid.
        method: FeeMethod,
    },
    /// Ends a participation, or leaves the waiting list.
    CancelParticipation {
        /// Whose.
        consignor: ConsignorNumber,
        /// Why.
        reason: LeaveReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// Delivered by the organization: these participations are free.
    GrantLoyalty {
        /// Whose.
        consignors: Vec<ConsignorNumber>,
    },
    /// Delivered by the organization: personal data is gone.
    EraseConsignor {
        /// Whose.
        consignor: ConsignorNumber,
    },
    /// Delivered by the organization: what a person may do, after a revocation.
    KnowRights {
        /// Whose.
        person: PersonId,
        /// All that they may do now.
        roles: Vec<Role>,
        /// The organization's entry.
        seq: u64,
    },
    /// Charges a fee by the settings' rates.
    ChargeFee {
        /// Who owes it.
        consignor: ConsignorNumber,
        /// What for: sort, oversize, battery or missed pick-up; the others follow from what happens.
        kind: FeeKind,
        /// Items, for oversize and battery.
        #[serde(default)]
        items: u32,
    },
    /// A fee was paid, outside the payout.
    RecordFeePayment {
        /// By whom.
        consignor: ConsignorNumber,
        /// What for.
        kind: FeeKind,
        /// How much.
        #[serde(rename = "amount_cents")]
        amount: Cents,
        /// Online (told by the storefront or the platform) or at the door (by a person).
        method: FeeMethod,
        /// Opaque reference of the payment; counted once.
        reference: String,
    },
    /// Waives a fee, in whole or in part.
    WaiveFee {
        /// Whose.
        consignor: ConsignorNumber,
        /// What for.
        kind: FeeKind,
        /// How much of it; none for all that is open.
        #[serde(rename = "amount_cents", default)]
        amount: Option<Cents>,
        /// Why.
        reason: WaiverReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// Adjusts somebody's figures.
    Adjust {
        /// Whose.
        consignor: ConsignorNumber,
        /// Positive is to the consignor.
        #[serde(rename = "amount_cents")]
        amount: Cents,
        /// Why.
        reason: AdjustmentReason,
        /// The item it is about.
        #[serde(default)]
        tag: Option<Tag>,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// Keeps an item that is not complete yet.
    SaveDraft {
        /// Its tag; none for a new one.
        #[serde(default)]
        tag: Option<Tag>,
        /// What is there so far.
        draft: ItemDraft,
    },
    /// Lists a draft.
    CompleteDraft {
        /// Its tag.
        tag: Tag,
        /// Whole.
        draft: ItemDraft,
    },
    /// Gives a draft up.
    DiscardDraft {
        /// Its tag.
        tag: Tag,
    },
    /// Edits items, one or many.
    EditItems {
        /// New values.
        edits: Vec<ItemEdit>,
    },
    /// Changes many prices by one rule.
    RepriceItems {
        /// Which.
        tags: Vec<Tag>,
        /// How.
        change: PriceChange,
    },
    /// Tags are printed.
    PrintTags {
        /// Which.
        tags: Vec<Tag>,
    },
    /// Gives an item another tag.
    RetagItem {
        /// Its tag.
        tag: Tag,
        /// Why.
        reason: RetagReason,
    },
    /// A volunteer sees items come in.
    CheckIn {
        /// Which; those checked in already are passed over.
        tags: Vec<Tag>,
    },
    /// A volunteer refuses items.
    RejectItems {
        /// Which.
        tags: Vec<Tag>,
        /// Why.
        reason: RejectReason,
    },
    /// Takes items out of the sale.
    PullItems {
        /// Which.
        tags: Vec<Tag>,
        /// Why.
        reason: PullReason,
    },
    /// Pulled, rejected or missing items are for sale after all.
    ReinstateItems {
        /// Which.
        tags: Vec<Tag>,
    },
    /// Items leave the hall, other than sold.
    DepartItems {
        /// Which.
        tags: Vec<Tag>,
        /// How.
        how: Departure,
    },
    /// Unsold items go on in a later event.
    TransferItems {
        /// The later event.
        to: EventId,
        /// Which, and as what they are to be listed there.
        items: Vec<TransferDraft>,
    },
    /// Delivered by the earlier event.
    ReceiveTransfers(ItemsTransferred),
    /// Delivered by the later event: these it does not take.
    ReturnTransfers(TransfersReturned),
    /// Begins a stock count.
    StartCount {
        /// Its id, made by the edge.
        count: CountId,
    },
    /// Tags were seen in the hall.
    CountItems {
        /// The count.
        count: CountId,
        /// At most `MAX_TAGS`.
        tags: Vec<Tag>,
    },
    /// Compares the next page; asked again until the count is finished.
    CompareCount {
        /// The count.
        count: CountId,
    },
    /// Gives the count up.
    AbandonCount {
        /// The count.
        count: CountId,
    },
    /// Opens shifts and slots.
    OpenSlots {
        /// Which.
        slots: Vec<SlotPlan>,
    },
    /// More or fewer places.
    ResizeSlot {
        /// Which.
        slot: SlotId,
        /// Places, never below those taken.
        capacity: u16,
    },
    /// Calls a slot off.
    CancelSlot {
        /// Which.
        slot: SlotId,
        /// Why.
        reason: CancelReason,
    },
    /// Books a place.
    Book {
        /// Its id, made by the edge.
        booking: BookingId,
        /// Where.
        slot: SlotId,
        /// By whom.
        holder: Holder,
        /// Waits when there is no place.
        #[serde(default)]
        wait: bool,
    },
    /// Takes up the place that is kept.
    AcceptOffer {
        /// Which.
        booking: BookingId,
    },
    /// Gives a booking up.
    CancelBooking {
        /// Which.
        booking: BookingId,
        /// Why.
        reason: CancelReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// The person is here.
    CheckInBooking {
        /// Which.
        booking: BookingId,
    },
    /// The shift is done, the drop-off or pick-up over.
    CompleteBooking {
        /// Which.
        booking: BookingId,
    },
    /// The person did not come.
    MissBooking {
        /// Which.
        booking: BookingId,
    },
    /// The timer: whatever is due by now, at most `MAX_DUE` things; asked again while more is due.
    RunTimers,
    /// Delivered by a session: custody had moved on when this came in.
    TakeClaim(Claim),
    /// Settles the event.
    Settle(Box<SettleCommand>),
    /// Pays it out.
    Pay(PayCommand),
    /// A person resolves a contested claim; once.
    ResolveClaim {
        /// The session.
        session: SessionId,
        /// Its claim.
        case: CaseId,
        /// How.
        resolution: ClaimResolution,
    },
}
