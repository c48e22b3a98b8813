//! A consignor's statement: every line with its amount, its rule and its entries.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::fact::CreditKind;
use super::pins::SourceRef;
use super::sale::SaleLine;
use crate::commission::Tier;
use crate::consignment_event::fees::FeeKind;
use crate::ids::ConsignorNumber;
use crate::money::{Cents, OutOfRange};

/// Lines in one part of a statement: an entry of some 600 KB at most, far below the 2 MB row limit.
pub const MAX_PART_LINES: usize = 1_500;

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum LineAbout {
    /// A sold item; also one whose share fell away.
    Sale(SaleLine),
    /// A charge.
    Charge {
        /// What for.
        charge: FeeKind,
    },
    /// A credit; negative for a debit.
    Credit {
        /// What for.
        credit: CreditKind,
    },
    /// The balance that the organization's ledger carried into this event.
    CarriedIn,
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// What it is about.
    #[serde(flatten)]
    pub about: LineAbout,
    /// In the consignor's favour; negative for what they owe.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// The rule it stands on, as numbered in `domain/SPEC.md`.
    pub rule: Cow<'static, str>,
    /// The entries it comes from, the deciding one first.
    pub sources: Vec<SourceRef>,
}

/// Sums of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementTotals {
    /// Lines that stand.
    pub sold: u32,
    /// Prices of lines that stand.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Shares as estimated at the sale, of all lines.
    #[serde(rename = "estimate_cents")]
    pub estimate: Cents,
    /// Final shares.
    #[serde(rename = "share_cents")]
    pub share: Cents,
    /// The house's part of the gross.
    #[serde(rename = "house_cents")]
    pub house: Cents,
    /// Charges, as a positive amount.
    #[serde(rename = "charges_cents")]
    pub charges: Cents,
    /// Credits, less debits by adjustment.
    #[serde(rename = "credits_cents")]
    pub credits: Cents,
    /// Share less charges plus credits: what this event comes to.
    #[serde(rename = "earned_cents")]
    pub earned: Cents,
    /// Balance carried in from the organization's ledger.
    #[serde(rename = "carried_in_cents")]
    pub carried_in: Cents,
    /// Earned according to the last approved settlement of this event.
    #[serde(rename = "settled_before_cents")]
    pub settled_before: Cents,
    /// Earned plus carried in less settled before: paid out if positive, carried forward if negative.
    #[serde(rename = "due_cents")]
    pub due: Cents,
}

impl StatementTotals {
    /// Fills in the sums of sums.
    pub(super) fn closed(mut self) -> Result<Self, OutOfRange> {
        self.house = self.gross.minus(self.share)?;
        self.earned = self.share.minus(self.charges)?.plus(self.credits)?;
        self.due = self.earned.plus(self.carried_in)?.minus(self.settled_before)?;
        Ok(self)
    }

    /// True when the sums of sums hold.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.closed().is_ok_and(|closed| closed == *self)
    }
}

/// The explanation of a settlement for one consignor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// Tier at the settlement.
    pub tier: Tier,
    /// Completed shifts.
    pub shifts: u8,
    /// Sums.
    pub totals: StatementTotals,
    /// Lines: sales in the order of the logs, then charges, credits and what was carried in.
    pub lines: Vec<StatementLine>,
}

/// A statement, or a piece of a long one, as the event's log records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPart {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// Tier at the settlement.
    pub tier: Tier,
    /// Completed shifts.
    pub shifts: u8,
    /// Lines of this part.
    pub lines: Vec<StatementLine>,
    /// Sums over all parts; with the last part only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<StatementTotals>,
}

/// What a person should know before approving.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// Conflicts that nobody resolved: their lines are not credited.
    pub open_conflicts: u32,
    /// Discrepancies with the store that nobody resolved.
    pub open_discrepancies: u32,
    /// Entries that name a line nobody sold.
    pub unmatched: u32,
}

impl Checks {
    /// True when nothing is open.
    #[must_use]
    pub const fn are_clear(&self) -> bool {
        self.open_conflicts == 0 && self.open_discrepancies == 0 && self.unmatched == 0
    }
}

/// Cuts a statement into parts that fit one entry each.
#[must_use]
pub fn parts_of(statement: Statement) -> Vec<StatementPart> {
    let Statement { consignor, tier, shifts, totals, mut lines } = statement;
    let mut parts = Vec::new();
    loop {
        let rest = if lines.len() > MAX_PART_LINES { lines.split_off(MAX_PART_LINES) } else { Vec::new() };
        let last = rest.is_empty();
        parts.push(StatementPart { consignor, tier, shifts, lines, totals: last.then_some(totals) });
        if last {
            return parts;
        }
        lines = rest;
    }
}

/// Lays statements out in pages that fit one entry each, in order: the same statements make the same pages, so
/// that whoever was cut off can go on with the page that is missing.
#[must_use]
pub fn pages_of(statements: Vec<Statement>, parts_max: usize) -> Vec<Vec<StatementPart>> {
    let mut pages: Vec<Vec<StatementPart>> = Vec::new();
    let mut lines = 0;
    for part in statements.into_iter().flat_map(parts_of) {
        match pages.last_mut() {
            Some(page) if page.len() < parts_max && lines + part.lines.len() <= MAX_PART_LINES => {
                lines += part.lines.len();
                page.push(part);
            }
            _ => {
                lines = part.lines.len();
                pages.push(vec![part]);
            }
        }
    }
    pages
}
