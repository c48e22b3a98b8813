//! What can be asked of an event's settlement.

use serde::{Deserialize, Serialize};

use super::event::DespiteReason;
use crate::ids::{NoteRef, SettlementId};
use crate::settlement::{Checks, Pin, StatementPart, TrialBalance};

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "settle", rename_all = "snake_case")]
pub enum SettleCommand {
    /// Begins a settlement over the heads that the host has just read; one that is not approved yet gives way.
    Pin {
        /// Its id, made by the edge.
        settlement: SettlementId,
        /// In any order.
        pins: Vec<Pin>,
    },
    /// By the platform, which runs the fold: one page of statements.
    Record {
        /// Of which settlement.
        settlement: SettlementId,
        /// From 1.
        page: u32,
        /// Statements, by consignor in ascending order.
        parts: Vec<StatementPart>,
    },
    /// By the platform: all statements are there.
    Close {
        /// Which settlement.
        settlement: SettlementId,
        /// The trial balance over all statements.
        balance: TrialBalance,
        /// What a person should know.
        checks: Checks,
    },
    /// A person approves it; payouts follow.
    Approve {
        /// Which settlement.
        settlement: SettlementId,
        /// Why, although something is open.
        #[serde(default)]
        despite: Option<DespiteReason>,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
}
