//! Baskets as terminals ring them up.

use serde::{Deserialize, Serialize};

use super::event::{OverrideReason, Tender, UnlistedReason};
use crate::ids::{ReceiptId, TerminalId};
use crate::money::Cents;
use crate::tag::Tag;

/// One line as the terminal rang it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLine {
    /// The item.
    pub tag: Tag,
    /// The price on the terminal's screen, before tax is added.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Keyed by hand rather than scanned.
    #[serde(default)]
    pub keyed: bool,
    /// Why the price is not the rules' price.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<OverrideReason>,
    /// What the tag in hand says, when the price honours it ([`OverrideReason::PrintedTag`]).
    #[serde(default, rename = "printed_cents", skip_serializing_if = "Option::is_none")]
    pub printed: Option<Cents>,
    /// The tax that an offline terminal charged; online the session computes it.
    #[serde(default, rename = "tax_cents", skip_serializing_if = "Option::is_none")]
    pub tax: Option<Cents>,
}

impl AskedLine {
    /// A plain line at the rules' price.
    #[must_use]
    pub const fn new(tag: Tag, price: Cents, keyed: bool) -> Self {
        Self { tag, price, keyed, overridden: None, printed: None, tax: None }
    }
}

/// Something without a tag that the session knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedUnlisted {
    /// Why.
    pub why: UnlistedReason,
    /// The tag, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The price agreed on, before tax is added.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Its category is not taxed.
    #[serde(default)]
    pub tax_exempt: bool,
    /// Keyed by hand rather than scanned.
    #[serde(default)]
    pub keyed: bool,
    /// The tax that an offline terminal charged; online the session computes it.
    #[serde(default, rename = "tax_cents", skip_serializing_if = "Option::is_none")]
    pub tax: Option<Cents>,
}

/// A receipt that was made without a connection: a fact, recorded as it was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineReceipt {
    /// Made by the terminal.
    pub receipt: ReceiptId,
    /// Which terminal; a person may hand in what a lost terminal's storage held.
    pub terminal: TerminalId,
    /// Lines.
    pub lines: Vec<AskedLine>,
    /// Lines that the terminal did not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<AskedUnlisted>,
    /// Payment.
    pub tenders: Vec<Tender>,
    /// What the shopper got back.
    #[serde(rename = "change_cents")]
    pub change: Cents,
    /// The terminal's clock, ms since 1970 UTC.
    pub occurred_at: i64,
    /// By how much that clock was ahead of the log's, as last measured, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_ms: Option<i64>,
}
