//! Who the caller is here.

use axum::Json;
use domain::rights::{Permission, Role};
use serde::Serialize;
use utoipa::ToSchema;

use super::configuration::OrganizationView;
use crate::http::caller::Caller;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;

/// The signed-in person, as this organization knows them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The identity provider's id of the person.
    #[schema(example = "user_demo_olivia")]
    pub person: String,
    /// The organization at this host.
    pub organization: OrganizationView,
    /// What the person is here; empty for strangers.
    #[schema(example = json!(["organization_admin"]))]
    pub roles: Vec<&'static str>,
    /// What those roles allow.
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<Permission>,
    /// True for people who run the platform.
    pub platform_admin: bool,
    /// True while a support access of theirs is open here.
    pub support: bool,
}

/// The signed-in person, as this organization knows them.
#[utoipa::path(get, path = "/api/v1/me", tag = "people", responses((status = 200, body = Me), Problems))]
pub async fn me(tenant: Tenant, caller: Caller) -> Result<Json<Me>, EdgeError> {
    let Caller::Person { id, mut roles, platform_admin, support } = caller else {
        return Err(EdgeError::Forbidden("a signed-in person".into()));
    };
    roles.sort_unstable();
    let mut permissions: Vec<Permission> =
        roles.iter().flat_map(|role| role.permissions()).copied().collect();
    if support {
        permissions.extend(Role::Support.permissions().iter().filter(|permission| permission.reads()));
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(Json(Me {
        person: id.0,
        organization: OrganizationView::from(&tenant),
        roles: roles.into_iter().map(Role::name).collect(),
        permissions,
        platform_admin,
        support,
    }))
}
