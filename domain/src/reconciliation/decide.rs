//! The reconciliation's decisions.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::command::Command;
use super::diff::{Finding, Subject};
use super::event::{
    DiscrepancyFound, DiscrepancyResolved, DiscrepancyVanished, Event, Policy, PolicyChosen, Resolution,
    ResolutionReason, RunAbandoned, RunFinished, RunKind, RunStarted,
};
use super::state::{State, content_digest, place_digest, subject_digest};
use crate::aggregate::Context;
use crate::ids::{CaseId, NoteRef, RunId};
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::sabotage::{Bug, sabotaged};

/// Subjects in one page: with a finding each, an entry group of some 500 KB.
pub const MAX_COMPARED: usize = 500;

/// Findings in one page; an order of a full basket may differ in every line.
pub const MAX_FINDINGS: usize = 1_000;

/// After this long a run counts as given up, in ms: a full run over a slow store takes less.
pub const RUN_STALE_MS: i64 = 60 * 60 * 1_000;

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Decision {
    match command {
        Command::ChoosePolicy { policy } => Ok(choose(state, policy)),
        Command::StartRun { run, kind } => start(state, run, kind, context.now),
        Command::Record { run, compared, findings } => record(state, run, &compared, findings, context),
        Command::FinishRun { run } => finish(state, run),
        Command::Resolve { case, resolution, reason, note } => resolve(state, case, resolution, reason, note),
    }
}

fn choose(state: &State, policy: Policy) -> Vec<Event> {
    if state.policy == policy { Vec::new() } else { vec![PolicyChosen { policy }.into()] }
}

fn start(state: &State, run: RunId, kind: RunKind, now: i64) -> Decision {
    let started = RunStarted { run, kind }.into();
    match &state.running {
        None => Ok(vec![started]),
        Some(running) if running.run == run => Ok(Vec::new()),
        Some(running) if now.saturating_sub(running.since) >= RUN_STALE_MS => {
            Ok(vec![RunAbandoned { run: running.run }.into(), started])
        }
        Some(running) => {
            Err(conflict("REC-1", "run_under_way", running.run.to_string(), "one run at a time"))
        }
    }
}

fn under_way(state: &State, run: RunId) -> Result<(), Rejection> {
    match &state.running {
        Some(running) if running.run == run => Ok(()),
        Some(_) | None => Err(conflict("REC-1", "run_not_under_way", run.to_string(), "the run under way")),
    }
}

fn record(
    state: &State,
    run: RunId,
    compared: &[Subject],
    findings: Vec<Finding>,
    context: &Context<'_, ()>,
) -> Decision {
    under_way(state, run)?;
    if compared.len() > MAX_COMPARED || findings.len() > MAX_FINDINGS {
        return Err(rule(
            "REC-2",
            "page_too_large",
            format!("{} compared, {} findings", compared.len(), findings.len()),
            "at most 500 compared and 1,000 findings",
        ));
    }
    let subjects: BTreeSet<u64> = compared.iter().map(subject_digest).collect();
    let mut by_place: BTreeMap<u64, Finding> = BTreeMap::new();
    for finding in findings {
        if !subjects.contains(&subject_digest(&finding.subject)) {
            return Err(rule(
                "REC-2",
                "finding_not_compared",
                format!("{:?}", finding.subject),
                "findings about what the page compared",
            ));
        }
        by_place.insert(place_digest(&finding), finding);
    }
    let mut events = vanished(state, run, &subjects, &by_place);
    for (index, (place, finding)) in (0_u128..).zip(by_place) {
        let digest = content_digest(&finding);
        let known = state.open_at(place).is_some_and(|(_, case)| case.content == digest)
            || state.resolved.get(&place) == Some(&digest);
        if !known || sabotaged(Bug::FindsAgain) {
            // The decision may need many ids: they count on from the fresh one.
            let case = CaseId(Uuid::from_u128(context.fresh_id.as_u128().wrapping_add(index)));
            let decided = by_policy(state.policy, case, &finding);
            events.push(DiscrepancyFound { case, run, finding }.into());
            events.extend(decided);
        }
    }
    Ok(events)
}

/// Open cases about what was compared that this page does not confirm as they stand.
fn vanished(
    state: &State,
    run: RunId,
    subjects: &BTreeSet<u64>,
    by_place: &BTreeMap<u64, Finding>,
) -> Vec<Event> {
    let confirmed = |place: u64, content: u64| {
        by_place.get(&place).is_some_and(|finding| content_digest(finding) == content)
    };
    state
        .open
        .iter()
        .filter(|(_, case)| {
            subjects.contains(&subject_digest(&case.subject)) && !confirmed(case.place, case.content)
        })
        .map(|(case, _)| DiscrepancyVanished { case: *case, run }.into())
        .collect()
}

/// What the policy says; nothing where a side doesn't say when it changed, or both changed at once.
fn by_policy(policy: Policy, case: CaseId, finding: &Finding) -> Option<Event> {
    if policy == Policy::ByHand {
        return None;
    }
    let (ours, theirs) = (finding.our_evidence.changed_at?, finding.their_evidence.changed_at?);
    let resolution = match ours.cmp(&theirs) {
        std::cmp::Ordering::Less => Resolution::StoreIsRight,
        std::cmp::Ordering::Greater => Resolution::LogsAreRight,
        std::cmp::Ordering::Equal => return None,
    };
    Some(
        DiscrepancyResolved {
            case,
            resolution,
            reason: ResolutionReason::MostRecent,
            by_policy: true,
            subject: finding.subject.clone(),
            note: None,
        }
        .into(),
    )
}

fn finish(state: &State, run: RunId) -> Decision {
    under_way(state, run)?;
    let (found, vanished) = state.running.as_ref().map_or((0, 0), |run| (run.found, run.vanished));
    Ok(vec![RunFinished { run, found, vanished }.into()])
}

fn resolve(
    state: &State,
    case: CaseId,
    resolution: Resolution,
    reason: ResolutionReason,
    note: Option<NoteRef>,
) -> Decision {
    if state.closed.contains(&case) {
        return Err(conflict("REC-5", "case_resolved", case.to_string(), "one resolution per case"));
    }
    let Some(open) = state.open.get(&case) else {
        return Err(not_found("REC-5", "case_unknown", case.to_string(), "an open discrepancy"));
    };
    if reason == ResolutionReason::MostRecent {
        return Err(rule("REC-6", "reason_is_the_policys", "most_recent", "a person's own reason"));
    }
    let subject = open.subject.clone();
    Ok(vec![DiscrepancyResolved { case, resolution, reason, by_policy: false, subject, note }.into()])
}
