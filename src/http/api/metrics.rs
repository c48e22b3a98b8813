//! The figures of one machine, as text.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::http::caller::token_of;
use crate::http::edge::Edge;
use crate::http::problem::{EdgeError, Problems};
use crate::metrics;

/// Name of the secret that opens the page in production.
const TOKEN_SECRET: &str = "METRICS_TOKEN";

/// The environment in which the page needs the token.
const PRODUCTION: &str = "production";

/// Requests by route, method and status, with their durations, since this isolate began; in Prometheus' text format.
/// In production it needs the token `METRICS_TOKEN`; without that secret it is not there.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "platform",
    security(()),
    responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain"), Problems)
)]
pub async fn metrics_page(edge: Edge, headers: HeaderMap) -> Result<Response, EdgeError> {
    if edge.config().environment == PRODUCTION {
        let token = edge.env().secret(TOKEN_SECRET).map(|secret| secret.to_string()).unwrap_or_default();
        if token.is_empty() || !same(token_of(&headers)?, &token) {
            return Err(EdgeError::NotFound("route"));
        }
    }
    let mut response = metrics::page().into_response();
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}

/// Compares in a time that does not say where the texts differ.
fn same(one: &str, other: &str) -> bool {
    let differs = one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b));
    one.len() == other.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_same_or_not() {
        for (one, other, alike) in [("a", "a", true), ("a", "b", false), ("a", "ab", false), ("", "", true)] {
            assert_eq!(same(one, other), alike);
        }
    }
}
