//! One aggregate's log with its hot state: waking, keeping the state beside the log, forgetting it.
//!
//! The engine is free of any runtime: clock and fresh ids come in, storage is a [`Database`].

use std::cell::{Cell, RefCell};

use domain::aggregate::Aggregate;
use domain::journal::Head;
use domain::rejection::Rejection;
use domain::stream::StreamId;

use super::database::{Database, StoreError};
use super::import;
use super::keys::event_of;
use super::limits::PAGE_ENTRIES_MAX;
use super::snapshot::{self, Snapshot, Tail};
use super::store::Store;
use super::wire::SubmitError;

/// One aggregate's log with its hot state.
pub struct Log<A: Aggregate, D> {
    pub(super) id: StreamId,
    pub(super) stream: String,
    pub(super) store: Store<D>,
    /// Taken out while in use, so that whatever fails on the way leaves nothing stale: the next call replays.
    hot: RefCell<Option<Hot<A>>>,
    /// Whether something was written since it was last asked that other logs wait for.
    hands_over: Cell<bool>,
}

/// What an awake instance holds beside its log.
pub(super) struct Hot<A: Aggregate> {
    pub(super) head: Head,
    pub(super) recorded_at: i64,
    /// Whether the tables are there: an object that was only asked leaves no trace.
    pub(super) stored: bool,
    /// Whether it was imported and not opened: it takes no commands then.
    pub(super) held: bool,
    /// What a waking instance would have to replay.
    pub(super) tail: Tail,
    pub(super) state: A::State,
}

/// Why the engine refused: a value for the caller, or a failure that costs the hot state.
pub(super) enum Failure {
    Refused(SubmitError),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Where nothing could be refused.
impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Refused(error) => Self::Database(error.to_string()),
        }
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        Self::Refused(error)
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(SubmitError::Rejected(rejection))
    }
}

impl<A: Aggregate, D: Database> Log<A, D> {
    /// The log of `stream` in `store`; read on first use.
    pub fn new(id: StreamId, store: Store<D>) -> Self {
        Self { stream: id.to_string(), id, store, hot: RefCell::new(None), hands_over: Cell::new(false) }
    }

    /// The tables, for the host's own bookmarks.
    pub fn store(&self) -> &Store<D> {
        &self.store
    }

    /// The stream.
    pub fn id(&self) -> &StreamId {
        &self.id
    }

    /// The stream's name.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Says, once, that something was written that other logs wait for.
    pub fn begins_to_hand_over(&self) -> bool {
        self.hands_over.take()
    }

    /// Something was written that other logs wait for.
    pub(super) fn will_hand_over(&self) {
        self.hands_over.set(true);
    }

    /// Writes a snapshot when a waking instance would have much to replay; says whether it did. An instance
    /// that is not awake has nothing to write.
    ///
    /// # Errors
    /// [`StoreError`]; the snapshot before stays then.
    pub fn snapshot_if_due(&self) -> Result<bool, StoreError> {
        let due = self.hot.borrow().as_ref().is_some_and(|hot| hot.tail.is_long());
        if due {
            self.snapshot()?;
        }
        Ok(due)
    }

    /// Writes a snapshot of the hot state, if the instance is awake.
    ///
    /// # Errors
    /// [`StoreError`]; the snapshot before stays then.
    pub(super) fn snapshot(&self) -> Result<(), StoreError> {
        if let Some(hot) = self.hot.borrow_mut().as_mut() {
            snapshot::take::<A, D>(&self.store, hot.head, hot.recorded_at, &hot.state)?;
            hot.tail = Tail::default();
        }
        Ok(())
    }

    /// The hot state as a snapshot would hold it, for comparing.
    #[cfg(test)]
    pub(super) fn state_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.hot.borrow().as_ref().map_or(Ok(Vec::new()), |hot| snapshot::encode(&hot.state))
    }

    /// Forgets the hot state; the next call replays the log.
    pub fn forget(&self) {
        self.hot.take();
    }

    /// Runs `work` on the hot state, which is read from the log when it is not there. Whatever fails in storage
    /// costs the hot state, so that no decision ever stands on something that was not stored.
    pub(super) fn with_hot<T>(
        &self,
        work: impl FnOnce(&mut Hot<A>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut hot = match self.hot.take() {
            Some(hot) => hot,
            None => self.wake()?,
        };
        let outcome = work(&mut hot);
        if !matches!(outcome, Err(Failure::Store(_))) {
            self.hot.replace(Some(hot));
        }
        outcome
    }

    fn wake(&self) -> Result<Hot<A>, StoreError> {
        let stored = self.store.exists()?;
        if stored {
            self.update()?;
        }
        let held = stored && import::is_held(&self.store)?;
        let snapshot = if stored { snapshot::load::<A, D>(&self.store)? } else { None };
        let mut hot = match snapshot {
            Some(Snapshot { head, recorded_at, state }) => {
                Hot { head, recorded_at, stored, held, tail: Tail::default(), state }
            }
            None => Hot {
                head: Head::EMPTY,
                recorded_at: i64::MIN,
                stored,
                held,
                tail: Tail::default(),
                state: A::State::default(),
            },
        };
        if stored {
            self.replay(&mut hot)?;
        }
        Ok(hot)
    }

    /// Takes what the log holds behind `hot` into it, verified.
    fn replay(&self, hot: &mut Hot<A>) -> Result<(), StoreError> {
        let (state, recorded_at, tail) = (&mut hot.state, &mut hot.recorded_at, &mut hot.tail);
        hot.head = self.store.replay(&self.stream, hot.head, PAGE_ENTRIES_MAX, |entry| {
            let event = event_of::<A>(entry)?;
            A::evolve(state, &event, entry.recorded_at);
            *recorded_at = entry.recorded_at;
            tail.grow(entry.payload.len());
            Ok(())
        })?;
        Ok(())
    }
}
