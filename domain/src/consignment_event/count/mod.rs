//! Stock counts: what is in the hall against what is on record.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::COUNT_PAGE_ITEMS;
pub(super) use decide::{abandon, compare, count_items, start};
pub use event::{
    CountAbandoned, CountCompared, CountDifference, CountFinished, CountStarted, CountedItem, ItemsCounted,
};
pub use state::CountState;
