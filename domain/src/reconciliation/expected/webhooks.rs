//! Webhooks that should have come. A webhook is only a nudge, and asking finds what it would have told; but a store
//! that has stopped sending them is noticed here, before anybody relies on them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::view::{EntryRef, Evidence};
use crate::ids::RemoteId;
use crate::journal::Entry;
use crate::storefront::{AgreementRecorded, Event, Via};

/// How long a webhook may take, in ms: the store tries for four hours.
pub const WEBHOOK_GRACE_MS: i64 = 4 * 60 * 60 * 1_000;

/// An order of which something reached us by asking only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedWebhooks {
    /// The order.
    pub order: RemoteId,
    /// Agreements that no webhook told of.
    pub agreements: u32,
    /// The entries that recorded them.
    pub ours: Evidence,
    /// The store's answer, and when it made the last of them.
    pub theirs: Evidence,
}

#[derive(Debug, Default)]
pub(super) struct Webhooks {
    /// When webhooks told of orders last, ms since 1970 UTC.
    nudged: BTreeMap<RemoteId, i64>,
    /// Orders that a webhook told of and nobody fetched since: further webhooks leave no entry meanwhile.
    waiting: BTreeSet<RemoteId>,
    /// By order: agreements found by asking, with their entries.
    asked: BTreeMap<RemoteId, Vec<(EntryRef, AgreementRecorded)>>,
    /// Events in whose tags an order's lines begin.
    events: BTreeMap<RemoteId, BTreeSet<u16>>,
}

impl Webhooks {
    pub(super) fn take(&mut self, entry: &Entry<Event>, at: &EntryRef) {
        match &entry.event {
            Event::OrderNudged(nudged) => {
                self.waiting.insert(nudged.order);
                self.nudged.insert(nudged.order, entry.recorded_at);
            }
            Event::AgreementRecorded(agreement)
                if agreement.via != Via::Webhook && !self.waiting.contains(&agreement.order) =>
            {
                self.asked.entry(agreement.order).or_default().push((at.clone(), agreement.clone()));
            }
            Event::OrderRouted(routed) => {
                let order = routed.known.order;
                self.waiting.remove(&order);
                let tags = routed.known.lines.iter().filter_map(|line| line.tag);
                self.events.entry(order).or_default().extend(tags.map(crate::tag::Tag::event));
            }
            _ => {}
        }
    }

    pub(super) fn missed(&self, ordinal: u16, now: i64) -> Vec<MissedWebhooks> {
        let ours = |order: &RemoteId| self.events.get(order).is_some_and(|events| events.contains(&ordinal));
        let asked = self.asked.iter().filter(|(order, _)| ours(order));
        asked.filter_map(|(order, found)| self.missed_of(*order, found, now)).collect()
    }

    fn missed_of(
        &self,
        order: RemoteId,
        found: &[(EntryRef, AgreementRecorded)],
        now: i64,
    ) -> Option<MissedWebhooks> {
        let told = |at: i64| self.nudged.get(&order).is_some_and(|nudged| *nudged >= at);
        let missed: Vec<_> = found
            .iter()
            .filter(|(_, agreement)| now.saturating_sub(agreement.happened_at) >= WEBHOOK_GRACE_MS)
            .filter(|(_, agreement)| !told(agreement.happened_at))
            .collect();
        let (_, last) = missed.last()?;
        let entries = missed.iter().map(|(at, _)| at.clone()).collect();
        Some(MissedWebhooks {
            order,
            agreements: u32::try_from(missed.len()).unwrap_or(u32::MAX),
            ours: Evidence { entries, ..Evidence::default() },
            theirs: Evidence {
                body: Some(last.evidence),
                changed_at: Some(last.happened_at),
                ..Evidence::default()
            },
        })
    }
}
