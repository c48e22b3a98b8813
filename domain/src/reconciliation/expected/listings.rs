//! What can be bought online, and what the store was told of it.

use std::collections::BTreeSet;

use super::super::view::{Evidence, ItemView};
use crate::aggregate::Aggregate;
use crate::consignment_event::{Channel, ItemFlags, ItemSlot};
use crate::journal::Entry;
use crate::lifecycle::SessionStatus;
use crate::money::Cents;
use crate::sale_session::{self, Slot};
use crate::storefront::{Event, Progress, State, Storefront};
use crate::tag::Tag;

/// The item as the store should have it at `now`; `session` is the one that has or had it.
pub(super) fn item(tag: Tag, known: &ItemSlot, session: Option<&sale_session::State>, now: i64) -> ItemView {
    let held = session.and_then(|session| Some((session, session.plan.as_ref()?, session.slot(tag)?)));
    let (printed, flags) = held.map_or_else(|| known.as_printed(), |(_, _, slot)| (slot.price, slot.flags));
    let printed = Cents(i64::from(printed));
    let price = held.map_or(printed, |(_, plan, _)| {
        plan.markdown.price(printed, flags.has(ItemFlags::REDUCE), flags.has(ItemFlags::DONATE), now)
    });
    let on_sale = held.is_some_and(|(session, plan, slot)| {
        matches!(session.status, SessionStatus::Open | SessionStatus::Paused)
            && plan.channels.contains(&Channel::Online)
            && is_free(*slot)
    });
    ItemView { tag, quantity: i32::from(on_sale), price, evidence: Evidence::default() }
}

/// True for what anybody may buy: there, unsold, and no exception.
fn is_free(slot: Slot) -> bool {
    slot.holder().is_none()
        && slot.marks & (Slot::RELEASED | Slot::RETURNED) == 0
        && !slot.flags.has(ItemFlags::MISSING)
        && !slot.flags.has(ItemFlags::REJECTED)
}

#[derive(Debug, Default)]
pub(super) struct Listings {
    state: State,
    /// Items that the store was told to offer and took.
    listed: BTreeSet<Tag>,
}

impl Listings {
    pub(super) fn take(&mut self, entry: &Entry<Event>) {
        if let Event::ChangesConfirmed(confirmed) = &entry.event {
            let taken = confirmed.changes.iter().filter_map(|change| self.state.pending.get(change));
            self.listed.extend(taken.filter(|change| change.price.is_some()).map(|change| change.tag));
        }
        Storefront::evolve(&mut self.state, &entry.event, entry.recorded_at);
    }

    pub(super) const fn listed(&self) -> &BTreeSet<Tag> {
        &self.listed
    }

    pub(super) fn changing(&self) -> BTreeSet<Tag> {
        let on_their_way = self.state.pending.values().filter(|change| change.progress != Progress::Stuck);
        on_their_way.map(|change| change.tag).collect()
    }
}
