//! What can be asked of an organization.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::{AccountFlag, Enrolment, SuspensionReason, Topic};
use super::ledger::Posting;
use super::platform::SupportReason;
use super::settings::Settings;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, EventId, InvitationId, NoteRef, PersonId, WebhookId};
use crate::journal::Hash;
use crate::rights::Role;
use crate::stream::StreamId;

/// Commands; the edge checks rights before it sends one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// The super admin creates the tenant.
    Create {
        /// Label in host names: lower-case letters, digits and inner hyphens, 2 to 40 long.
        slug: String,
        /// Public name.
        name: String,
        /// ISO 4217 code.
        currency: String,
        /// IANA zone.
        time_zone: String,
        /// First organization admin.
        first_admin: PersonId,
    },
    /// New settings, whole; the version must follow the one in force.
    ChangeSettings {
        /// To be in force.
        settings: Box<Settings>,
    },
    /// Lets a person do more.
    GrantRole {
        /// Who.
        person: PersonId,
        /// What.
        role: Role,
    },
    /// Lets a person do less.
    RevokeRole {
        /// Who.
        person: PersonId,
        /// What.
        role: Role,
    },
    /// Asks somebody, whose address is in the vault, to take a role.
    InvitePerson {
        /// Its id, made by the edge.
        invitation: InvitationId,
        /// What they will be.
        role: Role,
    },
    /// The invited person has signed in: whoever holds the invitation's secret, which the edge checks.
    AcceptInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// Takes an invitation back.
    WithdrawInvitation {
        /// Which.
        invitation: InvitationId,
    },
    /// Gives consignors their numbers; those already enrolled are passed over.
    EnrolConsignors {
        /// Accounts, at most `MAX_ENROLMENTS` of them.
        consignors: Vec<Enrolment>,
    },
    /// Begins a consignment event.
    FoundEvent {
        /// Its id, made by the edge.
        event: EventId,
        /// Its name.
        name: String,
        /// First selling day.
        starts_on: Option<NaiveDate>,
        /// Last selling day.
        ends_on: Option<NaiveDate>,
    },
    /// Delivered by an event: it is complete or cancelled.
    EndEvent {
        /// Which.
        event: EventId,
    },
    /// The platform stops the organization.
    Suspend {
        /// Why.
        reason: SuspensionReason,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// The platform lets it go on.
    Reinstate,
    /// Somebody of the platform wants to read here for a while.
    OpenSupport {
        /// Why.
        reason: SupportReason,
        /// For how long: 1 to 480.
        minutes: u32,
        /// More words, in the vault.
        #[serde(default)]
        note: Option<NoteRef>,
    },
    /// They are done, or the organization wants them gone.
    CloseSupport {
        /// Who.
        person: PersonId,
    },
    /// The organization answers at another host name, too.
    AddHost {
        /// As in DNS, without a port.
        host: String,
    },
    /// It answers there no more.
    RemoveHost {
        /// As added.
        host: String,
    },
    /// Delivered by an event: it knows of a person's lesser rights.
    AcknowledgeRights {
        /// Whose.
        person: PersonId,
        /// The event.
        event: EventId,
        /// The entry here that it was told of.
        seq: u64,
    },
    /// An account takes part another way from now on.
    ChangeTier {
        /// Whose.
        consignor: ConsignorNumber,
        /// How.
        tier: Tier,
    },
    /// Marks an account.
    FlagAccount {
        /// Whose.
        consignor: ConsignorNumber,
        /// With what.
        flag: AccountFlag,
        /// Set or cleared.
        on: bool,
    },
    /// Says who signs in for an account.
    LinkAccount {
        /// The account.
        consignor: ConsignorNumber,
        /// The person.
        person: PersonId,
    },
    /// A privacy request: personal data goes, numbers and figures stay.
    EraseConsignor {
        /// Whose.
        consignor: ConsignorNumber,
    },
    /// A code by which a consignor brings others along.
    IssueReferralCode {
        /// 4 to 12 letters and digits; letter case does not count.
        code: String,
        /// Whose.
        consignor: ConsignorNumber,
    },
    /// The code counts no more.
    RetireReferralCode {
        /// Which.
        code: String,
    },
    /// Delivered by an event: consignors take part.
    CountParticipations {
        /// Who; those counted already, and strangers, are passed over.
        consignors: Vec<ConsignorNumber>,
        /// Where.
        event: EventId,
    },
    /// Delivered by an event: somebody gave it up.
    UncountParticipation {
        /// Who.
        consignor: ConsignorNumber,
        /// Where.
        event: EventId,
    },
    /// Credits and debits: by a person with a reason, or delivered by the log they stand on.
    Post {
        /// At most `MAX_POSTINGS`; those posted before are passed over.
        postings: Vec<Posting>,
    },
    /// Another log's head, told by that log or the daily timer.
    Witness {
        /// The log.
        stream: StreamId,
        /// Its last entry.
        seq: u64,
        /// That entry's hash.
        hash: Hash,
    },
    /// Wants an outbound webhook.
    RegisterWebhook {
        /// Its id, made by the edge.
        webhook: WebhookId,
        /// Keyed digest of its address.
        url_digest: Hash,
        /// What it tells of.
        topics: Vec<Topic>,
    },
    /// Wants it no more.
    RemoveWebhook {
        /// Which.
        webhook: WebhookId,
    },
}
