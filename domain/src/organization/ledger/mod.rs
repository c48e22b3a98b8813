//! One ledger per consignor: credits and debits that outlive an event, and store credit.

mod decide;
#[cfg(test)]
mod tests;

pub(super) use decide::post;
pub use decide::{Facts, MAX_POSTINGS};

use serde::{Deserialize, Serialize};

use crate::ids::{ConsignorNumber, EventId, NoteRef};
use crate::money::Cents;
use crate::stream::StreamId;

/// Which of a consignor's two balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What is carried from event to event: positive is owed to the consignor, negative by them.
    #[default]
    Carried,
    /// What may be spent at the tills.
    StoreCredit,
}

/// Why an amount stands in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerReason {
    /// A payout came out below zero and is carried.
    NegativePayout,
    /// A payout below the minimum is carried.
    BelowMinimum,
    /// A line was returned after its payout.
    ReturnAfterPayout,
    /// A shift was missed after the payout.
    NoShowAfterPayout,
    /// A fee or fine fell due after the payout.
    FeeAfterPayout,
    /// A settlement took the carried balance into its payouts.
    TakenIntoSettlement,
    /// A payout is kept as store credit.
    PayoutAsStoreCredit,
    /// Store credit was spent at a till.
    StoreCreditSpent,
    /// Store credit came back with a return.
    StoreCreditRefunded,
    /// A voided payout is owed again.
    PayoutVoided,
    /// A person put something right.
    Correction,
    /// A person was generous.
    Goodwill,
    /// Brought along from an earlier system.
    OpeningBalance,
}

impl LedgerReason {
    /// True for reasons that a person may give; the others speak for an entry of another log.
    #[must_use]
    pub const fn is_manual(self) -> bool {
        matches!(self, Self::Correction | Self::Goodwill | Self::OpeningBalance)
    }
}

/// The entry of another log that a posting stands on: stream, position, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The log.
    pub stream: StreamId,
    /// Its entry.
    pub seq: u64,
    /// Which of the entry's postings, from 0.
    #[serde(default)]
    pub line: u32,
}

/// One amount for one ledger. Also the body of the command that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Whose ledger.
    pub consignor: ConsignorNumber,
    /// Which balance.
    #[serde(default)]
    pub account: Account,
    /// Positive is a credit to the consignor, negative a debit.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Why.
    pub reason: LedgerReason,
    /// The entry it stands on; none for what a person posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The event it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// Amounts were posted; each with the balance of its account after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPosted {
    /// In order.
    pub entries: Vec<LedgerEntry>,
}

/// One line of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// What was posted.
    #[serde(flatten)]
    pub posting: Posting,
    /// The account's balance with it.
    #[serde(rename = "balance_cents")]
    pub balance: Cents,
}

/// The cold fact that a source has been posted.
#[must_use]
pub fn source_key(source: &Source) -> String {
    format!("posted/{}#{}.{}", source.stream, source.seq, source.line)
}
