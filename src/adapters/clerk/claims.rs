//! What a session token says, and whether to believe it: pure checks, no keys.

use serde::Deserialize;

/// How far the issuer's clock and ours may lie apart, s (Clerk's own tolerance).
pub const CLOCK_SKEW_S: i64 = 5;

/// The version of session tokens that is understood.
pub const TOKEN_VERSION: u32 = 2;

/// The payload of a session token, version 2; what is not used here is not read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Version of the token's shape.
    #[serde(default)]
    pub v: Option<u32>,
    /// Issuer.
    pub iss: String,
    /// The person's opaque id, `user_…`.
    pub sub: String,
    /// The session's id, `sess_…`.
    #[serde(default)]
    pub sid: Option<String>,
    /// The origin of the page that asked for the token; Clerk leaves it out when the request had no origin.
    #[serde(default)]
    pub azp: Option<String>,
    /// Issued at, s since 1970 UTC.
    #[serde(default)]
    pub iat: Option<i64>,
    /// Not valid before, s since 1970 UTC.
    pub nbf: i64,
    /// Not valid from, s since 1970 UTC.
    pub exp: i64,
    /// The organization that was active in the session.
    #[serde(default)]
    pub o: Option<ActiveOrganization>,
}

/// The organization that was active in the session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActiveOrganization {
    /// Clerk's id of it.
    #[serde(default)]
    pub id: Option<String>,
    /// Its slug, which is our host label.
    #[serde(default)]
    pub slg: Option<String>,
}

/// Why a token is not believed. The code is told to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not three base64url parts with JSON in them, or too long.
    #[error("not a token")]
    Malformed,
    /// Another algorithm than RS256 (`none`, HS256, …).
    #[error("another algorithm than RS256")]
    Algorithm,
    /// No published key has this id.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("wrong signature")]
    Signature,
    /// Another version of session token.
    #[error("another token version")]
    Version,
    /// Another issuer.
    #[error("another issuer")]
    Issuer,
    /// Over.
    #[error("expired")]
    Expired,
    /// Not yet.
    #[error("not valid yet")]
    NotYetValid,
    /// Issued to another site.
    #[error("another origin")]
    Origin,
    /// Issued for another organization.
    #[error("another organization")]
    Organization,
}

impl TokenFault {
    /// Stable code for the problem document.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::Algorithm => "token_wrong_algorithm",
            Self::UnknownKey => "token_unknown_key",
            Self::Signature => "token_wrong_signature",
            Self::Version => "token_wrong_version",
            Self::Issuer => "token_wrong_issuer",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::Origin => "token_wrong_origin",
            Self::Organization => "token_wrong_organization",
        }
    }
}

/// What a believable token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The configured issuer.
    pub issuer: &'a str,
    /// The host that the request addressed, port included: a token issued to another site is not for here.
    pub host: &'a str,
    /// The organization that answers at this host; `None` for the platform's own routes.
    pub slug: Option<&'a str>,
    /// Now, s since 1970 UTC.
    pub now_s: i64,
}

/// Checks everything but the signature.
///
/// # Errors
/// The first [`TokenFault`] found.
pub fn check(claims: &Claims, expected: Expectation<'_>) -> Result<(), TokenFault> {
    // A token without a version is one of version 1, whose shape is another.
    if claims.v != Some(TOKEN_VERSION) {
        return Err(TokenFault::Version);
    }
    if expected.issuer.is_empty() || claims.iss != expected.issuer {
        return Err(TokenFault::Issuer);
    }
    if claims.sub.is_empty() {
        return Err(TokenFault::Malformed);
    }
    if expected.now_s >= claims.exp.saturating_add(CLOCK_SKEW_S) {
        return Err(TokenFault::Expired);
    }
    let begins = claims.iat.map_or(claims.nbf, |issued| issued.max(claims.nbf));
    if expected.now_s < begins.saturating_sub(CLOCK_SKEW_S) {
        return Err(TokenFault::NotYetValid);
    }
    if claims.azp.as_deref().is_some_and(|azp| !is_origin_of(azp, expected.host)) {
        return Err(TokenFault::Origin);
    }
    let active = claims.o.as_ref().and_then(|organization| organization.slg.as_deref());
    match (active, expected.slug) {
        (Some(active), Some(here)) if active != here => Err(TokenFault::Organization),
        _ => Ok(()),
    }
}

/// True when `origin` is a web origin at `host` (port included in both, or in neither).
fn is_origin_of(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            v: Some(2),
            iss: "http://issuer".into(),
            sub: "user_1".into(),
            sid: Some("sess_1".into()),
            azp: Some("http://demo.localhost:8787".into()),
            iat: Some(1_000),
            nbf: 990,
            exp: 1_060,
            o: Some(ActiveOrganization { id: Some("org_1".into()), slg: Some("demo".into()) }),
        }
    }

    fn checked(claims: &Claims, now_s: i64) -> Result<(), TokenFault> {
        let expected =
            Expectation { issuer: "http://issuer", host: "demo.localhost:8787", slug: Some("demo"), now_s };
        check(claims, expected)
    }

    #[test]
    fn times_are_checked_with_five_seconds_of_skew() {
        for (now, verdict) in [
            (994, Err(TokenFault::NotYetValid)),
            (995, Ok(())),
            (1_060, Ok(())),
            (1_064, Ok(())),
            (1_065, Err(TokenFault::Expired)),
        ] {
            assert_eq!(checked(&claims(), now), verdict, "{now}");
        }
        let hostile = Claims { exp: i64::MAX, nbf: i64::MIN, iat: None, ..claims() };
        assert_eq!(checked(&hostile, 1_000), Ok(()));
        let hostile = Claims { exp: i64::MIN, ..claims() };
        assert_eq!(checked(&hostile, 1_000), Err(TokenFault::Expired));
    }

    #[test]
    fn issuer_version_origin_and_organization_are_checked() {
        let with = |change: fn(&mut Claims)| {
            let mut claims = claims();
            change(&mut claims);
            checked(&claims, 1_000)
        };
        assert_eq!(with(|_| {}), Ok(()));
        assert_eq!(with(|claims| claims.iss = "http://issuer.evil".into()), Err(TokenFault::Issuer));
        assert_eq!(with(|claims| claims.v = Some(1)), Err(TokenFault::Version));
        assert_eq!(with(|claims| claims.v = None), Err(TokenFault::Version));
        assert_eq!(with(|claims| (claims.iat, claims.nbf) = (None, 1_006)), Err(TokenFault::NotYetValid));
        assert_eq!(with(|claims| claims.sub = String::new()), Err(TokenFault::Malformed));
        for azp in [
            "http://evil.example",
            "http://demo.localhost:8787.evil",
            "demo.localhost:8787",
            "http://other.localhost:8787",
            "",
        ] {
            let claims = Claims { azp: Some(azp.into()), ..claims() };
            assert_eq!(checked(&claims, 1_000), Err(TokenFault::Origin), "{azp}");
        }
        assert_eq!(with(|claims| claims.azp = None), Ok(()));
        assert_eq!(
            with(|claims| claims.o = Some(ActiveOrganization { id: None, slg: Some("other".into()) })),
            Err(TokenFault::Organization)
        );
        assert_eq!(with(|claims| claims.o = None), Ok(()));
    }

    #[test]
    fn no_configured_issuer_believes_nobody() {
        let claims = Claims { iss: String::new(), ..claims() };
        let expected = Expectation { issuer: "", host: "demo.localhost:8787", slug: None, now_s: 1_000 };
        assert_eq!(check(&claims, expected), Err(TokenFault::Issuer));
    }
}
