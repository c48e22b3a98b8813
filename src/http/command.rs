//! From a request that changes something to a command: its id, the position it expects, and the reply.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::aggregate::Aggregate;
use domain::ids::Actor;
use domain::journal::{EventCodec, Hash};
use domain::stream::StreamId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::edge::Edge;
use super::problem::EdgeError;
use super::tenant::Tenant;
use crate::adapters::random::fresh_uuid;
use crate::objects::client::{Accepted, Envelope, submit, submit_value};

/// Longest idempotency key, characters: room for a UUID with a prefix.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;

/// Hex digits of a command id that is derived from a key: 128 bits, so that no two ever meet.
const COMMAND_ID_DIGITS: usize = 32;

/// The header that makes repeating a request safe.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Headers that every command takes; for the API's description.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the OpenAPI document reads these")]
pub struct CommandHeaders {
    /// 1 to 128 visible ASCII characters, chosen by the caller. The same key with the same request gets the first
    /// reply again and does nothing twice; with another request it is refused. Without one, a repeated request is
    /// a new one.
    #[param(rename = "Idempotency-Key", max_length = 128)]
    idempotency_key: Option<String>,
    /// `"<seq>"`: only if the stream still stands at this position.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// Where a command ended up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Position {
    /// The stream that took it.
    #[schema(example = "0193f6a1-…/session/0193f6a2-…")]
    pub stream: String,
    /// The position of its last entry; ask queries for `min_seq` of this to see it.
    pub seq: u64,
}

/// A request's command: who asks, under which id, expecting which position.
#[derive(Debug, Clone)]
pub struct Commanding {
    /// The command's id in the log.
    pub id: String,
    /// Who asks.
    pub actor: Actor,
    /// The position that the caller has seen.
    pub if_match: Option<u64>,
}

impl Commanding {
    /// The same command's next part, when a request needs several: same key, same parts, same ids.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        Self { id: format!("{}/{name}", self.id), actor: self.actor.clone(), if_match: None }
    }

    /// Under another id, which the command brings itself.
    #[must_use]
    pub fn named(&self, id: String) -> Self {
        Self { id, ..self.clone() }
    }

    /// 128 bits that stand for this command: ids that the edge makes for it come out the same on repetition.
    #[must_use]
    pub fn seed(&self, what: &str) -> [u8; 16] {
        let digest = Sha256::new().chain_update(&self.id).chain_update([0]).chain_update(what).finalize();
        let mut seed = [0; 16];
        seed.copy_from_slice(&digest[..16]);
        seed
    }

    /// An id for something new that this command makes, the same on repetition.
    #[must_use]
    pub fn fresh_id(&self, what: &str) -> uuid::Uuid {
        uuid::Builder::from_custom_bytes(self.seed(what)).into_uuid()
    }

    /// Sends `command` to the object of `stream`.
    ///
    /// # Errors
    /// As [`submit`], as the edge tells it.
    pub async fn send<A: Aggregate>(
        &self,
        edge: &Edge,
        stream: &StreamId,
        command: A::Command,
    ) -> Result<Accepted, EdgeError> {
        let envelope = Envelope {
            command_id: self.id.clone(),
            actor: self.actor.clone(),
            if_match: self.if_match,
            command,
        };
        let accepted = submit::<A>(edge.env(), stream, envelope).await?;
        tracing::info!(stream = %accepted.stream, seq = accepted.seq, repeated = accepted.repeated, "command taken");
        Ok(accepted)
    }
}

/// Hands over at once what `accepted` owes to other objects, so that the caller's next request finds it there.
/// The outbox does the same on its own; ids are shared, so nothing happens twice. Failing here is no failure.
pub async fn deliver_now<A: Aggregate>(edge: &Edge, stream: &StreamId, accepted: &Accepted) {
    for entry in &accepted.entries {
        let Ok(decoded) = A::Event::decode(entry) else { continue };
        for delivery in A::deliveries(stream, entry.seq, &decoded.event) {
            let envelope = Envelope {
                command_id: delivery.command_id,
                actor: Actor::Stream(stream.to_string()),
                if_match: None,
                command: delivery.command,
            };
            if let Err(error) = submit_value(edge.env(), &delivery.to, &envelope).await {
                tracing::info!(to = %delivery.to, %error, "left to the outbox");
            }
        }
    }
}

/// The events of a reply that are of interest.
///
/// # Errors
/// [`EdgeError::Internal`] when an entry cannot be read, which means that edge and object disagree.
pub fn events_of<A: Aggregate>(accepted: &Accepted) -> Result<Vec<A::Event>, EdgeError> {
    let decoded = accepted.entries.iter().map(|entry| A::Event::decode(entry).map(|entry| entry.event));
    decoded.collect::<Result<_, _>>().map_err(|error| EdgeError::Internal(error.to_string()))
}

impl From<&Accepted> for Position {
    fn from(accepted: &Accepted) -> Self {
        Self { stream: accepted.stream.clone(), seq: accepted.seq }
    }
}

/// A reply to a command: its body and the position as `ETag`.
pub struct Reply<T> {
    status: StatusCode,
    seq: u64,
    repeated: bool,
    body: T,
}

/// Says that a reply is the first one again.
const REPEATED: HeaderName = HeaderName::from_static("idempotency-replayed");

impl<T> Reply<T> {
    /// Something new: 201.
    pub fn created(accepted: &Accepted, body: T) -> Self {
        Self { status: StatusCode::CREATED, seq: accepted.seq, repeated: accepted.repeated, body }
    }

    /// Something done: 200.
    pub fn done(accepted: &Accepted, body: T) -> Self {
        Self { status: StatusCode::OK, seq: accepted.seq, repeated: accepted.repeated, body }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", self.seq)) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        if self.repeated {
            response.headers_mut().insert(REPEATED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<S: Sync> FromRequestParts<S> for Commanding {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        let edge = Edge::from_request_parts(parts, state).await?;
        let tenant =
            parts.extensions.get::<Tenant>().map(|tenant| tenant.id().to_string()).unwrap_or_default();
        let actor = match parts.extensions.get::<Caller>() {
            Some(caller) => caller.actor(),
            None => Actor::System("edge".into()),
        };
        let id = match idempotency_key(&parts.headers)? {
            Some(key) => scoped_id(&tenant, &actor, &parts.method, parts.uri.path(), key),
            // Not the request's id: callers may choose that, and may choose the same one twice.
            None => format!("once-{}", fresh_uuid(edge.now())?),
        };
        Ok(Self { id, actor, if_match: if_match(&parts.headers)? })
    }
}

/// The key as the caller chose it.
///
/// # Errors
/// 400 `idempotency_key_unreadable`.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, EdgeError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let readable = value.to_str().ok().map(str::trim).filter(|key| {
        (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    let refused = || {
        EdgeError::bad_request(
            "idempotency_key_unreadable",
            "Idempotency-Key is 1 to 128 visible ASCII characters.",
        )
    };
    readable.map(Some).ok_or_else(refused)
}

/// A key counts for one caller and one operation: others may use the same text for other things. The id is a
/// digest, because ids stand in the log for ever and callers put anything into keys.
fn scoped_id(tenant: &str, actor: &Actor, method: &Method, path: &str, key: &str) -> String {
    let mut digest = Sha256::new();
    for part in [tenant, &actor.to_string(), method.as_str(), path, key] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let hex = Hash(digest.finalize().into()).to_string();
    format!("key-{}", hex.get(..COMMAND_ID_DIGITS).unwrap_or(&hex))
}

/// The position that the caller expects.
fn if_match(headers: &HeaderMap) -> Result<Option<u64>, EdgeError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let seq = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|seq| seq.parse().ok());
    seq.map(Some).ok_or_else(|| {
        EdgeError::bad_request("if_match_unreadable", "If-Match is \"<seq>\", as the ETag said.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn a_key_counts_for_one_caller_and_one_operation() {
        let person = Actor::Person(domain::ids::PersonId("user_1".into()));
        let id = |tenant, path, key| scoped_id(tenant, &person, &Method::POST, path, key);
        let first = id("a", "/x", "k");
        assert_eq!(first, id("a", "/x", "k"));
        assert_eq!(first.len(), "key-".len() + COMMAND_ID_DIGITS);
        for other in [id("b", "/x", "k"), id("a", "/y", "k"), id("a", "/x", "l"), id("a/", "x", "k")] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn keys_and_positions_are_read_or_refused() {
        assert_eq!(idempotency_key(&HeaderMap::new()).unwrap(), None);
        assert_eq!(idempotency_key(&headers("idempotency-key", " abc-1 ")).unwrap(), Some("abc-1"));
        for bad in ["", "   ", "a b"] {
            assert!(idempotency_key(&headers("idempotency-key", bad)).is_err(), "{bad:?}");
        }
        assert_eq!(if_match(&headers("if-match", "\"12\"")).unwrap(), Some(12));
        assert_eq!(if_match(&headers("if-match", "*")).unwrap(), None);
        for bad in ["12", "W/\"12\"", "\"x\"", "\"-1\"", "\""] {
            assert!(if_match(&headers("if-match", bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn parts_and_made_ids_repeat() {
        let command =
            Commanding { id: "key-1".into(), actor: Actor::System("test".into()), if_match: Some(3) };
        assert_eq!(command.part("items/1").id, "key-1/items/1");
        assert_eq!(command.part("items/1").if_match, None);
        assert_eq!(command.fresh_id("event"), command.fresh_id("event"));
        assert_ne!(command.fresh_id("event"), command.fresh_id("session"));
    }
}
