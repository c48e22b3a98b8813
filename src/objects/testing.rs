//! Faults on demand: the doors through which the integration tests break an object. They open only where the
//! variable `ENVIRONMENT` says `test`, which no deployment does.

use std::rc::Rc;

use domain::aggregate::Aggregate;
use domain::journal::Hash;
use domain::stream::StreamId;
use worker::{Env, Method, Request, RequestInit, Response, Result};

use super::client;
use super::contract::SCENARIOS;
use super::host::{Host, ObjectLog, reply};
use super::wire::AskError;
use crate::queues;
use crate::queues::projector::{self, Progress, ProjectorError};

/// Where the tests find these doors:
/// `objects/{stream, percent-encoded}/{door}`, `projector/{stream, percent-encoded}/{catch_up|resume}`, `queue`,
/// `dead_letter/{queue}/{letter}`, `sweep`, `d1`, `archive`.
pub const PREFIX: &str = "/api/testing/";

/// The environment in which they open.
const ENVIRONMENT: &str = "test";

fn open(env: &Env) -> bool {
    env.var("ENVIRONMENT").is_ok_and(|environment| environment.to_string() == ENVIRONMENT)
}

/// Serves a test's request; 404 outside tests.
///
/// # Errors
/// When the object or the database cannot be reached.
pub async fn forward(env: &Env, mut request: Request) -> Result<Response> {
    let url = request.url()?;
    let Some(path) = url.path().strip_prefix(PREFIX).filter(|_| open(env)) else {
        return Response::error("not found", 404);
    };
    let parts: Vec<String> =
        path.split('/').map(|part| part.replace("%2F", "/").replace("%2f", "/")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["d1"] => {
            let sql = request.text().await?;
            let rows = env.d1("DB")?.prepare(sql).all().await?;
            reply(200, &rows.results::<serde_json::Value>()?)
        }
        // What lies in the archive under ?key=: read, replaced, taken away.
        ["archive"] => {
            let key = url.query_pairs().find(|(name, _)| name == "key").map(|(_, key)| key.into_owned());
            archived(env, request, &key.unwrap_or_default()).await
        }
        // A batch as a queue may bring it: again, late, in any order.
        ["queue"] => {
            let bodies: Vec<serde_json::Value> = serde_json::from_str(&request.text().await?)?;
            queues::rehearse(env, bodies).await;
            reply(200, &())
        }
        // What the cron trigger does.
        ["sweep"] => reply(200, &queues::sweep::run(env).await?),
        // A letter as a queue's dead-letter queue brings it.
        ["dead_letter", queue, letter] => {
            let body = serde_json::from_str(&request.text().await?)?;
            queues::dead_letters::store(env, queue, letter, &body).await?;
            reply(200, &())
        }
        ["projector", stream, "catch_up"] => progress(projector::catch_up(env, &parse(stream)?).await),
        ["projector", stream, "resume"] => progress(projector::resume(env, &parse(stream)?).await),
        ["objects", stream, "live"] => {
            let asked = |wanted: &str| {
                url.query_pairs().find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned())
            };
            let since = asked("since").and_then(|since| since.parse().ok()).unwrap_or(0);
            let hash = asked("hash").and_then(|hash| Hash::from_hex(&hash));
            let listener = asked("listener").or_else(|| asked("as")).unwrap_or_else(|| "test".to_owned());
            let heard = client::Heard { seq: since, hash };
            client::forward_live(env, &parse(stream)?, &request, heard, &listener).await
        }
        ["objects", stream, door] => {
            let mut init = RequestInit::new();
            init.with_method(request.method());
            if request.method() == Method::Post {
                init.with_body(Some(request.text().await?.into()));
            }
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            client::forward(env, &parse(stream)?, &format!("/{door}{query}"), &init).await
        }
        _ => Response::error("not found", 404),
    }
}

async fn archived(env: &Env, mut request: Request, key: &str) -> Result<Response> {
    let bucket = env.bucket("ARCHIVE")?;
    match request.method() {
        Method::Post => bucket.put(key, request.bytes().await?).execute().await.map(drop)?,
        Method::Delete => bucket.delete(key).await?,
        _ => {
            let Some(object) = bucket.get(key).execute().await? else { return reply(404, &()) };
            return match object.body() {
                Some(body) => Response::from_bytes(body.bytes().await?),
                None => reply(404, &()),
            };
        }
    }
    reply(200, &())
}

fn parse(stream: &str) -> Result<StreamId> {
    stream.parse().map_err(|error: domain::stream::NotAStream| worker::Error::RustError(error.to_string()))
}

fn progress(outcome: std::result::Result<Progress, ProjectorError>) -> Result<Response> {
    match outcome {
        Ok(progress) => reply(200, &progress),
        Err(error) => reply(503, &error.to_string()),
    }
}

/// Serves a door inside the object.
pub(super) async fn serve<A: Aggregate + 'static>(
    host: &Rc<Host<A>>,
    log: &ObjectLog<A>,
    path: &str,
    request: &mut Request,
) -> Result<Response> {
    if !open(&host.env) {
        return reply(404, &AskError::Malformed("no such door".to_owned()));
    }
    match path {
        // Runs a statement: a trigger that fails, a byte flipped in the log. One that changes something forgets the
        // hot state; a question does not, or waiting for a snapshot would take away what it is made from.
        "/sql" => {
            let sql = request.text().await?;
            let rows: Vec<String> = host
                .state
                .storage()
                .sql()
                .exec(&sql, None)?
                .raw()
                .map(|row| row.map(|cells| format!("{cells:?}")))
                .collect::<Result<_>>()?;
            if !sql.trim_start().starts_with("SELECT") {
                log.forget();
            }
            reply(200, &rows)
        }
        "/forget" => {
            log.forget();
            reply(200, &())
        }
        // Runs one of the store's scenarios on this object, which must be new; all their names without one.
        "/contract" => {
            let name = request.text().await?;
            let found = SCENARIOS.iter().find(|(known, _)| *known == name);
            match found.map(|(_, scenario)| scenario(log.store())) {
                None => reply(200, &SCENARIOS.iter().map(|(known, _)| *known).collect::<Vec<_>>()),
                Some(Ok(())) => reply(200, &()),
                Some(Err(missed)) => reply(500, &missed),
            }
        }
        // What is left of an alarm that failed until the runtime gave up on it: nothing.
        "/lose_alarm" => {
            host.lose_alarm().await?;
            reply(200, &())
        }
        // Takes a command whose alarm is lost before anybody has heard of it.
        "/take_and_lose_alarm" => {
            let body = request.text().await?;
            let outcome = log.submit(&body, super::host::now(), uuid::Uuid::now_v7());
            host.lose_alarm().await?;
            reply(if outcome.is_ok() { 200 } else { 422 }, &outcome)
        }
        // Bytes of the isolate's memory, which all its objects share and which never shrinks.
        "/memory" => reply(200, &memory_bytes()),
        // Takes a command and panics before anyone hears of it.
        "/panic" => {
            let body = request.text().await?;
            let outcome = log.submit(&body, super::host::now(), uuid::Uuid::now_v7());
            fail(outcome.is_ok())
        }
        _ => reply(404, &AskError::Malformed("no such door".to_owned())),
    }
}

#[cfg(target_arch = "wasm32")]
fn memory_bytes() -> usize {
    /// A page of a wasm memory, in bytes.
    const PAGE: usize = 64 * 1024;
    core::arch::wasm32::memory_size::<0>() * PAGE
}

#[cfg(not(target_arch = "wasm32"))]
const fn memory_bytes() -> usize {
    0
}

#[expect(clippy::panic, reason = "this is the panic that the tests ask for")]
fn fail(taken: bool) -> ! {
    panic!("asked to panic (command taken: {taken})")
}
