//! What becomes of the claims that sessions send after custody has moved on.

use serde::{Deserialize, Serialize};

use super::super::custody::{CustodyItem, Terms};
use crate::claims::{Claim, ClaimKind};
use crate::ids::{CaseId, SessionId};
use crate::lifecycle::ItemStatus;
use crate::tag::Tag;

/// The event has taken the claim: the item is as the session says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAccepted {
    /// As claimed.
    pub claim: Claim,
    /// What the item was before.
    pub found: ItemStatus,
    /// The item, for the session to credit its line by.
    pub item: CustodyItem,
    /// Its consignor's terms.
    pub terms: Terms,
}

/// The claim contradicts what the event knows: a conflict for a person to resolve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimContested {
    /// As claimed.
    pub claim: Claim,
    /// What the item is; none when no item of this event has the tag.
    pub found: Option<ItemStatus>,
    /// The session that has it or sold it.
    pub holder: Option<SessionId>,
}

/// How a person resolved a contested claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimResolution {
    /// The claim holds: the item was sold (or came back) as claimed.
    Upheld,
    /// The claim does not hold: the line is not the item's.
    Dismissed,
}

/// A contested claim is resolved; once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimResolved {
    /// The session.
    pub session: SessionId,
    /// Its claim.
    pub case: CaseId,
    /// The item.
    pub tag: Tag,
    /// What was claimed.
    pub kind: ClaimKind,
    /// How.
    pub resolution: ClaimResolution,
    /// The item and its consignor's terms, when the claim is upheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited: Option<(CustodyItem, Terms)>,
}
