//! What can be asked about payouts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::{PayoutMethod, VoidReason};
use crate::ids::NoteRef;

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "pay", rename_all = "snake_case")]
pub enum PayCommand {
    /// They may be made.
    Approve {
        /// Which.
        payouts: Vec<u32>,
    },
    /// One was made.
    MarkPaid {
        /// Which.
        payout: u32,
        /// How.
        method: PayoutMethod,
        /// Cheque or trace number.
        reference: String,
        /// The date on it.
        paid_on: NaiveDate,
    },
    /// One that was made counts no more.
    Void {
        /// Which.
        payout: u32,
        /// Why.
        reason: VoidReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// A voided one is made again.
    Reissue {
        /// Which.
        payout: u32,
    },
    /// A voided one is not made again, but owed in the ledger.
    Carry {
        /// Which.
        payout: u32,
    },
}
