//! Fees, fines, waivers, adjustments and referral credits. Every cent charged, paid or waived is an entry of
//! its own, so that a statement can name it.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use decide::MAX_REFERENCE_CHARS;
pub(super) use decide::{
    adjust, charge, fee_charge, participation_fee, pay, payment_key, referral_credits, waive,
};
pub use event::{
    AdjustmentMade, AdjustmentReason, FeeCharge, FeeKind, FeeMethod, FeePaid, FeeWaived, FeesCharged,
    ReferralCredit, ReferralsCredited, WaiverReason,
};
