//! Changing the key that wraps everybody's keys.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::edge::Edge;
use crate::http::problem::{EdgeError, Problems};
use crate::vault::rotate;

/// How far a rotation got.
#[derive(Debug, Serialize, ToSchema)]
pub struct VaultRotation {
    /// Keys wrapped anew by this request.
    pub rewrapped: u32,
    /// Keys that no key of the deployment opens; they are left as they are.
    pub unreadable: u32,
    /// Keys still wrapped by the previous key: repeat the request until there are none, then drop
    /// `VAULT_KEY_PREVIOUS`.
    pub left: u32,
}

/// Wraps some of the persons' keys with the new `VAULT_KEY`. Set `VAULT_KEY_PREVIOUS` to the old one first.
#[utoipa::path(
    post,
    path = "/api/v1/platform/vault/rotation",
    tag = "platform",
    security(("person" = [])),
    responses((status = 200, body = VaultRotation), Problems)
)]
#[worker::send]
pub async fn rotate_vault(edge: Edge) -> Result<Json<VaultRotation>, EdgeError> {
    let rotated = rotate(&edge).await?;
    let (rewrapped, unreadable, left) = (rotated.rewrapped, rotated.unreadable, rotated.left);
    tracing::info!(rewrapped, unreadable, left, "vault keys wrapped anew");
    Ok(Json(VaultRotation { rewrapped, unreadable, left }))
}
