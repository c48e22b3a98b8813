//! Headers that keep browsers from helping attackers, and cross-origin answers for our own sites only.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use crate::config::Config;

/// How long a browser may remember the answer to a preflight, s.
const PREFLIGHT_FRESH_S: u32 = 600;

/// Methods that the API uses.
const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";

/// Headers that callers set.
const REQUEST_HEADERS: &str = "authorization, content-type, idempotency-key, if-match, x-request-id";

/// Headers that callers read.
const EXPOSED_HEADERS: &str =
    "etag, ratelimit, ratelimit-policy, retry-after, x-request-id, content-disposition, idempotency-replayed";

/// Headers of every answer of the API.
const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("cross-origin-resource-policy", "same-site"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), interest-cohort=(), microphone=()"),
];

/// Puts the security headers on `headers`. Answers are not stored unless the handler said otherwise.
pub fn harden(headers: &mut HeaderMap, encrypted: bool) {
    for (name, value) in HEADERS {
        // The one page that the API shows says itself what it may load.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if encrypted {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The origin of the request, if it is one of our own sites.
#[must_use]
pub fn own_origin<'h>(config: &Config, request: &'h HeaderMap) -> Option<&'h HeaderValue> {
    let origin = request.get(header::ORIGIN)?;
    let text = origin.to_str().ok()?;
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    config.slug_of_host(host).is_some().then_some(origin)
}

/// Lets an own origin read the answer.
pub fn allow_origin(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// The answer to a preflight, if the request is one.
#[must_use]
pub fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    if method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(PREFLIGHT_FRESH_S));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_sites_may_read_across_origins() {
        let config = Config::from_lookup(|name| {
            (name == "ALLOWED_ORIGIN_SUFFIX").then(|| ".hangtag.example".to_owned())
        });
        for (origin, own) in [
            ("https://demo.hangtag.example", true),
            ("https://demo.hangtag.example.evil.example", false),
            ("https://evilhangtag.example", false),
            ("null", false),
            ("file://demo.hangtag.example", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))]);
            assert_eq!(own_origin(&config, &headers).is_some(), own, "{origin}");
        }
    }
}
