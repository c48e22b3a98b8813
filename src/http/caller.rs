//! Who calls: a signed-in person or a paired terminal, with what our own log says about them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::ids::{Actor, PersonId, SessionId, TerminalId};
use domain::organization::{self, Organization};
use domain::rights::{Permission, Role};
use domain::sale_session::{self, SaleSession};

use super::edge::Edge;
use super::limits::{self, Left, Who};
use super::problem::EdgeError;
use super::tenant::Tenant;
use super::terminal_token::{TERMINAL_TOKEN_PREFIX, TerminalToken};
use crate::adapters::clerk;
use crate::objects::client::ask;

/// The subprotocol by which a browser's WebSocket brings its token: `bearer.{token}`.
pub const TOKEN_PROTOCOL_PREFIX: &str = "bearer.";

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A signed-in person.
    Person {
        /// The identity provider's id of them.
        id: PersonId,
        /// What the organization's log says they are; empty for strangers.
        roles: Vec<Role>,
        /// They run the platform.
        platform_admin: bool,
        /// They run the platform, and a support access of theirs stands open in the organization's log.
        support: bool,
    },
    /// A paired terminal.
    Terminal {
        /// Its id.
        id: TerminalId,
        /// Its session.
        session: SessionId,
        /// Its name in the hall.
        name: String,
    },
}

impl Caller {
    /// As the log writes them down.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Person { id, .. } => Actor::Person(id.clone()),
            Self::Terminal { id, .. } => Actor::Terminal(*id),
        }
    }

    /// True when a role of theirs permits it. Terminals have no permissions of their own.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        matches!(self, Self::Person { roles, .. } if roles.iter().any(|role| role.permits(permission)))
    }

    /// True for those whose reading goes on while the organization is suspended.
    #[must_use]
    pub fn reads_for_support(&self) -> bool {
        matches!(self, Self::Person { roles, support, .. } if *support || roles.contains(&Role::Support))
    }

    /// Believes a token or says why not. Without a tenant (the platform's own routes) there are no roles.
    ///
    /// # Errors
    /// [`EdgeError::Unauthenticated`] with the fault's code; [`EdgeError::Unavailable`] when the keys or the
    /// deciding object are out of reach.
    pub async fn authenticate(
        edge: &Edge,
        tenant: Option<&Tenant>,
        token: &str,
        left: &mut Option<Left>,
    ) -> Result<Recognised, EdgeError> {
        match tenant {
            Some(tenant) if token.starts_with(TERMINAL_TOKEN_PREFIX) => {
                Self::terminal(edge, tenant, token, left).await
            }
            _ => Self::person(edge, tenant, token, left).await,
        }
    }

    async fn person(
        edge: &Edge,
        tenant: Option<&Tenant>,
        token: &str,
        left: &mut Option<Left>,
    ) -> Result<Recognised, EdgeError> {
        let claims = clerk::verify(edge, token, tenant.map(Tenant::slug)).await?;
        // Before any object is asked: a flood ends here.
        let organization = tenant.map(|tenant| tenant.id().to_string()).unwrap_or_default();
        limits::count(edge, Who::Person, &format!("{organization}/{}", claims.sub), left).await?;
        let platform_admin = edge.config().is_platform_admin(&claims.sub);
        let id = PersonId(claims.sub);
        // Asked of the log's own object, not of a copy: a revoked role is gone with the next request.
        let Some(tenant) = tenant else {
            let caller = Self::Person { id, roles: Vec::new(), platform_admin, support: false };
            return Ok(Recognised { caller, suspended: false });
        };
        let query = organization::Query::Caller { person: id.clone() };
        match ask::<Organization>(edge.env(), &tenant.organization(), &query).await? {
            organization::Answer::Caller { roles, suspended, support_until } => {
                let support = platform_admin && support_until.is_some_and(|until| edge.now() < until);
                Ok(Recognised { caller: Self::Person { id, roles, platform_admin, support }, suspended })
            }
            _ => Err(EdgeError::Internal("the organization answered something else".into())),
        }
    }

    async fn terminal(
        edge: &Edge,
        tenant: &Tenant,
        text: &str,
        left: &mut Option<Left>,
    ) -> Result<Recognised, EdgeError> {
        let token = TerminalToken::parse(text).ok_or(EdgeError::Unauthenticated("token_malformed"))?;
        limits::count(edge, Who::Terminal, &format!("{}/{}", tenant.id(), token.digest()), left).await?;
        let query = sale_session::Query::Terminal { token_digest: token.digest() };
        // Both at once: the organization's answer costs a terminal no time.
        let session = tenant.session(token.session());
        let (known, suspended) =
            futures_util::join!(ask::<SaleSession>(edge.env(), &session, &query), is_suspended(edge, tenant));
        match known? {
            sale_session::Answer::Terminal { terminal: Some((id, name)) } => Ok(Recognised {
                caller: Self::Terminal { id, session: token.session(), name },
                suspended: suspended?,
            }),
            sale_session::Answer::Terminal { terminal: None } => {
                Err(EdgeError::Unauthenticated("token_revoked"))
            }
            _ => Err(EdgeError::Internal("the session answered something else".into())),
        }
    }
}

/// A caller, and how their organization stands with the platform at this very moment.
#[derive(Debug)]
pub struct Recognised {
    /// Who.
    pub caller: Caller,
    /// True while the platform has stopped the organization.
    pub suspended: bool,
}

/// Whether the platform has stopped the organization, as its log says now.
///
/// # Errors
/// [`EdgeError::Unavailable`].
pub async fn is_suspended(edge: &Edge, tenant: &Tenant) -> Result<bool, EdgeError> {
    let query = organization::Query::Standing;
    match ask::<Organization>(edge.env(), &tenant.organization(), &query).await? {
        organization::Answer::Standing { suspended } => Ok(suspended),
        _ => Err(EdgeError::Internal("the organization answered something else".into())),
    }
}

/// The token that a request brings: in `Authorization`, or, for a browser's WebSocket, which cannot set that
/// header, as a subprotocol.
///
/// # Errors
/// [`EdgeError::Unauthenticated`] with `token_missing`.
pub fn token_of(headers: &HeaderMap) -> Result<&str, EdgeError> {
    let missing = EdgeError::Unauthenticated("token_missing");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().map_err(|_| EdgeError::Unauthenticated("token_malformed"))?;
        let (scheme, token) = text.split_once(' ').ok_or(EdgeError::Unauthenticated("token_malformed"))?;
        return if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(missing) };
    }
    token_protocol(headers).and_then(|protocol| protocol.strip_prefix(TOKEN_PROTOCOL_PREFIX)).ok_or(missing)
}

/// The token in the query of a socket's address, for clients that can set neither header nor subprotocol. Only the
/// route of sockets reads it; no address is ever logged.
#[must_use]
pub fn token_in_query(query: Option<&str>) -> Option<&str> {
    query?.split('&').find_map(|pair| pair.strip_prefix("token=")).filter(|token| !token.is_empty())
}

/// The subprotocol that carries a token, as offered.
#[must_use]
pub fn token_protocol(headers: &HeaderMap) -> Option<&str> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    offered.split(',').map(str::trim).find(|protocol| protocol.starts_with(TOKEN_PROTOCOL_PREFIX))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, EdgeError> {
        parts
            .extensions
            .get()
            .cloned()
            .ok_or_else(|| EdgeError::Internal("the route's access row names no caller".into()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tokens_come_in_the_header_or_as_a_subprotocol() {
        let with = |name: header::HeaderName, value: &'static str| {
            HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
        };
        for (value, token) in
            [("Bearer abc", Some("abc")), ("bearer  abc ", Some("abc")), ("Basic abc", None), ("abc", None)]
        {
            assert_eq!(token_of(&with(header::AUTHORIZATION, value)).ok(), token, "{value}");
        }
        let socket = with(header::SEC_WEBSOCKET_PROTOCOL, "hangtag.v1, bearer.a.b.c");
        assert_eq!(token_of(&socket).ok(), Some("a.b.c"));
        assert_eq!(token_protocol(&socket), Some("bearer.a.b.c"));
        assert!(token_of(&HeaderMap::new()).is_err());
        assert_eq!(token_in_query(Some("since=3&token=hgt_a-b_c")), Some("hgt_a-b_c"));
        assert_eq!(token_in_query(Some("tokens=x&token=")), None);
    }
}
