//! What a settlement reads in the event's log: who takes part, shifts, charges and credits, and what was
//! settled before.

use crate::consignment_event::Event;
use crate::settlement::balance::{Books, Founded};
use crate::settlement::pins::SourceRef;

pub(super) fn take(books: &mut Books, event: &Event, source: SourceRef) {
    match event {
        Event::EventCreated(created) => {
            let founded = &created.0;
            books.plans.insert(founded.settings.plan.version, founded.settings.plan.clone());
            books.founded = Some(Founded {
                event: founded.event,
                plan: founded.settings.plan.version,
                rules: founded.settings.settlement.clone(),
            });
        }
        Event::ConsignorsJoined(joined) => {
            for consignor in &joined.consignors {
                books.account(consignor.number).tier = Some((consignor.tier, source));
            }
        }
        Event::SessionScheduled(scheduled) => {
            books.plans.insert(scheduled.plan.version, scheduled.plan.clone());
        }
        _ => {}
    }
}
