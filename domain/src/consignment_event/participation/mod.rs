//! Who takes part: registration, places and waiting list, tiers, and leaving.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::MAX_JOINING;
pub(super) use decide::{
    accept, cancel, change, erase, expire_offers, grant_loyalty, join, know_rights, plan, register,
    terms_changed,
};
pub use event::{
    ConsignorErased, ConsignorQueued, ConsignorRegistered, LeaveReason, ParticipationCancelled,
    ParticipationChanged, PlaceOfferExpired, PlaceOffered, Referral, ReferralSource, Registration,
    RegistrationPlanned, RightsKnown, TermsChanged,
};
pub use state::{FeeAccount, Participation, Standing};
