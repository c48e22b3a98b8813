//! Agreements: what the store and a shopper agreed on about an order, one after the other. The best evidence there is.

use serde::{Deserialize, Serialize};

use crate::ids::RemoteId;
use crate::journal::Hash;
use crate::money::Cents;
use crate::tag::Tag;

/// How we came to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A webhook nudged us.
    Webhook,
    /// We asked for what changed.
    Polling,
    /// A full comparison.
    Bulk,
}

/// What kind of agreement, in the store's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementKind {
    /// The order as placed.
    Order,
    /// An edit.
    Edit,
    /// A refund.
    Refund,
    /// A return.
    Return,
}

/// What a sale of an agreement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    /// A thing on a line.
    Product,
    /// Postage.
    Shipping,
    /// Money given back for no line.
    Adjustment,
    /// A tip.
    Tip,
    /// A gift card.
    GiftCard,
    /// A fee.
    Fee,
    /// A duty.
    Duty,
    /// Something newer than this build.
    Unknown,
}

/// One sale of an agreement: what was agreed about one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedSale {
    /// What it is about.
    pub kind: SaleKind,
    /// The line, for products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<RemoteId>,
    /// The tag in the line's barcode, if it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// How many; negative for what was taken back, 0 for money only.
    pub quantity: i32,
    /// Amount before tax, discounts taken off, in shop money; negative for what was given back.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Tax, likewise.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// True when a taken-back item may be sold again.
    #[serde(default)]
    pub restock: bool,
}

/// One agreement of an order; each is recorded once, however often and late it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementRecorded {
    /// The order.
    pub order: RemoteId,
    /// The agreement.
    pub agreement: RemoteId,
    /// What kind.
    pub kind: AgreementKind,
    /// When it was made, ms since 1970 UTC.
    pub happened_at: i64,
    /// The refund it stands for, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RemoteId>,
    /// What was agreed.
    pub sales: Vec<AgreedSale>,
    /// How we came to know.
    pub via: Via,
    /// Keyed digest of the store's body; the body is in the vault.
    pub evidence: Hash,
}

/// Version 1 wrote the store's ids as JSON numbers, which readers in JavaScript round beyond 2⁵³, and did not
/// say how we came to know: all that was known then came by asking.
#[expect(clippy::unnecessary_wraps, reason = "an upcaster may fail; this one has nothing to fail at")]
pub(super) fn upcast_agreement(
    _version: u32,
    mut json: serde_json::Value,
) -> Result<serde_json::Value, serde_json::Error> {
    fn to_text(object: &mut serde_json::Value, field: &str) {
        if let Some(id) = object.get(field).and_then(serde_json::Value::as_i64) {
            object[field] = serde_json::Value::String(id.to_string());
        }
    }
    for field in ["order", "agreement", "refund"] {
        to_text(&mut json, field);
    }
    if let Some(sales) = json.get_mut("sales").and_then(serde_json::Value::as_array_mut) {
        for sale in sales {
            to_text(sale, "line");
        }
    }
    // What is no object is refused when it is read; it must not be indexed.
    if let Some(fields) = json.as_object_mut() {
        fields.entry("via").or_insert_with(|| "polling".into());
    }
    Ok(json)
}
