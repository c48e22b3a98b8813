//! Checkpoints: a head of a log, signed by the platform, kept by whoever asked for it.
//!
//! A log that is rewritten afterwards, hashes and all, no longer has the hash that was signed. The signature is
//! Ed25519 over these fields, each preceded by its length in bytes as an unsigned 32-bit big-endian integer, as
//! in the entries' framing:
//!
//! | # | field | bytes |
//! |---|---|---|
//! | 0 | domain separation | `hangtag.checkpoint.v1` |
//! | 1 | stream id | UTF-8 |
//! | 2 | seq | 8, unsigned big-endian |
//! | 3 | hash of the entry | 32 |
//! | 4 | issued at, ms since 1970 UTC | 8, signed big-endian |

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::chain::Hash;
use super::entry::Head;
use crate::spelling::from_text;

/// Name and version of the format; the first of the signed fields.
pub const CHECKPOINT_FORMAT: &str = "hangtag.checkpoint.v1";

/// An Ed25519 public key; 64 lower-case hex digits in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub Hash);

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The secret that signs; never printed.
pub struct SigningSecret(SigningKey);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl SigningSecret {
    /// The secret with this seed (RFC 8032's private key): 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key that checks its signatures.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(Hash(self.0.verifying_key().to_bytes()))
    }
}

/// What is signed: where a log stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub stream: String,
    /// Its head.
    pub head: Head,
    /// When it was signed, ms since 1970 UTC.
    pub issued_at: i64,
}

impl Checkpoint {
    /// The bytes that are signed.
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in [
            CHECKPOINT_FORMAT.as_bytes(),
            self.stream.as_bytes(),
            &self.head.seq.to_be_bytes(),
            &self.head.hash.0,
            &self.issued_at.to_be_bytes(),
        ] {
            // No field comes near 4 GiB.
            let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }

    /// Signs it.
    #[must_use]
    pub fn sign(self, secret: &SigningSecret) -> SignedCheckpoint {
        let signature = secret.0.sign(&self.signed_bytes()).into();
        SignedCheckpoint {
            format: CHECKPOINT_FORMAT.to_owned(),
            stream: self.stream,
            seq: self.head.seq,
            hash: self.head.hash,
            issued_at: self.issued_at,
            key: secret.public_key(),
            signature,
        }
    }
}

/// An Ed25519 signature; 128 lower-case hex digits in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureHex {
    first: Hash,
    second: Hash,
}

impl From<Signature> for SignatureHex {
    fn from(signature: Signature) -> Self {
        Self { first: Hash(*signature.r_bytes()), second: Hash(*signature.s_bytes()) }
    }
}

impl Serialize for SignatureHex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.first, self.second))
    }
}

impl<'de> Deserialize<'de> for SignatureHex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, |text| {
            let (first, second) = text.split_at_checked(text.len() / 2).unwrap_or_default();
            match (Hash::from_hex(first), Hash::from_hex(second)) {
                (Some(first), Some(second)) => Ok(Self { first, second }),
                _ => Err("a signature is 128 lower-case hex digits"),
            }
        })
    }
}

/// A checkpoint as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCheckpoint {
    /// [`CHECKPOINT_FORMAT`].
    pub format: String,
    /// The log.
    pub stream: String,
    /// Seq of its head.
    pub seq: u64,
    /// Hash of its head.
    pub hash: Hash,
    /// When it was signed, ms since 1970 UTC.
    pub issued_at: i64,
    /// The key that it was signed with.
    pub key: PublicKey,
    /// The signature.
    pub signature: SignatureHex,
}

/// Why a checkpoint proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// It is of a format that this build does not know.
    #[error("the format is {found:?}; this build reads {CHECKPOINT_FORMAT:?}")]
    Format {
        /// As it says.
        found: String,
    },
    /// Anybody can sign with a key of their own.
    #[error("it is signed with {found}, which is none of the platform's keys")]
    UnknownKey {
        /// As it says.
        found: PublicKey,
    },
    /// It does not say what was signed, or nothing was.
    #[error("the signature does not fit what it says")]
    Signature,
}

impl SignedCheckpoint {
    /// What was signed, if one of `trusted` signed it.
    ///
    /// # Errors
    /// [`CheckpointFault`].
    pub fn verify(&self, trusted: &[PublicKey]) -> Result<Checkpoint, CheckpointFault> {
        if self.format != CHECKPOINT_FORMAT {
            return Err(CheckpointFault::Format { found: self.format.clone() });
        }
        if !trusted.contains(&self.key) {
            return Err(CheckpointFault::UnknownKey { found: self.key });
        }
        let checkpoint = Checkpoint {
            stream: self.stream.clone(),
            head: Head { seq: self.seq, hash: self.hash },
            issued_at: self.issued_at,
        };
        let key = VerifyingKey::from_bytes(&self.key.0.0).map_err(|_| CheckpointFault::Signature)?;
        let signature = Signature::from_components(self.signature.first.0, self.signature.second.0);
        key.verify_strict(&checkpoint.signed_bytes(), &signature).map_err(|_| CheckpointFault::Signature)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "00000000-0000-0000-0000-00000000000a/organization";

    fn secret() -> SigningSecret {
        SigningSecret::from_seed(&[7; 32])
    }

    fn signed() -> SignedCheckpoint {
        let head = Head { seq: 2, hash: Hash([9; 32]) };
        Checkpoint { stream: STREAM.to_owned(), head, issued_at: 1_800_000_000_000 }.sign(&secret())
    }

    #[test]
    fn log_7_a_checkpoint_is_pinned_and_survives_json() {
        // The lines of JavaScript in docs/log-format.md find it good, and nothing else.
        let json = serde_json::to_string(&signed()).unwrap();
        assert_eq!(json, PINNED);
        let read: SignedCheckpoint = serde_json::from_str(&json).unwrap();
        assert_eq!(read.verify(&[secret().public_key()]).unwrap().head.seq, 2);
    }

    const PINNED: &str = concat!(
        r#"{"format":"hangtag.checkpoint.v1","stream":"00000000-0000-0000-0000-00000000000a/organization","seq":2,"#,
        r#""hash":"0909090909090909090909090909090909090909090909090909090909090909","issued_at":1800000000000,"#,
        r#""key":"ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c","#,
        r#""signature":"7c34a728f32f43473d73d358396bbd0cd94fcf95850c653f39ebb182dbf719f7"#,
        r#"e93b5eb34d4721012a28eeef1ad1390afa67a9b7d3cc8f9fe18592cb179e200e"}"#,
    );

    #[test]
    fn log_7_a_checkpoint_that_says_anything_else_proves_nothing() {
        let trusted = [secret().public_key()];
        let falsifications: [fn(&mut SignedCheckpoint); 5] = [
            |signed| signed.stream.push('x'),
            |signed| signed.seq += 1,
            |signed| signed.hash.0[31] ^= 1,
            |signed| signed.issued_at -= 1,
            |signed| signed.signature.first.0[0] ^= 1,
        ];
        for falsify in falsifications {
            let mut altered = signed();
            falsify(&mut altered);
            assert_eq!(altered.verify(&trusted), Err(CheckpointFault::Signature));
        }
        let stranger = SigningSecret::from_seed(&[8; 32]);
        let forged = signed().verify(&trusted).unwrap().sign(&stranger);
        assert_eq!(
            forged.verify(&trusted),
            Err(CheckpointFault::UnknownKey { found: stranger.public_key() })
        );
        let renamed = SignedCheckpoint { key: secret().public_key(), ..forged };
        assert_eq!(renamed.verify(&trusted), Err(CheckpointFault::Signature));
        let other = SignedCheckpoint { format: "other".into(), ..signed() };
        assert!(matches!(other.verify(&trusted), Err(CheckpointFault::Format { .. })));
    }

    #[test]
    fn log_7_a_signature_is_128_hex_digits_and_nothing_else() {
        for bad in ["", "ab", &"g".repeat(128), &"é".repeat(64), &"0".repeat(129)] {
            assert!(serde_json::from_value::<SignatureHex>(bad.into()).is_err(), "{bad}");
        }
    }
}
