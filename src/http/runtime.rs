//! Between the runtime's requests and responses and the router's.

use std::rc::Rc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::Body as _;
use tower_service::Service;
use tracing::Instrument;
use worker::send::SendFuture;
use worker::{Context, Env, Headers, ResponseBuilder, WebSocket};

use super::edge::Edge;
use super::problem::{EdgeError, finish};
use super::router::Answered;
use super::{router, security};
use crate::adapters::random::fresh_uuid;
use crate::config::Config;
use crate::metrics::{self, Labels};

/// Longest request id that is taken over from a caller, characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// The header that names a request.
const REQUEST_ID: &str = "x-request-id";

thread_local! {
    static ROUTER: axum::Router = router::router();
}

/// Answers a request.
///
/// # Errors
/// Only when the runtime cannot take the answer over.
pub async fn serve(
    request: worker::Request,
    env: Env,
    _context: Context,
) -> worker::Result<worker::Response> {
    let config = Rc::new(Config::from_env(&env));
    let (host, encrypted) = request
        .url()
        .map(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            (
                format!("{}{port}", url.host_str().unwrap_or_default()).to_ascii_lowercase(),
                url.scheme() == "https",
            )
        })
        .unwrap_or_default();
    let request_id = request_id(&request);
    let edge = Edge::new(env, Rc::clone(&config), request_id, host);
    let (mut response, origin) = if let Ok(request) = worker::request_from_wasm(Clone::clone(request.inner()))
    {
        let origin = security::own_origin(&config, request.headers()).cloned();
        (answer(&edge, request.map(Body::new)).await, origin)
    } else {
        let refused = EdgeError::bad_request("request_unreadable", "The address or a header cannot be read.");
        (refused.into_response(), None)
    };
    response = finish(response, edge.request_id());
    let headers = response.headers_mut();
    security::harden(headers, encrypted);
    security::allow_origin(headers, origin.as_ref());
    if let Ok(id) = HeaderValue::from_str(edge.request_id()) {
        headers.insert(REQUEST_ID, id);
    }
    to_runtime(response).await
}

async fn answer(edge: &Edge, mut request: Request<Body>) -> Response {
    if let Some(response) = security::preflight(request.method(), request.headers()) {
        return response;
    }
    let span = tracing::info_span!(
        "request",
        request_id = edge.request_id(),
        method = %request.method(),
        host = edge.host(),
        route = tracing::field::Empty,
        organization = tracing::field::Empty,
    );
    request.extensions_mut().insert(edge.clone());
    let method = request.method().clone();
    let head = method == Method::HEAD;
    let answered = async {
        let mut router = ROUTER.with(Clone::clone);
        // The router never fails: every error is an answer.
        let response = match router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let took_ms = edge.elapsed_ms();
        tracing::info!(status = response.status().as_u16(), head, took_ms, "answered");
        let Answered { route, organization } =
            response.extensions().get::<Answered>().cloned().unwrap_or_default();
        let labels = Labels { route, method: method.to_string(), status: response.status().as_u16() };
        metrics::count(edge.env(), labels, &organization, took_ms);
        response
    };
    SendFuture::new(answered.instrument(span)).await
}

/// The caller's own id for the request, when it is harmless to repeat; otherwise a fresh one.
fn request_id(request: &worker::Request) -> String {
    let given = request.headers().get(REQUEST_ID).ok().flatten();
    given.filter(|id| is_harmless(id)).unwrap_or_else(|| {
        let now = i64::try_from(worker::Date::now().as_millis()).unwrap_or(0);
        fresh_uuid(now).map_or_else(|_| format!("at-{now}"), |id| id.to_string())
    })
}

fn is_harmless(id: &str) -> bool {
    let shaped = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    shaped && (8..=REQUEST_ID_CHARS_MAX).contains(&id.len())
}

/// Small answers go out whole; only those of unknown length are streamed.
async fn to_runtime(mut response: Response) -> worker::Result<worker::Response> {
    let socket = response.extensions_mut().remove::<WebSocket>();
    let headers = runtime_headers(response.headers())?;
    if let Some(socket) = socket {
        return Ok(worker::Response::from_websocket(socket)?.with_headers(headers));
    }
    let builder = ResponseBuilder::new().with_status(response.status().as_u16()).with_headers(headers);
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        return Ok(builder.empty());
    }
    match response.body().size_hint().exact() {
        Some(_) => {
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
            Ok(builder.fixed(bytes.into()))
        }
        None => Ok(worker::response_to_wasm(response)?.into()),
    }
}

fn runtime_headers(headers: &HeaderMap) -> worker::Result<Headers> {
    let mapped = Headers::new();
    for (name, value) in headers {
        // What a header cannot carry as text is left out rather than turned into a failed answer.
        if let Ok(value) = value.to_str() {
            mapped.append(name.as_str(), value)?;
        }
    }
    Ok(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_request_ids_are_taken_over() {
        for (id, harmless) in [
            ("0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b", true),
            ("short", false),
            ("has space in it", false),
            ("line\nbreak-here", false),
            ("<script>alert</script>", false),
        ] {
            assert_eq!(is_harmless(id), harmless, "{id:?}");
        }
    }
}
