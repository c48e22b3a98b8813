//! Faults on demand: the doors through which the integration tests break an object. They open only where the
//! variable `ENVIRONMENT` says `test`, which no deployment does.

use std::rc::Rc;

use domain::aggregate::Aggregate;
use domain::stream::StreamId;
use worker::{Env, Method, Request, RequestInit, Response, Result};

use super::client;
use super::host::{Host, ObjectLog, reply};
use super::wire::AskError;

/// Where the edge finds these doors: `{prefix}{stream, percent-encoded}/{door}`.
pub const PREFIX: &str = "/api/testing/objects/";

/// The environment in which they open.
const ENVIRONMENT: &str = "test";

fn open(env: &Env) -> bool {
    env.var("ENVIRONMENT").is_ok_and(|environment| environment.to_string() == ENVIRONMENT)
}

/// Passes a test's request on to an object; 404 outside tests.
///
/// # Errors
/// When the object cannot be reached.
pub async fn forward(env: &Env, mut request: Request) -> Result<Response> {
    let url = request.url()?;
    let target = url.path().strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once('/'));
    let (true, Some((stream, door))) = (open(env), target) else {
        return Response::error("not found", 404);
    };
    let stream = stream.replace("%2F", "/").replace("%2f", "/");
    let Ok(stream) = stream.parse::<StreamId>() else {
        return Response::error("no such stream", 404);
    };
    if door == "live" {
        let since = url.query_pairs().find(|(key, _)| key == "since").and_then(|(_, since)| since.parse().ok());
        return client::forward_live(env, &stream, &request, since.unwrap_or(0), "test").await;
    }
    let mut init = RequestInit::new();
    init.with_method(request.method());
    if request.method() == Method::Post {
        init.with_body(Some(request.text().await?.into()));
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    client::forward(env, &stream, &format!("/{door}{query}"), &init).await
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
        // Runs a statement and forgets the hot state: a trigger that fails, a byte flipped in the log.
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
            log.forget();
            reply(200, &rows)
        }
        "/forget" => {
            log.forget();
            reply(200, &())
        }
        // Takes a command and panics before anyone hears of it.
        "/panic" => {
            let body = request.text().await?;
            let outcome = log.submit(&body, super::host::now(), uuid::Uuid::now_v7());
            fail(outcome.is_ok())
        }
        _ => reply(404, &AskError::Malformed("no such door".to_owned())),
    }
}

#[expect(clippy::panic, reason = "this is the panic that the tests ask for")]
fn fail(taken: bool) -> ! {
    panic!("asked to panic (command taken: {taken})")
}
