//! What can be asked of a reconciliation.

use serde::{Deserialize, Serialize};

use super::diff::{Finding, Subject};
use super::event::{Policy, Resolution, ResolutionReason, RunKind};
use crate::ids::{CaseId, NoteRef, RunId};

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Chooses how differences are resolved from now on.
    ChoosePolicy {
        /// The policy.
        policy: Policy,
    },
    /// Begins a comparison; one that hangs is given up first.
    StartRun {
        /// Its id, made by the edge.
        run: RunId,
        /// What it compares.
        kind: RunKind,
    },
    /// One page of the comparison.
    Record {
        /// The run.
        run: RunId,
        /// Everything compared on this page, different or not.
        compared: Vec<Subject>,
        /// Differences among them.
        findings: Vec<Finding>,
    },
    /// The comparison is through.
    FinishRun {
        /// Which.
        run: RunId,
    },
    /// A person resolves a difference.
    Resolve {
        /// Which.
        case: CaseId,
        /// How.
        resolution: Resolution,
        /// Why.
        reason: ResolutionReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
}
