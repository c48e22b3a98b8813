//! The organization's hot state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::settings::Settings;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, EventId, PersonId};
use crate::rights::Role;

/// Accounts: number and flags only; who they are is in the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// In force; `None` before the organization exists.
    pub settings: Option<Settings>,
    /// Who may do what.
    pub roles: BTreeMap<PersonId, Vec<Role>>,
    /// Enrolled consignors.
    pub consignors: BTreeMap<ConsignorNumber, Tier>,
    /// Events founded so far; the next ordinal is one more.
    pub events: Vec<EventId>,
}

impl State {
    /// The roles of `person`; empty for strangers.
    #[must_use]
    pub fn roles_of(&self, person: &PersonId) -> Vec<Role> {
        self.roles.get(person).cloned().unwrap_or_default()
    }

    /// What the consignor is enrolled as.
    #[must_use]
    pub fn tier_of(&self, number: ConsignorNumber) -> Option<Tier> {
        self.consignors.get(&number).copied()
    }

    /// How many persons hold `role`.
    #[must_use]
    pub fn holders(&self, role: Role) -> usize {
        self.roles.values().filter(|roles| roles.contains(&role)).count()
    }

    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::OrganizationCreated(created) => {
                self.settings = Some(created.settings.clone());
                self.roles.insert(created.first_admin.clone(), vec![Role::OrganizationAdmin]);
            }
            Event::SettingsChanged(changed) => self.settings = Some(changed.settings.clone()),
            Event::RoleGranted(granted) => {
                let roles = self.roles.entry(granted.person.clone()).or_default();
                if !roles.contains(&granted.role) {
                    roles.push(granted.role);
                }
            }
            Event::RoleRevoked(revoked) => {
                if let Some(roles) = self.roles.get_mut(&revoked.person) {
                    roles.retain(|role| *role != revoked.role);
                    if roles.is_empty() {
                        self.roles.remove(&revoked.person);
                    }
                }
            }
            Event::ConsignorsEnrolled(enrolled) => {
                self.consignors
                    .extend(enrolled.consignors.iter().map(|consignor| (consignor.number, consignor.tier)));
            }
            Event::EventFounded(founded) => self.events.push(founded.event),
        }
    }
}
