//! Which organization a request is for. Nothing of an organization can be named without a [`Tenant`].

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::ids::{EventId, OrganizationId, SessionId};
use domain::stream::StreamId;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use super::edge::Edge;
use super::problem::EdgeError;
use crate::adapters::database::{Rows, database};

/// How long a host's organization is remembered by an isolate, ms: a renamed or suspended organization is
/// noticed within that time.
const TENANT_FRESH_MS: i64 = 10_000;

/// Most organizations an isolate remembers; over it, it forgets them all and starts again.
const TENANTS_REMEMBERED_MAX: usize = 500;

/// The organization that a request is for. Its fields are private: the only way to one is the host name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    id: OrganizationId,
    slug: String,
    name: String,
    currency: String,
    time_zone: String,
}

#[derive(Deserialize)]
struct Row {
    organization: String,
    slug: String,
    name: String,
    currency: String,
    time_zone: String,
}

const SELECT_BY_SLUG: &str =
    "SELECT organization, slug, name, currency, time_zone FROM organization WHERE slug = ?1";

thread_local! {
    static REMEMBERED: RefCell<BTreeMap<String, (i64, Tenant)>> = const { RefCell::new(BTreeMap::new()) };
}

impl Tenant {
    /// The organization that answers at the request's host.
    ///
    /// # Errors
    /// [`EdgeError::UnknownHost`]; [`EdgeError::Unavailable`] when the read model is out of reach.
    pub async fn resolve(edge: &Edge) -> Result<Self, EdgeError> {
        let unknown = || EdgeError::UnknownHost(edge.host().to_owned());
        let slug = edge.config().slug_of_host(edge.host()).ok_or_else(unknown)?.to_ascii_lowercase();
        let remembered = REMEMBERED.with_borrow(|tenants| tenants.get(&slug).cloned());
        match remembered {
            Some((at, tenant)) if edge.now().saturating_sub(at) < TENANT_FRESH_MS => Ok(tenant),
            _ => Self::look_up(edge, &slug).await?.ok_or_else(unknown),
        }
    }

    /// The organization with this label, from the read model.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`].
    pub async fn look_up(edge: &Edge, slug: &str) -> Result<Option<Self>, EdgeError> {
        let statement = database(edge.env())?.prepare(SELECT_BY_SLUG).bind(&[JsValue::from_str(slug)])?;
        let rows: Vec<Row> = SendFuture::new(async move { statement.all().await }).await?.results()?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let id = row
            .organization
            .parse()
            .map_err(|_| EdgeError::Internal("an organization's id cannot be read".into()))?;
        let tenant =
            Self { id, slug: row.slug, name: row.name, currency: row.currency, time_zone: row.time_zone };
        REMEMBERED.with_borrow_mut(|tenants| {
            if tenants.len() >= TENANTS_REMEMBERED_MAX {
                tenants.clear();
            }
            tenants.insert(tenant.slug.clone(), (edge.now(), tenant.clone()));
        });
        Ok(Some(tenant))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> OrganizationId {
        self.id
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
        StreamId::Organization(self.id)
    }

    /// The stream of one of its events.
    #[must_use]
    pub fn event(&self, event: EventId) -> StreamId {
        StreamId::Event(self.id, event)
    }

    /// The stream of one of its sessions.
    #[must_use]
    pub fn session(&self, session: SessionId) -> StreamId {
        StreamId::Session(self.id, session)
    }

    /// The stream of an event's reconciliation.
    #[must_use]
    pub fn reconciliation(&self, event: EventId) -> StreamId {
        StreamId::Reconciliation(self.id, event)
    }

    /// The stream with this name, if it is the tenant's; another tenant's does not exist here.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<StreamId> {
        name.parse().ok().filter(|stream: &StreamId| stream.organization() == self.id)
    }

    /// Its rows in the read models.
    #[must_use]
    pub fn rows<'e>(&self, edge: &'e Edge) -> Rows<'e> {
        Rows::of(edge.env(), self.id.to_string())
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
            id: id('1'),
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
