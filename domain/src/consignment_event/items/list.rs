//! Listing items, and their way onto a floor that is open already.

use std::collections::BTreeSet;

use super::super::custody::{CustodyItem, ItemFlags};
use super::super::decide::Decision;
use super::super::event::{Event, ItemsListed};
use super::super::sessions::page_for;
use super::super::state::State;
use super::{ItemDraft, ListedItem, RefusedItem, Severity, check_draft, reference_digest};
use crate::ids::ImportId;
use crate::lifecycle::{ItemStatus, SessionStatus};
use crate::organization::EventFounded;
use crate::rejection::rule;
use crate::tag::{MAX_ITEM_NUMBER, Tag};

/// Items in one listing: an entry of about 150 KB, far below the 2 MB row limit.
pub const MAX_ITEMS_LISTED: usize = 500;

pub(in super::super) fn list_items(
    state: &State,
    founding: &EventFounded,
    import: Option<ImportId>,
    drafts: Vec<ItemDraft>,
) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-8", "listing_closed", state.status.name(), "registration to markdown"));
    }
    if drafts.is_empty() || drafts.len() > MAX_ITEMS_LISTED {
        return Err(rule("ITM-8", "too_many_items", drafts.len().to_string(), "1 to 500 at once"));
    }
    let mut references: BTreeSet<u64> = state.items.iter().map(|slot| slot.reference).collect();
    let mut listed = ItemsListed { import, items: Vec::new(), refused: Vec::new() };
    let mut number = u32::try_from(state.items.len()).unwrap_or(u32::MAX);
    for mut draft in drafts {
        let refusal = refusal_of(state, founding, &mut draft, &references);
        let tag = Tag::new(founding.ordinal, number.saturating_add(1));
        match (refusal, tag) {
            (Some((rule, code)), _) => {
                listed.refused.push(RefusedItem {
                    row: draft.row,
                    rule: rule.to_owned(),
                    code: code.to_owned(),
                });
            }
            (None, Err(_)) => {
                return Err(rule(
                    "ITM-9",
                    "event_full",
                    "the event's last tag is taken",
                    format!("{MAX_ITEM_NUMBER} items"),
                ));
            }
            (None, Ok(tag)) => {
                number += 1;
                references.insert(reference_digest(draft.consignor, &draft.reference));
                listed.items.push(item_of(draft, tag));
            }
        }
    }
    let late: Vec<CustodyItem> = listed.items.iter().map(|item| on_its_way(item, founding)).collect();
    Ok(with_late_page(state, listed.into(), late))
}

pub(super) fn refusal_of(
    state: &State,
    founding: &EventFounded,
    draft: &mut ItemDraft,
    references: &BTreeSet<u64>,
) -> Option<(&'static str, &'static str)> {
    if state.active(draft.consignor).is_none() {
        return Some(("ITM-10", "consignor_not_participating"));
    }
    if state.participations.get(&draft.consignor).is_some_and(|found| found.erased) {
        return Some(("ERA-2", "consignor_erased"));
    }
    let refused = check_draft(draft, &founding.settings.items)
        .into_iter()
        .find(|finding| finding.severity == Severity::Refused)
        .map(|finding| (finding.rule, finding.code));
    let repeated = !draft.reference.is_empty()
        && references.contains(&reference_digest(draft.consignor, &draft.reference));
    refused.or(repeated.then_some(("ITM-11", "reference_repeated")))
}

pub(super) fn item_of(draft: ItemDraft, tag: Tag) -> ListedItem {
    ListedItem {
        tag,
        row: draft.row,
        consignor: draft.consignor,
        category: draft.category,
        title: draft.title,
        size: draft.size,
        condition: draft.condition,
        price: draft.price,
        reduce: draft.reduce,
        donate: draft.donate,
        reference: draft.reference,
    }
}

/// A listed item as a session is told about it.
pub(super) fn on_its_way(item: &ListedItem, founding: &EventFounded) -> CustodyItem {
    CustodyItem {
        tag: item.tag,
        consignor: item.consignor,
        price: item.price,
        flags: ItemFlags::NOT_CHECKED_IN
            .with(ItemFlags::REDUCE, item.reduce)
            .with(ItemFlags::DONATE, item.donate)
            .with(ItemFlags::TAX_EXEMPT, founding.settings.tax.exempts(&item.category)),
    }
}

/// Items that may be sold while a session is open go to its floor at once, as one more page: terminals never
/// freeze the sale.
pub(super) fn with_late_page(state: &State, first: Event, items: Vec<CustodyItem>) -> Vec<Event> {
    let open = |status| matches!(status, SessionStatus::Opening | SessionStatus::Open);
    let session = state
        .sessions
        .iter()
        .find(|session| session.handed_over && open(session.status))
        .filter(|_| !items.is_empty());
    let page = session.map(|session| Event::from(page_for(state, session, items, true)));
    std::iter::once(first).chain(page).collect()
}

/// Items known already that are for sale from now on, as a session is told about them.
pub(super) fn for_sale(state: &State, tags: &[Tag]) -> Vec<CustodyItem> {
    tags.iter()
        .filter_map(|tag| {
            let mut slot = state.item(*tag)?.clone();
            slot.status = ItemStatus::CheckedIn;
            state.custody_item(tag.item(), &slot)
        })
        .collect()
}
