//! What can be asked of an organization.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::Enrolment;
use super::settings::Settings;
use crate::ids::{EventId, PersonId};
use crate::rights::Role;

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
}
