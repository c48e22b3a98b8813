//! Decisions about stock counts.

use std::collections::BTreeSet;

use super::super::decide::{Decision, holds_items};
use super::super::items::MAX_TAGS;
use super::super::state::State;
use super::{
    CountAbandoned, CountCompared, CountDifference, CountFinished, CountStarted, CountState, CountedItem,
    ItemsCounted,
};
use crate::ids::CountId;
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::organization::EventFounded;
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::tag::Tag;

/// Differences in one page of a comparison: an entry of about 40 KB.
pub const COUNT_PAGE_ITEMS: usize = 500;

/// Tags of other events or of none that one count keeps: beyond that, something else is wrong.
const MAX_UNKNOWN_TAGS: usize = 500;

pub(in super::super) fn start(state: &State, count: CountId) -> Decision {
    if state.count.is_some() {
        return Err(conflict("CNT-1", "count_running", "a count is running", "finishing it first"));
    }
    if matches!(state.status, EventStatus::Draft | EventStatus::Registration | EventStatus::Complete) {
        return Err(rule("CNT-1", "nothing_in_hall", state.status.name(), "intake to reconciliation"));
    }
    if state.sessions.iter().any(|session| holds_items(session.status)) {
        return Err(rule("CNT-2", "session_open", "a session holds items", "counting between sessions"));
    }
    let expected = state.items.iter().filter(|slot| is_expected(slot.status)).count();
    Ok(vec![CountStarted { count, expected: u32::try_from(expected).unwrap_or(u32::MAX) }.into()])
}

/// True for items that should be in the hall and that the event decides about.
const fn is_expected(status: ItemStatus) -> bool {
    matches!(status, ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned)
}

fn running(state: &State, count: CountId) -> Result<&CountState, Rejection> {
    state
        .count
        .as_ref()
        .filter(|running| running.id == count)
        .ok_or_else(|| not_found("CNT-1", "count_unknown", count.to_string(), "the count that is running"))
}

pub(in super::super) fn count_items(state: &State, count: CountId, tags: Vec<Tag>) -> Decision {
    let running = running(state, count)?;
    if running.compared.is_some() {
        return Err(conflict("CNT-3", "comparing_already", "the comparison began", "counting before it"));
    }
    if tags.is_empty() || tags.len() > MAX_TAGS {
        return Err(rule("ITM-12", "too_many_tags", tags.len().to_string(), "1 to 500 at once"));
    }
    let mut unknown: BTreeSet<Tag> = running.unknown.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut fresh = Vec::with_capacity(tags.len());
    for tag in tags.into_iter().filter(|tag| seen.insert(*tag)) {
        let is_new = match state.item(tag) {
            Some(_) => !running.has_seen(tag.item()),
            None => unknown.insert(tag),
        };
        if is_new {
            fresh.push(tag);
        }
    }
    if unknown.len() > MAX_UNKNOWN_TAGS {
        return Err(rule("CNT-4", "too_many_unknown", unknown.len().to_string(), "at most 500 foreign tags"));
    }
    Ok(if fresh.is_empty() { Vec::new() } else { vec![ItemsCounted { count, tags: fresh }.into()] })
}

/// How an item's record differs from having been seen or not; none when it does not.
pub(super) const fn difference(status: ItemStatus, seen: bool) -> Option<CountDifference> {
    match (status, seen) {
        (ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned, false) => {
            Some(CountDifference::Missing)
        }
        (ItemStatus::OnFloor, false) => Some(CountDifference::MissingOnFloor),
        (ItemStatus::Missing, true) => Some(CountDifference::Found),
        (ItemStatus::Draft | ItemStatus::Listed, true) => Some(CountDifference::FoundUnchecked),
        (ItemStatus::Sold, true) => Some(CountDifference::UnexpectedSold),
        (ItemStatus::Rejected | ItemStatus::Pulled, true) => Some(CountDifference::UnexpectedWithdrawn),
        (
            ItemStatus::Donated | ItemStatus::PickedUp | ItemStatus::Transferred | ItemStatus::Retagged,
            true,
        ) => Some(CountDifference::UnexpectedDeparted),
        (ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned | ItemStatus::OnFloor, true)
        | (
            ItemStatus::Missing
            | ItemStatus::Draft
            | ItemStatus::Listed
            | ItemStatus::Sold
            | ItemStatus::Rejected
            | ItemStatus::Pulled
            | ItemStatus::Donated
            | ItemStatus::PickedUp
            | ItemStatus::Transferred
            | ItemStatus::Retagged,
            false,
        ) => None,
    }
}

/// Compares from where the last page ended, until a page is full or all items are through.
pub(in super::super) fn compare(state: &State, founding: &EventFounded, count: CountId) -> Decision {
    let running = running(state, count)?;
    let from = running.compared.unwrap_or(0);
    let mut compared = from;
    let mut differences = Vec::new();
    let skip = usize::try_from(from).unwrap_or(usize::MAX);
    for (number, slot) in (1..).zip(&state.items).skip(skip) {
        if differences.len() == COUNT_PAGE_ITEMS {
            return Ok(vec![CountCompared { count, compared, differences }.into()]);
        }
        compared = number;
        let found = difference(slot.status, running.has_seen(number));
        let tag = Tag::new(founding.ordinal, number).ok();
        differences.extend(found.zip(tag).map(|(difference, tag)| CountedItem { tag, difference }));
    }
    let foreign: BTreeSet<Tag> = running.unknown.iter().copied().collect();
    differences.extend(
        foreign.into_iter().map(|tag| CountedItem { tag, difference: CountDifference::UnexpectedUnknown }),
    );
    let total = usize::try_from(running.differences).unwrap_or(usize::MAX).saturating_add(differences.len());
    let finished = CountFinished {
        count,
        counted: running.counted,
        differences: u32::try_from(total).unwrap_or(u32::MAX),
    };
    Ok(vec![CountCompared { count, compared, differences }.into(), finished.into()])
}

pub(in super::super) fn abandon(state: &State, count: CountId) -> Decision {
    if running(state, count)?.compared.is_some() {
        return Err(conflict("CNT-3", "comparing_already", "the comparison began", "finishing it"));
    }
    Ok(vec![CountAbandoned { count }.into()])
}
