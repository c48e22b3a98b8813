//! Unsold items that go on in a later event, and those that come from an earlier one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::decide::Decision;
use super::super::event::Event;
use super::super::state::{ItemSlot, State};
use super::decide::{Sorted, Verdict, sort};
use super::list::{item_of, on_its_way, refusal_of, with_late_page};
use super::{
    ItemDraft, ItemsTransferred, ListedItem, PassedOver, TransferredItem, TransfersReceived,
    TransfersReturned, reference_digest,
};
use crate::ids::{Actor, EventId};
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::organization::EventFounded;
use crate::rejection::{Rejection, forbidden, rule};
use crate::stream::StreamId;
use crate::tag::Tag;

/// How often one item may go on in a later event.
pub const MAX_TRANSFERS: u8 = 2;

/// An item to be transferred, and as what it is to be listed there. Its texts come from the read models; whose
/// it is comes from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferDraft {
    /// Its tag here.
    pub tag: Tag,
    /// As what; the price may change.
    pub draft: ItemDraft,
}

pub(in super::super) fn transfer(
    state: &State,
    founding: &EventFounded,
    to: EventId,
    items: Vec<TransferDraft>,
) -> Decision {
    if to == founding.event {
        return Err(rule("ITM-21", "same_event", to.to_string(), "another event"));
    }
    let over = matches!(
        state.status,
        EventStatus::Closed
            | EventStatus::Returns
            | EventStatus::Reconciliation
            | EventStatus::Complete
            | EventStatus::Cancelled
    );
    if !over {
        return Err(rule("ITM-21", "sale_not_over", state.status.name(), "transferring after the sale"));
    }
    let tags: Vec<Tag> = items.iter().map(|item| item.tag).collect();
    let Sorted { taken, refused } = sort(state, &tags, may_go_on)?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let mut drafts: BTreeMap<Tag, ItemDraft> = BTreeMap::new();
    for item in items {
        drafts.entry(item.tag).or_insert(item.draft);
    }
    let items = taken
        .into_iter()
        .filter_map(|tag| {
            let (slot, draft) = (state.item(tag)?, drafts.remove(&tag)?);
            let draft = ItemDraft { consignor: slot.consignor, row: None, ..draft };
            let transfers = slot.transfers.saturating_add(1);
            Some(TransferredItem { from: tag, transfers, item: item_of(draft, tag) })
        })
        .collect();
    Ok(vec![ItemsTransferred { from: founding.event, to, items, refused }.into()])
}

/// Whether an item may go on: unsold, and not too often.
fn may_go_on(slot: &ItemSlot) -> Verdict {
    match slot.status {
        ItemStatus::Listed
        | ItemStatus::CheckedIn
        | ItemStatus::Released
        | ItemStatus::Returned
        | ItemStatus::Pulled
        | ItemStatus::PickedUp => {
            if slot.transfers < MAX_TRANSFERS {
                Verdict::Take
            } else {
                Verdict::Refuse("ITM-22", "transferred_too_often")
            }
        }
        ItemStatus::Transferred => Verdict::Already,
        ItemStatus::Draft
        | ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Rejected
        | ItemStatus::Missing
        | ItemStatus::Donated
        | ItemStatus::Retagged => Verdict::Refuse("ITM-21", "not_transferable"),
    }
}

fn from_event(actor: &Actor, event: EventId) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Event(_, id)) if id == event => Ok(()),
        _ => Err(forbidden("RGT-2", "not_the_event", actor.to_string(), "the event's own log")),
    }
}

/// Takes what can be taken; the rest goes back. A delivery is never refused for what is in it.
pub(in super::super) fn receive(
    state: &State,
    founding: &EventFounded,
    sent: ItemsTransferred,
    actor: &Actor,
) -> Decision {
    from_event(actor, sent.from)?;
    let mut references: BTreeSet<u64> = state.items.iter().map(|slot| slot.reference).collect();
    let mut received = TransfersReceived { from: sent.from, items: Vec::new(), refused: Vec::new() };
    let mut number = u32::try_from(state.items.len()).unwrap_or(u32::MAX);
    for arriving in sent.items {
        let mut draft = draft_of(arriving.item);
        let refusal = if state.status.takes_items() {
            refusal_of(state, founding, &mut draft, &references)
        } else {
            Some(("ITM-8", "listing_closed"))
        };
        let tag = Tag::new(founding.ordinal, number.saturating_add(1));
        match (refusal, tag) {
            (None, Ok(tag)) => {
                number += 1;
                references.insert(reference_digest(draft.consignor, &draft.reference));
                let item = item_of(draft, tag);
                received.items.push(TransferredItem {
                    from: arriving.from,
                    transfers: arriving.transfers,
                    item,
                });
            }
            (refusal, _) => {
                let (rule, code) = refusal.unwrap_or(("ITM-9", "event_full"));
                received.refused.push(PassedOver {
                    tag: arriving.from,
                    rule: rule.to_owned(),
                    code: code.to_owned(),
                });
            }
        }
    }
    let late = received.items.iter().map(|item| on_its_way(&item.item, founding)).collect();
    Ok(with_late_page(state, Event::from(received), late))
}

fn draft_of(item: ListedItem) -> ItemDraft {
    ItemDraft {
        row: None,
        consignor: item.consignor,
        category: item.category,
        title: item.title,
        size: item.size,
        condition: item.condition,
        price: item.price,
        reduce: item.reduce,
        donate: item.donate,
        reference: item.reference,
    }
}

/// Items that the later event did not take are here again, released.
pub(in super::super) fn returned(state: &State, returned: TransfersReturned, actor: &Actor) -> Decision {
    from_event(actor, returned.from)?;
    let refused: Vec<PassedOver> = returned
        .refused
        .into_iter()
        .filter(|item| state.item(item.tag).is_some_and(|slot| slot.status == ItemStatus::Transferred))
        .collect();
    let event = TransfersReturned { from: returned.from, refused };
    Ok(if event.refused.is_empty() { Vec::new() } else { vec![event.into()] })
}
