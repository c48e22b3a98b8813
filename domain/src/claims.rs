//! What a sale session says about items whose custody has moved on, and what the consignment event answers.
//!
//! A session takes late receipts and returns for ever. Where it no longer holds the item (or never did), its
//! log says what happened at the till and sends a claim; the event, which decides about the item now, answers.
//! Until the answer the line is credited to nobody.

use serde::{Deserialize, Serialize};

use crate::consignment_event::{CustodyItem, Terms};
use crate::ids::{CaseId, ReceiptId, SessionId};
use crate::lifecycle::ItemStatus;
use crate::money::Cents;
use crate::tag::Tag;

/// What a session claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// A late receipt: the item was sold there.
    Sold,
    /// A late return: the item it sold came back, and is not on its floor.
    Returned,
}

/// A session's claim about an item that it has given back, or never had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The session.
    pub session: SessionId,
    /// The session's name for this claim; its answer carries it.
    pub case: CaseId,
    /// The receipt (of the sale, or of the sale that was returned).
    pub receipt: ReceiptId,
    /// The item.
    pub tag: Tag,
    /// What is claimed.
    pub kind: ClaimKind,
    /// The price on the receipt.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// The terminal's clock, ms since 1970 UTC.
    pub occurred_at: i64,
}

/// What the consignment event says about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is so now: the item is sold (or back), at once or by a person's resolution. Tells whose it is, so
    /// that the session can credit the line.
    Accepted {
        /// The item.
        item: CustodyItem,
        /// Its consignor's terms.
        terms: Terms,
    },
    /// It contradicts what the event knows; a person will resolve it there, and a second answer follows.
    Contested {
        /// What the item is; none when no item of the event has the tag.
        found: Option<ItemStatus>,
    },
    /// A person resolved it: the line is not the item's. The house has it until it is identified.
    Dismissed,
}

/// The answer to a [`Claim`], delivered to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswer {
    /// The claim.
    pub case: CaseId,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
}
