//! Signed checkpoints: where a log stands, for whoever wants to hold it to that later.

use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::journal::{CHECKPOINT_FORMAT, Checkpoint, Hash, PublicKey, SignedCheckpoint, SigningSecret};
use serde::Serialize;
use utoipa::ToSchema;
use worker::Env;

use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::read_log;

/// The secret that signs: 32 random bytes in base64, or 64 hex digits.
const SECRET: &str = "CHECKPOINT_KEY";

/// Public keys of secrets that signed before, 64 hex digits each, with commas between them: what was signed with
/// them stays good.
const RETIRED: &str = "CHECKPOINT_KEYS_RETIRED";

/// Behind every head: a page from here on is empty and says where the log stands.
const BEHIND_EVERY_HEAD: u64 = i64::MAX.cast_unsigned();

/// Where a log stood, signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckpointView {
    /// Name and version of the format.
    #[schema(example = "hangtag.checkpoint.v1")]
    pub format: String,
    /// The log.
    pub stream: String,
    /// Seq of its last entry.
    pub seq: u64,
    /// Hash of its last entry, 64 hex digits.
    pub hash: String,
    /// When it was signed, ms since 1970 UTC.
    pub issued_at: i64,
    /// The Ed25519 public key that checks the signature, 64 hex digits.
    pub key: String,
    /// The signature, 128 hex digits.
    pub signature: String,
}

impl TryFrom<SignedCheckpoint> for CheckpointView {
    type Error = EdgeError;

    fn try_from(signed: SignedCheckpoint) -> Result<Self, EdgeError> {
        let signature = serde_json::to_value(signed.signature)?;
        Ok(Self {
            format: signed.format,
            stream: signed.stream,
            seq: signed.seq,
            hash: signed.hash.to_string(),
            issued_at: signed.issued_at,
            key: signed.key.to_string(),
            signature: signature.as_str().unwrap_or_default().to_owned(),
        })
    }
}

/// The head of a log, verified and signed by the platform. Kept outside, it shows later whether the log is still
/// the one that it was.
#[utoipa::path(
    get,
    path = "/api/v1/log/{stream}/checkpoint",
    tag = "logs",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = CheckpointView), Problems)
)]
#[worker::send]
pub async fn log_checkpoint(
    edge: Edge,
    tenant: Tenant,
    Named(name): Named<String>,
) -> Result<Json<CheckpointView>, EdgeError> {
    let stream = tenant.stream(&name).ok_or(EdgeError::NotFound("stream"))?;
    let secret = secret(edge.env())?;
    let head = read_log(edge.env(), &stream, BEHIND_EVERY_HEAD, 1).await?.head;
    if head.seq == 0 {
        return Err(EdgeError::NotFound("stream"));
    }
    let checkpoint = Checkpoint { stream: stream.to_string(), head, issued_at: edge.now() };
    Ok(Json(checkpoint.sign(&secret).try_into()?))
}

/// A key that checks checkpoints.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedKey {
    /// 64 hex digits.
    pub key: String,
    /// `Ed25519`.
    pub algorithm: &'static str,
    /// The format of what it signed.
    pub signs: &'static str,
    /// False for one that signs no more.
    pub current: bool,
}

/// The keys that check checkpoints.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedKeys {
    /// The one that signs first, then those that did.
    pub keys: Vec<PublishedKey>,
}

/// The public keys that check signed checkpoints, retired ones included.
#[utoipa::path(
    get,
    path = "/.well-known/hangtag-keys.json",
    tag = "platform",
    security(()),
    responses((status = 200, body = PublishedKeys), Problems)
)]
pub async fn published_keys(edge: Edge) -> Result<Json<PublishedKeys>, EdgeError> {
    let retired = edge.env().var(RETIRED).map(|list| list.to_string()).unwrap_or_default();
    Ok(Json(PublishedKeys { keys: published(secret(edge.env())?.public_key(), &retired) }))
}

fn published(current: PublicKey, retired: &str) -> Vec<PublishedKey> {
    let key = |key: PublicKey, current| PublishedKey {
        key: key.to_string(),
        algorithm: "Ed25519",
        signs: CHECKPOINT_FORMAT,
        current,
    };
    let before = retired.split(',').filter_map(|text| Hash::from_hex(text.trim()).map(PublicKey));
    std::iter::once(key(current, true)).chain(before.map(|before| key(before, false))).collect()
}

fn secret(env: &Env) -> Result<SigningSecret, EdgeError> {
    let text = env.secret(SECRET).map(|secret| secret.to_string()).unwrap_or_default();
    seed(&text).map(|seed| SigningSecret::from_seed(&seed)).ok_or_else(|| {
        EdgeError::Unavailable(format!("this deployment has no {SECRET} of 32 bytes: it signs nothing"))
    })
}

fn seed(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    match Hash::from_hex(text) {
        Some(Hash(seed)) => Some(seed),
        None => STANDARD.decode(text).ok()?.try_into().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_32_bytes_in_hex_or_base64() {
        assert_eq!(seed(&"07".repeat(32)), Some([7; 32]));
        assert_eq!(seed(&format!(" {}\n", STANDARD.encode([7; 32]))), Some([7; 32]));
        for bad in ["", "07", &STANDARD.encode([7; 31]), &"0g".repeat(32)] {
            assert_eq!(seed(bad), None, "{bad}");
        }
    }

    #[test]
    fn retired_keys_stay_published_and_nonsense_does_not() {
        let current = SigningSecret::from_seed(&[7; 32]).public_key();
        let list = published(current, &format!("{}, nonsense,", "ab".repeat(32)));
        let said: Vec<_> = list.iter().map(|key| (key.key.as_str(), key.current)).collect();
        assert_eq!(said, [(current.to_string().as_str(), true), ("ab".repeat(32).as_str(), false)]);
        assert_eq!(published(current, "").len(), 1);
    }
}
