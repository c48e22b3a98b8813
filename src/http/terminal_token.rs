//! Terminal tokens and pairing codes: made here, remembered by the session's log as digests only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::SessionId;
use domain::journal::Hash;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::adapters::random::{NoRandomness, random_bytes};
use crate::vault::MasterKey;

/// How terminal tokens begin, so that people and scanners for leaked secrets recognise them.
pub const TERMINAL_TOKEN_PREFIX: &str = "hgt_";

/// Random bytes in a token: 256 bits, beyond guessing, so that a plain digest of it gives nothing away.
const SECRET_BYTES: usize = 32;

/// Bytes of the session's id in a token.
const SESSION_BYTES: usize = 16;

/// Digits of a pairing code: short enough to key, 10^8 of them, for ten minutes, under a limit on attempts.
pub const PAIRING_CODE_DIGITS: usize = 8;

/// What a terminal shows on every request: its session's id and a secret, in base64url.
#[derive(Clone, PartialEq, Eq)]
pub struct TerminalToken {
    session: SessionId,
    text: String,
}

impl TerminalToken {
    /// A fresh token for `session`.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate(session: SessionId) -> Result<Self, NoRandomness> {
        let secret: [u8; SECRET_BYTES] = random_bytes()?;
        let mut bytes = session.0.as_bytes().to_vec();
        bytes.extend_from_slice(&secret);
        Ok(Self { session, text: format!("{TERMINAL_TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)) })
    }

    /// Reads a token; whether it counts, its session knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(TERMINAL_TOKEN_PREFIX)?).ok()?;
        let (session, secret) = bytes.split_first_chunk::<SESSION_BYTES>()?;
        let whole = secret.len() == SECRET_BYTES;
        whole.then(|| Self { session: SessionId(Uuid::from_bytes(*session)), text: text.to_owned() })
    }

    /// The session it is for.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// SHA-256 of its text: what the session's log knows of it.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash(Sha256::digest(self.text.as_bytes()).into())
    }

    /// The text itself, for the one reply that hands it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

/// A fresh pairing code, as digits. Every code is equally likely: bytes that would favour low digits are drawn
/// again.
///
/// # Errors
/// [`NoRandomness`].
pub fn fresh_pairing_code() -> Result<String, NoRandomness> {
    /// The largest multiple of ten that fits a byte.
    const FAIR_BELOW: u8 = 250;
    let mut code = String::with_capacity(PAIRING_CODE_DIGITS);
    while code.len() < PAIRING_CODE_DIGITS {
        let bytes: [u8; PAIRING_CODE_DIGITS] = random_bytes()?;
        let fair =
            bytes.into_iter().filter(|byte| *byte < FAIR_BELOW).map(|byte| char::from(b'0' + byte % 10));
        code.extend(fair.take(PAIRING_CODE_DIGITS - code.len()));
    }
    Ok(code)
}

/// As people read it aloud: `482 913 07`.
#[must_use]
pub fn grouped_code(code: &str) -> String {
    let digits: Vec<char> = code.chars().collect();
    digits.chunks(3).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The digits that a person keyed, spaces and hyphens taken out.
#[must_use]
pub fn pairing_code_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|char| !matches!(char, ' ' | '-' | '\u{a0}')).collect();
    (digits.len() == PAIRING_CODE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
}

/// The keyed digest of a code: a plain one would be undone by trying all 10^8 codes.
#[must_use]
pub fn pairing_code_digest(key: &MasterKey, organization: &str, digits: &str) -> Hash {
    Hash(key.derive(&format!("pairing-code\n{organization}\n{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_what_it_was_made_for() {
        let session = SessionId(Uuid::from_u128(7));
        let token = TerminalToken::generate(session).unwrap();
        let read = TerminalToken::parse(token.reveal()).unwrap();
        assert_eq!((read.session(), read.digest()), (session, token.digest()));
        assert_ne!(TerminalToken::generate(session).unwrap().digest(), token.digest());
        for text in
            ["", "hgt_", "hgt_AAAA", "eyJhbGciOi", &token.reveal()[..40], &format!("{}AAAA", token.reveal())]
        {
            assert!(TerminalToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn codes_are_eight_digits_however_they_are_keyed() {
        let code = fresh_pairing_code().unwrap();
        assert_eq!(pairing_code_digits(&grouped_code(&code)), Some(code));
        assert_eq!(grouped_code("48291307"), "482 913 07");
        assert_eq!(pairing_code_digits("482-913-07"), Some("48291307".into()));
        for text in ["", "4829130", "482913077", "48291a07", "４８２９１３０７"] {
            assert_eq!(pairing_code_digits(text), None, "{text}");
        }
    }
}
