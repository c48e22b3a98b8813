//! What can happen to payouts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ConsignorNumber, NoteRef, PersonId, SettlementId};
use crate::money::Cents;

/// A payout as calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalculatedPayout {
    /// Its number in the event, from 1; printed on cheques and transfers.
    pub payout: u32,
    /// To whom.
    pub consignor: ConsignorNumber,
    /// How much; above zero.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}

/// Why an amount is carried forward in the organization's ledger instead of paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarryReason {
    /// The event came out below zero.
    Negative,
    /// Below the organization's minimum.
    BelowMinimum,
    /// An amendment: less was earned than was paid.
    AfterPayout,
}

/// An amount carried forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedForward {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// Positive is owed to the consignor, negative by them.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// Why.
    pub reason: CarryReason,
}

/// A balance that the settlement took out of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// As it stood: positive was owed to the consignor.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}

/// What an approved settlement comes to, a page of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutsCalculated {
    /// Of which settlement.
    pub settlement: SettlementId,
    /// To be paid.
    pub payouts: Vec<CalculatedPayout>,
    /// Carried forward.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<CarriedForward>,
    /// Taken out of the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<TakenIn>,
}

/// Payouts may be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutsApproved {
    /// Which.
    pub payouts: Vec<u32>,
    /// By whom.
    pub by: PersonId,
}

/// How money leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutMethod {
    /// A cheque; the reference is its number.
    Cheque,
    /// A bank file; the reference is the trace number.
    Bank,
    /// `PayPal`; the reference is the batch's.
    Paypal,
    /// Cash, against a signature.
    Cash,
    /// Kept as store credit in the organization's ledger.
    StoreCredit,
}

/// A payout was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutPaid {
    /// Which.
    pub payout: u32,
    /// To whom.
    pub consignor: ConsignorNumber,
    /// How much.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// How.
    pub method: PayoutMethod,
    /// Cheque or trace number: an opaque reference.
    pub reference: String,
    /// The date on it.
    pub paid_on: NaiveDate,
}

/// Why a payout was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// Lost in the mail.
    Lost,
    /// Not cashed in time.
    Stale,
    /// The bank returned it.
    Returned,
    /// Printed wrongly.
    Misprinted,
    /// Something else; the note is in the vault.
    Other,
}

/// A payout that was made counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutVoided {
    /// Which.
    pub payout: u32,
    /// To whom it was.
    pub consignor: ConsignorNumber,
    /// How much it was.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// How it had been made.
    pub method: PayoutMethod,
    /// Why.
    pub reason: VoidReason,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// A voided payout is made again, under a number of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutReissued {
    /// The new one.
    pub payout: u32,
    /// The voided one.
    pub replaces: u32,
    /// To whom.
    pub consignor: ConsignorNumber,
    /// How much: the same.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}

/// A voided payout is not made again: the amount is owed in the organization's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutCarried {
    /// The voided one.
    pub payout: u32,
    /// To whom.
    pub consignor: ConsignorNumber,
    /// How much.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
}
