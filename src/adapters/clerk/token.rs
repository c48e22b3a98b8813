//! A token's three parts, and the whole check from text to claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::claims::{self, Claims, Expectation, TokenFault};
use super::jwks;
use crate::http::edge::Edge;
use crate::http::problem::EdgeError;

/// Longest token that is looked at, bytes: Clerk keeps its cookies under 4 KB.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The one algorithm that is accepted; what the header says is only compared with it.
const ALGORITHM: &str = "RS256";

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// A token taken apart; nothing in it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedToken<'t> {
    /// The id of the key that is said to have signed it.
    pub key_id: String,
    /// The bytes that were signed.
    pub signed: &'t [u8],
    /// The signature.
    pub signature: Vec<u8>,
    /// What it says.
    pub claims: Claims,
}

impl<'t> SignedToken<'t> {
    /// Takes a compact JWT apart.
    ///
    /// # Errors
    /// [`TokenFault::Malformed`], [`TokenFault::Algorithm`].
    pub fn parse(text: &'t str) -> Result<Self, TokenFault> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenFault::Malformed);
        let algorithm: serde_json::Value =
            serde_json::from_slice(&part(header)?).map_err(|_| TokenFault::Malformed)?;
        if algorithm.get("alg").and_then(serde_json::Value::as_str) != Some(ALGORITHM) {
            return Err(TokenFault::Algorithm);
        }
        let header: Header = serde_json::from_value(algorithm).map_err(|_| TokenFault::Malformed)?;
        debug_assert_eq!(header.alg, ALGORITHM);
        let claims = serde_json::from_slice(&part(payload)?).map_err(|_| TokenFault::Malformed)?;
        Ok(Self { key_id: header.kid, signed: signed.as_bytes(), signature: part(signature)?, claims })
    }
}

/// From a token's text to claims that are believed.
///
/// # Errors
/// [`EdgeError::Unauthenticated`] with the fault's code; [`EdgeError::Unavailable`] when the keys are out of reach.
pub async fn verify(edge: &Edge, text: &str, slug: Option<&str>) -> Result<Claims, EdgeError> {
    let refused = |fault: TokenFault| EdgeError::Unauthenticated(fault.code());
    let token = SignedToken::parse(text).map_err(refused)?;
    let expected =
        Expectation { issuer: &edge.config().clerk_issuer, host: edge.host(), slug, now_s: edge.now_s() };
    // The cheap checks first: a flood of stale tokens never reaches a key.
    claims::check(&token.claims, expected).map_err(refused)?;
    let genuine = jwks::verify(edge, &token).await?;
    if genuine { Ok(token.claims) } else { Err(refused(TokenFault::Signature)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload),
            URL_SAFE_NO_PAD.encode("signature")
        )
    }

    const PAYLOAD: &str = r#"{"v":2,"iss":"i","sub":"user_1","nbf":1,"exp":2,"o":{"id":"org","slg":"demo","rol":"admin","per":"","fpm":""}}"#;

    #[test]
    fn only_rs256_is_taken_apart() {
        for algorithm in ["none", "None", "HS256", "RS512", "ES256", "", "rs256"] {
            let text = token(&format!(r#"{{"alg":"{algorithm}","kid":"k"}}"#), PAYLOAD);
            assert_eq!(SignedToken::parse(&text), Err(TokenFault::Algorithm), "{algorithm}");
        }
        let text = token(r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#, PAYLOAD);
        let parsed = SignedToken::parse(&text).unwrap();
        assert_eq!(
            (parsed.key_id.as_str(), parsed.claims.sub.as_str(), parsed.signature.as_slice()),
            ("k", "user_1", &b"signature"[..])
        );
    }

    #[test]
    fn garbage_is_malformed() {
        let long = "a".repeat(MAX_TOKEN_BYTES + 1);
        let two_parts = "a.b";
        let no_key = token(r#"{"alg":"RS256"}"#, PAYLOAD);
        let no_claims = token(r#"{"alg":"RS256","kid":"k"}"#, "{}");
        for text in ["", ".", "..", "a.b.c", two_parts, "é.é.é", &long, &no_key, &no_claims] {
            assert_eq!(SignedToken::parse(text), Err(TokenFault::Malformed), "{text:.20}");
        }
    }
}
