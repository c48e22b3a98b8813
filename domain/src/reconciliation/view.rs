//! One order, or one listed item, as either side has it: the common shape in which both are compared.

use serde::{Deserialize, Serialize};

use crate::ids::RemoteId;
use crate::journal::Hash;
use crate::money::{Cents, OutOfRange};
use crate::stream::StreamId;
use crate::tag::Tag;

/// An entry of one of our logs, as evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryRef {
    /// The log.
    pub stream: StreamId,
    /// The entry.
    pub seq: u64,
}

/// What one side can show. Our side names entries; the store's side the keyed digest of the body as received,
/// which lies in the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Our entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryRef>,
    /// Digest of the store's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Hash>,
    /// When that side last changed, ms since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<i64>,
}

/// One line of an order, over what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// The item; none for a line that carries no tag of ours.
    pub tag: Option<Tag>,
    /// The store's id of the line.
    pub line: RemoteId,
    /// How many are left: 0 after a return or removal.
    pub quantity: u32,
    /// Price of one without its tax, in shop money, discounts taken off.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Tax on it.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
}

impl LineView {
    /// The one thing of a line sold at `price` with `tax`, at a store whose prices contain the tax or not.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no order can reach.
    pub(super) fn of_one(
        tag: Option<Tag>,
        line: RemoteId,
        (price, tax): (Cents, Cents),
        tax_included: bool,
    ) -> Result<Self, OutOfRange> {
        let price = if tax_included { price.minus(tax)? } else { price };
        Ok(Self { tag, line, quantity: 1, price, tax })
    }

    /// What a shopper pays for one.
    pub(super) fn each(&self) -> Result<Cents, OutOfRange> {
        self.price.plus(self.tax)
    }
}

/// One refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundView {
    /// The store's id of it.
    pub refund: RemoteId,
    /// What the shopper got back in all.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// Of that, for the order as such rather than for lines (an order adjustment).
    #[serde(rename = "adjustment_cents")]
    pub adjustment: Cents,
}

/// An order as one side has it. Test orders are no orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// The store's id.
    pub order: RemoteId,
    /// True when the store says that it was deleted.
    #[serde(default)]
    pub deleted: bool,
    /// True when its lines were edited after it was placed.
    #[serde(default)]
    pub edited: bool,
    /// Lines in any order.
    pub lines: Vec<LineView>,
    /// Refunds in any order.
    #[serde(default)]
    pub refunds: Vec<RefundView>,
    /// What was paid less what was refunded: what the order comes to now.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// What this side can show.
    #[serde(default)]
    pub evidence: Evidence,
}

impl OrderView {
    /// The sum of its refunds.
    ///
    /// # Errors
    /// [`OutOfRange`] for sums that no order can reach.
    pub fn refunded(&self) -> Result<Cents, OutOfRange> {
        Cents::total(self.refunds.iter().map(|refund| refund.total))
    }
}

/// A listed item as one side has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    /// The item.
    pub tag: Tag,
    /// How many can be bought: 1, or 0 once sold or pulled.
    pub quantity: i32,
    /// Price.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// What this side can show.
    #[serde(default)]
    pub evidence: Evidence,
}
