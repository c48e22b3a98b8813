//! What a page needs to know before anybody has signed in.

use axum::extract::Request;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::cache::for_everybody;
use crate::http::edge::Edge;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;

/// An organization as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its id.
    pub id: String,
    /// Its label in host names.
    pub slug: String,
    /// Its public name.
    pub name: String,
    /// ISO 4217 code of all its amounts.
    pub currency: String,
    /// IANA zone in which its days begin and end.
    pub time_zone: String,
}

impl From<&Tenant> for OrganizationView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id().to_string(),
            slug: tenant.slug().to_owned(),
            name: tenant.name().to_owned(),
            currency: tenant.currency().to_owned(),
            time_zone: tenant.time_zone().to_owned(),
        }
    }
}

/// How people sign in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignIn {
    /// At the local stand-in.
    Local {
        /// Where its page is.
        url: String,
    },
    /// With Clerk's components.
    Clerk {
        /// For Clerk's library.
        publishable_key: String,
    },
}

/// What a page needs to know before anybody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Configuration {
    /// The organization at this host; `null` at hosts that are nobody's.
    pub organization: Option<OrganizationView>,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Version of the Worker.
    pub version: &'static str,
}

/// What a page needs to know before anybody has signed in.
#[utoipa::path(
    get,
    path = "/api/v1/configuration",
    tag = "platform",
    security(()),
    responses((status = 200, body = Configuration), Problems)
)]
pub async fn configuration(edge: Edge, request: Request) -> Result<Response, EdgeError> {
    let config = edge.config();
    let sign_in = if config.sign_in_url.is_empty() {
        SignIn::Clerk { publishable_key: config.clerk_publishable_key.clone() }
    } else {
        SignIn::Local { url: config.sign_in_url.clone() }
    };
    let organization = request.extensions().get::<Tenant>().map(OrganizationView::from);
    let configuration = Configuration { organization, sign_in, version: env!("CARGO_PKG_VERSION") };
    for_everybody(request.headers(), &configuration)
}
