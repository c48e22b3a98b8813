//! Letters that a queue gave up on are kept, not lost. What a dead nudge stood for is not lost either way: its
//! stream's object repeats it until the projector confirms.

use serde_json::Value;
use worker::{D1Type, Date, Env, Message, MessageExt as _, Result};

const KEEP: &str = "INSERT INTO dead_letter (queue, message, body, died_at)
    VALUES (?1, ?2, ?3, CAST(?4 AS INTEGER)) ON CONFLICT DO NOTHING";

/// Stores the letters; those that cannot be stored come again.
pub async fn keep(env: &Env, queue: &str, messages: &[Message<Value>]) {
    for message in messages {
        tracing::error!(queue, message = message.id(), body = %message.body(), "dead letter");
        match store(env, queue, message).await {
            Ok(()) => message.ack(),
            Err(error) => {
                tracing::error!(queue, message = message.id(), %error, "dead letter not kept");
                message.retry();
            }
        }
    }
}

async fn store(env: &Env, queue: &str, message: &Message<Value>) -> Result<()> {
    let (id, body, now) = (message.id(), message.body().to_string(), Date::now().as_millis().to_string());
    let row = [D1Type::Text(queue), D1Type::Text(&id), D1Type::Text(&body), D1Type::Text(&now)];
    env.d1("DB")?.prepare(KEEP).bind_refs(&row)?.run().await.map(drop)
}
