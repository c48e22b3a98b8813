//! Reading requests: path ids, query parameters and bodies, with our own words for what is wrong.

use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::problem::EdgeError;

/// Largest JSON body, bytes: a basket of 300 lines takes some 20 KB.
pub const JSON_BODY_BYTES_MAX: usize = 256 * 1024;

/// Ids in the path. One that cannot be an id names nothing, so the answer is 404.
pub struct Named<T>(pub T);

/// Query parameters.
pub struct Asked<T>(pub T);

/// A JSON body.
pub struct Told<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        path.map(|Path(ids)| Self(ids)).map_err(|_| EdgeError::NotFound("resource"))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(parameters)| Self(parameters))
            .map_err(|rejection| EdgeError::bad_request("query_unreadable", rejection.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = EdgeError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, EdgeError> {
        if !has_media_type(request.headers(), "application/json") {
            return Err(EdgeError::MediaType("application/json"));
        }
        let bytes = read_body(request, JSON_BODY_BYTES_MAX).await?;
        // Every body here is an object; read into a struct, an array would pass for its fields in order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(EdgeError::bad_request("body_unreadable", "The body is a JSON object.".to_owned()));
        }
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| EdgeError::bad_request("body_unreadable", error.to_string()))
    }
}

/// True when the body is said to be of this media type (parameters such as a charset aside).
#[must_use]
pub fn has_media_type(headers: &HeaderMap, expected: &str) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(expected))
}

/// Reads a whole body of at most `limit_bytes`.
///
/// # Errors
/// 413 over the limit, whether announced or found out; 400 when the connection broke.
pub async fn read_body(request: Request<Body>, limit_bytes: usize) -> Result<bytes::Bytes, EdgeError> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limit_bytes) {
        return Err(EdgeError::BodyTooLarge { limit_bytes });
    }
    to_bytes(request.into_body(), limit_bytes).await.map_err(|error| {
        if is_over_limit(&error) {
            EdgeError::BodyTooLarge { limit_bytes }
        } else {
            EdgeError::bad_request("body_broken_off", "The body did not arrive whole.")
        }
    })
}

fn is_over_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = inner.source();
    }
    false
}
