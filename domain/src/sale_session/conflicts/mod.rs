//! Conflicts and claims: what cannot both be true, surfaced once and closed once.

mod claims;
mod decide;
mod event;
mod evolve;
#[cfg(test)]
pub(super) mod tests;

pub(super) use claims::take_answer;
pub use decide::MAX_CASE_RECEIPTS;
pub(super) use decide::{close_by_store, credit_of, known_line, payable, resolve};
pub use event::{
    ClaimAnswered, ClaimSent, ConflictKind, ConflictOpened, ConflictResolved, DroppedReceipt, Resolution,
};
