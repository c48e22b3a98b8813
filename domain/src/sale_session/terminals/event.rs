//! Terminals: pairing, rights, what they hold, and their cash drawers.

use serde::{Deserialize, Serialize};

use super::super::receipts::AskedLine;
use crate::ids::{BasketId, TerminalId};
use crate::journal::Hash;
use crate::money::Cents;

/// A code by which one terminal may pair; only its digest is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingOffered {
    /// SHA-256 of the code's digits.
    pub code_digest: Hash,
    /// Until when, ms since 1970 UTC.
    pub expires_at: i64,
}

/// A terminal took up an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalPaired {
    /// Its id.
    pub terminal: TerminalId,
    /// Its name in the hall.
    pub name: String,
    /// The offer it took up.
    pub code_digest: Hash,
    /// SHA-256 of its token.
    pub token_digest: Hash,
}

/// A terminal's token counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalRevoked {
    /// Which.
    pub terminal: TerminalId,
}

/// What a terminal may do beyond plain sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalRight {
    /// Sell at another price, with a reason.
    OverridePrices,
    /// Sell what is unknown, unreadable, missing, rejected or not restocked.
    SellExceptions,
    /// Take goods back.
    TakeReturns,
    /// Void receipts.
    VoidReceipts,
}

impl TerminalRight {
    /// Every right.
    pub const ALL: [Self; 4] =
        [Self::OverridePrices, Self::SellExceptions, Self::TakeReturns, Self::VoidReceipts];

    /// Its bit in the hot state.
    pub(in crate::sale_session) const fn bit(self) -> u8 {
        match self {
            Self::OverridePrices => 1,
            Self::SellExceptions => 2,
            Self::TakeReturns => 4,
            Self::VoidReceipts => 8,
        }
    }
}

/// A terminal's rights were set; pairing grants none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalRightsSet {
    /// Which.
    pub terminal: TerminalId,
    /// Counts the changes to its rights (revocation included), from 1; it acknowledges this number.
    pub version: u32,
    /// All it may do from now on, in order.
    pub rights: Vec<TerminalRight>,
}

/// A terminal knows its rights (or its revocation) up to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalAcknowledged {
    /// Which.
    pub terminal: TerminalId,
    /// The version.
    pub version: u32,
}

/// How many sales a terminal holds that the log does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalReported {
    /// Which.
    pub terminal: TerminalId,
    /// How many; none when it cannot be reached, so that nobody knows.
    pub waiting: Option<u32>,
}

/// A cash drawer is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawerOpened {
    /// At which terminal.
    pub terminal: TerminalId,
    /// The change it begins with.
    #[serde(rename = "float_cents")]
    pub float: Cents,
}

/// Why cash was put into a drawer or taken out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashReason {
    /// Taken to the safe or the bank.
    BankDrop,
    /// Change brought from the safe, or swapped with another drawer.
    Change,
    /// A small expense.
    Expense,
    /// A mistake put right.
    Correction,
}

/// Cash was put in (above zero) or taken out (below zero), not by a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashMoved {
    /// At which terminal.
    pub terminal: TerminalId,
    /// How much.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Why.
    pub reason: CashReason,
}

/// A cash drawer was counted and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawerClosed {
    /// At which terminal.
    pub terminal: TerminalId,
    /// What was in it.
    #[serde(rename = "counted_cents")]
    pub counted: Cents,
    /// What should have been in it.
    #[serde(rename = "expected_cents")]
    pub expected: Cents,
    /// Counted less expected.
    #[serde(rename = "difference_cents")]
    pub difference: Cents,
}

/// A basket was put aside; its items are kept for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketParked {
    /// Its id, made by the terminal.
    pub basket: BasketId,
    /// By which terminal.
    pub terminal: TerminalId,
    /// What is in it.
    pub lines: Vec<AskedLine>,
}

/// A parked basket is at a till again, or was given up: its items are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketRecalled {
    /// Which.
    pub basket: BasketId,
    /// By which terminal; none when a person gave it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
}
