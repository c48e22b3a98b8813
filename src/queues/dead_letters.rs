//! Letters that a queue gave up on are kept, not lost, and can be sent again. What a dead nudge stood for is not lost
//! either way: its stream's object repeats it until the projector confirms.

use domain::ids::OrganizationId;
use domain::stream::StreamId;
use serde_json::Value;
use worker::{
    D1Type, Date, Env, Message, MessageExt as _, QueueContentType, RawMessageBuilder, Result, js_sys,
};

use super::DEAD_SUFFIX;

const KEEP: &str = "INSERT INTO dead_letter (queue, message, body, died_at, organization, stream)
    VALUES (?1, ?2, ?3, CAST(?4 AS INTEGER), ?5, ?6) ON CONFLICT DO NOTHING";

/// How the names of this project's queues begin; what follows is the name of the binding, in small letters.
const QUEUE_PREFIX: &str = "hangtag-";

/// Stores the letters; those that cannot be stored come again.
pub async fn keep(env: &Env, queue: &str, messages: &[Message<Value>]) {
    for message in messages {
        tracing::error!(queue, message = message.id(), body = %message.body(), "dead letter");
        match store(env, queue, &message.id(), message.body()).await {
            Ok(()) => message.ack(),
            Err(error) => {
                tracing::error!(queue, message = message.id(), %error, "dead letter not kept");
                message.retry();
            }
        }
    }
}

/// Whose letter it is: a nudge names a stream, any other message its organization.
fn addressed(body: &Value) -> (Option<OrganizationId>, Option<StreamId>) {
    let stream: Option<StreamId> = body["stream"].as_str().and_then(|stream| stream.parse().ok());
    let named = || body["organization"].as_str().and_then(|organization| organization.parse().ok());
    (stream.as_ref().map(StreamId::organization).or_else(named), stream)
}

/// Stores one letter, as one of the organization that it names. Storing it again changes nothing.
///
/// # Errors
/// When D1 cannot be reached.
pub async fn store(env: &Env, queue: &str, message: &str, body: &Value) -> Result<()> {
    let (organization, stream) = addressed(body);
    let organization = organization.map(|organization| organization.to_string());
    let stream = stream.map(|stream| stream.to_string());
    let (body, now) = (body.to_string(), Date::now().as_millis().to_string());
    let [queue, message, body, now] = [queue, message, &body, &now].map(D1Type::Text);
    let [organization, stream] =
        [&organization, &stream].map(|name| name.as_deref().map_or(D1Type::Null, D1Type::Text));
    let row = [queue, message, body, now, organization, stream];
    env.d1("DB")?.prepare(KEEP).bind_refs(&row)?.run().await.map(drop)
}

/// Sends the body of a letter to the queue that it died in.
///
/// # Errors
/// When the queue is none of ours, or cannot be reached, or the body is no JSON.
pub async fn redrive(env: &Env, dead_queue: &str, body: &str) -> Result<()> {
    // As the text it is: through serde an object would arrive as a JavaScript `Map`, which is written as `{}`.
    let message = RawMessageBuilder::new(js_sys::JSON::parse(body)?);
    let message = message.build_with_content_type(QueueContentType::Json);
    env.queue(&binding_of(dead_queue))?.send_raw(message).await
}

/// The binding of the queue whose letters end in `dead_queue`.
fn binding_of(dead_queue: &str) -> String {
    let queue = dead_queue.strip_suffix(DEAD_SUFFIX).unwrap_or(dead_queue);
    queue.strip_prefix(QUEUE_PREFIX).unwrap_or(queue).replace('-', "_").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_letter_is_of_the_stream_or_the_organization_that_it_names() {
        let id = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c31";
        let of = |body: Value| {
            let (organization, stream) = addressed(&body);
            (organization.map(|id| id.to_string()), stream.map(|stream| stream.to_string()))
        };
        let stream = format!("{id}/organization");
        assert_eq!(of(json!({ "stream": stream, "head": 1 })), (Some(id.into()), Some(stream)));
        assert_eq!(of(json!({ "organization": id, "body": {} })), (Some(id.into()), None));
        for nobodys in [json!("x"), json!({ "stream": "x" }), json!({ "organization": 1 })] {
            assert_eq!(of(nobodys), (None, None));
        }
    }

    #[test]
    fn every_queue_of_the_deployment_is_bound_under_its_own_name() {
        let deployment = include_str!("../../wrangler.toml");
        let value = |line: &str| line.split('"').nth(1).map(str::to_owned);
        let mut bound = 0;
        for producer in deployment.split("[[queues.producers]]").skip(1) {
            let of = |key: &str| producer.lines().find(|line| line.starts_with(key)).and_then(value).unwrap();
            assert_eq!(binding_of(&format!("{}{DEAD_SUFFIX}", of("queue"))), of("binding"));
            bound += 1;
        }
        assert!(bound > 0, "no queue was looked at");
    }
}
