//! What a store tells about its orders, as the storefront hands it over.

use serde::{Deserialize, Serialize};

use super::event::{CancelReason, OrderRef};
use crate::ids::RemoteId;
use crate::money::Cents;
use crate::tag::Tag;

/// One line of an online order, quantity 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineLine {
    /// The store's id of the line.
    pub id: RemoteId,
    /// The tag in the variant's barcode; none when it carries none of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
    /// The price after discounts, in shop money.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// The tax.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
}

/// An order's lines for this session, as they stand at the store. Lines known already are passed over, so that
/// repetitions, edits and late deliveries come to the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineOrder {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// When it was placed, ms since 1970 UTC.
    pub occurred_at: i64,
    /// Paid for.
    pub paid: bool,
    /// Sent off or handed out.
    pub fulfilled: bool,
    /// The store's prices contain the tax.
    #[serde(default)]
    pub tax_included: bool,
    /// Lines.
    pub lines: Vec<OnlineLine>,
}

/// A cancellation at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineCancellation {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// Why.
    pub reason: CancelReason,
    /// True when the items may be sold again.
    pub restock: bool,
}

/// One line of a refund at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineRefundLine {
    /// The store's id of the order line.
    pub id: RemoteId,
    /// Given back of its price.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Given back of its tax.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// True when the item itself was taken back (a quantity was refunded), false for money only.
    pub returned: bool,
    /// True when it may be sold again; restocking is independent of the money.
    pub restock: bool,
}

/// A refund at the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineRefund {
    /// The order.
    #[serde(flatten)]
    pub order: OrderRef,
    /// The store's id of the refund; the same refund counts once.
    pub refund: RemoteId,
    /// When, ms since 1970 UTC.
    pub occurred_at: i64,
    /// Lines.
    pub lines: Vec<OnlineRefundLine>,
    /// Given back for the order as such.
    #[serde(default, rename = "adjustment_cents")]
    pub adjustment: Cents,
}
