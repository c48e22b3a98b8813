//! Liveness.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::edge::Edge;

/// Version of the API.
pub const API_VERSION: &str = "v1";

/// That the Worker runs, and what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// Version of the Worker.
    pub version: &'static str,
    /// The commit it was built from, when the deployment says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Version of the API.
    pub schema: &'static str,
}

/// Says that the Worker runs. Asks nobody else: it is about liveness, not about readiness.
#[utoipa::path(get, path = "/healthz", tag = "platform", security(()), responses((status = 200, body = Health)))]
pub async fn healthz(edge: Edge) -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        commit: edge.config().commit.clone(),
        schema: API_VERSION,
    })
}
