//! What can happen to an organization.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::invitations::{InvitationAccepted, InvitationWithdrawn, PersonInvited};
pub use super::ledger::LedgerPosted;
pub use super::platform::{HostAdded, HostRemoved, SupportClosed, SupportOpened};
use super::settings::Settings;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, EventId, NoteRef, PersonId, WebhookId};
use crate::journal::{Hash, events};
use crate::rights::Role;
use crate::stream::StreamId;

events! {
    /// Entries of an organization's log.
    pub enum Event {
        /// The super admin created it.
        OrganizationCreated = "organization_created" v 1,
        /// New settings, whole.
        SettingsChanged = "settings_changed" v 1,
        /// A person may do more.
        RoleGranted = "role_granted" v 1,
        /// A person may do less.
        RoleRevoked = "role_revoked" v 1,
        /// Consignors got numbers.
        ConsignorsEnrolled = "consignors_enrolled" v 1,
        /// A consignment event begins; its own log follows.
        EventFounded = "event_founded" v 1,
        /// A consignment event is complete or cancelled.
        EventEnded = "event_ended" v 1,
        /// The platform stopped the organization.
        OrganizationSuspended = "organization_suspended" v 1,
        /// The platform let it go on.
        OrganizationReinstated = "organization_reinstated" v 1,
        /// Somebody of the platform may read here for a while.
        SupportOpened = "support_opened" v 1,
        /// They are done before the time.
        SupportClosed = "support_closed" v 1,
        /// The organization answers at another host name, too.
        HostAdded = "host_added" v 1,
        /// It answers there no more.
        HostRemoved = "host_removed" v 1,
        /// An event knows of a person's lesser rights.
        RightsAcknowledged = "rights_acknowledged" v 1,
        /// An account takes part another way from now on.
        TierChanged = "tier_changed" v 1,
        /// An account may or may not take part.
        AccountFlagged = "account_flagged" v 1,
        /// An account and the person who signs in for it.
        AccountLinked = "account_linked" v 1,
        /// An account's personal data is gone; numbers and figures stay.
        ConsignorErased = "consignor_erased" v 1,
        /// A code by which a consignor brings others along.
        ReferralCodeIssued = "referral_code_issued" v 1,
        /// A referral code counts no more.
        ReferralCodeRetired = "referral_code_retired" v 1,
        /// Consignors took part once more.
        ParticipationsCounted = "participations_counted" v 1,
        /// A participation was given up and counts no more.
        ParticipationUncounted = "participation_uncounted" v 1,
        /// Credits and debits.
        LedgerPosted = "ledger_posted" v 1,
        /// Another log's head was seen.
        HeadWitnessed = "head_witnessed" v 1,
        /// Another log's head contradicts what was seen before: it was rewritten.
        HeadContradicted = "head_contradicted" v 1,
        /// An outbound webhook is wanted.
        WebhookRegistered = "webhook_registered" v 1,
        /// An outbound webhook is wanted no more.
        WebhookRemoved = "webhook_removed" v 1,
        /// Somebody was asked by e-mail to take a role.
        PersonInvited = "person_invited" v 1,
        /// They came.
        InvitationAccepted = "invitation_accepted" v 1,
        /// They need not come any more.
        InvitationWithdrawn = "invitation_withdrawn" v 1,
    }
}

/// The tenant begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationCreated {
    /// Its label in host names.
    pub slug: String,
    /// Its public name.
    pub name: String,
    /// Its first settings.
    pub settings: Settings,
    /// Its first organization admin.
    pub first_admin: PersonId,
}

/// New settings, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// In force from here on.
    pub settings: Settings,
}

/// A person may do more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGranted {
    /// Who.
    pub person: PersonId,
    /// What.
    pub role: Role,
    /// All that they may do now; empty when nobody needs to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The running events that are told, because they know of an earlier revocation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<EventId>,
}

/// A person may do less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRevoked {
    /// Who.
    pub person: PersonId,
    /// What.
    pub role: Role,
    /// All that they may still do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The running events that are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<EventId>,
}

/// One consignor's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The number on their tags.
    pub number: ConsignorNumber,
    /// How they take part unless they choose otherwise.
    pub tier: Tier,
}

/// Consignors got numbers. Names and addresses are in the vault, under the same numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorsEnrolled {
    /// New accounts.
    pub consignors: Vec<Enrolment>,
}

/// A consignment event begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFounded {
    /// Its id.
    pub event: EventId,
    /// Its ordinal in the organization; the first digits of its tags.
    pub ordinal: u16,
    /// Its public name.
    pub name: String,
    /// First selling day.
    pub starts_on: Option<NaiveDate>,
    /// Last selling day.
    pub ends_on: Option<NaiveDate>,
    /// The settings it starts with.
    pub settings: Settings,
}

/// A consignment event is complete or cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventEnded {
    /// Which.
    pub event: EventId,
}

/// Why the platform stops an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionReason {
    /// It does not pay.
    Unpaid,
    /// It breaks the terms.
    Terms,
    /// Somebody else acts in its name.
    Security,
    /// It asked for it.
    OwnWish,
}

/// The platform stopped the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationSuspended {
    /// Why.
    pub reason: SuspensionReason,
    /// More words, in the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteRef>,
}

/// The platform let it go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationReinstated {}

/// An event knows of a person's lesser rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsAcknowledged {
    /// Whose.
    pub person: PersonId,
    /// The event.
    pub event: EventId,
    /// The organization's entry that it was told of.
    pub seq: u64,
}

/// An account takes part another way from now on; running participations stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierChanged {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// How they take part unless they choose otherwise.
    pub tier: Tier,
}

/// What an account may be marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFlag {
    /// Takes no part in new events.
    Barred,
    /// A tax form is missing: payouts wait for it.
    TaxFormMissing,
}

/// An account is marked, or no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFlagged {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// With what.
    pub flag: AccountFlag,
    /// True when set.
    pub on: bool,
}

/// An account and the person who signs in for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLinked {
    /// The account.
    pub consignor: ConsignorNumber,
    /// The person, by the sign-in's opaque id.
    pub person: PersonId,
}

/// An account's personal data is gone: the vault's key is destroyed; numbers and figures stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsignorErased {
    /// Whose.
    pub consignor: ConsignorNumber,
    /// The running events that are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<EventId>,
}

/// A code by which a consignor brings others along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCodeIssued {
    /// Upper-case letters and digits.
    pub code: String,
    /// Whose.
    pub consignor: ConsignorNumber,
}

/// A referral code counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCodeRetired {
    /// Which.
    pub code: String,
}

/// One participation that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationCount {
    /// Who.
    pub consignor: ConsignorNumber,
    /// How many they are with this one.
    pub count: u32,
    /// True when this one is free of the fee.
    pub free: bool,
}

/// Consignors took part once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationsCounted {
    /// Where.
    pub event: EventId,
    /// Who, with the count.
    pub counts: Vec<ParticipationCount>,
}

/// A participation was given up and counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationUncounted {
    /// Who.
    pub consignor: ConsignorNumber,
    /// Where.
    pub event: EventId,
    /// How many are left.
    pub count: u32,
}

/// Another log's head was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadWitnessed {
    /// The log.
    pub stream: StreamId,
    /// Its last entry.
    pub seq: u64,
    /// That entry's hash.
    pub hash: Hash,
}

/// Another log's head contradicts what was seen before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadContradicted {
    /// The log.
    pub stream: StreamId,
    /// The entry.
    pub seq: u64,
    /// The hash seen before.
    pub witnessed: Hash,
    /// The hash told now.
    pub found: Hash,
}

/// What an outbound webhook tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Events move on.
    Events,
    /// Items are listed and change.
    Items,
    /// Receipts and returns.
    Sales,
    /// Bookings.
    Bookings,
    /// Settlements and payouts.
    Payouts,
}

/// An outbound webhook is wanted. The address may name people, so only its digest is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRegistered {
    /// Its id.
    pub webhook: WebhookId,
    /// Keyed digest of its address.
    pub url_digest: Hash,
    /// What it tells of.
    pub topics: Vec<Topic>,
}

/// An outbound webhook is wanted no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRemoved {
    /// Its id.
    pub webhook: WebhookId,
}
