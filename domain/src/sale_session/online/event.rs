//! Online orders as the session records them. The store's own figures stand; ours are never computed over them.

use serde::{Deserialize, Serialize};

use super::super::receipts::{Line, LineFigures, UnlistedLine, VarianceFound};
use crate::ids::{ReceiptId, RemoteId, ShopId};
use crate::money::Cents;

/// An order at a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderRef {
    /// The store.
    pub shop: ShopId,
    /// The store's id of the order.
    pub order: RemoteId,
}

/// Lines of an online order became a receipt; lines that an edit adds later become a receipt of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineOrderTaken {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// Id of the receipt.
    pub receipt: ReceiptId,
    /// Its number in the session, from 1, in one series with the floor's.
    pub number: u32,
    /// When the order was placed, ms since 1970 UTC.
    pub occurred_at: i64,
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
    /// The store's prices contain the tax.
    pub tax_included: bool,
    /// The store's line ids, in the order of the receipt's lines (listed, then unlisted).
    pub line_ids: Vec<RemoteId>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Lines that the session does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<UnlistedLine>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// What the shopper owes for these lines.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// How it differs from our rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variances: Vec<VarianceFound>,
}

/// The order was paid for, or sent off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineOrderUpdated {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
}

/// Why an order was cancelled, in the store's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The shopper asked.
    Customer,
    /// Not to be had any more.
    Inventory,
    /// Looked like fraud.
    Fraud,
    /// The payment was declined.
    Declined,
    /// A mistake of the staff.
    Staff,
    /// Anything else.
    Other,
}

/// One online line given back, wholly or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineLineBack {
    /// The line; price and tax are what was given back, share and house what falls away with it.
    #[serde(flatten)]
    pub line: LineFigures,
    /// The store's id of the line.
    pub id: RemoteId,
    /// True when the item itself is back (or never left).
    pub returned: bool,
    /// True when it may be sold again.
    pub restock: bool,
}

/// The order, or what was left of it, was cancelled. Contested lines of it end with their cases instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineOrderCancelled {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// Why.
    pub reason: CancelReason,
    /// What was left of it.
    pub lines: Vec<OnlineLineBack>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// Of them, given back before, for the order as such.
    #[serde(rename = "covered_cents", default, skip_serializing_if = "Cents::is_zero")]
    pub covered: Cents,
    /// What the shopper got back (or need not pay), less `covered`.
    #[serde(rename = "total_cents")]
    pub total: Cents,
}

/// The store gave money back: for whole lines, parts of lines, or the order as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineRefunded {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// The store's id of the refund.
    pub refund: RemoteId,
    /// When, ms since 1970 UTC.
    pub occurred_at: i64,
    /// Lines. Contested ones end with their cases instead.
    pub lines: Vec<OnlineLineBack>,
    /// Given back for the order as such (an order adjustment): the house bears it. Below zero where the store gave
    /// back less than its lines come to: the house keeps it.
    #[serde(rename = "adjustment_cents")]
    pub adjustment: Cents,
    /// Of the adjustment, settled with the order's cancellation: either way it moves no money of ours again.
    #[serde(rename = "covered_cents", default, skip_serializing_if = "Cents::is_zero")]
    pub covered: Cents,
    /// Sum of the lines' prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of the lines' taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// What our books gave back with it, the adjustment included, less `covered`.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// What the store says went back in all: more than `total` where our books had given a line back before (a
    /// case resolved by a person, a cancellation).
    #[serde(rename = "stated_cents")]
    pub stated: Cents,
}

/// Version 1 did not say what the store had stated; it was the total but for lines given back before.
#[expect(clippy::unnecessary_wraps, reason = "an upcaster may fail; this one has nothing to fail at")]
pub(in crate::sale_session) fn upcast_refund(
    _version: u32,
    mut json: serde_json::Value,
) -> Result<serde_json::Value, serde_json::Error> {
    // What is no object is refused when it is read; it must not be indexed.
    if let Some(fields) = json.as_object_mut() {
        let total = fields.get("total_cents").cloned().unwrap_or_default();
        fields.insert("stated_cents".to_owned(), total);
    }
    Ok(json)
}
