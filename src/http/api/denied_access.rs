//! Who was refused what, for the organization's admins.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::Asked;
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;

/// Refusals of one hour: one actor, one route, one missing right.
#[derive(Debug, Serialize, ToSchema)]
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
    pub first_at: String,
    /// The last of them.
    pub last_at: String,
    /// The last one's request.
    pub request_id: String,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    actor: String,
    method: String,
    route: String,
    needs: String,
    attempts: u32,
    first_at: i64,
    last_at: i64,
    request_id: String,
}

const SELECT: &str =
    "SELECT * FROM (SELECT hour || ' ' || actor || ' ' || method || ' ' || route || ' ' || needs AS id,
      actor, method, route, needs, attempts, first_at, last_at, request_id
    FROM denied_access WHERE organization = ?1) WHERE ?2 = '' OR id < ?2 ORDER BY id DESC LIMIT ?3";

/// Who was refused what for want of a right, the newest hours first.
#[utoipa::path(
    get,
    path = "/api/v1/denied-access",
    tag = "people",
    params(PageQuery),
    responses((status = 200, body = Page<DeniedAccess>), Problems)
)]
#[worker::send]
pub async fn list_denied_access(
    edge: Edge,
    tenant: Tenant,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<DeniedAccess>>, EdgeError> {
    let rows = page.rows()?;
    let after = page.after::<String>()?.unwrap_or_default();
    let values = [Value::Text(&after), Value::Int(i32::from(rows) + 1)];
    let found: Vec<Row> = tenant.rows(&edge).all(SELECT, &values).await?;
    Ok(Json(Page::cut(found, rows, |row| row.id.clone()).map(|row| DeniedAccess {
        actor: row.actor,
        method: row.method,
        route: row.route,
        needs: row.needs,
        attempts: row.attempts,
        first_at: instant(row.first_at),
        last_at: instant(row.last_at),
        request_id: row.request_id,
    })))
}
