//! What passes between a consignment event and a sale session: items, terms, and what became of them.

use serde::{Deserialize, Serialize};

use crate::commission::Tier;
use crate::ids::ConsignorNumber;
use crate::money::Cents;
use crate::tag::Tag;

/// Items in one page of a custody transfer: about 50 KB of JSON, far below the 2 MB row limit and quick to
/// decide about while the sale goes on.
pub const CUSTODY_PAGE_ITEMS: usize = 500;

/// An item's flags, as printed on its tag and as known at hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemFlags(pub u8);

impl ItemFlags {
    /// The tag says “reduce”.
    pub const REDUCE: Self = Self(1);
    /// The tag says “donate”.
    pub const DONATE: Self = Self(2);
    /// The category is not taxed.
    pub const TAX_EXEMPT: Self = Self(4);
    /// No volunteer has seen it come in.
    pub const NOT_CHECKED_IN: Self = Self(8);
    /// It was marked missing; a till may sell it as an exception.
    pub const MISSING: Self = Self(16);
    /// It was refused at check-in; a till may sell it as an exception.
    pub const REJECTED: Self = Self(32);

    /// True when all of `flags` are set.
    #[must_use]
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// With `flags` set when `on`.
    #[must_use]
    pub const fn with(self, flags: Self, on: bool) -> Self {
        if on { Self(self.0 | flags.0) } else { Self(self.0 & !flags.0) }
    }
}

/// An item as a session needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyItem {
    /// Its tag.
    pub tag: Tag,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// The price printed on its tag.
    pub price: Cents,
    /// Its flags.
    pub flags: ItemFlags,
}

/// What a session needs to estimate a consignor's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The consignor.
    pub consignor: ConsignorNumber,
    /// How they take part.
    pub tier: Tier,
    /// Volunteer shifts completed so far.
    pub shifts: u8,
}

/// What became of an item in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sold, and not returned.
    Sold,
    /// Still there.
    Unsold,
    /// Brought back by a shopper, not for the floor.
    Returned,
}

/// An item coming back from a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemOutcome {
    /// Its tag.
    pub tag: Tag,
    /// What became of it.
    pub outcome: Outcome,
}
