//! What the fold gathers, and the trial balance over it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fact::{CreditKind, Fate};
use super::pins::SourceRef;
use super::rules::SettlementRules;
use super::sale::SoldLine;
use crate::commission::{CommissionPlan, Tier};
use crate::consignment_event::fees::FeeKind;
use crate::ids::{BookingId, CaseId, ConsignorNumber, EventId, ReceiptId, SettlementId, SlotId};
use crate::money::BasisPoints;
use crate::money::{Cents, OutOfRange};
use crate::tag::Tag;

/// A charge on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Charge {
    pub kind: FeeKind,
    pub amount: Cents,
    /// Besides the amount, this part of the share of the whole event.
    pub part_of_share: BasisPoints,
    pub source: SourceRef,
}

/// A credit on record; negative for a debit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Credit {
    pub kind: CreditKind,
    pub amount: Cents,
    /// Besides the amount, this part of the share of the whole event.
    pub part_of_share: BasisPoints,
    pub source: SourceRef,
}

/// One consignor's side of the books.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    pub tier: Option<(Tier, SourceRef)>,
    pub shifts: Vec<SourceRef>,
    pub charges: Vec<Charge>,
    pub credits: Vec<Credit>,
    /// Entries of the carried balance in the organization's ledger, up to its pin.
    pub ledger: Vec<(SourceRef, Cents)>,
    /// Earned in this event by the last approved settlement.
    pub settled: Cents,
}

/// The event's own terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Founded {
    pub event: EventId,
    pub plan: u32,
    pub rules: SettlementRules,
}

/// Everything the fold gathered; compact, and storable between pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    pub(super) founded: Option<Founded>,
    pub(super) plans: BTreeMap<u32, CommissionPlan>,
    pub(super) accounts: BTreeMap<ConsignorNumber, Account>,
    pub(super) session_terms: BTreeMap<(u16, ConsignorNumber), (Tier, u8)>,
    pub(super) inclusive: BTreeSet<u16>,
    pub(super) session_plans: BTreeMap<u16, u32>,
    pub(super) lines: Vec<SoldLine>,
    pub(super) receipts: BTreeMap<ReceiptId, (u32, u32)>,
    pub(super) later: Vec<(ReceiptId, u16, Later, SourceRef)>,
    pub(super) cash: Cash,
    pub(super) open_conflicts: BTreeSet<CaseId>,
    pub(super) open_discrepancies: BTreeSet<CaseId>,
    pub(super) calculated: BTreeMap<(SettlementId, ConsignorNumber), Cents>,
    pub(super) bookings: BTreeMap<BookingId, (ConsignorNumber, SlotId)>,
    pub(super) shift_slots: BTreeSet<SlotId>,
    pub(super) approved: bool,
    /// Entries that name a line nobody sold: shown, never guessed at.
    pub(super) unmatched: Vec<SourceRef>,
}

/// What other logs, or later entries, say about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Later {
    /// It fell, and all of its price went back (or, while contested, is held).
    Fell(Fate),
    /// It fell, and this went back; what was kept of the price is the house's.
    CameBack { fate: Fate, price: Cents, tax: Cents },
    /// It stands, credited like this from now on.
    Credited {
        consignor: Option<ConsignorNumber>,
        share: Cents,
        tag: Option<Tag>,
        plan: Option<u32>,
        printed: Option<Cents>,
        terms: (Tier, u8),
    },
    /// Something of its price was given back; the item stayed sold.
    GivenBack { price: Cents, tax: Cents },
}

/// Money that changed hands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cash {
    /// Tenders less change, and what online orders were paid.
    pub received: Cents,
    /// What shoppers got back.
    pub refunded: Cents,
    /// Receipts whose tenders are not their total, as recorded offline: more than the total is positive.
    pub variance: Cents,
    /// Given back for no line; the house bears it.
    pub borne: Cents,
}

impl Cash {
    /// Adds `amount` to one of the sums; sums that no event can reach stay as they are, and the trial balance
    /// then shows it.
    pub(super) fn add(sum: &mut Cents, amount: Cents) {
        *sum = sum.plus(amount).unwrap_or(*sum);
    }

    /// Given back for no line, less what a cancellation had given back already or gave back before.
    pub(super) fn bear(&mut self, adjustment: Cents, covered: Cents) {
        Self::add(&mut self.borne, adjustment.minus(covered).unwrap_or(adjustment));
    }
}

impl Books {
    pub(super) fn account(&mut self, consignor: ConsignorNumber) -> &mut Account {
        self.accounts.entry(consignor).or_default()
    }

    /// Takes a sold line; lines of one receipt come one after the other, in the order of their numbers.
    pub(super) fn sold(&mut self, line: SoldLine) {
        let at = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.receipts.entry(line.receipt).or_insert((at, at)).1 = at;
        if let Some(consignor) = line.consignor {
            self.account(consignor);
        }
        self.lines.push(line);
    }

    /// Lines of a receipt, counted from 0.
    pub(super) fn lines_of(&self, receipt: ReceiptId) -> u16 {
        self.receipts
            .get(&receipt)
            .map_or(0, |(first, last)| u16::try_from(last - first + 1).unwrap_or(u16::MAX))
    }

    /// Says something about line `number` (from 0) of a receipt, in the order of its log; lines of logs read
    /// later are found at the end.
    pub(super) fn say(&mut self, receipt: ReceiptId, number: u16, later: Later, source: SourceRef) {
        if !self.apply(receipt, number, later, source) {
            self.later.push((receipt, number, later, source));
        }
    }

    fn apply(&mut self, receipt: ReceiptId, number: u16, later: Later, source: SourceRef) -> bool {
        let Some((first, last)) = self.receipts.get(&receipt).copied() else { return false };
        let at = first.saturating_add(u32::from(number));
        let found = usize::try_from(at).ok().filter(|_| at <= last);
        let Some(line) = found.and_then(|at| self.lines.get_mut(at)) else { return false };
        match later {
            Later::Fell(fate) => {
                line.fate = fate;
                if !matches!(fate, Fate::Contested(_)) {
                    (line.price_back, line.tax_back) = (line.price, line.tax);
                }
            }
            Later::CameBack { fate, price, tax } => {
                line.fate = fate;
                Cash::add(&mut line.price_back, price);
                Cash::add(&mut line.tax_back, tax);
            }
            Later::Credited { consignor, share, tag, plan, printed, terms } => {
                line.fate = Fate::Stands;
                line.consignor = consignor;
                line.share = share;
                line.tag = tag.or(line.tag);
                line.plan = plan.unwrap_or(line.plan);
                line.printed = printed.unwrap_or(line.printed);
                (line.tier, line.shifts) = terms;
                line.credited = Some(source);
                if let Some(consignor) = consignor {
                    self.account(consignor);
                }
            }
            Later::GivenBack { price, tax } => {
                Cash::add(&mut line.price_back, price);
                Cash::add(&mut line.tax_back, tax);
                line.back = Some(source);
            }
        }
        true
    }

    /// Applies what was said about lines before they were read; what still fits nothing is set aside.
    pub(super) fn settle_later(&mut self) {
        for (receipt, number, later, source) in std::mem::take(&mut self.later) {
            if !self.apply(receipt, number, later, source) {
                self.unmatched.push(source);
            }
        }
    }
}

/// The trial balance: sums that must agree because each was gathered by another way. All in cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialBalance {
    /// What shoppers paid, less what they got back.
    #[serde(rename = "received_cents")]
    pub received: Cents,
    /// Tenders of offline receipts beyond what their lines came to, on record as variances.
    #[serde(rename = "variance_cents")]
    pub variance: Cents,
    /// Given back to shoppers for no line: the house bears it.
    #[serde(rename = "borne_cents")]
    pub borne: Cents,
    /// What shoppers paid for lines and did not get back, tax included; contested lines count here.
    #[serde(rename = "payable_cents")]
    pub payable: Cents,
    /// Prices less what was given back of them, of all lines that are not contested.
    #[serde(rename = "gross_cents")]
    pub gross: Cents,
    /// Tax on them.
    #[serde(rename = "tax_cents")]
    pub tax: Cents,
    /// Consignors' shares.
    #[serde(rename = "share_cents")]
    pub share: Cents,
    /// The house's shares.
    #[serde(rename = "house_cents")]
    pub house: Cents,
    /// Charges less credits over all statements.
    #[serde(rename = "charges_cents")]
    pub charges: Cents,
    /// What all statements earn in this event.
    #[serde(rename = "earned_cents")]
    pub earned: Cents,
    /// Everything that does not agree, added up without signs; must be zero.
    #[serde(rename = "difference_cents")]
    pub difference: Cents,
}

impl TrialBalance {
    /// Fills in `difference`.
    ///
    /// # Errors
    /// [`OutOfRange`] for sums that no event can reach.
    pub(super) fn closed(mut self) -> Result<Self, OutOfRange> {
        let till = self.received.minus(self.variance)?.plus(self.borne)?.minus(self.payable)?;
        let split = self.gross.minus(self.share)?.minus(self.house)?;
        let statements = self.share.minus(self.charges)?.minus(self.earned)?;
        self.difference = Cents::total([till, split, statements].map(|sum| Cents(sum.0.saturating_abs())))?;
        Ok(self)
    }
}
