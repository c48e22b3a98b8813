//! Listening to a session as it happens.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::ids::SessionId;
use domain::journal::Hash;
use serde::Deserialize;
use worker::send::SendFuture;
use worker::{Method, Request, RequestInit};

use super::session_steps::overview;
use crate::http::caller::{Caller, TOKEN_PROTOCOL_PREFIX, token_protocol};
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::{Heard, forward_live};

/// The route of sockets.
pub const PATH: &str = "/api/v1/sessions/{session}/live";

/// From where to listen.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// The position that the listener has already: entries behind it come first.
    #[serde(default)]
    #[param(default = 0)]
    pub since: u64,
    /// The hash of the entry at `since`, 64 hex digits, where the listener knows it: if the log has another one there,
    /// it was restored, and a frame `{"type":"restored",…}` says so.
    pub hash: Option<String>,
    /// A token, for clients that can set neither `Authorization` nor a subprotocol.
    #[expect(dead_code, reason = "the guard reads it before the handler is reached")]
    pub token: Option<String>,
}

/// A WebSocket with every entry of the session's log behind `since`, in order, and then each new one. The token
/// comes in `Authorization` or, from browsers, as the subprotocol `bearer.<token>`. Frames:
/// `{"type":"entry","seq":…,"kind":…,"payload":"…",…}` and, once everything up to now was sent,
/// `{"type":"live","head":N,"hash":"…"}`. A message holds one frame or several, one a line.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/live",
    tag = "sessions",
    params(("session" = String, Path, description = "The session's id"), LiveQuery),
    responses((status = 101, description = "The socket is open"), (status = 426, description = "This is a WebSocket"), Problems)
)]
#[worker::send]
pub async fn live(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(session): Named<SessionId>,
    Asked(query): Asked<LiveQuery>,
    headers: HeaderMap,
) -> Result<Response, EdgeError> {
    if !asks_for_socket(&headers) {
        let mut response = Response::new(Body::from("This address speaks WebSocket."));
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        return Ok(response);
    }
    let hash = query.hash.as_deref().map(hash_named).transpose()?;
    overview(&edge, &tenant, session).await?;
    let mut init = RequestInit::new();
    init.with_method(Method::Get);
    // A request of our own: nothing that the caller sent, and least of all the token, goes on to the object.
    let inner = Request::new_with_init("http://object/live", &init)?;
    let (env, stream, listener) = (edge.env(), tenant.session(session), caller.actor().to_string());
    let heard = Heard { seq: query.since, hash };
    let opened = SendFuture::new(forward_live(env, &stream, &inner, heard, &listener)).await?;
    let status = opened.status_code();
    let Some(socket) = opened.websocket() else {
        return Err(EdgeError::Unavailable(format!("the session answered {status} to a listener")));
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    if let Some(protocol) = chosen_protocol(&headers) {
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    response.extensions_mut().insert(socket);
    Ok(response)
}

fn hash_named(text: &str) -> Result<Hash, EdgeError> {
    Hash::from_hex(text).ok_or_else(|| {
        EdgeError::bad_request("hash_unreadable", "hash is 64 hex digits, as an entry has it.")
    })
}

fn asks_for_socket(headers: &HeaderMap) -> bool {
    let asked = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    asked.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Browsers close a socket whose server takes up none of the protocols they offered: one that is no token, if
/// there is one, otherwise the token's.
fn chosen_protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let plain =
        offered.split(',').map(str::trim).find(|protocol| !protocol.starts_with(TOKEN_PROTOCOL_PREFIX));
    HeaderValue::from_str(plain.or_else(|| token_protocol(headers))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_that_is_no_token_is_preferred() {
        for (offered, chosen) in
            [("hangtag, bearer.x", "hangtag"), ("bearer.x", "bearer.x"), ("bearer.x, hangtag", "hangtag")]
        {
            let headers =
                HeaderMap::from_iter([(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(offered))]);
            assert_eq!(chosen_protocol(&headers).unwrap(), chosen);
        }
        assert_eq!(chosen_protocol(&HeaderMap::new()), None);
    }
}
