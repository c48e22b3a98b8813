//! Cold facts: receipts as they were recorded, looked up when a command names them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::command::Command;
use super::event::Event;
use super::receipts::{Line, Tender, UnlistedLine};
use super::state::{Figures, LineAt, LineState, Now, State};
use crate::ids::{ReceiptId, TerminalId};
use crate::money::Cents;

/// What decisions need of a receipt; read from the stored entry, floor or online.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReceiptFact {
    /// Its number.
    pub number: u32,
    /// Where it was made; none for a store.
    #[serde(default)]
    pub terminal: Option<TerminalId>,
    /// Listed lines.
    pub lines: Vec<Line>,
    /// Unlisted lines.
    #[serde(default)]
    pub unlisted: Vec<UnlistedLine>,
    /// Sum of prices.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Sum of taxes.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// The total.
    #[serde(rename = "total_cents")]
    pub total: Cents,
    /// How it was paid; empty for a store.
    #[serde(default)]
    pub tenders: Vec<Tender>,
    /// Change given.
    #[serde(default, rename = "change_cents")]
    pub change: Cents,
}

/// The cold facts of one command.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Receipts by id.
    pub receipts: BTreeMap<ReceiptId, ReceiptFact>,
}

impl ReceiptFact {
    /// Lines on it.
    pub(super) fn len(&self) -> u16 {
        u16::try_from(self.lines.len() + self.unlisted.len()).unwrap_or(u16::MAX)
    }

    /// Line `line` as it stands now.
    pub(super) fn line(&self, state: &State, line: u16) -> Option<LineState> {
        let at = LineAt { number: self.number, line };
        state.lines.get(&at).copied().or_else(|| {
            let index = usize::from(line);
            let listed = self.lines.get(index).map(Figures::of);
            let unlisted =
                || self.unlisted.get(index.checked_sub(self.lines.len())?).map(Figures::of_unlisted);
            let figures = listed.or_else(unlisted)?;
            Some(LineState { now: Now::Credited, figures })
        })
    }
}

fn key(receipt: ReceiptId) -> String {
    format!("receipt/{receipt}")
}

pub(super) fn needs(command: &Command) -> Vec<String> {
    match command {
        Command::ReturnLines(asked) => vec![key(asked.receipt)],
        Command::VoidReceipt { receipt, .. }
        | Command::IdentifyLine { receipt, .. }
        | Command::MailReceipt { receipt, .. } => vec![key(*receipt)],
        Command::ResolveConflict { receipts, .. } => {
            receipts.iter().take(super::conflicts::MAX_CASE_RECEIPTS).map(|receipt| key(*receipt)).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn recall(facts: &mut Facts, key: &str, json: &str) {
    let receipt = key.strip_prefix("receipt/").and_then(|id| id.parse().ok());
    if let (Some(receipt), Ok(fact)) = (receipt, serde_json::from_str(json)) {
        facts.receipts.insert(receipt, fact);
    }
}

pub(super) fn remember(event: &Event) -> Vec<(String, String)> {
    let (receipt, json) = match event {
        Event::ReceiptCompleted(receipt) => (receipt.receipt, serde_json::to_string(receipt)),
        Event::OnlineOrderTaken(taken) => (taken.receipt, serde_json::to_string(taken)),
        _ => return Vec::new(),
    };
    json.map(|json| (key(receipt), json)).into_iter().collect()
}
