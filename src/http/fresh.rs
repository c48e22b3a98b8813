//! Reading one's own writes: a query may name the position that its answer must have reached.

use domain::stream::StreamId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::edge::Edge;
use super::problem::EdgeError;
use super::tenant::Tenant;
use crate::queues::projector::{self, Progress};

/// How fresh the answer must be.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FreshQuery {
    /// The `seq` that a command answered: what is shown has then reached at least that position, or the answer
    /// is 503 `behind`; 409 `beyond_log` when the log itself has not got there.
    pub min_seq: Option<u64>,
    /// The `stream` that the command answered, when it is another than the resource's own.
    pub stream: Option<String>,
}

impl FreshQuery {
    /// Brings the read model up to what is asked; `own` is the resource's own stream.
    ///
    /// # Errors
    /// [`EdgeError::Behind`] when it did not get there; 404 for a stream of another organization.
    pub async fn reach(&self, edge: &Edge, tenant: &Tenant, own: &StreamId) -> Result<(), EdgeError> {
        let Some(wanted) = self.min_seq else { return Ok(()) };
        let stream = match &self.stream {
            None => own.clone(),
            Some(name) => tenant.stream(name).ok_or(EdgeError::NotFound("stream"))?,
        };
        reach(edge, &stream, wanted).await
    }
}

/// Brings the read model of `stream` to `wanted`.
///
/// # Errors
/// [`EdgeError::Behind`], [`EdgeError::BeyondLog`], [`EdgeError::Unavailable`].
pub async fn reach(edge: &Edge, stream: &StreamId, wanted: u64) -> Result<(), EdgeError> {
    let reached = match projector::reach(edge.env(), stream, wanted).await {
        // The log itself ends before: waiting would not help.
        Ok(Progress::Complete(head)) if head.seq < wanted => {
            return Err(EdgeError::BeyondLog { wanted, head: head.seq });
        }
        Ok(Progress::Complete(head) | Progress::Unfinished(head)) => head.seq,
        Ok(Progress::Parked { seq, error }) => {
            tracing::error!(%stream, seq, %error, "a parked stream was asked for");
            seq.saturating_sub(1)
        }
        Err(error) => return Err(EdgeError::Unavailable(error.to_string())),
    };
    if reached >= wanted { Ok(()) } else { Err(EdgeError::Behind { wanted, reached }) }
}

/// Brings the read model of `stream` to what a command has just written there, so that the next query shows it
/// even if it names no position. The command is taken either way; where this fails, the queue will do it.
pub async fn settle(edge: &Edge, stream: &StreamId, seq: u64) {
    if let Err(error) = reach(edge, stream, seq).await {
        tracing::info!(%stream, seq, %error, "left to the queue");
    }
}
