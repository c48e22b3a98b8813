//! Returns: in the session or any time after it, by line.

mod command;
mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use command::{AskedReturn, ReturnLines};
pub(super) use decide::return_lines;
pub use event::{ReturnReason, ReturnRecorded, ReturnedLine};
