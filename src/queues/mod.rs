//! What the queues bring: the projector and its dead letters.

pub mod projector;

use worker::{Env, MessageBatch};

/// Takes a batch of whichever queue.
pub async fn consume(_env: &Env, batch: &MessageBatch<serde_json::Value>) {
    tracing::info!(queue = batch.queue(), "batch");
}
