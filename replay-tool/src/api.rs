//! Talking to the platform.

pub mod operations;

use std::io::Read;
use std::process::Command;
use std::time::Duration;

use domain::stream::StreamId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::{Response, StatusCode, Uri};

use crate::Failure;
use crate::cli::Api;

/// The platform is asked again this often when the connection fails; a restart takes seconds.
pub const ATTEMPTS: u32 = 4;

/// First pause between attempts; doubled each time.
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the platform may be silent while it answers.
const SILENCE_TIMEOUT: Duration = Duration::from_mins(1);

/// Longest JSON answer (lists of events and streams), in bytes.
const MAX_LIST_BYTES: u64 = 16 * 1024 * 1024;

/// Names ending so mean this machine (RFC 6761), but not every resolver knows.
const LOCAL_SUFFIX: &str = ".localhost";

/// A consignment event, as far as it is of interest here.
#[derive(Debug, Clone, Deserialize)]
pub struct EventRow {
    pub id: String,
    pub ordinal: u32,
    pub name: String,
}

/// One log of an event.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRow {
    pub stream: StreamId,
    /// Seq of the last entry known to the list.
    pub seq: u64,
}

#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

/// The part of the platform's public settings that is of interest here.
#[derive(Deserialize)]
struct Configuration {
    organization: Option<Zoned>,
}

#[derive(Deserialize)]
struct Zoned {
    time_zone: String,
}

/// A problem as the platform tells it (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: Option<String>,
    code: Option<String>,
    request_id: Option<String>,
}

/// What can go wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Trying again may help.
    #[error("{0}")]
    Unreachable(String),
    /// It will not.
    #[error("{0}")]
    Refused(String),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::new(error)
    }
}

/// The platform, and who asks.
pub struct Client {
    agent: Agent,
    /// Address without a slash at the end.
    base: String,
    /// What the `Host` header must say where the address was rewritten.
    host: Option<String>,
    token: Option<String>,
    token_command: Option<String>,
}

impl Client {
    pub fn new(api: &Api) -> Result<Self, Failure> {
        let (base, host) = address(&api.address)?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(SILENCE_TIMEOUT))
            .timeout_per_read(Some(SILENCE_TIMEOUT))
            .user_agent(concat!("hangtag-replay-tool/", env!("CARGO_PKG_VERSION")))
            .max_redirects(0)
            .build();
        let mut client = Self {
            agent: config.new_agent(),
            base,
            host,
            token: api.token.clone(),
            token_command: api.token_command.clone(),
        };
        if client.token.is_none() {
            client.renew()?;
        }
        Ok(client)
    }

    /// Asks the token command, where there is one.
    fn renew(&mut self) -> Result<(), Failure> {
        let Some(command) = &self.token_command else { return Ok(()) };
        let run = Command::new("sh").args(["-c", command]).stdin(std::process::Stdio::null()).output()?;
        let token = String::from_utf8_lossy(&run.stdout).trim().to_owned();
        if !run.status.success() || token.is_empty() {
            return Err(Failure::new(format!("the token command gave no token ({}): {command}", run.status)));
        }
        self.token = Some(token);
        Ok(())
    }

    pub fn events(&mut self) -> Result<Vec<EventRow>, Failure> {
        self.list("/api/v1/events")
    }

    pub fn streams(&mut self, event: &str) -> Result<Vec<StreamRow>, Failure> {
        self.list(&format!("/api/v1/events/{event}/streams"))
    }

    /// The organization's zone, where the platform says so.
    pub fn zone(&mut self) -> Option<String> {
        let body = self.get("/api/v1/configuration").ok()?.into_body();
        let body = body.into_with_config().limit(MAX_LIST_BYTES).read_to_string().ok()?;
        serde_json::from_str::<Configuration>(&body)
            .ok()?
            .organization
            .map(|organization| organization.time_zone)
    }

    /// The log of `stream` from entry `from` on, as an export.
    pub fn log(&mut self, stream: &StreamId, from: u64) -> Result<impl Read + Send + use<>, ApiError> {
        let encoded = stream.to_string().replace('/', "%2F");
        let response = self.get(&format!("/api/v1/log/{encoded}?from={from}"))?;
        Ok(response.into_body().into_with_config().limit(u64::MAX).reader())
    }

    fn list<T: DeserializeOwned>(&mut self, path: &str) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = match &next {
                None => path.to_owned(),
                Some(cursor) => {
                    let mark = if path.contains('?') { '&' } else { '?' };
                    format!("{path}{mark}cursor={cursor}")
                }
            };
            let body = self.get(&page)?.into_body().into_with_config().limit(MAX_LIST_BYTES).read_to_string();
            let body = body.map_err(|error| Failure::new(format!("{page}: {error}")))?;
            let list: List<T> = serde_json::from_str(&body)
                .map_err(|error| Failure::new(format!("{page}: the answer is not understood: {error}")))?;
            all.extend(list.items);
            if list.next_cursor.is_none() || list.next_cursor == next {
                return Ok(all);
            }
            next = list.next_cursor;
        }
    }

    /// GET, once more with a fresh token where the first one had run out.
    fn get(&mut self, path: &str) -> Result<Response<ureq::Body>, ApiError> {
        let response = self.get_once(path)?;
        if response.status() != StatusCode::UNAUTHORIZED || self.token_command.is_none() {
            return answered(response, path, self.token.is_some());
        }
        self.renew().map_err(|failure| ApiError::Refused(failure.0))?;
        answered(self.get_once(path)?, path, true)
    }

    fn get_once(&self, path: &str) -> Result<Response<ureq::Body>, ApiError> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let base = self.host.as_deref().unwrap_or(&self.base);
        request.call().map_err(|error| ApiError::Unreachable(format!("{base} does not answer: {error}")))
    }
}

/// Splits an address into where to connect and what to call it.
fn address(url: &str) -> Result<(String, Option<String>), Failure> {
    let url = url.trim_end_matches('/');
    let wrong = || Failure::new(format!("{url:?} is no address; write http://demo.localhost:8787"));
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    let path = uri.path().trim_end_matches('/');
    if scheme == "http" && authority.host().ends_with(LOCAL_SUFFIX) {
        let port = authority.port_u16().map_or_else(String::new, |port| format!(":{port}"));
        return Ok((format!("http://127.0.0.1{port}{path}"), Some(authority.to_string())));
    }
    Ok((url.to_owned(), None))
}

/// Success, or what the platform says about the lack of it.
fn answered(
    response: Response<ureq::Body>,
    path: &str,
    with_token: bool,
) -> Result<Response<ureq::Body>, ApiError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body =
        response.into_body().into_with_config().limit(MAX_LIST_BYTES).read_to_string().unwrap_or_default();
    let said =
        serde_json::from_str::<Problem>(&body).map_or_else(|_| String::new(), |problem| problem.to_string());
    let hint = match status {
        StatusCode::UNAUTHORIZED if !with_token => "; give a token with --token or --token-command",
        StatusCode::UNAUTHORIZED => "; the token has run out or is not known there",
        _ => "",
    };
    let text = format!("{path}: {status}{said}{hint}");
    Err(if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        ApiError::Unreachable(text)
    } else {
        ApiError::Refused(text)
    })
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, ", {}", self.title)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn local_names_are_reached_without_a_resolver() {
        let host = Some("demo.localhost:8787".to_owned());
        assert_eq!(
            address("http://demo.localhost:8787/").unwrap(),
            ("http://127.0.0.1:8787".to_owned(), host)
        );
        assert_eq!(
            address("https://spring.example/x/").unwrap(),
            ("https://spring.example/x".to_owned(), None)
        );
        assert!(address("demo").is_err());
        assert!(address("ftp://spring.example").is_err());
    }
}
