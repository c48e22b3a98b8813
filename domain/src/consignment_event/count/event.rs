//! What can happen in a stock count.

use serde::{Deserialize, Serialize};

use crate::ids::CountId;
use crate::tag::Tag;

/// A count of what is in the hall begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountStarted {
    /// Its id.
    pub count: CountId,
    /// Items that should be here.
    pub expected: u32,
}

/// Tags were seen in the hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsCounted {
    /// The count.
    pub count: CountId,
    /// Tags not seen before in this count.
    pub tags: Vec<Tag>,
}

/// Why what was counted differs from what is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountDifference {
    /// Should be here, was not seen: missing from now on.
    Missing,
    /// A session has it on its floor, it was not seen: the session's to look for.
    MissingOnFloor,
    /// Was missing, is here: checked in again.
    Found,
    /// Never checked in, is here: checked in now.
    FoundUnchecked,
    /// Sold, but here: not yet collected, or sold by mistake.
    UnexpectedSold,
    /// Rejected or pulled, but still in the hall.
    UnexpectedWithdrawn,
    /// Picked up, donated, transferred or retagged, but here.
    UnexpectedDeparted,
    /// No item of this event has the tag.
    UnexpectedUnknown,
}

impl CountDifference {
    /// Missing, found or unexpected.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Missing | Self::MissingOnFloor => "missing",
            Self::Found | Self::FoundUnchecked => "found",
            Self::UnexpectedSold
            | Self::UnexpectedWithdrawn
            | Self::UnexpectedDeparted
            | Self::UnexpectedUnknown => "unexpected",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedItem {
    /// The tag.
    pub tag: Tag,
    /// What is different.
    pub difference: CountDifference,
}

/// One page of differences between the count and the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountCompared {
    /// The count.
    pub count: CountId,
    /// The item number up to which it is compared now.
    pub compared: u32,
    /// In ascending order of tags.
    pub differences: Vec<CountedItem>,
}

/// The count is through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountFinished {
    /// The count.
    pub count: CountId,
    /// Tags seen.
    pub counted: u32,
    /// Differences found.
    pub differences: u32,
}

/// The count was given up; nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountAbandoned {
    /// The count.
    pub count: CountId,
}
