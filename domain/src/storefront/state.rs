//! The storefront's hot state: what is open. What is known of each order is a cold fact.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::{Change, Event, StoreConnected};
use crate::ids::{EventId, RemoteId, SessionId};
use crate::tag::Tag;

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Not sent yet.
    Waiting,
    /// Sent; no answer yet.
    Sent,
    /// Failed; to be sent again then (ms since 1970 UTC).
    Again(i64),
    /// A person must look.
    Stuck,
}

/// A change that the store has not taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The item.
    pub tag: Tag,
    /// What must be so; the price in cents, none for withdrawn.
    pub price: Option<i64>,
    /// Where it stands.
    pub progress: Progress,
    /// Failures so far.
    pub failures: u32,
}

/// Everything decisions need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The store, while it is connected.
    pub store: Option<StoreConnected>,
    /// Needed topics that the store does not send.
    pub missing_topics: Vec<String>,
    /// Present topics as last checked; `None` before the first check.
    pub checked: Option<Vec<String>>,
    /// By event ordinal.
    pub routes: BTreeMap<u16, (EventId, SessionId)>,
    /// Orders that webhooks told of and nobody fetched since.
    pub nudged: BTreeSet<RemoteId>,
    /// Orders with lines that no session takes.
    pub unrouted: BTreeSet<RemoteId>,
    /// All orders changed up to here were asked for.
    pub cursor: i64,
    /// Number of the last change.
    pub changes: u64,
    /// Changes that the store has not taken yet.
    pub pending: BTreeMap<u64, Pending>,
    /// Failures of the store in a row.
    pub failures: u32,
    /// No calls before this.
    pub circuit: Option<i64>,
}

impl State {
    /// Where the line of `tag` goes.
    #[must_use]
    pub fn route(&self, tag: Option<Tag>) -> Option<SessionId> {
        self.routes.get(&tag?.event()).map(|(_, session)| *session)
    }

    /// Changes to send at `now`, oldest first, at most `count`.
    #[must_use]
    pub fn due(&self, now: i64, count: usize) -> Vec<u64> {
        if self.circuit.is_some_and(|until| now < until) {
            return Vec::new();
        }
        let due = |progress: Progress| match progress {
            Progress::Waiting => true,
            Progress::Again(at) => at <= now,
            Progress::Sent | Progress::Stuck => false,
        };
        let under_way: BTreeSet<Tag> = self
            .pending
            .values()
            .filter(|change| change.progress == Progress::Sent)
            .map(|change| change.tag)
            .collect();
        // Two changes of one item never race: the newer one waits for the older one's answer.
        self.pending
            .iter()
            .filter(|(_, change)| due(change.progress) && !under_way.contains(&change.tag))
            .map(|(id, _)| *id)
            .take(count)
            .collect()
    }

    #[expect(clippy::too_many_lines, reason = "one arm per event")]
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::StoreConnected(connected) => self.store = Some(connected.clone()),
            Event::StoreDisconnected(_) => self.store = None,
            Event::SubscriptionsChecked(checked) => {
                self.missing_topics.clone_from(&checked.missing);
                self.checked = Some(checked.present.clone());
            }
            Event::EventRouted(routed) => {
                self.routes.insert(routed.ordinal, (routed.event, routed.session));
            }
            Event::OrderNudged(nudged) => {
                self.nudged.insert(nudged.order);
            }
            Event::AgreementRecorded(_) => {}
            Event::OrderRouted(routed) => {
                let order = routed.known.order;
                self.nudged.remove(&order);
                if routed.known.lines.iter().any(|line| line.session.is_none()) {
                    self.unrouted.insert(order);
                } else {
                    self.unrouted.remove(&order);
                }
            }
            Event::CursorMoved(moved) => self.cursor = moved.updated_at,
            Event::ChangeQueued(queued) => {
                self.changes = queued.change;
                self.pending
                    .retain(|_, pending| pending.tag != queued.tag || pending.progress == Progress::Sent);
                let price = match queued.target {
                    Change::Offered { price } => Some(price.0),
                    Change::Withdrawn => None,
                };
                let pending = Pending { tag: queued.tag, price, progress: Progress::Waiting, failures: 0 };
                self.pending.insert(queued.change, pending);
            }
            Event::ChangesSent(sent) => {
                for change in &sent.changes {
                    self.with_pending(*change, |pending| pending.progress = Progress::Sent);
                }
            }
            Event::ChangesConfirmed(confirmed) => {
                self.failures = 0;
                for change in &confirmed.changes {
                    self.pending.remove(change);
                }
            }
            Event::ChangeFailed(failed) => {
                self.failures = self.failures.saturating_add(1);
                let tag = self.pending.get(&failed.change).map(|pending| pending.tag);
                if self.pending.iter().any(|(id, pending)| *id > failed.change && Some(pending.tag) == tag) {
                    // A newer change of the same item says what must be so now.
                    self.pending.remove(&failed.change);
                }
                self.with_pending(failed.change, |pending| {
                    pending.failures = pending.failures.saturating_add(1);
                    pending.progress = failed.retry_at.map_or(Progress::Stuck, Progress::Again);
                });
            }
            Event::CircuitOpened(opened) => self.circuit = Some(opened.until),
            Event::CircuitClosed(_) => {
                self.circuit = None;
                self.failures = 0;
            }
        }
    }

    fn with_pending(&mut self, change: u64, then: impl FnOnce(&mut Pending)) {
        if let Some(pending) = self.pending.get_mut(&change) {
            then(pending);
        }
    }
}
