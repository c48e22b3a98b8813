//! Entries that commands ask for by key: said where they are when they are written, read from the log again when a
//! command needs them.

use domain::aggregate::Aggregate;
use domain::journal::{EventCodec, Head, RawEntry};

use super::database::{Database, StoreError};
use super::limits::PAGE_ENTRIES_MAX;
use super::log::{Hot, Log};
use super::store::Place;

/// Under which keys `entries` are found, which hold `events`.
pub(super) fn places<'a, A: Aggregate>(
    entries: &'a [RawEntry],
    events: &'a [A::Event],
) -> impl Iterator<Item = Place> + 'a {
    let of = |(entry, event): (&RawEntry, &A::Event)| {
        let seq = entry.seq;
        A::remember(event).into_iter().map(move |key| (key, seq))
    };
    entries.iter().zip(events).flat_map(of)
}

impl<A: Aggregate, D: Database> Log<A, D> {
    /// What `command` needs of the log.
    pub(super) fn facts_for(&self, hot: &Hot<A>, command: &A::Command) -> Result<A::Facts, StoreError> {
        let mut facts = A::Facts::default();
        let keys = if hot.stored { A::needs(command) } else { Vec::new() };
        // An entry may stand under many keys: their places come in its order, and it is read once.
        let mut read: Option<(u64, A::Event)> = None;
        for (key, seq) in self.store.places(&keys)? {
            let event = match read.take() {
                Some((at, event)) if at == seq => event,
                _ => self.event_at(seq)?,
            };
            A::recall(&mut facts, &key, &event);
            read = Some((seq, event));
        }
        Ok(facts)
    }

    fn event_at(&self, seq: u64) -> Result<A::Event, StoreError> {
        let page = self.store.page(seq, 1)?;
        let entry = page.first().ok_or(StoreError::Shape("an entry under a key"))?;
        event_of::<A>(entry)
    }

    /// Gives an object that was made by an older build the tables of this one; keys are read from the log again.
    ///
    /// # Errors
    /// [`StoreError`]; it stays as it was then.
    pub fn update(&self) -> Result<(), StoreError> {
        if self.store.is_up_to_date()? {
            return Ok(());
        }
        self.store.in_one(|store| {
            store.update()?;
            let key = |entry: &RawEntry| {
                let keys = A::remember(&event_of::<A>(entry)?);
                keys.into_iter().try_for_each(|key| store.key(&(key, entry.seq)))
            };
            store.replay(&self.stream, Head::EMPTY, PAGE_ENTRIES_MAX, key).map(drop)
        })
    }
}

pub(super) fn event_of<A: Aggregate>(entry: &RawEntry) -> Result<A::Event, StoreError> {
    A::Event::from_payload(&entry.kind, entry.version, &entry.payload)
        .map_err(|source| StoreError::Decode { seq: entry.seq, source })
}
