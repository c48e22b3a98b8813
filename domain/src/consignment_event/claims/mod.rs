//! Claims of sessions about items whose custody has moved on.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub(super) use decide::{resolve, take};
pub use event::{ClaimAccepted, ClaimContested, ClaimResolution, ClaimResolved};
