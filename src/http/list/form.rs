//! How a list is written: a page as JSON, or the whole of it as lines.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Resource;
use crate::http::csv::{self, CSV};
use crate::http::page::Page;
use crate::http::problem::EdgeError;

/// The media type of a list as JSON, line by line.
const NDJSON: &str = "application/x-ndjson";

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One page, with a cursor.
    Json,
    /// Everything from the cursor on, one line each, under a line of column names.
    Csv,
    /// Everything from the cursor on, one JSON object a line.
    Ndjson,
}

/// What stands before the lines.
pub(super) fn heading<R: Resource>(format: Format) -> Result<Vec<u8>, EdgeError> {
    if format == Format::Csv { csv::header(R::LIST.columns) } else { Ok(Vec::new()) }
}

/// A line for each of `items`.
pub(super) fn lines<R: Resource>(format: Format, items: &[R]) -> Result<Vec<u8>, EdgeError> {
    let values: Result<Vec<Value>, _> = items.iter().map(serde_json::to_value).collect();
    if format == Format::Csv {
        return csv::rows(R::LIST.columns, &values?);
    }
    Ok(values?.iter().flat_map(|value| format!("{value}\n").into_bytes()).collect())
}

/// A list, as asked for.
pub enum Listing<R> {
    /// One page.
    Json(Page<R>),
    /// Everything.
    Lines(Format, Body),
}

impl<R: Serialize> IntoResponse for Listing<R> {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Json(page) => Json(page).into_response(),
            Self::Lines(format, body) => {
                let (media, file) = match format {
                    Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"list.csv\""),
                    Format::Json | Format::Ndjson => (NDJSON, "attachment; filename=\"list.ndjson\""),
                };
                let mut response = body.into_response();
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
                headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(file));
                response
            }
        };
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        response
    }
}

/// The form that the caller names; whoever takes JSON as well gets that.
pub(super) fn accepted(headers: &HeaderMap) -> Format {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let names = |media: &str| {
        accepted
            .split(',')
            .any(|part| part.split(';').next().is_some_and(|part| part.trim().eq_ignore_ascii_case(media)))
    };
    match () {
        () if names("application/json") => Format::Json,
        () if names(CSV) => Format::Csv,
        () if names(NDJSON) => Format::Ndjson,
        () => Format::Json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_a_caller_names_without_naming_json() {
        let form = |value: &'static str| {
            accepted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]))
        };
        assert_eq!(form("text/csv"), Format::Csv);
        assert_eq!(form("text/html, TEXT/CSV;q=0.9"), Format::Csv);
        assert_eq!(form("application/x-ndjson"), Format::Ndjson);
        assert_eq!(form("application/json, text/csv"), Format::Json);
        assert_eq!(form("*/*"), Format::Json);
        assert_eq!(accepted(&HeaderMap::new()), Format::Json);
    }
}
