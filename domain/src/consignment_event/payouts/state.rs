//! What an event remembers of its payouts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::{CalculatedPayout, PayoutMethod, PayoutsCalculated};
use crate::ids::ConsignorNumber;
use crate::money::Cents;

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayoutStatus {
    /// Calculated by an approved settlement.
    Calculated,
    /// May be made.
    Approved,
    /// Made.
    Paid(PayoutMethod),
    /// Made, and counts no more.
    Voided,
    /// Voided and made again under this number.
    Reissued(u32),
    /// Voided and owed in the ledger.
    Carried,
}

impl PayoutStatus {
    /// The name in logs, API and read models.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calculated => "calculated",
            Self::Approved => "approved",
            Self::Paid(_) => "paid",
            Self::Voided => "voided",
            Self::Reissued(_) => "reissued",
            Self::Carried => "carried",
        }
    }
}

/// One payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// To whom.
    pub consignor: ConsignorNumber,
    /// How much.
    pub amount: Cents,
    /// Where it stands.
    pub status: PayoutStatus,
}

/// Payouts of an event, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payouts {
    /// By number, from 1.
    pub by_number: BTreeMap<u32, Payout>,
}

impl Payouts {
    /// The next free number.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.by_number.last_key_value().map_or(1, |(number, _)| number.saturating_add(1))
    }

    pub(in super::super) fn calculated(&mut self, page: &PayoutsCalculated) {
        let payout = |made: &CalculatedPayout| Payout {
            consignor: made.consignor,
            amount: made.amount,
            status: PayoutStatus::Calculated,
        };
        self.by_number.extend(page.payouts.iter().map(|made| (made.payout, payout(made))));
    }

    pub(in super::super) fn move_to(&mut self, number: u32, status: PayoutStatus) {
        if let Some(payout) = self.by_number.get_mut(&number) {
            payout.status = status;
        }
    }

    pub(in super::super) fn reissued(&mut self, number: u32, replaces: u32) {
        self.move_to(replaces, PayoutStatus::Reissued(number));
        if let Some(old) = self.by_number.get(&replaces).copied() {
            self.by_number.insert(number, Payout { status: PayoutStatus::Approved, ..old });
        }
    }
}
