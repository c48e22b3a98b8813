//! A small JSON client for the local platform. The C library resolves no `*.localhost`, so requests go to
//! 127.0.0.1 and the name travels in the Host header, which is what the Worker reads the organization from.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::{Agent, http::Response};

/// The longest that one request may take: a large import on a busy machine.
const REQUEST_LIMIT: Duration = Duration::from_mins(2);

/// An answer is a page of a list or a catalogue; anything beyond this is a mistake.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Characters of a refusal's body that are shown.
const SHOWN_CHARS_MAX: usize = 500;

/// Talks to one host on one local port, perhaps as somebody.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    port: u16,
    host: String,
    token: Option<String>,
}

/// A body to send.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// JSON.
    Json(&'a Value),
    /// A CSV file.
    Csv(&'a [u8]),
}

impl Client {
    /// A client for `http://{name}.localhost:{port}`.
    pub fn new(name: &str, port: u16) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(REQUEST_LIMIT))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self { agent, port, host: format!("{name}.localhost:{port}"), token: None }
    }

    /// The same client, signed in.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The status of a GET, or `None` while nobody listens or answers.
    pub fn status(&self, path: &str) -> Option<u16> {
        let answer = self.agent.get(self.address(path)).header("host", &self.host).call().ok()?;
        Some(answer.status().as_u16())
    }

    /// Asks for JSON.
    ///
    /// # Errors
    /// When the platform is not there or refuses.
    pub fn get(&self, path: &str) -> Result<Value> {
        let mut request = self.agent.get(self.address(path)).header("host", &self.host);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(path, request.call())
    }

    /// Sends a command under an idempotency key: sent again, it gets its first answer.
    ///
    /// # Errors
    /// When the platform is not there or refuses.
    pub fn post(&self, path: &str, key: &str, body: Body<'_>) -> Result<Value> {
        let kind = match body {
            Body::Json(_) => "application/json",
            Body::Csv(_) => "text/csv",
        };
        let mut request = self
            .agent
            .post(self.address(path))
            .header("host", &self.host)
            .header("content-type", kind)
            .header("idempotency-key", key);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        match body {
            Body::Json(value) => read(path, request.send(value.to_string())),
            Body::Csv(bytes) => read(path, request.send(bytes)),
        }
    }

    /// Sends a command without a body that may be repeated as it is.
    ///
    /// # Errors
    /// When the platform is not there or refuses.
    pub fn put(&self, path: &str) -> Result<Value> {
        let mut request = self.agent.put(self.address(path)).header("host", &self.host);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        read(path, request.send_empty())
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn read(path: &str, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("{path} did not answer"))?;
    let status = answer.status();
    let text = answer
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_string()
        .with_context(|| format!("the answer of {path} broke off"))?;
    if !status.is_success() {
        bail!("{path} answered {status}: {}", text.chars().take(SHOWN_CHARS_MAX).collect::<String>());
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("the answer of {path} is not JSON"))
}
