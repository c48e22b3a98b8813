//! What can happen to the reconciliation of a consignment event.

use serde::{Deserialize, Serialize};

use super::diff::{Finding, Subject};
use crate::ids::{CaseId, NoteRef, RunId};
use crate::journal::events;

events! {
    /// Entries of a reconciliation's log.
    pub enum Event {
        /// How differences are resolved from now on.
        PolicyChosen = "policy_chosen" v 1,
        /// A comparison begins.
        RunStarted = "run_started" v 1,
        /// A difference was found that is not on record yet.
        DiscrepancyFound = "discrepancy_found" v 1,
        /// A difference on record is not there any more.
        DiscrepancyVanished = "discrepancy_vanished" v 1,
        /// A difference was resolved; once.
        DiscrepancyResolved = "discrepancy_resolved" v 1,
        /// The comparison is through.
        RunFinished = "run_finished" v 1,
        /// The comparison was given up.
        RunAbandoned = "run_abandoned" v 1,
    }
}

/// How differences are resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// A person looks at each (the default).
    #[default]
    ByHand,
    /// The side that changed last is right, where both sides say when they changed.
    MostRecentWins,
}

/// How differences are resolved from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChosen {
    /// The policy.
    pub policy: Policy,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// What changed since the last run.
    Changes,
    /// Everything.
    Full,
}

/// A comparison begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Its id.
    pub run: RunId,
    /// What it compares.
    pub kind: RunKind,
}

/// A difference was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyFound {
    /// Its id from now on.
    pub case: CaseId,
    /// The run that found it.
    pub run: RunId,
    /// What differs, with both sides' evidence.
    pub finding: Finding,
}

/// A difference is not there any more: the store or our logs caught up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyVanished {
    /// Which.
    pub case: CaseId,
    /// The run that noticed.
    pub run: RunId,
}

/// How a difference is resolved. What must be done to make both sides agree is a command to the session or the
/// store that follows, with the case as its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The store is right: our books follow.
    StoreIsRight,
    /// Our logs are right: the store is corrected.
    LogsAreRight,
    /// Both are right: the difference has an explanation and stays.
    Explained,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolutionReason {
    /// The policy decided: the side that changed last.
    MostRecent,
    /// The evidence shows it.
    Evidence,
    /// Asked the shopper.
    Shopper,
    /// A mistake at the store's desk.
    StoreMistake,
    /// A mistake of ours.
    OurMistake,
    /// Too small to matter.
    Trifle,
    /// Something else; the note is in the vault.
    Other,
}

/// A difference was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyResolved {
    /// Which.
    pub case: CaseId,
    /// How.
    pub resolution: Resolution,
    /// Why.
    pub reason: ResolutionReason,
    /// True when the policy did it.
    pub by_policy: bool,
    /// What it was about, so that what follows needs no look-up.
    pub subject: Subject,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// The comparison is through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// Which.
    pub run: RunId,
    /// Differences found by it.
    pub found: u32,
    /// Differences that it saw vanish.
    pub vanished: u32,
}

/// The comparison was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAbandoned {
    /// Which.
    pub run: RunId,
}
