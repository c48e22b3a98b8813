//! What one log hands to another object: at least once, in order per receiver, idempotent by command id.
//!
//! The entries say what is handed over; the rows were written with them. A receiver that takes a command, or
//! took it before, settles the delivery; one that refuses settles it too, as refused, for a person to see:
//! asking again would change nothing. One that cannot be reached keeps its place and everything behind it.

use std::collections::HashSet;

use domain::ids::Actor;
use domain::stream::StreamId;
use serde_json::value::RawValue;
use worker::Env;

use super::client::{Envelope, SubmitError, submit_value};
use super::database::{Database, StoreError};
use super::limits::DELIVERIES_PER_ALARM;
use super::patience::Patience;
use super::store::{QueuedDelivery, Store};

/// The note under which failed rounds are counted.
const NOTE: &str = "deliveries";

/// How handing over one command ended.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Taken(String),
    Refused(String),
    Unknown(String),
}

/// Hands over what waits; answers when to come again, ms since 1970 UTC.
///
/// # Errors
/// [`StoreError`].
pub async fn drain<D: Database>(
    env: &Env,
    stream: &str,
    store: &Store<D>,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let waiting = store.pending_deliveries(DELIVERIES_PER_ALARM)?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let patience = Patience::load(store, NOTE)?;
    if let Some(later) = patience.not_before().filter(|later| *later > now) {
        return Ok(Some(later));
    }
    let failed = hand_over(env, stream, store, waiting).await?;
    let patience = patience.note(store, NOTE, now, failed)?;
    Ok(store.has_pending_deliveries()?.then_some(patience.not_before().unwrap_or(now)))
}

/// One round; true when some receiver could not be reached.
async fn hand_over<D: Database>(
    env: &Env,
    stream: &str,
    store: &Store<D>,
    waiting: Vec<QueuedDelivery>,
) -> Result<bool, StoreError> {
    let mut unreached = HashSet::new();
    for delivery in waiting {
        if unreached.contains(&delivery.target) {
            continue;
        }
        match deliver(env, stream, &delivery).await {
            Ending::Taken(outcome) => store.settle_delivery(delivery.number, true, &outcome)?,
            Ending::Refused(outcome) => {
                let QueuedDelivery { target, command_id, .. } = &delivery;
                tracing::error!(stream, target, command_id, outcome, "delivery refused");
                store.settle_delivery(delivery.number, false, &outcome)?;
            }
            Ending::Unknown(error) => {
                let QueuedDelivery { target, command_id, .. } = &delivery;
                tracing::warn!(stream, target, command_id, error, "delivery not made, will be repeated");
                unreached.insert(delivery.target);
            }
        }
    }
    Ok(!unreached.is_empty())
}

async fn deliver(env: &Env, stream: &str, delivery: &QueuedDelivery) -> Ending {
    let Ok(target) = delivery.target.parse::<StreamId>() else {
        return Ending::Refused(format!("{:?} names no stream", delivery.target));
    };
    // The stored bytes go out as they are: a repetition must have the digest of the first time.
    let command = match RawValue::from_string(delivery.command.clone()) {
        Ok(command) => command,
        Err(error) => return Ending::Refused(error.to_string()),
    };
    let envelope = Envelope {
        command_id: delivery.command_id.clone(),
        actor: Actor::Stream(stream.to_owned()),
        if_match: None,
        command,
    };
    ending(submit_value(env, &target, &envelope).await.map(|accepted| accepted.seq))
}

fn ending(outcome: Result<u64, SubmitError>) -> Ending {
    match outcome {
        Ok(seq) => Ending::Taken(format!("{{\"seq\":{seq}}}")),
        Err(SubmitError::Unavailable(error)) => Ending::Unknown(error),
        Err(refusal) => {
            Ending::Refused(serde_json::to_string(&refusal).unwrap_or_else(|_| refusal.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unreachable_receiver_is_asked_again() {
        assert_eq!(ending(Ok(7)), Ending::Taken("{\"seq\":7}".to_owned()));
        assert!(matches!(ending(Err(SubmitError::Unavailable(String::new()))), Ending::Unknown(_)));
        assert!(matches!(ending(Err(SubmitError::CommandIdReused)), Ending::Refused(_)));
        assert!(matches!(ending(Err(SubmitError::Malformed(String::new()))), Ending::Refused(_)));
    }
}
