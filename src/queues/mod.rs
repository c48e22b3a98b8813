//! What the queues bring: nudges for the projector and the reactions, mails to send, and letters that died on the way;
//! and the sweep that makes up for nudges that never came.

pub mod beside;
pub mod dead_letters;
mod emails;
pub mod projector;
mod read_models;
pub mod sweep;

use std::collections::BTreeMap;

use domain::stream::StreamId;
use futures_util::StreamExt as _;
use serde_json::Value;
use worker::{Env, Message, MessageBatch, MessageExt as _, QueueRetryOptionsBuilder};

use crate::objects::outbox::LogAdvanced;
use crate::reactions;
use projector::Progress;

/// Ending of the names of dead-letter queues.
const DEAD_SUFFIX: &str = "-dead";

/// Streams projected at the same time: a Worker has six connections, and D1 takes one batch at a time anyway.
const STREAMS_AT_ONCE: usize = 4;

/// Seconds before a nudge comes again whose stream could not be projected.
const RETRY_SECONDS: u32 = 2;

/// Takes a batch of whichever queue.
pub async fn consume(env: &Env, batch: &MessageBatch<Value>) {
    let queue = batch.queue();
    let messages: Vec<_> = batch.iter().filter_map(Result::ok).collect();
    if queue.ends_with(DEAD_SUFFIX) {
        dead_letters::keep(env, &queue, &messages).await;
    } else if queue.ends_with(emails::SUFFIX) {
        emails::send(env, messages).await;
    } else {
        project(env, messages).await;
    }
}

/// Projects every stream that the messages name, each once, however many messages name it.
async fn project(env: &Env, messages: Vec<Message<Value>>) {
    let mut streams: BTreeMap<String, Vec<Message<Value>>> = BTreeMap::new();
    for message in messages {
        match serde_json::from_value::<LogAdvanced>(message.body().clone()) {
            Ok(nudge) => streams.entry(nudge.stream).or_default().push(message),
            Err(error) => {
                tracing::error!(%error, body = %message.body(), "not a nudge");
                message.ack();
            }
        }
    }
    futures_util::stream::iter(streams)
        .for_each_concurrent(STREAMS_AT_ONCE, |(stream, messages)| async move {
            let retry = !settle(env, &stream).await;
            for message in messages {
                if retry {
                    let later = QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_SECONDS).build();
                    message.retry_with_options(&later);
                } else {
                    message.ack();
                }
            }
        })
        .await;
}

/// Takes messages as if a queue had brought them, each for itself and all at once: what a queue does at its worst.
pub async fn rehearse(env: &Env, bodies: Vec<Value>) {
    futures_util::stream::iter(bodies)
        .for_each_concurrent(STREAMS_AT_ONCE, |body| async move {
            if let Ok(mail) = serde_json::from_value(body.clone()) {
                emails::rehearse(env, &mail).await;
                return;
            }
            match serde_json::from_value::<LogAdvanced>(body) {
                Ok(nudge) => drop(settle(env, &nudge.stream).await),
                Err(error) => tracing::error!(%error, "neither a nudge nor a mail"),
            }
        })
        .await;
}

/// True when nothing is left to do about `stream` for now.
async fn settle(env: &Env, stream: &str) -> bool {
    let Ok(id) = stream.parse() else {
        tracing::error!(stream, "a nudge for no stream");
        return true;
    };
    let projected = project_one(env, &id).await;
    // For themselves: a stream that cannot be projected still causes what it has to, and the other way round.
    match reactions::catch_up(env, &id).await {
        Ok(()) => projected,
        Err(error) => {
            tracing::warn!(stream, %error, "reactions not taken, will be tried again");
            false
        }
    }
}

/// True when nothing is left to project for now.
async fn project_one(env: &Env, stream: &StreamId) -> bool {
    match projector::catch_up(env, stream).await {
        Ok(Progress::Complete(_)) => true,
        Ok(Progress::Parked { seq, error }) => {
            tracing::error!(%stream, seq, error, "stream is parked");
            true
        }
        Ok(Progress::Unfinished(head)) => {
            tracing::info!(%stream, seq = head.seq, "more to project");
            false
        }
        Err(error) => {
            tracing::warn!(%stream, %error, "not projected, will be tried again");
            false
        }
    }
}
