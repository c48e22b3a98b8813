//! Clerk's webhooks are signed by Svix: HMAC-SHA256 over `id.timestamp.body`, the body as it came.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far the sender's clock and ours may lie apart, s: what is older may be a recording.
pub const TOLERANCE_S: i64 = 300;

/// How secrets begin.
const SECRET_PREFIX: &str = "whsec_";

/// How signatures of the version that is understood begin.
const SIGNATURE_PREFIX: &str = "v1,";

/// Most signatures that are looked at in one header; a sender has two while its secret changes.
const SIGNATURES_MAX: usize = 8;

/// Longest id of a delivery, characters.
const ID_CHARS_MAX: usize = 128;

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFault {
    /// A header is missing or cannot be read.
    #[error("a header is missing or unreadable")]
    Headers,
    /// Too old, or from the future.
    #[error("the timestamp lies too far from now")]
    Stale,
    /// No signature fits.
    #[error("no signature fits")]
    Signature,
    /// Our own secret is missing or no secret.
    #[error("the secret is not configured")]
    NoSecret,
}

/// The three headers of a delivery.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'h> {
    /// `svix-id`.
    pub id: &'h str,
    /// `svix-timestamp`, s since 1970 UTC.
    pub timestamp: &'h str,
    /// `svix-signature`: `v1,<base64>`, several apart by spaces.
    pub signatures: &'h str,
}

impl Delivery<'_> {
    /// Believes the delivery of `body`, or says why not.
    ///
    /// # Errors
    /// [`DeliveryFault`].
    pub fn verify(self, secret: &str, body: &[u8], now_s: i64) -> Result<(), DeliveryFault> {
        let shaped = (1..=ID_CHARS_MAX).contains(&self.id.len())
            && self.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let sent: i64 = self.timestamp.parse().map_err(|_| DeliveryFault::Headers)?;
        if !shaped {
            return Err(DeliveryFault::Headers);
        }
        if now_s.saturating_sub(sent).saturating_abs() > TOLERANCE_S {
            return Err(DeliveryFault::Stale);
        }
        let encoded = secret.trim().strip_prefix(SECRET_PREFIX).ok_or(DeliveryFault::NoSecret)?;
        let key = STANDARD.decode(encoded).map_err(|_| DeliveryFault::NoSecret)?;
        let fits = self
            .signatures
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix(SIGNATURE_PREFIX)?).ok())
            .take(SIGNATURES_MAX)
            .any(|signature| self.mac(&key, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok()));
        if fits { Ok(()) } else { Err(DeliveryFault::Signature) }
    }

    fn mac(&self, key: &[u8], body: &[u8]) -> Option<Hmac<Sha256>> {
        if key.is_empty() {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        for part in [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Svix's own documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SENT: i64 = 1_614_265_330;

    fn delivery(signatures: &str) -> Delivery<'_> {
        Delivery { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", signatures }
    }

    const GOOD: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn svixs_own_example_is_believed() {
        assert_eq!(delivery(GOOD).verify(SECRET, BODY, SENT), Ok(()));
        let two = format!("v1,{} v2,x {GOOD}", STANDARD.encode([7; 32]));
        assert_eq!(delivery(&two).verify(SECRET, BODY, SENT), Ok(()));
    }

    #[test]
    fn everything_else_is_not() {
        use DeliveryFault::{Headers, NoSecret, Signature, Stale};
        let refused = |signatures: &str, secret: &str, body: &[u8], now: i64| {
            delivery(signatures).verify(secret, body, now)
        };
        assert_eq!(refused(GOOD, SECRET, BODY, SENT + TOLERANCE_S), Ok(()));
        assert_eq!(refused(GOOD, SECRET, BODY, SENT + TOLERANCE_S + 1), Err(Stale));
        assert_eq!(refused(GOOD, SECRET, BODY, SENT - TOLERANCE_S - 1), Err(Stale));
        assert_eq!(refused(GOOD, SECRET, b"{}", SENT), Err(Signature));
        assert_eq!(refused("", SECRET, BODY, SENT), Err(Signature));
        assert_eq!(refused(&GOOD.replace("v1,", "v2,"), SECRET, BODY, SENT), Err(Signature));
        assert_eq!(refused(&GOOD[..20], SECRET, BODY, SENT), Err(Signature));
        assert_eq!(refused(GOOD, "whsec_AAAA", BODY, SENT), Err(Signature));
        for secret in ["", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(refused(GOOD, secret, BODY, SENT), Err(NoSecret), "{secret}");
        }
        assert_eq!(refused(GOOD, "whsec_", BODY, SENT), Err(Signature), "an empty key signs nothing");
        let odd = Delivery { id: "a b", ..delivery(GOOD) };
        assert_eq!(odd.verify(SECRET, BODY, SENT), Err(Headers));
        let odd = Delivery { timestamp: "soon", ..delivery(GOOD) };
        assert_eq!(odd.verify(SECRET, BODY, SENT), Err(Headers));
    }
}
