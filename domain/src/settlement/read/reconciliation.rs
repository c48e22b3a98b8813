//! What a settlement reads in the reconciliation's log: discrepancies that are still open.

use crate::reconciliation::Event;
use crate::settlement::balance::Books;
use crate::settlement::pins::SourceRef;

pub(super) fn take(books: &mut Books, event: &Event, _source: SourceRef) {
    match event {
        Event::DiscrepancyFound(found) => {
            books.open_discrepancies.insert(found.case);
        }
        Event::DiscrepancyVanished(vanished) => {
            books.open_discrepancies.remove(&vanished.case);
        }
        Event::DiscrepancyResolved(resolved) => {
            books.open_discrepancies.remove(&resolved.case);
        }
        Event::RunStarted(_) | Event::RunFinished(_) | Event::RunAbandoned(_) | Event::PolicyChosen(_) => {}
    }
}
