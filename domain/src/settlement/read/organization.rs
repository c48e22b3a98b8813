//! What a settlement reads in the organization's log: plans, and the consignors' carried balances.

use crate::organization::{Account, Event};
use crate::settlement::balance::Books;
use crate::settlement::pins::SourceRef;

pub(super) fn take(books: &mut Books, event: &Event, source: SourceRef) {
    match event {
        Event::OrganizationCreated(created) => {
            books.plans.insert(created.settings.plan.version, created.settings.plan.clone());
        }
        Event::SettingsChanged(changed) => {
            books.plans.insert(changed.settings.plan.version, changed.settings.plan.clone());
        }
        Event::LedgerPosted(posted) => {
            for (line, entry) in (1..).zip(&posted.entries) {
                if entry.posting.account == Account::Carried {
                    let ledger = &mut books.account(entry.posting.consignor).ledger;
                    ledger.push((source.at_line(line), entry.posting.amount));
                }
            }
        }
        // Who may do what, who is who, and other events: nothing that an amount comes from. An erased
        // consignor's figures stay.
        Event::RoleGranted(_)
        | Event::RoleRevoked(_)
        | Event::ConsignorsEnrolled(_)
        | Event::EventFounded(_)
        | Event::EventEnded(_)
        | Event::OrganizationSuspended(_)
        | Event::OrganizationReinstated(_)
        | Event::SupportOpened(_)
        | Event::SupportClosed(_)
        | Event::HostAdded(_)
        | Event::HostRemoved(_)
        | Event::RightsAcknowledged(_)
        | Event::TierChanged(_)
        | Event::AccountFlagged(_)
        | Event::AccountLinked(_)
        | Event::ConsignorErased(_)
        | Event::ReferralCodeIssued(_)
        | Event::ReferralCodeRetired(_)
        | Event::ParticipationsCounted(_)
        | Event::ParticipationUncounted(_)
        | Event::HeadWitnessed(_)
        | Event::HeadContradicted(_)
        | Event::WebhookRegistered(_)
        | Event::WebhookRemoved(_)
        | Event::PersonInvited(_)
        | Event::InvitationAccepted(_)
        | Event::InvitationWithdrawn(_) => {}
    }
}
