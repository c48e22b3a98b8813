//! The reconciliation's hot state: what is open, and digests of what was resolved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::diff::{Finding, Subject};
use super::event::{Event, Policy};
use crate::ids::{CaseId, RunId};
use crate::money::Cents;

/// A run under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Which.
    pub run: RunId,
    /// Since when, ms since 1970 UTC.
    pub since: i64,
    /// Differences found by it so far.
    pub found: u32,
    /// Differences that vanished in it.
    pub vanished: u32,
}

/// An open difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCase {
    /// Where it is.
    pub place: u64,
    /// What exactly it is.
    pub content: u64,
    /// What it is about.
    pub subject: Subject,
    /// Money at stake.
    pub difference: Cents,
}

/// Everything decisions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How differences are resolved.
    pub policy: Policy,
    /// The run under way.
    pub running: Option<Running>,
    /// Open differences.
    pub open: BTreeMap<CaseId, OpenCase>,
    /// Contents of resolved differences by place: the same difference is not found again.
    pub resolved: BTreeMap<u64, u64>,
    /// Every case ever resolved.
    pub closed: std::collections::BTreeSet<CaseId>,
}

fn digest(bytes: &[u8]) -> u64 {
    Sha256::digest(bytes).iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

/// A subject as the hot state keeps it: the first 64 bits of a digest.
#[must_use]
pub(super) fn subject_digest(subject: &Subject) -> u64 {
    digest(&serde_json::to_vec(subject).unwrap_or_default())
}

/// Where a finding is: class, subject and part.
#[must_use]
pub(super) fn place_digest(finding: &Finding) -> u64 {
    digest(&serde_json::to_vec(&(finding.class, &finding.subject, finding.part)).unwrap_or_default())
}

/// What exactly a finding says.
#[must_use]
pub(super) fn content_digest(finding: &Finding) -> u64 {
    let figures = (finding.ours, finding.theirs, finding.difference);
    digest(&serde_json::to_vec(&(place_digest(finding), figures)).unwrap_or_default())
}

impl State {
    /// The open case at `place`.
    #[must_use]
    pub(super) fn open_at(&self, place: u64) -> Option<(CaseId, &OpenCase)> {
        self.open.iter().find(|(_, case)| case.place == place).map(|(id, case)| (*id, case))
    }

    pub(super) fn evolve(&mut self, event: &Event, recorded_at: i64) {
        match event {
            Event::PolicyChosen(chosen) => self.policy = chosen.policy,
            Event::RunStarted(started) => {
                self.running = Some(Running { run: started.run, since: recorded_at, found: 0, vanished: 0 });
            }
            Event::DiscrepancyFound(found) => {
                if let Some(running) = &mut self.running {
                    running.found += 1;
                }
                let case = OpenCase {
                    place: place_digest(&found.finding),
                    content: content_digest(&found.finding),
                    subject: found.finding.subject.clone(),
                    difference: found.finding.difference,
                };
                self.open.insert(found.case, case);
            }
            Event::DiscrepancyVanished(vanished) => {
                if let Some(running) = &mut self.running {
                    running.vanished += 1;
                }
                self.open.remove(&vanished.case);
            }
            Event::DiscrepancyResolved(resolved) => {
                if let Some(case) = self.open.remove(&resolved.case) {
                    self.resolved.insert(case.place, case.content);
                }
                self.closed.insert(resolved.case);
            }
            Event::RunFinished(_) | Event::RunAbandoned(_) => self.running = None,
        }
    }
}
