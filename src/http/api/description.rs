//! The API's own description.

use std::sync::OnceLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;

use crate::http::problem::EdgeError;
use crate::http::router;

/// Generated once per isolate: the routes cannot change while it lives.
static DOCUMENT: OnceLock<String> = OnceLock::new();

/// `OpenAPI` 3.1 of this API, generated from its handlers.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "platform",
    security(()),
    responses((status = 200, description = "The document", body = serde_json::Value))
)]
pub async fn openapi() -> Result<impl IntoResponse, EdgeError> {
    let document = if let Some(document) = DOCUMENT.get() {
        document
    } else {
        let document = router::document().to_json()?;
        DOCUMENT.get_or_init(|| document)
    };
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
    ];
    Ok((headers, document.as_str()))
}
