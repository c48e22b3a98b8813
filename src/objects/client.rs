//! The one door to the Durable Objects, for the edge, the queue consumers and the objects themselves.

use domain::aggregate::Aggregate;
use domain::stream::StreamId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Headers, Method, Request, RequestInit, Response, Stub};

pub use super::limits::IMPORT_BYTES_MAX;
pub use super::live::Heard;
pub use super::standing::{Knows, Told};
pub use super::wake::Woken;
pub use super::wire::{Accepted, AskError, Envelope, ImportError, Imported, LogPage, Segment, SubmitError};

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

/// As [`read_log`], for a reader of the archive: closed entries are named, not sent. With `pulling`, what it asks for
/// tells the object what it has projected already.
///
/// # Errors
/// As [`read_log`].
pub(super) async fn read_tail(
    env: &Env,
    stream: &StreamId,
    from: u64,
    limit: u32,
    pulling: bool,
) -> Result<LogPage, AskError> {
    let projected = if pulling { format!("&projected={}", from.saturating_sub(1)) } else { String::new() };
    get(env, stream, &format!("/log?from={from}&limit={limit}&archive=1{projected}")).await
}

/// Has the object write a segment to the archive anew.
///
/// # Errors
/// [`AskError`].
pub(super) async fn renew_segment(env: &Env, stream: &StreamId, segment: &Segment) -> Result<(), AskError> {
    let lost = |error: worker::Error| AskError::Unavailable(error.to_string());
    let reply = post(env, stream, "/segments/renewal", segment).await.map_err(lost)?;
    reply.read::<(), AskError>().await.map_err(lost)?
}

/// Hands lines of an export to the object of `stream`, which must never have had an entry of its own; the first is
/// line `first_line` of its file.
///
/// # Errors
/// [`ImportError`]; nothing of the page is stored then.
pub async fn import_page(
    env: &Env,
    stream: &StreamId,
    first_line: u64,
    lines: String,
) -> Result<Imported, ImportError> {
    let path = format!("/import?line={first_line}");
    let reply = post_text(env, stream, &path, lines).await.map_err(not_imported)?;
    reply.read::<Imported, ImportError>().await.map_err(not_imported)?
}

/// Lets an imported log take commands.
///
/// # Errors
/// [`ImportError`].
pub async fn open_imported(env: &Env, stream: &StreamId) -> Result<Imported, ImportError> {
    let reply = post_text(env, stream, "/import/opening", String::new()).await.map_err(not_imported)?;
    reply.read::<Imported, ImportError>().await.map_err(not_imported)?
}

/// How far the import of a log is.
///
/// # Errors
/// [`ImportError`].
pub async fn import_progress(env: &Env, stream: &StreamId) -> Result<Imported, ImportError> {
    let stub = stub(env, stream).map_err(not_imported)?;
    let response = stub.fetch_with_str(&format!("{OBJECT_ORIGIN}/import")).await.map_err(not_imported)?;
    Reply(response).read::<Imported, ImportError>().await.map_err(not_imported)?
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function value in map_err")]
fn not_imported(error: worker::Error) -> ImportError {
    ImportError::Unavailable(error.to_string())
}

/// As [`read_log`], for the reactions: `reacted` is how far nothing is left to do.
///
/// # Errors
/// As [`read_log`].
pub async fn confirm_reactions(env: &Env, stream: &StreamId, reacted: u64) -> Result<LogPage, AskError> {
    let from = reacted.saturating_add(1);
    get(env, stream, &format!("/log?from={from}&limit=1&reacted={reacted}")).await
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
    post_text(env, stream, path, serde_json::to_string(body)?).await
}

async fn post_text(env: &Env, stream: &StreamId, path: &str, body: String) -> worker::Result<Reply> {
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
