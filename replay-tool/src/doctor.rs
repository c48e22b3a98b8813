//! Is this event healthy? Every log by itself, then the logs against each other.

mod cross;
mod money;

use std::collections::BTreeMap;

use domain::aggregate::Aggregate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::{CaseId, EventId, SessionId};
use domain::organization::{self, Organization};
use domain::reconciliation::Reconciliation;
use domain::sale_session::{self, SaleSession};
use domain::storefront::Storefront;
use domain::stream::StreamId;
use serde::Serialize;

use crate::check;
use crate::logs::{Logs, Source};
use crate::story::Evidence;
use crate::typed::{TypedError, each};

/// A terminal's clock may differ from the log's by this much before it is worth a word, in ms. Baskets take a
/// while to pay, and networks a while to answer.
const CLOCK_TOLERANCE_MS: i64 = 5 * 60 * 1_000;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The logs contradict the rules or each other.
    Problem,
    /// Worth a look: something on its way, missing here, or odd.
    Warning,
}

/// Something to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// In a sentence.
    pub text: String,
    /// Where a log says so.
    pub evidence: Option<Evidence>,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Diagnosis {
    /// Logs read to their end.
    pub logs: u64,
    /// Entries in them.
    pub entries: u64,
    /// Receipts recalculated.
    pub receipts: u64,
    /// Settlements recalculated.
    pub settlements: u64,
    /// Findings, in the order of looking.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// True without problems; warnings are allowed.
    #[must_use]
    pub fn healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Problem)
    }

    fn problem(&mut self, text: impl Into<String>, evidence: Option<Evidence>) {
        self.findings.push(Finding { severity: Severity::Problem, text: text.into(), evidence });
    }

    fn warning(&mut self, text: impl Into<String>, evidence: Option<Evidence>) {
        self.findings.push(Finding { severity: Severity::Warning, text: text.into(), evidence });
    }
}

/// One page of items on its way from log to log.
#[derive(Debug, Clone)]
struct Page {
    items: usize,
    evidence: Evidence,
}

/// Pages by session and number.
type Pages = BTreeMap<(SessionId, u32), Page>;

/// What the logs say about each other.
#[derive(Debug, Default)]
struct Ties {
    founded: BTreeMap<EventId, Evidence>,
    scheduled: BTreeMap<SessionId, Evidence>,
    session_events: BTreeMap<SessionId, EventId>,
    handed_over: Pages,
    taken: Pages,
    confirmed: Pages,
    released: Pages,
    taken_back: Pages,
    release_confirmed: Pages,
}

/// Looks at everything at hand.
#[must_use]
pub fn examine(logs: &Logs, workers: usize) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let mut ties = Ties::default();
    for file in &logs.strange {
        diagnosis.problem(format!("{} is no export of a stream that this build knows", file.display()), None);
    }
    for source in &logs.all {
        let before = diagnosis.entries;
        match one_log(source, &mut diagnosis, &mut ties, workers) {
            Ok(()) => diagnosis.logs += 1,
            Err(error) => {
                let read = diagnosis.entries - before;
                let text = format!("{error} (read up to there: {read} entries)");
                diagnosis.problem(text, None);
            }
        }
        if source.from > 1 {
            let text = format!(
                "{} begins at entry {}; what stands before was not seen",
                source.path.display(),
                source.from
            );
            diagnosis.warning(text, None);
        }
    }
    cross::check(logs, &ties, &mut diagnosis);
    money::settlements(logs, &mut diagnosis, workers);
    money::witnesses(logs, &mut diagnosis, workers);
    diagnosis
}

fn one_log(
    source: &Source,
    diagnosis: &mut Diagnosis,
    ties: &mut Ties,
    workers: usize,
) -> Result<(), TypedError> {
    match source.stream {
        StreamId::Organization(_) => organization_log(source, diagnosis, ties, workers),
        StreamId::Event(..) => event_log(source, diagnosis, ties, workers),
        StreamId::Session(_, session) => session_log(source, session, diagnosis, ties, workers),
        StreamId::Storefront(..) => other_log::<Storefront>(source, diagnosis, workers),
        StreamId::Reconciliation(..) => other_log::<Reconciliation>(source, diagnosis, workers),
    }
}

/// A log that is not compared with others: it holds, and every entry is understood.
fn other_log<A>(source: &Source, diagnosis: &mut Diagnosis, workers: usize) -> Result<(), TypedError>
where
    A: Aggregate,
    A::Event: Send,
{
    let count = |_| {
        diagnosis.entries += 1;
        Ok(())
    };
    each::<A>(&source.path, workers, |_| true, count)?;
    Ok(())
}

fn organization_log(
    source: &Source,
    diagnosis: &mut Diagnosis,
    ties: &mut Ties,
    workers: usize,
) -> Result<(), TypedError> {
    each::<Organization>(
        &source.path,
        workers,
        |_| true,
        |entry| {
            diagnosis.entries += 1;
            if let organization::Event::EventFounded(founded) = &entry.event {
                ties.founded
                    .insert(founded.event, Evidence::new(&source.stream, entry.seq, entry.recorded_at));
            }
            Ok(())
        },
    )?;
    Ok(())
}

fn event_log(
    source: &Source,
    diagnosis: &mut Diagnosis,
    ties: &mut Ties,
    workers: usize,
) -> Result<(), TypedError> {
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |_| true,
        |entry| {
            use consignment_event::Event;
            diagnosis.entries += 1;
            let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            match &entry.event {
                Event::SessionScheduled(scheduled) => {
                    ties.scheduled.insert(scheduled.session, evidence);
                }
                Event::CustodyHandedOver(page) => {
                    ties.handed_over
                        .insert((page.session, page.page), Page { items: page.items.len(), evidence });
                }
                Event::CustodyConfirmed(page) => {
                    ties.confirmed.insert((page.session, page.page), Page { items: 0, evidence });
                }
                Event::ItemsTakenBack(page) => {
                    ties.taken_back
                        .insert((page.session, page.page), Page { items: page.items.len(), evidence });
                }
                _ => {}
            }
            Ok(())
        },
    )?;
    Ok(())
}

fn session_log(
    source: &Source,
    session: SessionId,
    diagnosis: &mut Diagnosis,
    ties: &mut Ties,
    workers: usize,
) -> Result<(), TypedError> {
    let whole = source.from == 1;
    let mut state = sale_session::State::default();
    let mut open: BTreeMap<CaseId, Evidence> = BTreeMap::new();
    each::<SaleSession>(
        &source.path,
        workers,
        |_| true,
        |entry| {
            use sale_session::Event;
            diagnosis.entries += 1;
            let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
            match &entry.event {
                Event::SessionScheduled(scheduled) => {
                    ties.session_events.insert(session, scheduled.0.event);
                }
                Event::CustodyTaken(page) => {
                    ties.taken.insert((session, page.page), Page { items: page.items.len(), evidence });
                }
                Event::CustodyReleased(page) => {
                    ties.released.insert((session, page.page), Page { items: page.items.len(), evidence });
                }
                Event::ReleaseConfirmed(page) => {
                    ties.release_confirmed.insert((session, page.page), Page { items: 0, evidence });
                }
                Event::ConflictOpened(opened) => {
                    open.insert(opened.case, evidence);
                }
                Event::ConflictResolved(resolved) => {
                    open.remove(&resolved.case);
                }
                Event::ReceiptCompleted(receipt) if whole => {
                    one_receipt(&state, receipt, entry.recorded_at, &evidence, diagnosis);
                }
                _ => {}
            }
            SaleSession::evolve(&mut state, &entry.event, entry.recorded_at);
            Ok(())
        },
    )?;
    for (case, evidence) in open {
        let text = format!("conflict {case} is open: what it is about is credited to nobody until it ends");
        diagnosis.warning(text, Some(evidence));
    }
    Ok(())
}

/// Does a receipt's sums again, and looks at its clock.
fn one_receipt(
    state: &sale_session::State,
    receipt: &sale_session::ReceiptCompleted,
    recorded_at: i64,
    evidence: &Evidence,
    diagnosis: &mut Diagnosis,
) {
    diagnosis.receipts += 1;
    for difference in check::receipt(state, receipt, recorded_at) {
        diagnosis.problem(format!("receipt {}: {difference}", receipt.number), Some(evidence.clone()));
    }
    let drift = recorded_at.saturating_sub(receipt.occurred_at);
    // An outage explains it; a wrong clock is a variance of the receipt then.
    if receipt.offline.is_none() && drift.saturating_abs() > CLOCK_TOLERANCE_MS {
        let text = format!(
            "receipt {}: the terminal's clock and the log's differ by {} s",
            receipt.number,
            drift / 1_000
        );
        diagnosis.warning(text, Some(evidence.clone()));
    }
}
