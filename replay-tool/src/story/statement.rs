//! A statement: every cent that a consignor gets or owes, with its rule and its entries.

mod differences;

use std::collections::BTreeMap;

use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::{ConsignorNumber, SettlementId};
use domain::settlement::{
    Checks, LineAbout, Method, Pin, SourceRef, Statement, StatementLine, StatementTotals, TrialBalance,
};
use domain::tag::Tag;
use serde::Serialize;

use self::differences::compare;
use super::Evidence;
use crate::logs::{Logs, Source};
use crate::settle::{Chosen, Life, Recorded, RecordedSettlement, SettleError, heads, pins_here, settle};
use crate::typed::{TypedError, each};

/// Which calculation a statement is of.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "calculation", rename_all = "snake_case")]
pub enum Calculation {
    /// On record in the event's log.
    Recorded {
        /// Its number in the event.
        number: u16,
        /// True once it was approved for good.
        approved: bool,
        /// Where it was pinned.
        pinned: Evidence,
        /// Who approved it.
        approvals: Vec<Approval>,
    },
    /// Made here, over the heads of the logs at hand: nothing is settled yet.
    Preview,
}

/// Who approved, and where.
#[derive(Debug, Clone, Serialize)]
pub struct Approval {
    /// An opaque id.
    pub by: String,
    /// Where it is said.
    pub evidence: Evidence,
}

/// The story of a statement.
#[derive(Debug, Clone, Serialize)]
pub struct StatementStory {
    /// The event's name.
    pub event: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Whose.
    pub consignor: u32,
    /// Tier at the settlement.
    pub tier: &'static str,
    /// Completed shifts.
    pub shifts: u8,
    /// Which calculation.
    #[serde(flatten)]
    pub calculation: Calculation,
    /// Every line.
    pub lines: Vec<LineStory>,
    /// Sums.
    pub totals: StatementTotals,
    /// Payouts of this settlement to this consignor.
    pub payouts: Vec<Life>,
    /// Amounts carried in the organization's ledger instead, in words.
    pub carried: Vec<String>,
    /// Where the record differs from what the fold gives here; empty when it agrees, or nothing is on record.
    pub differences: Vec<String>,
    /// True when the fold could be run again over the pinned logs.
    pub recalculated: bool,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// One line of it.
#[derive(Debug, Clone, Serialize)]
pub struct LineStory {
    /// The line as calculated.
    #[serde(flatten)]
    pub line: StatementLine,
    /// What the item was listed as, where the event's log says so.
    pub title: Option<String>,
    /// The entries that it comes from, the deciding one first.
    pub said_by: Vec<Said>,
}

/// A line's source: an entry, and the line in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The stream.
    pub stream: String,
    /// The entry.
    pub seq: u64,
    /// The line in it, from 1; 0 for the entry as a whole.
    pub line: u16,
}

/// What a settlement as a whole came to.
#[derive(Debug, Clone, Serialize)]
pub struct SettlementStory {
    /// The event's name.
    pub event: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Which calculation.
    #[serde(flatten)]
    pub calculation: Calculation,
    /// Id of the settlement on record.
    pub settlement: Option<SettlementId>,
    /// What it reads.
    pub pins: Vec<Pin>,
    /// The trial balance.
    pub balance: TrialBalance,
    /// What a person should know before approving.
    pub checks: Checks,
    /// Every statement in one line.
    pub statements: Vec<OneLine>,
    /// Every payout.
    pub payouts: Vec<Life>,
    /// Where the record differs from what the fold gives here.
    pub differences: Vec<String>,
    /// True when the fold could be run again over the pinned logs.
    pub recalculated: bool,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// A statement in one line.
#[derive(Debug, Clone, Serialize)]
pub struct OneLine {
    /// Whose.
    pub consignor: u32,
    /// Sums.
    #[serde(flatten)]
    pub totals: StatementTotals,
}

/// A calculation with everything that was found beside it.
struct Found {
    calculation: Calculation,
    pins: Vec<Pin>,
    statements: Vec<Statement>,
    balance: TrialBalance,
    checks: Checks,
    differences: Vec<String>,
    recalculated: bool,
    gaps: Vec<String>,
}

/// Tells the statement of `consignor`: the one on record in the last approved settlement (else the last one
/// calculated), held against the fold run again; or a preview where nothing is on record.
///
/// # Errors
/// [`SettleError`].
pub fn tell(
    logs: &Logs,
    chosen: &Chosen<'_>,
    consignor: ConsignorNumber,
    workers: usize,
) -> Result<StatementStory, SettleError> {
    let recorded = crate::settle::read_recorded(chosen.source, workers)?;
    let settlement = recorded.current();
    tell_of(logs, chosen, consignor, &recorded, settlement, workers)
}

/// [`tell`] for one of the settlements on record.
///
/// # Errors
/// [`SettleError`].
pub fn tell_of(
    logs: &Logs,
    chosen: &Chosen<'_>,
    consignor: ConsignorNumber,
    recorded: &Recorded,
    settlement: Option<&RecordedSettlement>,
    workers: usize,
) -> Result<StatementStory, SettleError> {
    let found = find(logs, chosen, settlement, Some(consignor), workers)?;
    let Some(statement) = found.statements.into_iter().find(|statement| statement.consignor == consignor)
    else {
        return Err(SettleError::Unknown(format!(
            "consignor {consignor} has no statement in {:?}",
            chosen.name
        )));
    };
    let titles = titles(chosen.source, consignor, workers)?;
    let id = settlement.map(|settlement| settlement.settlement);
    let carried = recorded
        .carried
        .iter()
        .filter(|carried| carried.consignor == consignor.0 && Some(carried.settlement) == id);
    Ok(StatementStory {
        event: chosen.name.clone(),
        currency: chosen.currency.clone(),
        consignor: consignor.0,
        tier: statement.tier.name(),
        shifts: statement.shifts,
        calculation: found.calculation,
        lines: statement.lines.into_iter().map(|line| line_story(line, &titles, &found.pins)).collect(),
        totals: statement.totals,
        payouts: recorded
            .payouts
            .values()
            .filter(|life| life.consignor == consignor.0 && id.is_some() && life.settlement == id)
            .cloned()
            .collect(),
        carried: carried
            .map(|carried| {
                let amount = domain::money::Cents(carried.amount_cents);
                format!("{amount} carried in the organization's ledger ({})", carried.reason)
            })
            .collect(),
        differences: found.differences,
        recalculated: found.recalculated,
        gaps: found.gaps,
    })
}

/// Tells what the settlement as a whole came to.
///
/// # Errors
/// [`SettleError`].
pub fn tell_whole(logs: &Logs, chosen: &Chosen<'_>, workers: usize) -> Result<SettlementStory, SettleError> {
    let recorded = crate::settle::read_recorded(chosen.source, workers)?;
    let found = find(logs, chosen, recorded.current(), None, workers)?;
    Ok(SettlementStory {
        event: chosen.name.clone(),
        currency: chosen.currency.clone(),
        settlement: recorded.current().map(|settlement| settlement.settlement),
        calculation: found.calculation,
        pins: found.pins,
        balance: found.balance,
        checks: found.checks,
        statements: found
            .statements
            .iter()
            .map(|statement| OneLine { consignor: statement.consignor.0, totals: statement.totals })
            .collect(),
        payouts: recorded.payouts.into_values().collect(),
        differences: found.differences,
        recalculated: found.recalculated,
        gaps: found.gaps,
    })
}

/// The calculation on record, held against the fold; or the fold alone. Statements of `only` one consignor, or
/// of all.
fn find(
    logs: &Logs,
    chosen: &Chosen<'_>,
    settlement: Option<&RecordedSettlement>,
    only: Option<ConsignorNumber>,
    workers: usize,
) -> Result<Found, SettleError> {
    match settlement {
        None => preview(logs, chosen, only, workers),
        Some(settlement) => held_against(logs, settlement, only, workers),
    }
}

fn preview(
    logs: &Logs,
    chosen: &Chosen<'_>,
    only: Option<ConsignorNumber>,
    workers: usize,
) -> Result<Found, SettleError> {
    let heads = heads(logs, chosen, workers)?;
    let settled = settle(logs, &heads.pins, Method::by_the_rules(), workers)?;
    let all = settled.statements()?;
    let balance = settled.trial_balance(&all)?;
    let statements = all.into_iter().filter(|one| only.is_none_or(|only| one.consignor == only)).collect();
    let gaps = heads
        .missing
        .iter()
        .map(|stream| format!("the log of {stream} is not here: what it sold is not counted"))
        .collect();
    Ok(Found {
        calculation: Calculation::Preview,
        pins: heads.pins,
        statements,
        balance,
        checks: settled.checks(),
        differences: Vec::new(),
        recalculated: true,
        gaps,
    })
}

fn held_against(
    logs: &Logs,
    settlement: &RecordedSettlement,
    only: Option<ConsignorNumber>,
    workers: usize,
) -> Result<Found, SettleError> {
    let approvals = settlement
        .approvals
        .iter()
        .map(|(by, evidence)| Approval { by: by.clone(), evidence: evidence.clone() });
    let statements: Vec<Statement> = settlement
        .statements
        .values()
        .filter(|(statement, _)| only.is_none_or(|only| statement.consignor == only))
        .map(|(statement, _)| statement.clone())
        .collect();
    let (balance, checks) =
        settlement.closed.as_ref().map_or_else(Default::default, |(balance, checks, _)| (*balance, *checks));
    let mut found = Found {
        calculation: Calculation::Recorded {
            number: settlement.number,
            approved: settlement.approved,
            pinned: settlement.pinned.clone(),
            approvals: approvals.collect(),
        },
        pins: settlement.pins.clone(),
        statements,
        balance,
        checks,
        differences: Vec::new(),
        recalculated: false,
        gaps: Vec::new(),
    };
    match recalculate(logs, settlement, workers) {
        Ok(again) => {
            found.recalculated = true;
            for statement in &found.statements {
                found.differences.extend(compare(statement, again.get(&statement.consignor)));
            }
            if only.is_none() {
                let lost = again.keys().filter(|number| !settlement.statements.contains_key(number));
                let lost = lost
                    .map(|number| format!("consignor {number}: the fold has a statement, the record none"));
                found.differences.extend(lost);
            }
        }
        // A log that is not at hand is no difference; one that was changed is.
        Err(error @ (SettleError::Missing(_) | SettleError::Short { .. } | SettleError::Headless { .. })) => {
            found.gaps.push(format!("the settlement could not be run again: {error}"));
        }
        Err(SettleError::Fold(error)) => {
            found.differences.push(format!("the settlement cannot be run again: {error}"));
        }
        Err(error) => return Err(error),
    }
    Ok(found)
}

fn recalculate(
    logs: &Logs,
    settlement: &RecordedSettlement,
    workers: usize,
) -> Result<BTreeMap<ConsignorNumber, Statement>, SettleError> {
    let pins = pins_here(logs, &settlement.pins, workers)?;
    let settled = settle(logs, &pins, Method::by_the_rules(), workers)?;
    Ok(settled.statements()?.into_iter().map(|statement| (statement.consignor, statement)).collect())
}

fn line_story(line: StatementLine, titles: &BTreeMap<Tag, String>, pins: &[Pin]) -> LineStory {
    let title = match &line.about {
        LineAbout::Sale(sale) => sale.tag.and_then(|tag| titles.get(&tag).cloned()),
        _ => None,
    };
    let said_by = line.sources.iter().filter_map(|source| said(*source, pins)).collect();
    LineStory { line, title, said_by }
}

/// The entry that `source` refers to.
#[must_use]
pub fn said(source: SourceRef, pins: &[Pin]) -> Option<Said> {
    let pin = pins.get(usize::from(source.pin))?;
    Some(Said { stream: pin.stream.to_string(), seq: source.seq, line: source.line })
}

/// What the consignor's items were listed as.
fn titles(
    source: &Source,
    consignor: ConsignorNumber,
    workers: usize,
) -> Result<BTreeMap<Tag, String>, TypedError> {
    let mut titles = BTreeMap::new();
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |line| line.kind == "items_listed",
        |entry| {
            if let consignment_event::Event::ItemsListed(listed) = entry.event {
                let own = listed.items.into_iter().filter(|item| item.consignor == consignor);
                titles.extend(own.map(|item| (item.tag, item.title)));
            }
            Ok(())
        },
    )?;
    Ok(titles)
}
