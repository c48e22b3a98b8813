//! The API's own description.

use std::sync::OnceLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;

use crate::http::problem::EdgeError;
use crate::http::{reference, router};

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

/// Rendered once per isolate.
static PAGE: OnceLock<String> = OnceLock::new();

/// What the page may load: its own stylesheet and nothing else.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// This API, for people to read.
#[utoipa::path(
    get,
    path = "/api/docs",
    tag = "platform",
    security(()),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
pub async fn docs() -> Result<impl IntoResponse, EdgeError> {
    let page = if let Some(page) = PAGE.get() {
        page
    } else {
        let page = reference::html(&serde_json::to_value(router::document())?);
        PAGE.get_or_init(|| page)
    };
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
    ];
    Ok((headers, page.as_str()))
}

/// How that page looks.
#[utoipa::path(
    get,
    path = "/api/docs.css",
    tag = "platform",
    security(()),
    responses((status = 200, description = "The stylesheet", body = String, content_type = "text/css"))
)]
pub async fn docs_style() -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("docs.css"))
}
