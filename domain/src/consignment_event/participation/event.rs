//! What can happen to participations.

use serde::{Deserialize, Serialize};

use crate::commission::Tier;
use crate::ids::{ConsignorNumber, NoteRef, PersonId};

use super::super::custody::Terms;
use super::super::fees::FeeMethod;
use crate::ids::SessionId;
use crate::rights::Role;

/// How registration goes at this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RegistrationPlanned {
    /// From when, ms since 1970 UTC; none for as soon as the event is in registration.
    pub opens_at: Option<i64>,
    /// Until when; none for as long as the event takes items.
    pub closes_at: Option<i64>,
    /// Places; none for no limit.
    pub capacity: Option<u32>,
    /// Version of the terms that must be accepted; 0 for none.
    pub terms: u32,
}

/// How somebody heard of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralSource {
    /// From another consignor.
    Consignor,
    /// A friend who does not take part.
    Friend,
    /// Social media.
    SocialMedia,
    /// A search engine.
    Search,
    /// A sign or leaflet.
    Print,
    /// The organization's mails.
    Mail,
    /// Was here before.
    Returning,
    /// Something else.
    Other,
}

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// From where.
    pub source: ReferralSource,
    /// Through whom, when the source is a consignor.
    #[serde(default)]
    pub by: Option<ConsignorNumber>,
}

/// Somebody's registration, as asked for and as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Who.
    pub consignor: ConsignorNumber,
    /// How they take part.
    pub tier: Tier,
    /// How they pay the fee.
    pub method: FeeMethod,
    /// How they came.
    #[serde(default)]
    pub referral: Option<Referral>,
    /// Version of the terms they accepted; 0 for none.
    #[serde(default)]
    pub terms: u32,
}

/// A consignor takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorRegistered {
    /// As registered.
    #[serde(flatten)]
    pub registration: Registration,
    /// True when a place from the waiting list was taken up.
    #[serde(default)]
    pub from_waiting_list: bool,
}

/// A consignor waits for a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorQueued {
    /// As registered.
    #[serde(flatten)]
    pub registration: Registration,
}

/// A free place is kept for the first who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOffered {
    /// For whom.
    pub consignor: ConsignorNumber,
    /// Until when, ms since 1970 UTC.
    pub expires_at: i64,
}

/// The place was not taken up in time; the consignor leaves the waiting list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOfferExpired {
    /// By whom.
    pub consignor: ConsignorNumber,
}

/// Another tier or way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationChanged {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// The tier.
    pub tier: Tier,
    /// How the fee is paid.
    pub method: FeeMethod,
}

/// Why a participation ends before the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// The consignor wants so.
    OwnWish,
    /// The fee was not paid.
    Unpaid,
    /// The organizer decided so.
    Organizer,
    /// The account was erased.
    Erased,
}

/// A consignor takes part no more, or leaves the waiting list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationCancelled {
    /// Who.
    pub consignor: ConsignorNumber,
    /// Why.
    pub reason: LeaveReason,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
    /// True when they had a place.
    pub had_place: bool,
}

/// A consignor's personal data is gone; numbers and figures stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorErased {
    /// Whose.
    pub consignor: ConsignorNumber,
}

/// What sessions need for their estimates has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsChanged {
    /// The terms now.
    pub terms: Vec<Terms>,
    /// The sessions that are told.
    pub sessions: Vec<SessionId>,
}

/// A person's rights, as the organization told after a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsKnown {
    /// Whose.
    pub person: PersonId,
    /// All that they may do now.
    pub roles: Vec<Role>,
    /// The organization's entry.
    pub seq: u64,
}
