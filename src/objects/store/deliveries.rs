//! What the log hands to other objects, until they have settled it.

use domain::aggregate::Delivery;

use super::{Store, integer};
use crate::objects::database::{Cell, Database, Param, StoreError};

const QUEUE_DELIVERY: &str =
    "INSERT INTO deliveries (seq, target, command_id, command, state) VALUES (?1, ?2, ?3, ?4, 'pending')";
const PENDING: &str = "SELECT number, target, command_id, command FROM deliveries
    WHERE state = 'pending' ORDER BY number LIMIT ?1";
const HAS_PENDING: &str = "SELECT 1 FROM deliveries WHERE state = 'pending' LIMIT 1";
const SETTLE: &str = "UPDATE deliveries SET state = ?2, outcome = ?3 WHERE number = ?1 AND state = 'pending'";

/// Something that this log hands to another object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedDelivery {
    /// Place in the order of deliveries.
    pub number: i64,
    /// The stream that should take it.
    pub target: String,
    /// The idempotency key under which it is handed over.
    pub command_id: String,
    /// The command's JSON.
    pub command: String,
}

impl<D: Database> Store<D> {
    /// Queues what entry `seq` hands to another object.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn queue_delivery(&self, seq: u64, delivery: &Delivery) -> Result<(), StoreError> {
        let (target, command) = (delivery.to.to_string(), delivery.command.to_string());
        let row =
            [integer(seq), Param::Text(&target), Param::Text(&delivery.command_id), Param::Text(&command)];
        self.database.write(QUEUE_DELIVERY, &row)
    }

    /// The first `limit` deliveries that were not settled, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pending_deliveries(&self, limit: u32) -> Result<Vec<QueuedDelivery>, StoreError> {
        let rows = self.database.run(PENDING, &[Param::Integer(limit.into())])?;
        rows.into_iter()
            .map(|row| match <[Cell; 4]>::try_from(row) {
                Ok(
                    [Cell::Integer(number), Cell::Text(target), Cell::Text(command_id), Cell::Text(command)],
                ) => Ok(QueuedDelivery { number, target, command_id, command }),
                _ => Err(StoreError::Shape("delivery")),
            })
            .collect()
    }

    /// Whether any delivery waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_pending_deliveries(&self) -> Result<bool, StoreError> {
        Ok(!self.database.run(HAS_PENDING, &[])?.is_empty())
    }

    /// Settles a delivery as `taken` or `refused`, with what the receiver said.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settle_delivery(&self, number: i64, taken: bool, outcome: &str) -> Result<(), StoreError> {
        let state = if taken { "taken" } else { "refused" };
        let row = [Param::Integer(number), Param::Text(state), Param::Text(outcome)];
        self.database.write(SETTLE, &row)
    }
}
