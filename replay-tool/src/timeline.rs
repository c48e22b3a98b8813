//! Time travel: a stream's state as it was after an entry, or at a moment, and what changed between two.

use std::collections::BTreeMap;
use std::path::Path;

use domain::aggregate::Aggregate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::money::Cents;
use domain::organization::{self, Organization};
use domain::sale_session::{self, SaleSession};
use domain::stream::StreamId;
use domain::tag::Tag;
use serde::Serialize;

use crate::logs::Source;
use crate::scan::Stop;
use crate::typed::{TypedError, each_event};

/// Up to where to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// With this entry.
    Seq(u64),
    /// With everything recorded up to this moment, in ms since 1970 UTC. The first later entry ends it.
    Time(i64),
    /// Everything.
    End,
}

/// A state, and where in its log it stands.
#[derive(Debug, Clone, Default)]
pub struct Moment<S> {
    /// The state.
    pub state: S,
    /// The last entry in it; 0 for none.
    pub seq: u64,
    /// When the log took that entry, ms since 1970 UTC.
    pub recorded_at: i64,
}

/// Folds the log in `file` up to `at`.
///
/// # Errors
/// [`TypedError`].
pub fn fold<A>(file: &Path, at: At, workers: usize) -> Result<Moment<A::State>, TypedError>
where
    A: Aggregate,
    A::Event: Send,
{
    let mut moment = Moment { state: A::State::default(), seq: 0, recorded_at: 0 };
    each_event::<A>(file, workers, |entry| {
        let beyond = match at {
            At::Seq(last) => entry.seq > last,
            At::Time(last) => entry.recorded_at > last,
            At::End => false,
        };
        if beyond {
            return Err(Stop::Enough);
        }
        A::evolve(&mut moment.state, &entry.event, entry.recorded_at);
        moment.seq = entry.seq;
        moment.recorded_at = entry.recorded_at;
        Ok(())
    })?;
    Ok(moment)
}

/// A state as people look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The last entry in it; 0 for none.
    pub seq: u64,
    /// When the log took that entry, ms since 1970 UTC.
    pub recorded_at: i64,
    /// Names and values, in an order that reads well.
    pub facts: Vec<(String, String)>,
    /// Where each item stands.
    pub items: BTreeMap<Tag, String>,
}

impl Summary {
    fn fact(&mut self, name: &dyn ToString, value: &dyn ToString) {
        self.facts.push((name.to_string(), value.to_string()));
    }

    /// How many items stand where.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for status in self.items.values() {
            // Items sold are counted together, whatever the receipt.
            let status = status.split(" on ").next().unwrap_or(status);
            *counts.entry(status).or_insert(0) += 1;
        }
        counts
    }
}

/// Why there is no summary.
#[derive(Debug, thiserror::Error)]
pub enum TimelineError {
    /// The log could not be read.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// Folding needs the beginning.
    #[error("{file} begins at entry {from}; a state needs the log from its beginning")]
    Headless {
        /// The file.
        file: String,
        /// Its first entry.
        from: u64,
    },
    /// No rules for this kind of stream.
    #[error("this build has no rules for {0}")]
    Unsupported(StreamId),
}

/// The state of `source` at `at`, summarized.
///
/// # Errors
/// [`TimelineError`].
pub fn summarize(source: &Source, at: At, workers: usize) -> Result<Summary, TimelineError> {
    if source.from > 1 {
        return Err(TimelineError::Headless { file: source.path.display().to_string(), from: source.from });
    }
    let mut summary = Summary::default();
    match &source.stream {
        StreamId::Organization(_) => {
            let moment = fold::<Organization>(&source.path, at, workers)?;
            (summary.seq, summary.recorded_at) = (moment.seq, moment.recorded_at);
            organization(&moment.state, &mut summary);
        }
        StreamId::Event(..) => {
            let moment = fold::<ConsignmentEvent>(&source.path, at, workers)?;
            (summary.seq, summary.recorded_at) = (moment.seq, moment.recorded_at);
            event(&moment.state, &mut summary);
        }
        StreamId::Session(..) => {
            let moment = fold::<SaleSession>(&source.path, at, workers)?;
            (summary.seq, summary.recorded_at) = (moment.seq, moment.recorded_at);
            session(&moment.state, &mut summary);
        }
        StreamId::Storefront(..) | StreamId::Reconciliation(..) => {
            return Err(TimelineError::Unsupported(source.stream.clone()));
        }
    }
    Ok(summary)
}

fn organization(state: &organization::State, summary: &mut Summary) {
    if let Some(settings) = &state.settings {
        summary.fact(&"settings", &format!("version {}", settings.version));
        summary.fact(&"currency", &settings.currency);
        summary.fact(&"time zone", &settings.time_zone);
        summary.fact(&"commission plan", &format!("version {}", settings.plan.version));
    }
    for (person, roles) in &state.roles {
        let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        summary.fact(&person, &roles.join(", "));
    }
    summary.fact(&"consignors", &state.accounts.len());
    summary.fact(&"events founded", &state.events.len());
}

fn event(state: &consignment_event::State, summary: &mut Summary) {
    if let Some(founding) = &state.founding {
        summary.fact(&"event", &founding.name);
        summary.fact(&"number", &founding.ordinal);
    }
    summary.fact(&"status", &state.status);
    summary.fact(&"consignors", &state.participations.len());
    summary.fact(&"items", &state.items.len());
    for (number, session) in (1..).zip(&state.sessions) {
        let pages = format!(
            "{}; custody pages: {} handed over, {} confirmed, {} back",
            session.status, session.page, session.confirmed, session.taken_back
        );
        summary.fact(&format!("session {number}"), &pages);
    }
    if let Some(founding) = &state.founding {
        for (number, slot) in (1..).zip(&state.items) {
            if let Ok(tag) = Tag::new(founding.ordinal, number) {
                summary.items.insert(tag, slot.status.to_string());
            }
        }
    }
}

fn session(state: &sale_session::State, summary: &mut Summary) {
    if let Some(plan) = &state.plan {
        summary.fact(&"session", &plan.name);
    }
    summary.fact(&"status", &state.status);
    let terminals = state.terminals.iter().filter(|terminal| !terminal.revoked).count();
    summary.fact(&"terminals", &terminals);
    summary.fact(&"items in custody", &state.slots().len());
    summary.fact(&"sold", &state.sold);
    summary.fact(&"receipts", &state.receipts.len());
    summary.fact(&"gross", &state.gross);
    if state.books.refunded_gross != Cents::ZERO {
        summary.fact(&"given back", &state.books.refunded_gross);
    }
    if state.books.held != Cents::ZERO {
        summary.fact(&"credited to nobody yet", &state.books.held);
    }
    if !state.cases.is_empty() {
        summary.fact(&"open conflicts", &state.cases.len());
    }
    summary.fact(&"custody pages taken", &state.page);
    summary.fact(&"custody pages released", &state.released);
    for slot in state.slots() {
        let status = if slot.receipt == 0 && slot.has(sale_session::Slot::RETURNED) {
            "returned".to_owned()
        } else if slot.receipt == 0 {
            "on_floor".to_owned()
        } else {
            format!("sold on receipt {}", slot.receipt)
        };
        summary.items.insert(slot.tag, status);
    }
}

/// What differs between two moments of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The earlier moment's last entry.
    pub from_seq: u64,
    /// The later moment's last entry.
    pub to_seq: u64,
    /// Facts that differ.
    pub facts: Vec<Change>,
    /// Items that stand elsewhere.
    pub items: Vec<Moved>,
}

/// A fact that differs; a side is `None` where it did not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The fact.
    pub name: String,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// An item that stands elsewhere; a side is `None` where it was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The item.
    pub tag: Tag,
    /// Before.
    pub from: Option<String>,
    /// After.
    pub to: Option<String>,
}

/// Compares two summaries of one stream.
#[must_use]
pub fn compare(from: &Summary, to: &Summary) -> Difference {
    let value = |summary: &Summary, name: &str| {
        summary.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let mut names: Vec<&String> = to.facts.iter().map(|(name, _)| name).collect();
    names.extend(from.facts.iter().map(|(name, _)| name).filter(|name| value(to, name).is_none()));
    let facts = names.into_iter().filter_map(|name| {
        let change = Change { name: name.clone(), from: value(from, name), to: value(to, name) };
        (change.from != change.to).then_some(change)
    });
    let tags: std::collections::BTreeSet<Tag> = from.items.keys().chain(to.items.keys()).copied().collect();
    let items = tags.into_iter().filter_map(|tag| {
        let moved = Moved { tag, from: from.items.get(&tag).cloned(), to: to.items.get(&tag).cloned() };
        (moved.from != moved.to).then_some(moved)
    });
    Difference { from_seq: from.seq, to_seq: to.seq, facts: facts.collect(), items: items.collect() }
}
