//! The words for what counts in a settlement besides the shares.

use serde::{Deserialize, Serialize};

use super::pins::SourceRef;

/// What a consignor is credited (or debited) for besides shares and charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// They referred another consignor, and both take part.
    Referral,
    /// A charge was waived, by a person with a reason.
    Waiver,
    /// A charge was paid elsewhere: online or at the door.
    Payment,
    /// A person adjusted the account, with a reason; may be negative.
    Adjustment,
}

/// What became of a sold line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It stands: it counts.
    #[default]
    Stands,
    /// It was returned or refunded.
    Returned(SourceRef),
    /// Its receipt was voided.
    Voided(SourceRef),
    /// It is one side of a conflict, or of a claim, that nobody resolved yet.
    Contested(SourceRef),
    /// Its conflict was resolved against it.
    Overruled(SourceRef),
}

impl Fate {
    /// The entry that made it so; none while it stands.
    #[must_use]
    pub const fn source(self) -> Option<SourceRef> {
        match self {
            Self::Stands => None,
            Self::Returned(source)
            | Self::Voided(source)
            | Self::Contested(source)
            | Self::Overruled(source) => Some(source),
        }
    }
}
