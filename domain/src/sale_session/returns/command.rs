//! Goods that a shopper brings back.

use serde::{Deserialize, Serialize};

use super::super::receipts::Tender;
use super::event::ReturnReason;
use crate::ids::{ReceiptId, ReturnId};

/// One line to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedReturn {
    /// The line, from 0.
    pub line: u16,
    /// True when it goes back on the floor.
    pub restock: bool,
}

/// Lines of a receipt to be taken back and paid back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLines {
    /// Its id, made by the terminal or the desk.
    #[serde(rename = "return")]
    pub id: ReturnId,
    /// Of which receipt.
    pub receipt: ReceiptId,
    /// Which lines.
    pub lines: Vec<AskedReturn>,
    /// Why.
    pub reason: ReturnReason,
    /// How the money goes back.
    pub tenders: Vec<Tender>,
    /// When, ms since 1970 UTC.
    pub occurred_at: i64,
}
