//! Goods brought back.

use serde::{Deserialize, Serialize};

use super::super::receipts::{LineFigures, Tender};
use crate::ids::{ReceiptId, ReturnId, TerminalId};
use crate::money::Cents;

/// Why something was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// Broken, dirty, incomplete.
    Faulty,
    /// Not what the tag said.
    NotAsDescribed,
    /// Charged wrongly.
    Mistake,
    /// Anything else that the house accepts.
    Goodwill,
}

/// One line brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedLine {
    /// The line, with the price given back and the credit that falls away.
    #[serde(flatten)]
    pub line: LineFigures,
    /// True when it is on the floor again.
    pub restock: bool,
}

/// Lines of a receipt were brought back and paid back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRecorded {
    /// Its id.
    #[serde(rename = "return")]
    pub id: ReturnId,
    /// Of which receipt.
    pub receipt: ReceiptId,
    /// That receipt's number.
    pub number: u32,
    /// Where; none when a person took it at a desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// When, ms since 1970 UTC.
    pub occurred_at: i64,
    /// Why.
    pub reason: ReturnReason,
    /// What.
    pub lines: Vec<ReturnedLine>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// What the shopper got back.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// How.
    pub tenders: Vec<Tender>,
}
