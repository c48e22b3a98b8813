//! Who takes part: registration, places and waiting list, tiers, and leaving.

mod decide;
mod event;
mod leave;
mod state;
#[cfg(test)]
mod tests;

pub use decide::MAX_JOINING;
pub(super) use decide::{
    accept, change, expire_offers, grant_loyalty, join, know_rights, plan, register, terms_changed,
};
pub use event::{
    ConsignorErased, ConsignorQueued, ConsignorRegistered, LeaveReason, ParticipationCancelled,
    ParticipationChanged, PlaceOfferExpired, PlaceOffered, Referral, ReferralSource, Registration,
    RegistrationPlanned, RightsKnown, TermsChanged,
};
pub(super) use leave::{cancel, erase};
pub use state::{FeeAccount, Participation, Standing};
