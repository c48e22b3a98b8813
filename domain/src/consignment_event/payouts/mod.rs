//! Payouts: calculated by an approved settlement, approved, paid, voided, made again, or carried forward.

mod command;
mod decide;
mod event;
mod postings;
mod state;
#[cfg(test)]
mod tests;

pub use command::PayCommand;
pub use decide::{MAX_APPROVED, PAYOUT_PAGE_CONSIGNORS};
pub(super) use decide::{pay, payouts_of};
pub use event::{
    CalculatedPayout, CarriedForward, CarryReason, PayoutCarried, PayoutMethod, PayoutPaid, PayoutReissued,
    PayoutVoided, PayoutsApproved, PayoutsCalculated, TakenIn, VoidReason,
};
pub(super) use postings::postings;
pub use state::{Payout, PayoutStatus, Payouts};
