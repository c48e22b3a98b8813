//! What an event remembers of its settlements: sums by consignor, never lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::{SettlementApproved, SettlementCalculated, SettlementPinned, StatementsCalculated};
use crate::ids::{ConsignorNumber, PersonId, SettlementId};
use crate::money::Cents;
use crate::settlement::{Checks, Pin, StatementPart, StatementTotals, TrialBalance};

/// A settlement that is not approved yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub settlement: SettlementId,
    /// What it reads.
    pub pins: Vec<Pin>,
    /// Last page of statements.
    pub page: u32,
    /// Sums by consignor, of statements that are there as a whole.
    pub totals: BTreeMap<ConsignorNumber, StatementTotals>,
    /// A statement whose last part is still to come, with the sum of its lines.
    pub partial: Option<(ConsignorNumber, Cents)>,
    /// Trial balance and checks, once all statements are there.
    pub closed: Option<(TrialBalance, Checks)>,
    /// Who approved it so far.
    pub approvals: Vec<PersonId>,
}

/// Settlements of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlements {
    /// Begun so far.
    pub count: u16,
    /// The one that is not approved yet.
    pub draft: Option<Draft>,
    /// Approved, in order; the first one pays the event out, later ones amend it.
    pub approved: Vec<SettlementId>,
}

/// The sum of a part's lines.
#[must_use]
pub(super) fn sum_of(part: &StatementPart) -> Option<Cents> {
    Cents::total(part.lines.iter().map(|line| line.amount)).ok()
}

impl Settlements {
    /// True once the event is paid out: what falls due from then on is no longer deducted from a payout.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.approved.is_empty()
    }

    pub(in super::super) fn pinned(&mut self, pinned: &SettlementPinned) {
        self.count = pinned.number;
        self.draft = Some(Draft {
            settlement: pinned.settlement,
            pins: pinned.pins.clone(),
            page: 0,
            totals: BTreeMap::new(),
            partial: None,
            closed: None,
            approvals: Vec::new(),
        });
    }

    pub(in super::super) fn recorded(&mut self, page: &StatementsCalculated) {
        let Some(draft) = &mut self.draft else { return };
        draft.page = page.page;
        for part in &page.parts {
            if let Some(totals) = part.totals {
                draft.totals.insert(part.consignor, totals);
                draft.partial = None;
            } else {
                let before = draft.partial.map_or(Cents::ZERO, |(_, sum)| sum);
                let sum = sum_of(part).and_then(|sum| before.plus(sum).ok()).unwrap_or(before);
                draft.partial = Some((part.consignor, sum));
            }
        }
    }

    pub(in super::super) fn calculated(&mut self, calculated: &SettlementCalculated) {
        if let Some(draft) = &mut self.draft {
            draft.closed = Some((calculated.balance, calculated.checks));
        }
    }

    pub(in super::super) fn approved(&mut self, approved: &SettlementApproved) {
        if approved.complete {
            self.approved.push(approved.settlement);
            self.draft = None;
        } else if let Some(draft) = &mut self.draft {
            draft.approvals.push(approved.by.clone());
        }
    }
}
