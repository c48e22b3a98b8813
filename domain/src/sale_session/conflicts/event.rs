//! Conflicts between sales of one item, claims to the consignment event, and what became of them.

use serde::{Deserialize, Serialize};

use crate::claims::{Claim, ClaimAnswer};
use crate::ids::{CaseId, ConsignorNumber, EventId, ReceiptId, TerminalId};
use crate::money::Cents;
use crate::tag::Tag;

use super::super::receipts::{LineFigures, LineRef};

/// What kind of conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// One tag on two receipts of the floor, or twice on one.
    DoubleSale,
    /// One tag on the floor and in an online order.
    OnlineAgainstFloor,
    /// One receipt id with two different baskets.
    ReceiptIdReused,
}

/// Two records that cannot both be true. While the case is open, `second` is credited to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictOpened {
    /// Its id.
    pub case: CaseId,
    /// What kind.
    pub kind: ConflictKind,
    /// The item; none when it is about a whole receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The line that holds the item while the case is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<LineRef>,
    /// The line that does not; with share and house as they would be if it held the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<LineFigures>,
    /// True when `second` was credited until now (possession on the floor took the item from an online order).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_credited: bool,
    /// The receipts it is about, in the order of the log.
    pub receipts: Vec<ReceiptId>,
}

/// How a conflict ends; each case has one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Resolution {
    /// The line that holds the item keeps it; the other one's price is given back.
    KeepFirstRefundSecond,
    /// The other line gets the item; the holder's price is given back.
    KeepSecondRefundFirst,
    /// They were two things under one tag: the second is credited to the named consignor, or to the house.
    TwoItems {
        /// Whose it was; none for the house.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consignor: Option<ConsignorNumber>,
    },
    /// The second body of a receipt id was a bad copy: it never happened.
    OneBasket,
    /// Both bodies of a receipt id happened.
    TwoBaskets,
}

/// A case ended. Lines that it credits, refunds or drops are listed with their figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictResolved {
    /// The case.
    pub case: CaseId,
    /// How.
    pub resolution: Resolution,
    /// Lines credited from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<LineFigures>,
    /// Lines whose price is given back, with the credit that falls away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunded: Vec<LineFigures>,
    /// What shoppers get back in all.
    #[serde(default, rename = "refund_cents")]
    pub refund: Cents,
    /// A receipt that never happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<DroppedReceipt>,
}

/// A receipt taken out of the books: the bad copy of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedReceipt {
    /// Which.
    pub receipt: ReceiptId,
    /// Its number.
    pub number: u32,
    /// Its sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Its sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// Its total.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// Its tenders less change.
    #[serde(rename = "paid_cents")]
    pub paid: Cents,
    /// Of that, cash.
    #[serde(rename = "cash_cents")]
    pub cash: Cents,
    /// Its terminal.
    pub terminal: TerminalId,
}

/// An item that is elsewhere was claimed from the consignment event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimSent {
    /// The claim.
    #[serde(flatten)]
    pub claim: Claim,
    /// The line it is about.
    pub number: u32,
    /// The line, from 0.
    pub line: u16,
    /// To whom.
    pub event: EventId,
}

/// The consignment event answered. After a contested claim a second answer follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswered {
    /// The answer.
    #[serde(flatten)]
    pub answer: ClaimAnswer,
    /// The line as it is credited from now on, if the answer credits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited: Option<LineFigures>,
}
