//! The cryptography: AES-256-GCM, with every value bound to where it belongs.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::adapters::random::{NoRandomness, random_bytes};

/// Length of every key, bytes: AES-256.
pub const KEY_BYTES: usize = 32;

/// Length of a nonce, bytes: 96 bits, as GCM wants; random, since each data key seals far fewer than 2^32 values.
const NONCE_BYTES: usize = 12;

/// Digits of a key's fingerprint: a deployment has two keys at most.
const FINGERPRINT_DIGITS: usize = 8;

/// First byte of everything sealed: names the way it was sealed.
const SEAL_VERSION: u8 = 1;

/// Why something could not be sealed or opened. Says nothing about what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultFault {
    /// `VAULT_KEY` is missing or no 32 bytes of hex or base64.
    #[error("the vault's key is not configured")]
    NoMasterKey,
    /// Sealed by another key, for another place, or altered.
    #[error("a sealed value does not open")]
    DoesNotOpen,
    /// Sealing failed; no value of ours is long enough for that.
    #[error("a value could not be sealed")]
    DoesNotSeal,
    /// The runtime gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The deployment's key, which wraps data keys and nothing else.
pub struct MasterKey([u8; KEY_BYTES]);

/// One person's key.
pub struct DataKey([u8; KEY_BYTES]);

impl MasterKey {
    /// Reads 64 hex digits or the base64 of 32 bytes.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`].
    pub fn parse(text: &str) -> Result<Self, VaultFault> {
        let text = text.trim();
        let hex = domain::journal::Hash::from_hex(&text.to_ascii_lowercase()).map(|hash| hash.0);
        let bytes = hex.or_else(|| STANDARD.decode(text).ok()?.try_into().ok());
        bytes.map(Self).ok_or(VaultFault::NoMasterKey)
    }

    /// Wraps a data key for `place`.
    ///
    /// # Errors
    /// [`VaultFault::DoesNotSeal`], [`VaultFault::Randomness`].
    pub fn wrap(&self, key: &DataKey, place: &str) -> Result<String, VaultFault> {
        seal(&self.0, &format!("key\n{place}"), &key.0)
    }

    /// Unwraps a data key that was wrapped for `place`.
    ///
    /// # Errors
    /// [`VaultFault::DoesNotOpen`].
    pub fn unwrap_key(&self, wrapped: &str, place: &str) -> Result<DataKey, VaultFault> {
        let bytes = open(&self.0, &format!("key\n{place}"), wrapped)?;
        bytes.try_into().map(DataKey).map_err(|_| VaultFault::DoesNotOpen)
    }

    /// Eight digits by which this key is told from another; says nothing about the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = domain::journal::Hash(self.derive("fingerprint")).to_string();
        digest.get(..FINGERPRINT_DIGITS).unwrap_or_default().to_owned()
    }

    /// A key for another purpose, derived from this one; `purpose` keeps the purposes apart.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; KEY_BYTES] {
        use hmac::{Hmac, KeyInit as _, Mac};
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            // HMAC takes keys of every length; should that ever change, hash the same inputs plainly.
            return Sha256::new().chain_update(self.0).chain_update(purpose).finalize().into();
        };
        mac.update(b"hangtag.derive.v1\n");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl DataKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`VaultFault::Randomness`].
    pub fn generate() -> Result<Self, VaultFault> {
        Ok(Self(random_bytes()?))
    }

    /// A secret for another purpose, derived from this key; gone when the key is.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; KEY_BYTES] {
        MasterKey(self.0).derive(&format!("data\n{purpose}"))
    }

    /// Seals `value` for `place`.
    ///
    /// # Errors
    /// [`VaultFault::DoesNotSeal`], [`VaultFault::Randomness`].
    pub fn seal(&self, value: &str, place: &str) -> Result<String, VaultFault> {
        seal(&self.0, &format!("value\n{place}"), value.as_bytes())
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// [`VaultFault::DoesNotOpen`].
    pub fn open(&self, sealed: &str, place: &str) -> Result<String, VaultFault> {
        let bytes = open(&self.0, &format!("value\n{place}"), sealed)?;
        String::from_utf8(bytes).map_err(|_| VaultFault::DoesNotOpen)
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

/// version ‖ nonce ‖ ciphertext with tag, in base64.
fn seal(key: &[u8; KEY_BYTES], place: &str, value: &[u8]) -> Result<String, VaultFault> {
    let nonce: [u8; NONCE_BYTES] = random_bytes()?;
    let payload = Payload { msg: value, aad: place.as_bytes() };
    let sealed = cipher(key).encrypt(&Nonce::from(nonce), payload).map_err(|_| VaultFault::DoesNotSeal)?;
    let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    bytes.push(SEAL_VERSION);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    Ok(STANDARD.encode(bytes))
}

fn open(key: &[u8; KEY_BYTES], place: &str, sealed: &str) -> Result<Vec<u8>, VaultFault> {
    let bytes = STANDARD.decode(sealed).map_err(|_| VaultFault::DoesNotOpen)?;
    let [SEAL_VERSION, rest @ ..] = bytes.as_slice() else { return Err(VaultFault::DoesNotOpen) };
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultFault::DoesNotOpen)?;
    let payload = Payload { msg: sealed, aad: place.as_bytes() };
    cipher(key).decrypt(&Nonce::from(*nonce), payload).map_err(|_| VaultFault::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(byte: u8) -> MasterKey {
        MasterKey::parse(&STANDARD.encode([byte; KEY_BYTES])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_at_its_place() {
        let (key, other) = (DataKey::generate().unwrap(), DataKey::generate().unwrap());
        let sealed = key.seal("Ada Lovelace", "org/consignor:1/name").unwrap();
        assert!(!sealed.contains("Ada"));
        assert_eq!(key.open(&sealed, "org/consignor:1/name").unwrap(), "Ada Lovelace");
        assert_eq!(key.open(&sealed, "org/consignor:2/name"), Err(VaultFault::DoesNotOpen));
        assert_eq!(other.open(&sealed, "org/consignor:1/name"), Err(VaultFault::DoesNotOpen));
        assert_ne!(sealed, key.seal("Ada Lovelace", "org/consignor:1/name").unwrap());
    }

    #[test]
    fn a_wrapped_key_opens_only_with_the_master_key_and_at_its_place() {
        let key = DataKey::generate().unwrap();
        let wrapped = master(1).wrap(&key, "org/consignor:1").unwrap();
        let sealed = key.seal("x", "p").unwrap();
        assert_eq!(
            master(1).unwrap_key(&wrapped, "org/consignor:1").unwrap().open(&sealed, "p").unwrap(),
            "x"
        );
        assert!(master(2).unwrap_key(&wrapped, "org/consignor:1").is_err());
        assert!(master(1).unwrap_key(&wrapped, "org/consignor:2").is_err());
    }

    #[test]
    fn altered_and_cut_values_do_not_open() {
        let key = DataKey::generate().unwrap();
        let sealed = STANDARD.decode(key.seal("value", "p").unwrap()).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(key.open(&STANDARD.encode(&altered), "p"), Err(VaultFault::DoesNotOpen), "byte {at}");
            assert_eq!(
                key.open(&STANDARD.encode(&sealed[..at]), "p"),
                Err(VaultFault::DoesNotOpen),
                "cut {at}"
            );
        }
        assert_eq!(key.open("not base64!", "p"), Err(VaultFault::DoesNotOpen));
    }

    #[test]
    fn the_master_key_is_hex_or_base64_of_32_bytes() {
        assert!(MasterKey::parse(&"aB".repeat(32)).is_ok());
        assert!(MasterKey::parse(&format!(" {}\n", STANDARD.encode([7; 32]))).is_ok());
        for text in ["", "short", &"a".repeat(63), &STANDARD.encode([7; 31])] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
        assert_ne!(master(1).derive("a"), master(1).derive("b"));
    }
}
