//! The online channel: orders, cancellations and refunds as a store tells them.

mod command;
mod decide;
mod event;
mod evolve;
#[cfg(test)]
mod tests;

pub use command::{OnlineCancellation, OnlineLine, OnlineOrder, OnlineRefund, OnlineRefundLine};
pub(super) use decide::{cancel, refund, take};
pub(super) use event::upcast_refund;
pub use event::{
    CancelReason, OnlineLineBack, OnlineOrderCancelled, OnlineOrderTaken, OnlineOrderUpdated, OnlineRefunded,
    OrderRef,
};
