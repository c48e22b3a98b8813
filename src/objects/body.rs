//! Bodies as text, read as bytes.
//!
//! The runtime's own text of a body crosses into this module a character at a time, half a microsecond each: for a
//! basket that is longer than everything else that happens to it.

use worker::{Request, Response, Result};

/// The text of a request between this Worker's own parts.
///
/// # Errors
/// When it does not come in whole or is no UTF-8.
pub(super) async fn of_request(request: &mut Request) -> Result<String> {
    text(request.bytes().await?)
}

/// The text of an object's answer.
///
/// # Errors
/// As [`of_request`].
pub(super) async fn of_response(response: &mut Response) -> Result<String> {
    text(response.bytes().await?)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| worker::Error::RustError(error.to_string()))
}
