//! What can happen to an organization.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, EventId, PersonId};
use crate::journal::events;
use crate::rights::Role;

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
}

/// A person may do less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRevoked {
    /// Who.
    pub person: PersonId,
    /// What.
    pub role: Role,
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
