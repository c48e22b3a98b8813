//! What the hot state can answer.

use serde::{Deserialize, Serialize};

use super::books::Books;
use super::conflicts::ConflictKind;
use super::state::{State, TerminalState};
use super::terminals::TerminalRight;
use crate::ids::{BasketId, CaseId, EventId, ReceiptId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::tag::Tag;

/// What a sale session can be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// Which terminal holds the token with this digest.
    Terminal {
        /// SHA-256 of the token.
        token_digest: Hash,
    },
    /// Which terminal holds or held the token with this digest: a revoked one may still have sales to hand in.
    Bearer {
        /// SHA-256 of the token.
        token_digest: Hash,
    },
    /// The baskets put aside.
    Parked,
    /// Where it stands.
    Overview,
    /// What each terminal may do, knows and holds.
    Terminals,
    /// The open cases.
    Cases,
}

/// Answers, in the order of [`Query`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// The terminal, unless it is unknown or revoked.
    Terminal {
        /// Its id and name.
        terminal: Option<(TerminalId, String)>,
    },
    /// The terminal, revoked or not; none when the token was never one of this session's.
    Bearer {
        /// Its id, and whether its pairing was revoked.
        terminal: Option<(TerminalId, bool)>,
    },
    /// The baskets put aside.
    Parked {
        /// By id, which is by age.
        baskets: Vec<ParkedOverview>,
    },
    /// Where it stands; `None` before it is scheduled.
    Overview {
        /// The overview.
        overview: Option<Box<Overview>>,
    },
    /// The terminals.
    Terminals {
        /// In the order of pairing.
        terminals: Vec<TerminalOverview>,
    },
    /// The open cases.
    Cases {
        /// By id.
        cases: Vec<OpenCase>,
    },
}

/// Where a sale session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Its consignment event.
    pub event: EventId,
    /// Its status.
    pub status: SessionStatus,
    /// Items that are or were in its custody.
    pub items: u32,
    /// Of them, sold.
    pub sold: u32,
    /// Receipts so far.
    pub receipts: u32,
    /// Sum of line prices so far.
    pub gross: Cents,
    /// What was charged, given back and credited.
    pub books: Books,
    /// Open cases.
    pub cases: u32,
    /// Claims that the consignment event has not answered for good.
    pub claims: u32,
}

/// What a terminal may do, knows and holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalOverview {
    /// Its id.
    pub terminal: TerminalId,
    /// Its name.
    pub name: String,
    /// True once its token counts no more.
    pub revoked: bool,
    /// What it may do beyond plain sales.
    pub rights: Vec<TerminalRight>,
    /// Changes to its rights.
    pub version: u32,
    /// The change that it knows of.
    pub acknowledged: u32,
    /// Sales it holds; none when nobody knows.
    pub waiting: Option<u32>,
    /// What should be in its open drawer.
    #[serde(rename = "drawer_cents")]
    pub drawer: Option<Cents>,
}

/// A basket put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedOverview {
    /// Its id, made by the terminal.
    pub basket: BasketId,
    /// By which terminal.
    pub by: String,
    /// What is in it.
    pub tags: Vec<Tag>,
}

/// An open case, with the receipts that its resolution must name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCase {
    /// Its id.
    pub case: CaseId,
    /// What kind.
    pub kind: ConflictKind,
    /// The item.
    pub tag: Option<Tag>,
    /// The receipts, with the one that holds the item by now.
    pub receipts: Vec<ReceiptId>,
}

pub(super) fn answer(state: &State, query: &Query) -> Answer {
    match query {
        Query::Terminal { token_digest } => Answer::Terminal {
            terminal: state
                .terminals
                .iter()
                .find(|terminal| !terminal.revoked && terminal.token_digest == *token_digest)
                .map(|terminal| (terminal.id, terminal.name.clone())),
        },
        Query::Bearer { token_digest } => {
            let found = state.terminals.iter().find(|terminal| terminal.token_digest == *token_digest);
            Answer::Bearer { terminal: found.map(|terminal| (terminal.id, terminal.revoked)) }
        }
        Query::Parked => Answer::Parked { baskets: parked(state) },
        Query::Overview => Answer::Overview { overview: overview(state).map(Box::new) },
        Query::Terminals => Answer::Terminals { terminals: state.terminals.iter().map(terminal).collect() },
        Query::Cases => Answer::Cases { cases: cases(state) },
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn overview(state: &State) -> Option<Overview> {
    state.plan.as_ref().map(|plan| Overview {
        event: plan.event,
        status: state.status,
        items: count(state.slots().len()),
        sold: state.sold,
        receipts: count(state.receipts.len()),
        gross: state.gross,
        books: state.books,
        cases: count(state.cases.len()),
        claims: count(state.claims.len()),
    })
}

fn parked(state: &State) -> Vec<ParkedOverview> {
    let by = |index: u16| state.terminals.get(usize::from(index)).map(|terminal| terminal.name.clone());
    let baskets = state.parked.iter();
    baskets
        .map(|(basket, parked)| ParkedOverview {
            basket: *basket,
            by: by(parked.terminal).unwrap_or_default(),
            tags: parked.tags.clone(),
        })
        .collect()
}

fn terminal(terminal: &TerminalState) -> TerminalOverview {
    TerminalOverview {
        terminal: terminal.id,
        name: terminal.name.clone(),
        revoked: terminal.revoked,
        rights: TerminalRight::ALL.into_iter().filter(|right| terminal.rights & right.bit() != 0).collect(),
        version: terminal.version,
        acknowledged: terminal.acknowledged,
        waiting: terminal.waiting,
        drawer: terminal.drawer,
    }
}

fn cases(state: &State) -> Vec<OpenCase> {
    let receipt = |number: u32| state.stub(number).map(|stub| stub.id);
    state
        .cases
        .iter()
        .map(|(id, case)| {
            let holder = case.tag.and_then(|tag| state.holder(tag)).map(|holder| holder.number);
            let numbers = case.receipts.iter().copied().chain(holder);
            let mut seen = std::collections::BTreeSet::new();
            let receipts = numbers.filter_map(receipt).filter(|id| seen.insert(*id)).collect();
            OpenCase { case: *id, kind: case.kind, tag: case.tag, receipts }
        })
        .collect()
}
