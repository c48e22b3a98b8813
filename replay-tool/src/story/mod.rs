//! Stories with evidence: what the logs say about one thing, and where they say it.

pub mod consignor;
pub mod item;
pub mod payout;
pub mod receipt;
pub mod statement;

use domain::stream::StreamId;
use serde::Serialize;

/// Where a log says so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// The stream.
    pub stream: String,
    /// The entry.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
}

impl Evidence {
    /// The entry `seq` of `stream`.
    #[must_use]
    pub fn new(stream: &StreamId, seq: u64, recorded_at: i64) -> Self {
        Self { stream: stream.to_string(), seq, recorded_at }
    }
}

/// A code of the log (`tender_mismatch`) in words.
#[must_use]
pub fn words(code: &impl Serialize) -> String {
    let json = serde_json::to_string(code).unwrap_or_default();
    json.trim_matches('"').replace('_', " ")
}

/// Why there is no story.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// A log could not be read.
    #[error(transparent)]
    Typed(#[from] crate::typed::TypedError),
    /// The logs at hand know nothing of it.
    #[error("{0}")]
    Unknown(String),
}

/// An item as its consignor listed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// What it is.
    pub title: String,
    /// Size, as on the label.
    pub size: String,
    /// Category code.
    pub category: String,
    /// Condition code.
    pub condition: String,
    /// Price, in cents.
    pub price_cents: i64,
    /// Whose it is.
    pub consignor: u32,
    /// May be reduced.
    pub reduce: bool,
    /// To be donated if unsold.
    pub donate: bool,
    /// Row of the import, from 1.
    pub row: Option<u32>,
    /// Where it is said.
    pub evidence: Evidence,
}

impl Listing {
    /// `item` as it stands in an entry.
    #[must_use]
    pub fn new(item: &domain::consignment_event::items::ListedItem, evidence: Evidence) -> Self {
        Self {
            title: item.title.clone(),
            size: item.size.clone(),
            category: item.category.clone(),
            condition: item.condition.clone(),
            price_cents: item.price.0,
            consignor: item.consignor.0,
            reduce: item.reduce,
            donate: item.donate,
            row: item.row,
            evidence,
        }
    }
}
