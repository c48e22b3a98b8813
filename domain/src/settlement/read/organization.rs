//! What a settlement reads in the organization's log: plans, and the consignors' ledgers.

use crate::organization::Event;
use crate::settlement::balance::Books;
use crate::settlement::pins::SourceRef;

pub(super) fn take(books: &mut Books, event: &Event, _source: SourceRef) {
    match event {
        Event::OrganizationCreated(created) => {
            books.plans.insert(created.settings.plan.version, created.settings.plan.clone());
        }
        Event::SettingsChanged(changed) => {
            books.plans.insert(changed.settings.plan.version, changed.settings.plan.clone());
        }
        _ => {}
    }
}
