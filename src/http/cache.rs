//! Answers that many ask for at once: kept in the location's cache under the tenant's key and the positions of the logs
//! that they were read from. A log that moves on makes another key, so nothing is ever invalidated: what changed is seen
//! by the next reader, and what was kept under an older key is never asked for again.
//!
//! Who may read is looked at before anything here is; callers ask again each time (`no-cache`), and whoever has the
//! answer already gets 304.

use std::future::Future;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::journal::Hash;
use domain::tenancy::{CacheKey, Scope};
use serde::Serialize;
use sha2::{Digest, Sha256};
use worker::Cache;
use worker::send::SendFuture;

use super::edge::Edge;
use super::problem::EdgeError;

/// The host part of keys: the cache wants addresses; nobody answers at this one.
const KEPT_AT: &str = "https://kept.invalid";

/// How long a location keeps an answer, s: a hall's terminals start within minutes of one another.
const KEPT_S: u32 = 300;

/// Hex digits of a tag: enough that two states never share one.
const TAG_DIGITS: usize = 32;

/// The same answer for everybody who asks at a host, cheap to make: whoever has it already gets 304.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn for_everybody<T: Serialize>(headers: &HeaderMap, answer: &T) -> Result<Response, EdgeError> {
    let bytes = serde_json::to_vec(answer)?;
    let tag = tag_of(&bytes);
    let response = if is_known(headers, &tag) { unchanged() } else { json(bytes) };
    Ok(labelled(response, &tag, "public, no-cache"))
}

/// What an answer was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    key: CacheKey,
}

impl Version {
    /// An answer about `what` as of `seq`, the position of the log that says most about it; `rest` names everything else
    /// that it depends on. Two builds share nothing.
    #[must_use]
    pub fn new(edge: &Edge, scope: &Scope, what: &str, seq: u64, rest: &str) -> Self {
        let build = edge.config().commit.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
        Self { key: CacheKey::new(scope, what, seq, &format!("{build}/{rest}")) }
    }

    fn tag(&self) -> String {
        tag_of(self.key.as_str().as_bytes())
    }

    fn address(&self) -> String {
        format!("{KEPT_AT}/{}", self.key.as_str())
    }

    /// The answer of this version, for a caller who may read it: 304 when they have it, the kept one, or the one that
    /// `make` makes, which is kept. Their own copy is theirs alone.
    ///
    /// # Errors
    /// What `make` returned.
    pub async fn answer<T: Serialize>(
        &self,
        headers: &HeaderMap,
        make: impl Future<Output = Result<T, EdgeError>>,
    ) -> Result<Response, EdgeError> {
        let tag = self.tag();
        if is_known(headers, &tag) {
            return Ok(labelled(unchanged(), &tag, "private, no-cache"));
        }
        let bytes = if let Some(bytes) = self.kept().await {
            bytes
        } else {
            let fresh = serde_json::to_vec(&make.await?)?;
            self.keep(fresh.clone()).await;
            fresh
        };
        Ok(labelled(json(bytes), &tag, "private, no-cache"))
    }

    /// A cache out of reach is no failure: the answer is made.
    async fn kept(&self) -> Option<Vec<u8>> {
        let address = self.address();
        SendFuture::new(async move {
            let mut found = Cache::default().get(address, true).await.ok()??;
            found.bytes().await.ok()
        })
        .await
    }

    async fn keep(&self, bytes: Vec<u8>) {
        let address = self.address();
        let kept = SendFuture::new(async move {
            let headers = worker::Headers::new();
            headers.set("cache-control", &format!("max-age={KEPT_S}"))?;
            let answer = worker::Response::from_bytes(bytes)?.with_headers(headers);
            Cache::default().put(address, answer).await
        });
        if let Err(error) = kept.await {
            tracing::warn!(key = self.key.as_str(), %error, "an answer was not kept");
        }
    }
}

fn tag_of(bytes: &[u8]) -> String {
    let digest = Hash(Sha256::digest(bytes).into()).to_string();
    format!("\"{}\"", digest.get(..TAG_DIGITS).unwrap_or_default())
}

fn unchanged() -> Response {
    StatusCode::NOT_MODIFIED.into_response()
}

fn json(bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn labelled(mut response: Response, tag: &str, control: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// True when the caller has this version.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let said = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|list| list.split(',')).any(|one| {
        let one = one.trim();
        one.strip_prefix("W/").unwrap_or(one) == tag
    })
}

#[cfg(test)]
mod tests {
    use domain::tenancy::Authority;

    use super::*;

    fn version(organization: char, seq: u64, rest: &str) -> Version {
        let id = format!("0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3{organization}").parse().unwrap();
        let scope = Scope::vouched(id, Authority::Directory);
        Version { key: CacheKey::new(&scope, "catalogue", seq, rest) }
    }

    #[test]
    fn another_organization_another_position_and_another_rest_share_nothing() {
        let ours = version('a', 7, "session");
        assert_eq!(ours.tag(), version('a', 7, "session").tag());
        for other in [version('b', 7, "session"), version('a', 8, "session"), version('a', 7, "other")] {
            assert_ne!(ours.tag(), other.tag());
            assert_ne!(ours.address(), other.address());
        }
        assert!(ours.address().contains("/0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3a/"));
    }

    #[test]
    fn a_caller_who_has_it_is_known_by_its_tag() {
        let tag = version('a', 7, "session").tag();
        let said = |value: &str| {
            is_known(
                &HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())]),
                &tag,
            )
        };
        assert!(said(&tag) && said(&format!("W/{tag}")) && said(&format!("\"x\", {tag}")));
        assert!(!said("\"x\"") && !said("") && !is_known(&HeaderMap::new(), &tag));
    }
}
