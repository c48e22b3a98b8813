//! What every handler has at hand: bindings, settings, the request's id and clock.

use std::rc::Rc;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use worker::Env;
use worker::send::SendWrapper;

use super::problem::EdgeError;
use crate::config::Config;

/// Milliseconds in a second.
pub const MS_PER_S: i64 = 1_000;

/// One request's surroundings; cheap to clone.
#[derive(Clone)]
pub struct Edge {
    inner: Arc<SendWrapper<Inner>>,
}

struct Inner {
    env: Env,
    config: Rc<Config>,
    request_id: String,
    /// The host that the caller addressed, port included, lower case.
    host: String,
    /// The clock at arrival, ms since 1970 UTC.
    now: i64,
}

impl Edge {
    /// Puts a request's surroundings together.
    #[must_use]
    pub fn new(env: Env, config: Rc<Config>, request_id: String, host: String) -> Self {
        let now = i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX);
        Self { inner: Arc::new(SendWrapper::new(Inner { env, config, request_id, host, now })) }
    }

    /// The bindings.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.inner.env
    }

    /// The deployment's settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The request's id, as answered in `X-Request-Id`.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.inner.request_id
    }

    /// The host that the caller addressed, port included, lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.inner.host
    }

    /// The clock at arrival, ms since 1970 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.inner.now
    }

    /// How long ago the request arrived, ms; the runtime's clock moves only while something is waited for.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        let now = i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX);
        u64::try_from(now.saturating_sub(self.now())).unwrap_or(0)
    }

    /// The clock at arrival, whole seconds since 1970 UTC.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        self.now().div_euclid(MS_PER_S)
    }
}

impl<S: Sync> FromRequestParts<S> for Edge {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, EdgeError> {
        parts
            .extensions
            .get()
            .cloned()
            .ok_or_else(|| EdgeError::Internal("the request came past the edge".into()))
    }
}
