//! Cold facts: receipts as they were recorded, read from the log when a command names them.

use std::collections::BTreeMap;

use super::command::Command;
use super::event::Event;
use super::online::OnlineOrderTaken;
use super::receipts::{Line, ReceiptCompleted, Tender, UnlistedLine};
use super::state::{Figures, LineAt, LineState, Now, State};
use crate::ids::{ReceiptId, TerminalId};
use crate::money::Cents;

/// What decisions need of a receipt, floor or online, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFact {
    /// Its number.
    pub number: u32,
    /// Where it was made; none for a store.
    pub terminal: Option<TerminalId>,
    /// Listed lines.
    pub lines: Vec<Line>,
    /// Unlisted lines.
    pub unlisted: Vec<UnlistedLine>,
    /// Sum of prices.
    pub gross: Cents,
    /// Sum of taxes.
    pub tax: Cents,
    /// The total.
    pub total: Cents,
    /// How it was paid; empty for a store.
    pub tenders: Vec<Tender>,
    /// Change given.
    pub change: Cents,
}

impl From<&ReceiptCompleted> for ReceiptFact {
    fn from(receipt: &ReceiptCompleted) -> Self {
        Self {
            number: receipt.number,
            terminal: Some(receipt.terminal),
            lines: receipt.lines.clone(),
            unlisted: receipt.unlisted.clone(),
            gross: receipt.gross,
            tax: receipt.tax,
            total: receipt.total,
            tenders: receipt.tenders.clone(),
            change: receipt.change,
        }
    }
}

impl From<&OnlineOrderTaken> for ReceiptFact {
    fn from(taken: &OnlineOrderTaken) -> Self {
        Self {
            number: taken.number,
            terminal: None,
            lines: taken.lines.clone(),
            unlisted: taken.unlisted.clone(),
            gross: taken.gross,
            tax: taken.tax,
            total: taken.total,
            tenders: Vec::new(),
            change: Cents::ZERO,
        }
    }
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

pub(super) fn recall(facts: &mut Facts, event: &Event) {
    match event {
        Event::ReceiptCompleted(receipt) => {
            facts.receipts.insert(receipt.receipt, ReceiptFact::from(receipt));
        }
        Event::OnlineOrderTaken(taken) => {
            facts.receipts.insert(taken.receipt, ReceiptFact::from(taken));
        }
        _ => {}
    }
}

pub(super) fn remember(event: &Event) -> Vec<String> {
    match event {
        Event::ReceiptCompleted(receipt) => vec![key(receipt.receipt)],
        Event::OnlineOrderTaken(taken) => vec![key(taken.receipt)],
        _ => Vec::new(),
    }
}
