//! The one door to the Durable Objects, for the edge, the queue consumers and the objects themselves.

use domain::aggregate::Aggregate;
use domain::stream::StreamId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Headers, Method, Request, RequestInit, Response, Stub};

pub use super::live::Heard;
pub use super::standing::{Knows, Told};
pub use super::wake::Woken;
pub use super::wire::{Accepted, AskError, Envelope, LogPage, SubmitError};

/// The host part of internal URLs: a stub routes by object, so the name only has to parse.
const OBJECT_ORIGIN: &str = "http://object";

/// The binding of the class that decides for `stream`.
fn binding(stream: &StreamId) -> &'static str {
    match stream {
        StreamId::Organization(_) => "ORGANIZATION",
        StreamId::Event(..) => "CONSIGNMENT_EVENT",
        StreamId::Session(..) => "SALE_SESSION",
        StreamId::Storefront(..) => "STOREFRONT",
        StreamId::Reconciliation(..) => "RECONCILIATION",
    }
}

fn stub(env: &Env, stream: &StreamId) -> worker::Result<Stub> {
    env.durable_object(binding(stream))?.get_by_name(&stream.to_string())
}

/// Asks the object that writes `stream` to decide about a command and to append the outcome.
///
/// # Errors
/// [`SubmitError`]; after `Unavailable` the command may or may not have been taken: repeat it with the same id.
pub async fn submit<A: Aggregate>(
    env: &Env,
    stream: &StreamId,
    envelope: Envelope<A::Command>,
) -> Result<Accepted, SubmitError> {
    debug_assert_eq!(stream.kind(), A::KIND);
    submit_value(env, stream, &envelope).await
}

/// As [`submit`], for a command that is already JSON (a delivery from another object's log).
///
/// # Errors
/// As [`submit`].
pub async fn submit_value<C: Serialize>(
    env: &Env,
    stream: &StreamId,
    envelope: &Envelope<C>,
) -> Result<Accepted, SubmitError> {
    let reply = post(env, stream, "/command", envelope).await.map_err(unavailable)?;
    reply.read::<Accepted, SubmitError>().await.map_err(unavailable)?
}

/// Asks the object a question that its hot state can answer.
///
/// # Errors
/// [`AskError`].
pub async fn ask<A: Aggregate>(
    env: &Env,
    stream: &StreamId,
    query: &A::Query,
) -> Result<A::Answer, AskError> {
    debug_assert_eq!(stream.kind(), A::KIND);
    let lost = |error: worker::Error| AskError::Unavailable(error.to_string());
    let reply = post(env, stream, "/ask", query).await.map_err(lost)?;
    reply.read::<A::Answer, AskError>().await.map_err(lost)?
}

/// Tells the object of `stream` who may not speak to it any more; it has taken it when it answers.
///
/// # Errors
/// [`AskError`].
pub async fn tell_standing(env: &Env, stream: &StreamId, told: &Told) -> Result<Knows, AskError> {
    let lost = |error: worker::Error| AskError::Unavailable(error.to_string());
    let reply = post(env, stream, "/standing", told).await.map_err(lost)?;
    reply.read::<Knows, AskError>().await.map_err(lost)?
}

/// Reads at most `limit` entries of the log, from seq `from` on. The object bounds pages by bytes as well, so a
/// page may be shorter; it is the last one when its last entry is the head (or it is empty).
///
/// # Errors
/// [`AskError`].
pub async fn read_log(env: &Env, stream: &StreamId, from: u64, limit: u32) -> Result<LogPage, AskError> {
    get(env, stream, &format!("/log?from={from}&limit={limit}")).await
}

/// As [`read_log`], for the projector: what it asks for tells the object what it has projected already.
///
/// # Errors
/// As [`read_log`].
pub async fn pull(env: &Env, stream: &StreamId, from: u64, limit: u32) -> Result<LogPage, AskError> {
    get(env, stream, &format!("/log?from={from}&limit={limit}&projected={}", from.saturating_sub(1))).await
}

/// Has the object look after its alarm, which the runtime may have given up.
///
/// # Errors
/// [`AskError`].
pub async fn wake(env: &Env, stream: &StreamId) -> Result<Woken, AskError> {
    let lost = |error: worker::Error| AskError::Unavailable(error.to_string());
    let reply = post(env, stream, "/wake", &()).await.map_err(lost)?;
    reply.read::<Woken, AskError>().await.map_err(lost)?
}

/// Hands a WebSocket upgrade to the object, which sends the entries behind what was heard and then each new one.
/// The caller has authorised it; `tag` names who listens, so that the object can hang up on them.
///
/// # Errors
/// When the object cannot be reached.
pub async fn forward_live(
    env: &Env,
    stream: &StreamId,
    request: &Request,
    heard: Heard,
    tag: &str,
) -> worker::Result<Response> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    headers.set(super::live::LISTENER_HEADER, tag)?;
    if let Some(protocol) = request.headers().get("sec-websocket-protocol")? {
        headers.set("sec-websocket-protocol", &protocol)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Get).with_headers(headers);
    let hash = heard.hash.map(|hash| format!("&hash={hash}")).unwrap_or_default();
    let inner = Request::new_with_init(&format!("{OBJECT_ORIGIN}/live?since={}{hash}", heard.seq), &init)?;
    stub(env, stream)?.fetch_with_request(inner).await
}

/// Passes a request on as it is; for the test doors.
pub(super) async fn forward(
    env: &Env,
    stream: &StreamId,
    path_and_query: &str,
    init: &RequestInit,
) -> worker::Result<Response> {
    let request = Request::new_with_init(&format!("{OBJECT_ORIGIN}{path_and_query}"), init)?;
    stub(env, stream)?.fetch_with_request(request).await
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function value in map_err")]
fn unavailable(error: worker::Error) -> SubmitError {
    SubmitError::Unavailable(error.to_string())
}

async fn get<T: DeserializeOwned>(env: &Env, stream: &StreamId, path: &str) -> Result<T, AskError> {
    let lost = |error: worker::Error| AskError::Unavailable(error.to_string());
    let stub = stub(env, stream).map_err(lost)?;
    let response = stub.fetch_with_str(&format!("{OBJECT_ORIGIN}{path}")).await.map_err(lost)?;
    Reply(response).read::<T, AskError>().await.map_err(lost)?
}

async fn post<T: Serialize>(env: &Env, stream: &StreamId, path: &str, body: &T) -> worker::Result<Reply> {
    let body = serde_json::to_string(body)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    let request = Request::new_with_init(&format!("{OBJECT_ORIGIN}{path}"), &init)?;
    stub(env, stream)?.fetch_with_request(request).await.map(Reply)
}

/// An object's answer: 200 with a `T`, 400–503 with an `E`, anything else is the runtime speaking.
struct Reply(Response);

impl Reply {
    async fn read<T: DeserializeOwned, E: DeserializeOwned>(mut self) -> worker::Result<Result<T, E>> {
        let status = self.0.status_code();
        let text = self.0.text().await?;
        if status == 200 {
            return Ok(Ok(serde_json::from_str(&text)?));
        }
        match serde_json::from_str(&text) {
            Ok(error) => Ok(Err(error)),
            Err(_) => Err(worker::Error::RustError(format!("the object answered {status}"))),
        }
    }
}
