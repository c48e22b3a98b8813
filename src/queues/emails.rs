//! Mails to send, one message each.

use domain::tenancy::Addressed;
use futures_util::StreamExt as _;
use serde_json::Value;
use worker::{Env, Message, MessageExt as _, QueueRetryOptionsBuilder};

use crate::reactions::post::{After, Due, send as post};

/// Ending of the queue's name, which begins with the environment's.
pub const SUFFIX: &str = "-emails";

/// Mails sent at the same time: a Worker has six connections.
const MAILS_AT_ONCE: usize = 4;

/// Seconds before a message comes again whose mail could not be looked at.
const RETRY_SECONDS: u32 = 5;

/// Longest delay that a queue takes, s.
const DELAY_SECONDS_MAX: u32 = 12 * 60 * 60;

/// Sends the mails that the messages name.
pub async fn send(env: &Env, messages: Vec<Message<Value>>) {
    futures_util::stream::iter(messages)
        .for_each_concurrent(MAILS_AT_ONCE, |message| async move {
            let after = match serde_json::from_value::<Addressed<Due>>(message.body().clone()) {
                Err(error) => {
                    tracing::error!(%error, "not a mail");
                    After::Done
                }
                Ok(due) => post(env, &due).await.unwrap_or_else(|error| {
                    tracing::warn!(email = due.body().email, %error, "mail not looked at, will be tried again");
                    After::Again { in_s: RETRY_SECONDS }
                }),
            };
            match after {
                After::Done => message.ack(),
                After::Again { in_s } => {
                    let delay = in_s.min(DELAY_SECONDS_MAX);
                    message.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(delay).build());
                }
            }
        })
        .await;
}

/// Looks at one mail as if a queue had brought its message, and forgets what it should do with the message.
pub async fn rehearse(env: &Env, due: &Addressed<Due>) {
    if let Err(error) = post(env, due).await {
        tracing::warn!(email = due.body().email, %error, "mail not looked at");
    }
}
