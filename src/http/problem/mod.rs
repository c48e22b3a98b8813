//! Errors over HTTP: `application/problem+json` after RFC 9457, with stable codes. What went wrong is an [`EdgeError`];
//! here stands what the caller is told of it.

mod cause;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::rejection::Refusal;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

pub use cause::EdgeError;

/// The media type of every error's body.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// How long a caller should wait before trying again when an object or a store was unreachable.
const RETRY_UNAVAILABLE_S: u32 = 2;

/// How long a caller should wait when a read model has not caught up with the `min_seq` asked for.
const RETRY_BEHIND_S: u32 = 1;

/// An error's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of error: `urn:hangtag:problem:{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for people, the same for every error with this code.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// Stable, in snake case, for programs.
    #[schema(example = "item_already_sold")]
    pub code: String,
    /// What happened this time.
    pub detail: String,
    /// The rule that refused, by its number in the specification of rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What would be allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// The request's id, as in the header `X-Request-Id`; support finds the log lines by it.
    #[schema(example = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b")]
    pub request_id: String,
}

/// What every operation may answer instead of its own reply.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "only the OpenAPI document reads this list")]
pub enum Problems {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// No valid token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(Problem),
    /// The person or terminal may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is no such thing here.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// It contradicts what already happened.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// `If-Match` named another position of the log.
    #[response(status = 412, content_type = "application/problem+json")]
    PreconditionFailed(Problem),
    /// The body is over the limit.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body has another media type than the operation takes.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Problem),
    /// A rule says no.
    #[response(status = 422, content_type = "application/problem+json")]
    Rule(Problem),
    /// Somebody else decides about it now.
    #[response(status = 423, content_type = "application/problem+json")]
    CustodyElsewhere(Problem),
    /// Too many requests; see `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Something that the answer needs is out of reach; see `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Status of each kind of refusal.
fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Forbidden => StatusCode::FORBIDDEN,
        Refusal::Conflict => StatusCode::CONFLICT,
        Refusal::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::CustodyElsewhere => StatusCode::LOCKED,
    }
}

fn title_of(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotFound => "There is no such thing here",
        Refusal::Forbidden => "Not allowed",
        Refusal::Conflict => "This contradicts what already happened",
        Refusal::Rule => "A rule says no",
        Refusal::CustodyElsewhere => "Somebody else decides about this now",
    }
}

impl EdgeError {
    /// The status, code and title.
    fn heading(&self) -> (StatusCode, &str, &'static str) {
        match self {
            Self::UnknownHost(_) => (StatusCode::NOT_FOUND, "unknown_host", "No organization answers here"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found", "There is no such thing here"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Another method is needed")
            }
            Self::BadRequest { code, .. } => (StatusCode::BAD_REQUEST, code, "The request cannot be read"),
            Self::MediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body has the wrong media type",
            ),
            Self::BodyTooLarge { .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
            }
            Self::Unauthenticated(code) => (StatusCode::UNAUTHORIZED, code, "A valid token is needed"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::Suspended => {
                (StatusCode::FORBIDDEN, "organization_suspended", "The organization is suspended")
            }
            Self::Rejected(rejection) => {
                (status_of(rejection.refusal), &rejection.code, title_of(rejection.refusal))
            }
            Self::HeadMoved { .. } => (StatusCode::PRECONDITION_FAILED, "head_moved", "The log has moved on"),
            Self::KeyReused => (
                StatusCode::CONFLICT,
                "idempotency_key_reused",
                "The idempotency key was used for something else",
            ),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many attempts"),
            Self::BeyondLog { .. } => (StatusCode::CONFLICT, "beyond_log", "The log has no such position"),
            Self::Behind { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "behind", "The page has not caught up yet")
            }
            Self::Unavailable(_) | Self::CircuitOpen(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Try again in a moment")
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here"),
        }
    }

    /// What the caller is told happened; inside causes stay inside.
    fn detail(&self) -> String {
        match self {
            Self::UnknownHost(_) => "No organization answers at this host name.".into(),
            Self::NotFound(what) => format!("No {what} with this name exists here."),
            Self::MethodNotAllowed => "The path exists, but not with this method.".into(),
            Self::BadRequest { detail, .. } => detail.clone(),
            Self::MediaType(expected) => format!("Send the body as {expected}."),
            Self::BodyTooLarge { limit_bytes } => format!("The body may have at most {limit_bytes} bytes."),
            Self::Unauthenticated(code) => explain_token_code(code).into(),
            Self::Forbidden(needs) => format!("This needs {needs}."),
            Self::Suspended => "The platform has stopped this organization for now. What was sold and not sent yet waits at the terminals; ask the platform's support.".into(),
            Self::Rejected(rejection) => format!("Found {}; allowed: {}.", rejection.found, rejection.allowed),
            Self::HeadMoved { head } => format!("The log now stands at {head}."),
            Self::KeyReused => "The same Idempotency-Key came with another request; make a new key.".into(),
            Self::TooMany { retry_after_s } => format!("Try again in {retry_after_s} seconds."),
            Self::BeyondLog { wanted, head } => {
                format!("The log stands at {head}; {wanted} was asked for.")
            }
            Self::Behind { wanted, reached } => {
                format!("What is shown here has reached position {reached}; {wanted} was asked for.")
            }
            Self::Unavailable(_) => "Something this answer needs could not be reached. Repeat the request with the same Idempotency-Key.".into(),
            Self::CircuitOpen(open) => format!(
                "An outside service does not answer; it is asked again in {} seconds.",
                open.retry_after_s
            ),
            Self::Internal(_) => "The request id names this occurrence to support.".into(),
        }
    }

    /// The body, without its request id yet.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, code, title) = self.heading();
        let (rule, found, allowed) = match self {
            Self::Rejected(rejection) => {
                (Some(rejection.rule.clone()), Some(rejection.found.clone()), Some(rejection.allowed.clone()))
            }
            Self::HeadMoved { head } => (None, Some(head.to_string()), None),
            Self::BeyondLog { wanted, head } => (None, Some(head.to_string()), Some(wanted.to_string())),
            Self::Behind { wanted, reached } => (None, Some(reached.to_string()), Some(wanted.to_string())),
            _ => (None, None, None),
        };
        Problem {
            kind: format!("urn:hangtag:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: self.detail(),
            rule,
            found,
            allowed,
            request_id: String::new(),
        }
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated(_) => vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))],
            Self::TooMany { retry_after_s } => vec![(header::RETRY_AFTER, HeaderValue::from(*retry_after_s))],
            Self::Behind { .. } => vec![(header::RETRY_AFTER, HeaderValue::from(RETRY_BEHIND_S))],
            Self::Unavailable(_) => vec![(header::RETRY_AFTER, HeaderValue::from(RETRY_UNAVAILABLE_S))],
            Self::CircuitOpen(open) => vec![(header::RETRY_AFTER, HeaderValue::from(open.retry_after_s))],
            Self::HeadMoved { head } => HeaderValue::from_str(&format!("\"{head}\""))
                .map(|etag| (header::ETAG, etag))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn explain_token_code(code: &str) -> &'static str {
    match code {
        "token_missing" => "Send a token as Authorization: Bearer.",
        "token_expired" => "The token has expired; get a new one.",
        "token_not_yet_valid" => "The token is not valid yet; check the clock.",
        "token_wrong_origin" => "The token was issued to another site.",
        "token_wrong_organization" => "The token was issued for another organization.",
        "webhook_not_believed" => "The delivery is not signed as it should be, or too old.",
        "token_revoked" => "The terminal's pairing has ended.",
        _ => "The token is not one that is accepted here.",
    }
}

impl IntoResponse for EdgeError {
    /// The body is rendered by [`finish`], which knows the request's id.
    fn into_response(self) -> Response {
        let problem = self.problem();
        if self.is_fault() {
            tracing::error!(code = %problem.code, cause = %self, "request failed");
        }
        let mut response =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.headers_mut().extend(self.headers());
        response.extensions_mut().insert(problem);
        response
    }
}

/// Renders a problem that a handler or an extractor left on `response`, with the request's id.
#[must_use]
pub fn finish(mut response: Response, request_id: &str) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    request_id.clone_into(&mut problem.request_id);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.into();
    response
}
