//! A receipt: when, where, what, for how much, whose share, and whether the sums are right.

mod later;

use std::collections::BTreeMap;

use domain::aggregate::Aggregate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::{EventId, ReceiptId};
use domain::sale_session::{self, ReceiptCompleted, SaleSession, State};
use domain::tag::Tag;
use serde::Serialize;

use super::{Evidence, Listing, StoryError};
use crate::check;
use crate::logs::{Logs, Source};
use crate::scan::Stop;
use crate::typed::{Entry, each};

/// How a receipt is named by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// By its id, or the beginning of it.
    Id(String),
    /// By its number in its session.
    Number(u32),
}

impl Wanted {
    /// A number is a number, anything else an id.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text.trim_start_matches('#').parse() {
            Ok(number) if text.len() <= 6 => Self::Number(number),
            _ => Self::Id(text.to_lowercase()),
        }
    }

    fn fits(&self, id: ReceiptId, number: u32) -> bool {
        match self {
            Self::Id(beginning) => id.to_string().starts_with(beginning),
            Self::Number(wanted) => number == *wanted,
        }
    }
}

/// The story of a receipt.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptStory {
    /// Its id.
    pub receipt: String,
    /// Its number in the session.
    pub number: u32,
    /// The session's name, and where it was planned.
    pub session: String,
    /// The terminal's name in the hall.
    pub terminal: Option<String>,
    /// Who caused the entry.
    pub actor: String,
    /// The terminal's clock, ms since 1970 UTC.
    pub occurred_at: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What was sold.
    pub lines: Vec<LineStory>,
    /// What was sold without being known, after the lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<sale_session::UnlistedLine>,
    /// How it differs from the rules, as the log names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variances: Vec<sale_session::VarianceFound>,
    /// True when it was made without a connection.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// What became of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub afterwards: Vec<Afterwards>,
    /// Sum of prices, in cents.
    pub gross_cents: i64,
    /// Sum of taxes, in cents.
    pub tax_cents: i64,
    /// What the shopper paid, in cents.
    pub total_cents: i64,
    /// How it was paid.
    pub tenders: Vec<sale_session::Tender>,
    /// What the shopper got back, in cents.
    pub change_cents: i64,
    /// Version of the commission plan by which shares were estimated.
    pub plan: u32,
    /// Where the session was planned.
    pub planned: Option<Evidence>,
    /// Where the sale stands.
    pub evidence: Evidence,
    /// Where the sums differ from the rules; empty when all were confirmed.
    pub differences: Vec<String>,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// One line of it.
#[derive(Debug, Clone, Serialize)]
pub struct LineStory {
    /// The item's tag.
    pub tag: Tag,
    /// As it was listed, where the event's log is at hand.
    pub listing: Option<Listing>,
    /// Where it came into the session's custody.
    pub custody: Option<Evidence>,
    /// Whose it is.
    pub consignor: u32,
    /// How its consignor takes part, and with how many completed shifts, as known then.
    pub terms: String,
    /// The line as recorded.
    #[serde(flatten)]
    pub line: sale_session::Line,
}

/// Something that became of a receipt.
#[derive(Debug, Clone, Serialize)]
pub struct Afterwards {
    /// In a sentence.
    pub text: String,
    /// Where it is said.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A sale with the state it was decided in.
struct Sale {
    state: State,
    planned: Option<Evidence>,
    entry: Entry<ReceiptCompleted>,
}

/// Tells the story of the receipt that `wanted` names.
///
/// # Errors
/// [`StoryError`], also when several receipts fit.
pub fn tell(logs: &Logs, wanted: &Wanted, workers: usize) -> Result<ReceiptStory, StoryError> {
    let mut found: Vec<(&Source, Sale)> = Vec::new();
    for source in logs.sessions().into_values() {
        if let Some(sale) = find(source, wanted, workers)? {
            found.push((source, sale));
        }
    }
    if found.len() > 1 {
        let ids: Vec<String> = found.iter().map(|(_, sale)| sale.entry.event.receipt.to_string()).collect();
        return Err(StoryError::Unknown(format!("several receipts fit; say which:\n  {}", ids.join("\n  "))));
    }
    let (source, sale) =
        found.pop().ok_or_else(|| StoryError::Unknown("no log here knows this receipt".to_owned()))?;
    told(logs, source, &sale, workers)
}

/// Folds a session up to the receipt, if it is in there.
fn find(source: &Source, wanted: &Wanted, workers: usize) -> Result<Option<Sale>, StoryError> {
    let mut state = State::default();
    let mut planned = None;
    let mut sold = None;
    each::<SaleSession>(
        &source.path,
        workers,
        |_| true,
        |entry| {
            if let sale_session::Event::ReceiptCompleted(receipt) = &entry.event
                && wanted.fits(receipt.receipt, receipt.number)
            {
                let event = receipt.clone();
                let Entry { seq, recorded_at, actor, .. } = entry;
                sold = Some(Entry { seq, recorded_at, actor, event });
                return Err(Stop::Enough);
            }
            if let sale_session::Event::SessionScheduled(_) = &entry.event {
                planned = Some(Evidence::new(&source.stream, entry.seq, entry.recorded_at));
            }
            SaleSession::evolve(&mut state, &entry.event, entry.recorded_at);
            Ok(())
        },
    )?;
    Ok(sold.map(|entry| Sale { state, planned, entry }))
}

fn told(logs: &Logs, source: &Source, sale: &Sale, workers: usize) -> Result<ReceiptStory, StoryError> {
    let receipt = &sale.entry.event;
    let tags: Vec<Tag> = receipt.lines.iter().map(|line| line.tag).collect();
    let mut gaps = Vec::new();
    let custody = custody(source, &tags, workers)?;
    let event = sale.state.plan.as_ref().map(|plan| plan.event);
    let listings = if let Some(log) = event.and_then(|event| event_log(logs, event)) {
        listings(log, &tags, workers)?
    } else {
        gaps.push("the event's own log is not here, so items have no titles".to_owned());
        BTreeMap::new()
    };
    let plan = sale.state.plan.as_ref();
    let lines = receipt.lines.iter().map(|line| {
        let (tier, shifts) = sale.state.terms_of(line.consignor);
        LineStory {
            tag: line.tag,
            listing: listings.get(&line.tag).cloned(),
            custody: custody.get(&line.tag).cloned(),
            consignor: line.consignor.0,
            terms: format!("{}, {shifts} shifts", tier.name()),
            line: line.clone(),
        }
    });
    Ok(ReceiptStory {
        receipt: receipt.receipt.to_string(),
        number: receipt.number,
        session: plan.map_or_else(String::new, |plan| plan.name.clone()),
        terminal: sale.state.terminal(receipt.terminal).map(|(_, terminal)| terminal.name.clone()),
        actor: sale.entry.actor.clone(),
        occurred_at: receipt.occurred_at,
        currency: plan.map_or_else(String::new, |plan| plan.currency.clone()),
        lines: lines.collect(),
        unlisted: receipt.unlisted.clone(),
        variances: receipt.variances.clone(),
        offline: receipt.offline.is_some(),
        afterwards: afterwards(source, receipt.receipt, workers)?,
        gross_cents: receipt.gross.0,
        tax_cents: receipt.tax.0,
        total_cents: receipt.total.0,
        tenders: receipt.tenders.clone(),
        change_cents: receipt.change.0,
        plan: plan.map_or(0, |plan| plan.plan.version),
        planned: sale.planned.clone(),
        evidence: Evidence::new(&source.stream, sale.entry.seq, sale.entry.recorded_at),
        differences: check::receipt(&sale.state, receipt, sale.entry.recorded_at),
        gaps,
    })
}

/// What later entries say about `receipt`.
fn afterwards(source: &Source, receipt: ReceiptId, workers: usize) -> Result<Vec<Afterwards>, StoryError> {
    let (needle, mut found) = (receipt.to_string(), Vec::new());
    each::<SaleSession>(
        &source.path,
        workers,
        |line| line.kind != "receipt_completed" && line.payload.contains(&needle),
        |entry| {
            if let Some(text) = later::became(&entry.event, receipt) {
                let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
                found.push(Afterwards { text, evidence });
            }
            Ok(())
        },
    )?;
    Ok(found)
}

fn event_log(logs: &Logs, event: EventId) -> Option<&Source> {
    logs.events().get(&event).copied()
}

/// Where each of `tags` came into the session's custody.
fn custody(source: &Source, tags: &[Tag], workers: usize) -> Result<BTreeMap<Tag, Evidence>, StoryError> {
    let mut found = BTreeMap::new();
    each::<SaleSession>(
        &source.path,
        workers,
        |line| line.kind == "custody_taken",
        |entry| {
            if let sale_session::Event::CustodyTaken(taken) = &entry.event {
                for item in taken.items.iter().filter(|item| tags.contains(&item.tag)) {
                    found.insert(item.tag, Evidence::new(&source.stream, entry.seq, entry.recorded_at));
                }
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// How each of `tags` was listed.
fn listings(source: &Source, tags: &[Tag], workers: usize) -> Result<BTreeMap<Tag, Listing>, StoryError> {
    let mut found = BTreeMap::new();
    each::<ConsignmentEvent>(
        &source.path,
        workers,
        |line| line.kind == "items_listed",
        |entry| {
            if let consignment_event::Event::ItemsListed(listed) = &entry.event {
                for item in listed.items.iter().filter(|item| tags.contains(&item.tag)) {
                    let evidence = Evidence::new(&source.stream, entry.seq, entry.recorded_at);
                    found.insert(item.tag, Listing::new(item, evidence));
                }
            }
            Ok(())
        },
    )?;
    Ok(found)
}
