//! What the store should say, read from our own logs.
//!
//! One fold over the logs of an event, of its sessions, and of the storefront it sells through. Each log is read
//! in its own order; how the logs are interleaved changes nothing. The event's and the sessions' own states say
//! which item is for sale where; the entries about orders say what each order should come to; the storefront's
//! entries say what the store was told, and which news came without a webhook.

mod listings;
mod orders;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use super::view::{EntryRef, ItemView, OrderView};
use crate::aggregate::Aggregate;
use crate::consignment_event::{self, ConsignmentEvent};
use crate::ids::{RemoteId, SessionId};
use crate::journal::{DecodeError, Entry, EventCodec, RawEntry};
use crate::money::OutOfRange;
use crate::sale_session::{self, SaleSession};
use crate::storefront;
use crate::stream::StreamId;
use crate::tag::Tag;

use listings::Listings;
use orders::Orders;
use webhooks::Webhooks;
pub use webhooks::{MissedWebhooks, WEBHOOK_GRACE_MS};

/// Why an entry cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum ExpectedError {
    /// It cannot be read.
    #[error("entry {seq} of {stream}: {source}")]
    Entry {
        /// The log.
        stream: StreamId,
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// A sum left the range of amounts.
    #[error("entry {seq} of {stream}: {source}")]
    Range {
        /// The log.
        stream: StreamId,
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        source: OutOfRange,
    },
}

/// What the store should say, as far as the logs were read.
#[derive(Debug, Default)]
pub struct Expected {
    event: consignment_event::State,
    sessions: BTreeMap<SessionId, sale_session::State>,
    orders: Orders,
    listings: Listings,
    webhooks: Webhooks,
}

impl Expected {
    /// Takes the next entry of one of the logs. Logs that no comparison reads (the organization's, the
    /// reconciliation's own) are passed over.
    ///
    /// # Errors
    /// [`ExpectedError`] when the entry cannot be read, or its amounts are none that an order can have.
    pub fn take(&mut self, stream: &StreamId, raw: &RawEntry) -> Result<(), ExpectedError> {
        let unreadable = |source| ExpectedError::Entry { stream: stream.clone(), seq: raw.seq, source };
        let at = EntryRef { stream: stream.clone(), seq: raw.seq };
        match stream {
            StreamId::Event(..) => {
                let entry = consignment_event::Event::decode(raw).map_err(unreadable)?;
                ConsignmentEvent::evolve(&mut self.event, &entry.event, entry.recorded_at);
                Ok(())
            }
            StreamId::Session(_, session) => {
                let entry = sale_session::Event::decode(raw).map_err(unreadable)?;
                self.take_session(*session, &entry, &at)
            }
            StreamId::Storefront(..) => {
                let entry = storefront::Event::decode(raw).map_err(unreadable)?;
                self.webhooks.take(&entry, &at);
                self.listings.take(&entry);
                Ok(())
            }
            StreamId::Organization(_) | StreamId::Reconciliation(..) => Ok(()),
        }
    }

    fn take_session(
        &mut self,
        session: SessionId,
        entry: &Entry<sale_session::Event>,
        at: &EntryRef,
    ) -> Result<(), ExpectedError> {
        self.orders.take(entry, at).map_err(|source| ExpectedError::Range {
            stream: at.stream.clone(),
            seq: at.seq,
            source,
        })?;
        let state = self.sessions.entry(session).or_default();
        SaleSession::evolve(state, &entry.event, entry.recorded_at);
        Ok(())
    }

    /// First digits of the event's tags; none before its first entry is read.
    #[must_use]
    pub fn ordinal(&self) -> Option<u16> {
        self.event.founding.as_ref().map(|founding| founding.ordinal)
    }

    /// Every order that sessions of the event took, by the store's id, over the event's own lines.
    #[must_use]
    pub const fn orders(&self) -> &BTreeMap<RemoteId, OrderView> {
        self.orders.by_id()
    }

    /// Every item of the event, by tag, as the store should have it at `now`: one to be bought at the price of
    /// the moment while a session that sells online holds it unsold, else none.
    #[must_use]
    pub fn items(&self, now: i64) -> Vec<ItemView> {
        let Some(ordinal) = self.ordinal() else { return Vec::new() };
        let tags = (1..).map_while(|number| Tag::new(ordinal, number).ok());
        let mut items: Vec<ItemView> = Vec::with_capacity(self.event.items.len());
        for (tag, slot) in tags.zip(&self.event.items) {
            let session = usize::from(slot.session).checked_sub(1).and_then(|at| self.event.sessions.get(at));
            let session = session.and_then(|session| self.sessions.get(&session.id));
            items.push(listings::item(tag, slot, session, now));
        }
        items
    }

    /// Items that the store was told to offer and took, now or earlier: it should know of them.
    #[must_use]
    pub const fn listed(&self) -> &BTreeSet<Tag> {
        self.listings.listed()
    }

    /// Items of which a change is on its way to the store: no time to compare them. A change that the store
    /// refused waits for a person and hides nothing.
    #[must_use]
    pub fn changing(&self) -> BTreeSet<Tag> {
        self.listings.changing()
    }

    /// Orders of the event of which something reached us by asking, with no webhook about it until `now`.
    #[must_use]
    pub fn missed_webhooks(&self, now: i64) -> Vec<MissedWebhooks> {
        self.ordinal().map_or_else(Vec::new, |ordinal| self.webhooks.missed(ordinal, now))
    }
}
