//! The organization's hot state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::{AccountFlag, Event};
use super::invitations::OpenInvitation;
use super::ledger::{Account, LedgerPosted};
use super::settings::Settings;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, EventId, InvitationId, PersonId, WebhookId};
use crate::journal::Hash;
use crate::money::Cents;
use crate::rights::Role;
use crate::stream::StreamId;

/// A consignor's account: 24 bytes of figures; who they are is in the vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// What is carried from event to event: positive is owed to the consignor.
    pub carried: Cents,
    /// What may be spent at the tills.
    pub store_credit: Cents,
    /// Participations that count for loyalty.
    pub participations: u32,
    /// How they take part unless they choose otherwise.
    pub tier: Tier,
    /// May take no part in new events.
    pub barred: bool,
    /// A tax form is missing.
    pub tax_form_missing: bool,
    /// Its personal data is gone.
    pub erased: bool,
}

/// Accounts: number and flags only; who they are is in the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// In force; `None` before the organization exists.
    pub settings: Option<Settings>,
    /// The platform has stopped it.
    pub suspended: bool,
    /// People of the platform who may read here, each until a time, ms since 1970 UTC.
    pub support: BTreeMap<PersonId, i64>,
    /// Host names beside the label.
    pub hosts: BTreeSet<String>,
    /// Who may do what.
    pub roles: BTreeMap<PersonId, Vec<Role>>,
    /// Persons of whom running events know a revocation.
    pub narrowed: BTreeSet<PersonId>,
    /// Revocations that events have not acknowledged yet: person and event, with the entry told of.
    pub unacknowledged: BTreeMap<(PersonId, EventId), u64>,
    /// Enrolled consignors.
    pub accounts: BTreeMap<ConsignorNumber, AccountState>,
    /// Persons who sign in for accounts.
    pub links: BTreeMap<PersonId, ConsignorNumber>,
    /// Referral codes that count.
    pub codes: BTreeMap<String, ConsignorNumber>,
    /// Participations counted, so that none counts twice.
    pub counted: BTreeSet<(ConsignorNumber, EventId)>,
    /// Events founded so far; the next ordinal is one more.
    pub events: Vec<EventId>,
    /// Of them, complete or cancelled.
    pub ended: BTreeSet<EventId>,
    /// Heads of other logs, as last seen.
    pub heads: BTreeMap<StreamId, (u64, Hash)>,
    /// Outbound webhooks.
    pub webhooks: BTreeSet<WebhookId>,
    /// Invitations that wait for their answer.
    pub invitations: BTreeMap<InvitationId, OpenInvitation>,
    /// Entries taken so far.
    entries: u64,
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
        self.account(number).map(|account| account.tier)
    }

    /// The consignor's account.
    #[must_use]
    pub fn account(&self, number: ConsignorNumber) -> Option<&AccountState> {
        self.accounts.get(&number)
    }

    /// A balance; zero for strangers.
    #[must_use]
    pub fn balance(&self, number: ConsignorNumber, account: Account) -> Cents {
        self.account(number).map_or(Cents::ZERO, |found| match account {
            Account::Carried => found.carried,
            Account::StoreCredit => found.store_credit,
        })
    }

    /// How many persons hold `role`.
    #[must_use]
    pub fn holders(&self, role: Role) -> usize {
        self.roles.values().filter(|roles| roles.contains(&role)).count()
    }

    /// Events that are neither complete nor cancelled.
    #[must_use]
    pub fn running(&self) -> Vec<EventId> {
        self.events.iter().filter(|event| !self.ended.contains(event)).copied().collect()
    }

    #[expect(clippy::too_many_lines, reason = "one arm per event")]
    pub(super) fn evolve(&mut self, event: &Event) {
        self.entries += 1;
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
                self.await_acknowledgement(&granted.person, &granted.tell);
            }
            Event::RoleRevoked(revoked) => {
                if let Some(roles) = self.roles.get_mut(&revoked.person) {
                    roles.retain(|role| *role != revoked.role);
                    if roles.is_empty() {
                        self.roles.remove(&revoked.person);
                    }
                }
                self.narrowed.insert(revoked.person.clone());
                self.await_acknowledgement(&revoked.person, &revoked.tell);
            }
            Event::RightsAcknowledged(known) => {
                let key = (known.person.clone(), known.event);
                if self.unacknowledged.get(&key).is_some_and(|told| *told <= known.seq) {
                    self.unacknowledged.remove(&key);
                }
            }
            Event::EventFounded(founded) => self.events.push(founded.event),
            Event::EventEnded(ended) => self.end(ended.event),
            Event::OrganizationSuspended(_) => self.suspended = true,
            Event::OrganizationReinstated(_) => self.suspended = false,
            Event::SupportOpened(opened) => {
                self.support.insert(opened.person.clone(), opened.until);
            }
            Event::SupportClosed(closed) => {
                self.support.remove(&closed.person);
            }
            Event::HostAdded(added) => {
                self.hosts.insert(added.host.clone());
            }
            Event::HostRemoved(removed) => {
                self.hosts.remove(&removed.host);
            }
            Event::HeadWitnessed(head) => {
                self.heads.insert(head.stream.clone(), (head.seq, head.hash));
            }
            // What was seen first stands.
            Event::HeadContradicted(_) => {}
            Event::WebhookRegistered(registered) => {
                self.webhooks.insert(registered.webhook);
            }
            Event::WebhookRemoved(removed) => {
                self.webhooks.remove(&removed.webhook);
            }
            Event::PersonInvited(invited) => self.invite(invited),
            Event::InvitationAccepted(accepted) => {
                self.invitations.remove(&accepted.invitation);
            }
            Event::InvitationWithdrawn(withdrawn) => {
                self.invitations.remove(&withdrawn.invitation);
            }
            Event::ConsignorsEnrolled(enrolled) => {
                self.accounts.extend(enrolled.consignors.iter().map(|consignor| {
                    (consignor.number, AccountState { tier: consignor.tier, ..AccountState::default() })
                }));
            }
            Event::TierChanged(changed) => {
                self.with_account(changed.consignor, |account| account.tier = changed.tier);
            }
            Event::AccountFlagged(flagged) => {
                self.with_account(flagged.consignor, |account| match flagged.flag {
                    AccountFlag::Barred => account.barred = flagged.on,
                    AccountFlag::TaxFormMissing => account.tax_form_missing = flagged.on,
                });
            }
            Event::AccountLinked(linked) => {
                self.links.retain(|_, number| *number != linked.consignor);
                self.links.insert(linked.person.clone(), linked.consignor);
            }
            Event::ConsignorErased(erased) => {
                self.links.retain(|_, number| *number != erased.consignor);
                self.codes.retain(|_, number| *number != erased.consignor);
                self.with_account(erased.consignor, |account| account.erased = true);
            }
            Event::ReferralCodeIssued(issued) => {
                self.codes.insert(issued.code.clone(), issued.consignor);
            }
            Event::ReferralCodeRetired(retired) => {
                self.codes.remove(&retired.code);
            }
            Event::ParticipationsCounted(counted) => {
                for count in &counted.counts {
                    self.counted.insert((count.consignor, counted.event));
                    self.with_account(count.consignor, |account| account.participations = count.count);
                }
            }
            Event::ParticipationUncounted(counted) => {
                self.counted.remove(&(counted.consignor, counted.event));
                self.with_account(counted.consignor, |account| account.participations = counted.count);
            }
            Event::LedgerPosted(posted) => self.post(posted),
        }
    }

    fn await_acknowledgement(&mut self, person: &PersonId, tell: &[EventId]) {
        let seq = self.entries;
        self.unacknowledged.extend(tell.iter().map(|event| ((person.clone(), *event), seq)));
    }

    fn end(&mut self, event: EventId) {
        self.ended.insert(event);
        // An ended event decides about nothing that a revoked right could spoil.
        self.unacknowledged.retain(|(_, waiting), _| *waiting != event);
    }

    fn with_account(&mut self, number: ConsignorNumber, change: impl FnOnce(&mut AccountState)) {
        if let Some(account) = self.accounts.get_mut(&number) {
            change(account);
        }
    }

    fn post(&mut self, posted: &LedgerPosted) {
        for entry in &posted.entries {
            self.with_account(entry.posting.consignor, |found| match entry.posting.account {
                Account::Carried => found.carried = entry.balance,
                Account::StoreCredit => found.store_credit = entry.balance,
            });
        }
    }
}
