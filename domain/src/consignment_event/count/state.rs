//! What the event remembers of a running count: one bit per item.

use serde::{Deserialize, Serialize};

use super::super::state::State;
use super::{CountCompared, CountDifference, ItemsCounted};
use crate::ids::CountId;
use crate::lifecycle::ItemStatus;
use crate::tag::Tag;

/// A running count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountState {
    /// Its id.
    pub id: CountId,
    /// Items seen: bit (number − 1).
    seen: Vec<u64>,
    /// Tags seen that no item of this event has.
    pub unknown: Vec<Tag>,
    /// Tags seen.
    pub counted: u32,
    /// The item number up to which it is compared; none before the comparison began.
    pub compared: Option<u32>,
    /// Differences found so far.
    pub differences: u32,
}

impl CountState {
    /// A count that has seen nothing.
    #[must_use]
    pub const fn new(id: CountId) -> Self {
        Self { id, seen: Vec::new(), unknown: Vec::new(), counted: 0, compared: None, differences: 0 }
    }

    /// True when the item with this number was seen.
    #[must_use]
    pub fn has_seen(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.seen.get(word).is_some_and(|bits| bits & (1 << bit) != 0)
    }

    fn see(&mut self, number: u32) {
        let (word, bit) = place(number);
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        self.seen[word] |= 1 << bit;
    }
}

/// The word and bit of item `number`, from 1.
fn place(number: u32) -> (usize, u32) {
    let index = number.saturating_sub(1);
    (usize::try_from(index / 64).unwrap_or(usize::MAX - 1), index % 64)
}

impl State {
    pub(in super::super) fn counted(&mut self, counted: &ItemsCounted) {
        let ours: Vec<bool> = counted.tags.iter().map(|tag| self.item(*tag).is_some()).collect();
        let Some(count) = &mut self.count else { return };
        for (tag, ours) in counted.tags.iter().zip(ours) {
            if ours {
                count.see(tag.item());
            } else {
                count.unknown.push(*tag);
            }
            count.counted += 1;
        }
    }

    pub(in super::super) fn compared(&mut self, page: &CountCompared) {
        for item in &page.differences {
            let status = match item.difference {
                CountDifference::Missing => Some(ItemStatus::Missing),
                CountDifference::Found | CountDifference::FoundUnchecked => Some(ItemStatus::CheckedIn),
                CountDifference::MissingOnFloor
                | CountDifference::UnexpectedSold
                | CountDifference::UnexpectedWithdrawn
                | CountDifference::UnexpectedDeparted
                | CountDifference::UnexpectedUnknown => None,
            };
            if let Some(status) = status {
                self.set_status(&[item.tag], status);
            }
        }
        if let Some(count) = &mut self.count {
            count.compared = Some(page.compared);
            let found = u32::try_from(page.differences.len()).unwrap_or(u32::MAX);
            count.differences = count.differences.saturating_add(found);
        }
    }
}
