//! What can happen to items outside sessions, after they were listed.

use serde::{Deserialize, Serialize};

use super::super::custody::ItemFlags;
use super::{ItemDraft, ListedItem};
use crate::ids::EventId;
use crate::lifecycle::ItemStatus;
use crate::money::Cents;
use crate::tag::Tag;

/// New values for an item; those left out stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemEdit {
    /// Which.
    pub tag: Tag,
    /// Category code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Size, as on the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Condition code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Price.
    #[serde(rename = "price_cents", default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Cents>,
    /// May be reduced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduce: Option<bool>,
    /// To be donated if unsold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub donate: Option<bool>,
}

/// An item that a command for many passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Which.
    pub tag: Tag,
    /// The rule.
    pub rule: String,
    /// The stable code.
    pub code: String,
}

/// Items were edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsEdited {
    /// The new values, put right.
    pub edits: Vec<ItemEdit>,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// What a tag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedTag {
    /// The tag.
    pub tag: Tag,
    /// The price on it.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// The flags on it.
    pub flags: ItemFlags,
}

/// Tags were printed: their price and flags stand, whatever is edited later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsPrinted {
    /// As printed.
    pub tags: Vec<PrintedTag>,
}

/// Why an item gets another tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetagReason {
    /// The tag is gone.
    Lost,
    /// The tag cannot be read.
    Damaged,
    /// Two items carry the same tag.
    Doubled,
}

/// An item goes on under another tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRetagged {
    /// The tag that counts no more.
    pub old: Tag,
    /// The tag that counts.
    pub new: Tag,
    /// Why.
    pub reason: RetagReason,
}

/// A volunteer saw items come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsCheckedIn {
    /// Which.
    pub tags: Vec<Tag>,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// Why an item is refused at check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// Stained.
    Stained,
    /// Torn, broken or worn.
    Damaged,
    /// Parts are missing.
    Incomplete,
    /// Does not work.
    NotWorking,
    /// Recalled by its maker.
    Recalled,
    /// Not of the season.
    OutOfSeason,
    /// Not sold here.
    NotAccepted,
    /// Tagged wrongly.
    Tagging,
}

/// Items were refused at check-in. They may still be sold, by a person allowed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsRejected {
    /// Which.
    pub tags: Vec<Tag>,
    /// Why.
    pub reason: RejectReason,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// Why an item is taken out of the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullReason {
    /// The consignor wants it back.
    OwnWish,
    /// Damaged in the hall.
    Damaged,
    /// Not as described.
    NotAsDescribed,
    /// Recalled by its maker.
    Recalled,
    /// The organizer decided so.
    Organizer,
    /// The participation ended before drop-off.
    ParticipationEnded,
}

impl PullReason {
    /// True when pulling an item of this status counts against the consignor's allowance: it had come in, and
    /// it is the consignor's doing.
    #[must_use]
    pub const fn counts(self, status: ItemStatus) -> bool {
        matches!(self, Self::OwnWish | Self::NotAsDescribed)
            && !matches!(status, ItemStatus::Draft | ItemStatus::Listed)
    }
}

/// Items were taken out of the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsPulled {
    /// Which.
    pub tags: Vec<Tag>,
    /// Why.
    pub reason: PullReason,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// Items that were pulled, rejected or missing are for sale after all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsReinstated {
    /// Which.
    pub tags: Vec<Tag>,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// How items leave the hall, other than sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// Their consignor picked them up.
    PickedUp,
    /// They were given away.
    Donated,
    /// Nobody can find them.
    Missing,
}

/// Items left the hall, other than sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsDeparted {
    /// Which.
    pub tags: Vec<Tag>,
    /// How.
    pub how: Departure,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// An item that goes on in a later event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferredItem {
    /// Its tag here.
    pub from: Tag,
    /// How often it has been transferred, with this time.
    pub transfers: u8,
    /// As it is to be listed there; its tag is still the one from here.
    pub item: ListedItem,
}

/// Items go on in a later event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsTransferred {
    /// This event.
    pub from: EventId,
    /// The later event.
    pub to: EventId,
    /// Which, and as what.
    pub items: Vec<TransferredItem>,
    /// Passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// Items came from an earlier event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransfersReceived {
    /// The earlier event.
    pub from: EventId,
    /// With the tags they have here.
    pub items: Vec<TransferredItem>,
    /// Not taken; they go back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PassedOver>,
}

/// Items that the later event did not take are here again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransfersReturned {
    /// The later event.
    pub from: EventId,
    /// Which, and why.
    pub refused: Vec<PassedOver>,
}

/// An item that is not complete yet, with what it has so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSaved {
    /// The tag it has.
    pub tag: Tag,
    /// What is there so far.
    pub draft: ItemDraft,
}

/// A draft that nobody will complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftDiscarded {
    /// Its tag, which is not used again.
    pub tag: Tag,
}
