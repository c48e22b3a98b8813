//! A till: what it believes, what it waits for, what it still has to send.

use std::collections::BTreeMap;

use domain::consignment_event::ItemFlags;
use domain::ids::{ReceiptId, TerminalId};
use domain::money::Cents;
use domain::sale_session::{AskedLine, Tender};
use domain::tag::Tag;

/// A basket as it was charged; once the shopper has paid, this is a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basket {
    pub(crate) receipt: ReceiptId,
    pub(crate) lines: Vec<AskedLine>,
    pub(crate) tenders: Vec<Tender>,
    pub(crate) change: Cents,
    pub(crate) total: Cents,
    pub(crate) occurred_at: i64,
}

/// Where a basket stands that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Desk {
    /// Nobody at the till.
    Free,
    /// Sent; the shopper waits for the answer.
    Waiting(Basket),
}

/// One till.
#[derive(Debug)]
pub(crate) struct Till {
    pub(crate) id: TerminalId,
    pub(crate) name: String,
    /// Index of the session it is paired with.
    pub(crate) session: usize,
    pub(crate) online: bool,
    /// Added to the hall's time by the till's own clock, in ms.
    pub(crate) skew: i64,
    /// Items as it knows them; may be behind.
    pub(crate) catalogue: BTreeMap<Tag, (Cents, ItemFlags)>,
    pub(crate) desk: Desk,
    /// Paid offline, not acknowledged yet.
    pub(crate) backlog: Vec<Basket>,
}

impl Till {
    pub(crate) fn clock(&self, now: i64) -> i64 {
        now.saturating_add(self.skew)
    }
}
