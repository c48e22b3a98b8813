//! Exports of a Shopify store, read into the shape in which the domain compares orders.
//!
//! Two kinds: the JSON lines of a bulk operation (the better evidence: agreements, line by line) and the
//! orders CSV that the store's admin downloads (totals and lines, no agreements). Both hold personal data; only
//! what the comparison needs is read, messages never repeat what stands in them, and a shopper's address is kept
//! only when somebody asked to see it.

pub mod bulk;
pub mod csv;
mod values;

use std::collections::BTreeMap;

use domain::ids::RemoteId;
use domain::reconciliation::ItemView;
use domain::storefront::FetchedOrder;
use domain::tag::Tag;
use serde::Serialize;

/// Longest line of an export, in bytes: an order with every line and agreement is some 100 KB.
pub const MAX_EXPORT_LINE_BYTES: usize = 4 * 1024 * 1024;

/// Orders in one export: ten times the largest season.
pub const MAX_EXPORTED_ORDERS: usize = 500_000;

/// What is wrong with an export, at a line. Nothing of what stands there is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("line {line}: {wrong}")]
pub struct ExportFault {
    /// From 1.
    pub line: u64,
    /// In words.
    pub wrong: String,
}

impl ExportFault {
    fn new(line: u64, wrong: impl Into<String>) -> Self {
        Self { line, wrong: wrong.into() }
    }
}

/// Why an export could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is no export, or a broken one.
    #[error(transparent)]
    Fault(#[from] ExportFault),
}

/// What a bulk operation gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkExport {
    /// Orders with their agreements, test orders included.
    pub orders: Vec<BulkOrder>,
    /// What can be bought, by tag, where variants were asked for.
    pub items: Option<BTreeMap<Tag, ItemView>>,
    /// Variants whose barcode is no tag of ours.
    pub foreign_variants: u64,
    /// Lines about things that the comparison does not read.
    pub passed_over: u64,
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOrder {
    /// In the shape in which the storefront fetches it.
    pub fetched: FetchedOrder,
    /// The store's prices contain the tax.
    pub tax_included: bool,
    /// The shopper's e-mail address, where it was asked for.
    pub contact: Option<String>,
}

/// One order of the CSV: totals, and lines without ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvOrder {
    /// The store's id.
    pub order: RemoteId,
    /// When it was placed, ms since 1970 UTC, where the file says so.
    pub placed_at: Option<i64>,
    /// It was cancelled.
    pub cancelled: bool,
    /// Lines.
    pub lines: Vec<CsvLine>,
    /// What the shopper paid, postage and all.
    pub total: domain::money::Cents,
    /// Tax in it.
    pub tax: domain::money::Cents,
    /// Postage in it.
    pub shipping: domain::money::Cents,
    /// Given back.
    pub refunded: domain::money::Cents,
    /// Taken off the order as such.
    pub discount: domain::money::Cents,
    /// The shopper's e-mail address, where it was asked for.
    pub contact: Option<String>,
}

/// One line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvLine {
    /// The item, where the line carries a tag of ours.
    pub tag: Option<Tag>,
    /// How many.
    pub quantity: u32,
    /// Price of one, discounts on the line taken off.
    pub price: domain::money::Cents,
}
