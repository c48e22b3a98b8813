//! Clerk's published keys: fetched, kept, and fetched again when a token names a key that is not among them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use worker::Fetch;

use super::claims::TokenFault;
use super::token::SignedToken;
use super::webcrypto;
use crate::adapters::circuit::{self, Circuit};
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;

/// How long fetched keys are used without looking again, ms: a key that was withdrawn is believed no longer than that.
const KEYS_FRESH_MS: i64 = 10 * 60 * 1_000;

/// Shortest time between two fetches that unknown key ids cause, ms: a flood of invented ids must not become a
/// flood on the identity provider.
const REFETCH_PAUSE_MS: i64 = 30 * 1_000;

/// Shortest time between two fetches after one that failed, ms.
const FAILURE_PAUSE_MS: i64 = 2 * 1_000;

/// Largest key document that is read, bytes: a key takes about 500.
const MAX_DOCUMENT_BYTES: usize = 64 * 1024;

/// Most keys that are kept; a provider publishes two or three while rotating.
const MAX_KEYS: usize = 16;

/// One published RSA key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PublicKey {
    /// Its id.
    pub kid: String,
    /// `RSA`.
    pub kty: String,
    /// Modulus, base64url.
    #[serde(default)]
    pub n: String,
    /// Exponent, base64url.
    #[serde(default)]
    pub e: String,
    /// What it is for; `sig` or nothing.
    #[serde(rename = "use", default)]
    pub usage: Option<String>,
    /// Its algorithm; `RS256` or nothing.
    #[serde(default)]
    pub alg: Option<String>,
}

impl PublicKey {
    fn signs_rs256(&self) -> bool {
        self.kty == "RSA"
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.alg.as_deref().is_none_or(|algorithm| algorithm == "RS256")
            && !self.n.is_empty()
            && !self.e.is_empty()
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// The keys of a document that can sign session tokens; others are passed over.
fn usable_keys(document: &str) -> Option<BTreeMap<String, PublicKey>> {
    let document: Document = serde_json::from_str(document).ok()?;
    let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value::<PublicKey>(key).ok());
    Some(keys.filter(PublicKey::signs_rs256).take(MAX_KEYS).map(|key| (key.kid.clone(), key)).collect())
}

/// What is known, and when looking again is due.
#[derive(Debug, Default)]
struct Known {
    keys: BTreeMap<String, PublicKey>,
    fetched_at: Option<i64>,
    tried_at: Option<i64>,
    failed: bool,
}

/// What to do about a token's key id.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Use(PublicKey),
    Fetch,
    Refuse,
}

impl Known {
    fn step(&self, key_id: &str, now: i64) -> Step {
        let since = |at: Option<i64>| at.map_or(i64::MAX, |at| now.saturating_sub(at));
        let pause = if self.failed { FAILURE_PAUSE_MS } else { REFETCH_PAUSE_MS };
        // While nothing was ever fetched, every request may try: they cannot wait for one another's fetch.
        let may_fetch = since(self.tried_at) >= pause || (self.fetched_at.is_none() && !self.failed);
        match self.keys.get(key_id) {
            Some(key) if since(self.fetched_at) < KEYS_FRESH_MS || !may_fetch => Step::Use(key.clone()),
            _ if may_fetch => Step::Fetch,
            _ => Step::Refuse,
        }
    }
}

thread_local! {
    static CIRCUIT: RefCell<Circuit> = const { RefCell::new(Circuit::around("clerk")) };
    static KNOWN: RefCell<Known> = RefCell::new(Known::default());
}

/// True when the token's signature fits the published key that it names.
///
/// # Errors
/// [`EdgeError::Unauthenticated`] for an unknown key; [`EdgeError::Unavailable`] when no keys could be fetched.
pub async fn verify(edge: &Edge, token: &SignedToken<'_>) -> Result<bool, EdgeError> {
    let key = match KNOWN.with_borrow(|known| known.step(&token.key_id, edge.now())) {
        Step::Use(key) => key,
        Step::Refuse => return Err(unknown_key()),
        Step::Fetch => fetched_key(edge, &token.key_id).await?,
    };
    Ok(webcrypto::verify_rs256(&key, &token.signature, token.signed).await)
}

fn unknown_key() -> EdgeError {
    EdgeError::Unauthenticated(TokenFault::UnknownKey.code())
}

async fn fetched_key(edge: &Edge, key_id: &str) -> Result<PublicKey, EdgeError> {
    let now = edge.now();
    if let Err(open) = circuit::pass(&CIRCUIT, now) {
        // Keys that were good before stay good while the provider is left alone.
        return KNOWN
            .with_borrow(|known| known.keys.get(key_id).cloned())
            .ok_or(EdgeError::CircuitOpen(open));
    }
    KNOWN.with_borrow_mut(|known| known.tried_at = Some(now));
    let outcome = fetch(&edge.config().clerk_jwks_url).await;
    circuit::note(&CIRCUIT, outcome.is_ok(), now);
    KNOWN.with_borrow_mut(|known| {
        known.failed = outcome.is_err();
        match outcome {
            Ok(keys) => {
                known.keys = keys;
                known.fetched_at = Some(now);
            }
            // Keys that were good before stay good while the provider is away.
            Err(cause) if known.keys.is_empty() => return Err(EdgeError::Unavailable(cause)),
            Err(cause) => tracing::warn!(%cause, "the identity provider's keys could not be fetched again"),
        }
        known.keys.get(key_id).cloned().ok_or_else(unknown_key)
    })
}

async fn fetch(url: &str) -> Result<BTreeMap<String, PublicKey>, String> {
    let url = url.parse().map_err(|_| "the key document's address is not configured".to_owned())?;
    let mut response = Fetch::Url(url).send().await.map_err(|error| error.to_string())?;
    if response.status_code() != 200 {
        return Err(format!("the identity provider answered {}", response.status_code()));
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err("the key document is too large".into());
    }
    usable_keys(&text).ok_or_else(|| "the key document cannot be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str) -> PublicKey {
        PublicKey {
            kid: kid.into(),
            kty: "RSA".into(),
            n: "n".into(),
            e: "AQAB".into(),
            usage: None,
            alg: None,
        }
    }

    fn known(fetched_at: Option<i64>, tried_at: Option<i64>, failed: bool) -> Known {
        Known { keys: BTreeMap::from([("a".to_owned(), key("a"))]), fetched_at, tried_at, failed }
    }

    #[test]
    fn an_unknown_key_is_looked_for_once_in_a_while() {
        let known = known(Some(0), Some(0), false);
        assert_eq!(known.step("a", 1), Step::Use(key("a")));
        assert_eq!(known.step("b", REFETCH_PAUSE_MS - 1), Step::Refuse);
        assert_eq!(known.step("b", REFETCH_PAUSE_MS), Step::Fetch);
    }

    #[test]
    fn old_keys_are_fetched_again_and_stay_in_use_while_that_fails() {
        let stale = known(Some(0), Some(0), false);
        assert_eq!(stale.step("a", KEYS_FRESH_MS), Step::Fetch);
        let failing = known(Some(0), Some(KEYS_FRESH_MS), true);
        assert_eq!(failing.step("a", KEYS_FRESH_MS + 1), Step::Use(key("a")));
        assert_eq!(failing.step("a", KEYS_FRESH_MS + FAILURE_PAUSE_MS), Step::Fetch);
    }

    #[test]
    fn a_cold_isolate_fetches_for_each_waiting_request_until_one_failed() {
        let cold = Known { tried_at: Some(0), ..Known::default() };
        assert_eq!(cold.step("a", 1), Step::Fetch);
        let failed = Known { tried_at: Some(0), failed: true, ..Known::default() };
        assert_eq!(failed.step("a", 1), Step::Refuse);
        assert_eq!(failed.step("a", FAILURE_PAUSE_MS), Step::Fetch);
    }

    #[test]
    fn only_rsa_signing_keys_are_kept() {
        let document = r#"{"keys":[
            {"kid":"good","kty":"RSA","n":"x","e":"AQAB","use":"sig","alg":"RS256"},
            {"kid":"enc","kty":"RSA","n":"x","e":"AQAB","use":"enc"},
            {"kid":"ec","kty":"EC","crv":"P-256","x":"a","y":"b"},
            {"kid":"mac","kty":"oct","k":"secret"},
            {"nonsense":true}]}"#;
        assert_eq!(usable_keys(document).unwrap().into_keys().collect::<Vec<_>>(), ["good"]);
        assert!(usable_keys("<html>").is_none());
    }
}
