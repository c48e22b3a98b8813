//! From entries to books: one reader per aggregate. Each names every kind of entry, so that a new kind makes
//! its author say what it means for a settlement.

mod event;
mod organization;
mod reconciliation;
mod session;

use super::balance::Books;
use super::pins::SourceRef;
use crate::journal::{DecodeError, EventCodec, RawEntry};
use crate::stream::StreamId;

/// Takes one verified entry into the books.
pub(super) fn take(
    books: &mut Books,
    stream: &StreamId,
    entry: &RawEntry,
    source: SourceRef,
) -> Result<(), DecodeError> {
    match stream {
        StreamId::Organization(_) => {
            organization::take(books, &crate::organization::Event::decode(entry)?.event, source);
        }
        StreamId::Event(..) => {
            event::take(books, &crate::consignment_event::Event::decode(entry)?.event, source);
        }
        StreamId::Session(..) => {
            session::take(books, &crate::sale_session::Event::decode(entry)?.event, source);
        }
        StreamId::Reconciliation(..) => {
            reconciliation::take(books, &crate::reconciliation::Event::decode(entry)?.event, source);
        }
        // No settlement reads a store's log: what it brought in stands in the sessions' logs.
        StreamId::Storefront(..) => {}
    }
    Ok(())
}
