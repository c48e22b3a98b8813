//! Which organization a request is for. Nothing of an organization can be named without a [`Tenant`].

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::ids::{EventId, OrganizationId, SessionId};
use domain::stream::StreamId;
use domain::tenancy::{Authority, Scope};

use super::directory::{self, Listing};
use super::edge::Edge;
use super::problem::EdgeError;
use crate::adapters::database::Rows;

/// The organization that a request is for. Its fields are private: the only way to one is the host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    scope: Scope,
    slug: String,
    name: String,
    currency: String,
    time_zone: String,
}

impl Tenant {
    /// The organization that answers at the request's host.
    ///
    /// # Errors
    /// [`EdgeError::UnknownHost`]; [`EdgeError::Unavailable`] when the directory is out of reach.
    pub async fn resolve(edge: &Edge) -> Result<Self, EdgeError> {
        let Listing { organization, slug, name, currency, time_zone } = directory::at_host(edge).await?;
        let id: OrganizationId = organization
            .parse()
            .map_err(|_| EdgeError::Internal("an organization's id cannot be read".into()))?;
        Ok(Self { scope: Scope::vouched(id, Authority::Directory), slug, name, currency, time_zone })
    }

    /// What every key, row and message of the tenant is made from.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> OrganizationId {
        self.scope.organization()
    }

    /// Its label in host names.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Its public name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// ISO 4217 code of all its amounts.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// IANA zone in which its days begin and end.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// The stream of its own log.
    #[must_use]
    pub fn organization(&self) -> StreamId {
        StreamId::Organization(self.id())
    }

    /// The stream of one of its events.
    #[must_use]
    pub fn event(&self, event: EventId) -> StreamId {
        StreamId::Event(self.id(), event)
    }

    /// The stream of one of its sessions.
    #[must_use]
    pub fn session(&self, session: SessionId) -> StreamId {
        StreamId::Session(self.id(), session)
    }

    /// The stream of an event's reconciliation.
    #[must_use]
    pub fn reconciliation(&self, event: EventId) -> StreamId {
        StreamId::Reconciliation(self.id(), event)
    }

    /// The stream with this name, if it is the tenant's; another tenant's does not exist here.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<StreamId> {
        name.parse().ok().filter(|stream: &StreamId| self.scope.owns(stream))
    }

    /// Its rows in the read models.
    #[must_use]
    pub fn rows<'e>(&self, edge: &'e Edge) -> Rows<'e> {
        Rows::of(edge.env(), &self.scope)
    }
}

impl<S: Sync> FromRequestParts<S> for Tenant {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, EdgeError> {
        parts
            .extensions
            .get()
            .cloned()
            .ok_or_else(|| EdgeError::Internal("the route's access row names no tenant".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_tenants_stream_does_not_exist_here() {
        let id = |digit: char| {
            OrganizationId(format!("0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3{digit}").parse().unwrap())
        };
        let tenant = Tenant {
            scope: Scope::vouched(id('1'), Authority::Directory),
            slug: "demo".into(),
            name: "Demo".into(),
            currency: "USD".into(),
            time_zone: "UTC".into(),
        };
        assert_eq!(
            tenant.stream(&format!("{}/organization", id('1'))),
            Some(StreamId::Organization(id('1')))
        );
        assert_eq!(tenant.stream(&format!("{}/organization", id('2'))), None);
        assert_eq!(tenant.stream("nonsense"), None);
    }
}
