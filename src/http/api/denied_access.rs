//! Who was refused what, for the organization's admins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::extract::Asked;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;

/// Refusals of one hour: one actor, one route, one missing right.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeniedAccess {
    /// As in logs; `others` where an hour had too many to name.
    #[schema(example = "person:user_demo_val")]
    pub actor: String,
    /// The method.
    #[schema(example = "GET")]
    pub method: String,
    /// The route, as in the table of rights.
    #[schema(example = "/api/v1/events/{event}")]
    pub route: String,
    /// What was missing.
    #[schema(example = "the permission read_everything")]
    pub needs: String,
    /// How often in that hour.
    pub attempts: u32,
    /// The first of them.
    #[serde(deserialize_with = "row::instant")]
    pub first_at: String,
    /// The last of them.
    #[serde(deserialize_with = "row::instant")]
    pub last_at: String,
    /// The last one's request.
    pub request_id: String,
}

impl Resource for DeniedAccess {
    const NAME: &'static str = "refusal";
    const LIST: List = List {
        select: "SELECT hour || ' ' || actor || ' ' || method || ' ' || route || ' ' || needs AS id,
              actor, method, route, needs, attempts, first_at, last_at, request_id
            FROM denied_access WHERE organization = ?1 AND (?2->>'actor' IS NULL OR actor = ?2->>'actor')",
        key: "id",
        default: "-id",
        sorts: &["last_at", "first_at", "attempts", "actor", "route"],
        columns: &["actor", "method", "route", "needs", "attempts", "first_at", "last_at", "request_id"],
    };
    as_selected!();
}

/// Which refusals.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeniedQuery {
    /// Who was refused.
    pub actor: Option<String>,
}

/// Who was refused what for want of a right, the newest hours first.
#[utoipa::path(
    get,
    path = "/api/v1/denied-access",
    tag = "people",
    params(DeniedQuery, PageQuery, ListQuery),
    responses((status = 200, content((Page<DeniedAccess> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_denied_access(
    lists: Lists,
    Asked(filters): Asked<DeniedQuery>,
) -> Result<Listing<DeniedAccess>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}
