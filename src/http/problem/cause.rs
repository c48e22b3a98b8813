//! What can go wrong at the edge.

use domain::rejection::Rejection;

use crate::adapters::circuit::CircuitOpen;
use crate::adapters::random::NoRandomness;
use crate::objects::client::{AskError, SubmitError};

/// Why the edge refused or could not answer. The outside sees a [`Problem`](super::Problem); the inside text goes to
/// the log.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// No organization answers at this host.
    #[error("no organization at host {0:?}")]
    UnknownHost(String),
    /// No route, or nothing with this id in this organization.
    #[error("no {0} here")]
    NotFound(&'static str),
    /// The route exists, but not with this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The request cannot be read.
    #[error("{code}: {detail}")]
    BadRequest {
        /// Stable code.
        code: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The body has another media type.
    #[error("media type, expected {0}")]
    MediaType(&'static str),
    /// The body is over the limit.
    #[error("body over {limit_bytes} bytes")]
    BodyTooLarge {
        /// The operation's limit.
        limit_bytes: usize,
    },
    /// No valid token.
    #[error("not authenticated: {0}")]
    Unauthenticated(&'static str),
    /// The caller is known and may not do this.
    #[error("forbidden: needs {0}")]
    Forbidden(String),
    /// The platform has stopped the organization.
    #[error("the organization is suspended")]
    Suspended,
    /// A rule of the domain refused.
    #[error(transparent)]
    Rejected(Rejection),
    /// `If-Match` named another head.
    #[error("the log stands at {head}")]
    HeadMoved {
        /// Where the log stands.
        head: u64,
    },
    /// The idempotency key was used before for something else.
    #[error("idempotency key reused")]
    KeyReused,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// When to try again.
        retry_after_s: u32,
    },
    /// The log has no such position.
    #[error("the log stands at {head}, asked for {wanted}")]
    BeyondLog {
        /// The position asked for.
        wanted: u64,
        /// Where the log stands.
        head: u64,
    },
    /// The read model has not reached the position asked for.
    #[error("read model at {reached}, asked for {wanted}")]
    Behind {
        /// The position asked for.
        wanted: u64,
        /// The position reached.
        reached: u64,
    },
    /// An object, the database or an outside service is out of reach.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// An outside service has failed several times in a row and is left alone for a while.
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpen),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl EdgeError {
    /// A request that cannot be read.
    #[must_use]
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::BadRequest { code, detail: detail.into() }
    }

    /// True for faults of ours or of what we stand on: these are logged as errors.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::CircuitOpen(_) | Self::Internal(_))
    }
}

impl From<SubmitError> for EdgeError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Rejected(rejection) => Self::Rejected(rejection),
            SubmitError::HeadMoved { head } => Self::HeadMoved { head },
            SubmitError::CommandIdReused => Self::KeyReused,
            SubmitError::Malformed(detail) => Self::Internal(detail),
            SubmitError::Unavailable(detail) => Self::Unavailable(detail),
        }
    }
}

impl From<AskError> for EdgeError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Malformed(detail) => Self::Internal(detail),
            AskError::Unavailable(detail) => Self::Unavailable(detail),
        }
    }
}

impl From<NoRandomness> for EdgeError {
    fn from(error: NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<worker::Error> for EdgeError {
    fn from(error: worker::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<serde_json::Error> for EdgeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
