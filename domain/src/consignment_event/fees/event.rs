//! What can happen to fees, fines, waivers and adjustments.

use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, ConsignorNumber, NoteRef};
use crate::money::{BasisPoints, Cents};
use crate::tag::Tag;

/// What is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Taking part.
    Participation,
    /// Volunteers sorted the drop-off.
    Sort,
    /// Lots of oversize items.
    Oversize,
    /// Items without working batteries.
    Battery,
    /// Items pulled beyond the allowance.
    PulledItem,
    /// Items refused at check-in.
    RejectedItem,
    /// A missed shift.
    NoShow,
    /// Unsold items were not picked up.
    MissedPickUp,
}

impl FeeKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Participation,
        Self::Sort,
        Self::Oversize,
        Self::Battery,
        Self::PulledItem,
        Self::RejectedItem,
        Self::NoShow,
        Self::MissedPickUp,
    ];

    /// The name in logs, API and read models.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Participation => "participation",
            Self::Sort => "sort",
            Self::Oversize => "oversize",
            Self::Battery => "battery",
            Self::PulledItem => "pulled_item",
            Self::RejectedItem => "rejected_item",
            Self::NoShow => "no_show",
            Self::MissedPickUp => "missed_pick_up",
        }
    }
}

/// How a fee is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeMethod {
    /// Through the organization's online checkout.
    Online,
    /// At the door.
    Door,
    /// Deducted from the payout, as is whatever is still open when the event is settled.
    #[default]
    Payout,
    /// The payout is gone already: carried as a debit in the organization's ledger.
    Ledger,
}

/// One fee or fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeCharge {
    /// Who owes it.
    pub consignor: ConsignorNumber,
    /// What for.
    pub kind: FeeKind,
    /// How much; zero when it is a part of the share.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// The part of the consignor's share of the whole event that it is, where it is one: its amount is known
    /// when the event is settled.
    #[serde(rename = "part_of_share_bp", default, skip_serializing_if = "Option::is_none")]
    pub part_of_share: Option<BasisPoints>,
    /// How it is to be paid.
    pub method: FeeMethod,
    /// How many items it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u32>,
    /// The item it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The booking it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingId>,
}

/// Fees or fines fell due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeesCharged {
    /// One by one.
    pub charges: Vec<FeeCharge>,
}

/// A fee was paid, outside the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeePaid {
    /// By whom.
    pub consignor: ConsignorNumber,
    /// What for.
    pub kind: FeeKind,
    /// How much.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Online or at the door.
    pub method: FeeMethod,
    /// The checkout's order, or the door's receipt: an opaque reference.
    pub reference: String,
}

/// Why a fee is waived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaiverReason {
    /// This participation is free.
    Loyalty,
    /// Took part less than planned.
    TierLowered,
    /// Gave up in time.
    Cancelled,
    /// Helps in another way.
    Helper,
    /// Ill, or another emergency.
    Hardship,
    /// The house made a mistake.
    OurMistake,
    /// To be kind.
    Goodwill,
}

impl WaiverReason {
    /// True for reasons that a person may give; the others follow from a rule.
    #[must_use]
    pub const fn is_manual(self) -> bool {
        matches!(self, Self::Helper | Self::Hardship | Self::OurMistake | Self::Goodwill)
    }
}

/// A fee is waived, in whole or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeWaived {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// What for.
    pub kind: FeeKind,
    /// How much of it.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// The part of the share that is waived, where the fee is one.
    #[serde(rename = "part_of_share_bp", default, skip_serializing_if = "Option::is_none")]
    pub part_of_share: Option<BasisPoints>,
    /// Why.
    pub reason: WaiverReason,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// Why a person adjusts somebody's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentReason {
    /// An item was lost while in the hall.
    ItemLost,
    /// An item was damaged while in the hall.
    ItemDamaged,
    /// An item was sold at a wrong price.
    WrongPrice,
    /// A fee paid is given back.
    FeeRefunded,
    /// A mistake in the books.
    Correction,
    /// To be kind.
    Goodwill,
}

/// A person adjusted somebody's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentMade {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// Positive is to the consignor, negative from them.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Why.
    pub reason: AdjustmentReason,
    /// The item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// A referrer's credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCredit {
    /// Who brought somebody along.
    pub referrer: ConsignorNumber,
    /// Who came.
    pub referred: ConsignorNumber,
    /// How much.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}

/// Credits for referrals where both took part; given when reconciliation begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralsCredited {
    /// One by one.
    pub credits: Vec<ReferralCredit>,
}
