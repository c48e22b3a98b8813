//! What can happen when an event is settled.

use serde::{Deserialize, Serialize};

use crate::ids::{NoteRef, PersonId, SettlementId};
use crate::settlement::{Checks, Pin, StatementPart, TrialBalance};

/// A settlement begins: every log it reads, up to which entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementPinned {
    /// Its id.
    pub settlement: SettlementId,
    /// From 1, by event.
    pub number: u16,
    /// The approved settlement that it amends; none for an event's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<SettlementId>,
    /// In the order in which they are read; statements refer to them by index.
    pub pins: Vec<Pin>,
}

/// One page of statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementsCalculated {
    /// Of which settlement.
    pub settlement: SettlementId,
    /// From 1.
    pub page: u32,
    /// Statements, by consignor in ascending order; long ones in parts.
    pub parts: Vec<StatementPart>,
}

/// All statements are on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementCalculated {
    /// Which settlement.
    pub settlement: SettlementId,
    /// Statements in all.
    pub statements: u32,
    /// The trial balance over them.
    pub balance: TrialBalance,
    /// What a person should know before approving.
    pub checks: Checks,
}

/// Why a settlement is approved although something is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DespiteReason {
    /// It will be settled by an amendment.
    ComesLater,
    /// The money at stake is too little to wait for.
    Trifle,
    /// It cannot be found out any more.
    CannotBeResolved,
}

/// A person approved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementApproved {
    /// Which settlement.
    pub settlement: SettlementId,
    /// Who.
    pub by: PersonId,
    /// True for the approval that makes it so: the second one where two persons must approve.
    pub complete: bool,
    /// Why, although something is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<DespiteReason>,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}
