//! Settling an event: heads pinned, statements on record, approval. The fold itself is [`crate::settlement`].

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
pub(super) mod tests;

pub use command::SettleCommand;
pub use decide::{MAX_PAGE_PARTS, MAX_SETTLEMENTS};
pub(super) use decide::{person, settle};
pub use event::{
    DespiteReason, SettlementApproved, SettlementCalculated, SettlementPinned, StatementsCalculated,
};
pub use state::{Draft, Settlements};
