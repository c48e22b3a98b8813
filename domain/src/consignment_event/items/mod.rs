//! Items: what a draft must be like, what a listed item is, and what becomes of it outside sessions.

#[cfg(test)]
mod bounds_tests;
mod decide;
mod draft;
mod edit;
mod event;
mod list;
mod state;
#[cfg(test)]
mod tests;
mod transfer;

pub use decide::MAX_TAGS;
pub(super) use decide::{check_in, depart, pull, reinstate, reject};
pub use draft::{Finding, ItemDraft, Severity, check_draft, reference_digest};
pub use edit::PriceChange;
pub(super) use edit::{complete_draft, discard_draft, edit, print, reprice, retag, save_draft};
pub use event::{
    Departure, DraftDiscarded, DraftSaved, ItemEdit, ItemRetagged, ItemsCheckedIn, ItemsDeparted,
    ItemsEdited, ItemsPulled, ItemsReinstated, ItemsRejected, ItemsTransferred, PassedOver, PrintedTag,
    PullReason, RejectReason, RetagReason, TagsPrinted, TransferredItem, TransfersReceived,
    TransfersReturned,
};
pub use list::MAX_ITEMS_LISTED;
pub(super) use list::list_items;
pub use transfer::{MAX_TRANSFERS, TransferDraft};
pub(super) use transfer::{receive, returned, transfer};

use serde::{Deserialize, Serialize};

use crate::ids::ConsignorNumber;
use crate::money::Cents;
use crate::tag::Tag;

/// An item as listed; descriptive text lives here in the log and in read models, not in hot state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedItem {
    /// Its tag.
    pub tag: Tag,
    /// Row of the import, if it came in with one; from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// Category code.
    pub category: String,
    /// What it is.
    pub title: String,
    /// Size, as on the label.
    pub size: String,
    /// Condition code.
    pub condition: String,
    /// Price.
    pub price: Cents,
    /// May be reduced.
    pub reduce: bool,
    /// To be donated if unsold.
    pub donate: bool,
    /// The consignor's own reference.
    pub reference: String,
}

/// A draft that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedItem {
    /// Row of the import; from 1.
    pub row: Option<u32>,
    /// The rule.
    pub rule: String,
    /// The stable code.
    pub code: String,
}
