//! Which logs tell an event's story.

use axum::Json;
use domain::ids::EventId;
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::find_event;
use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::page::Page;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::read_log;

/// One log.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamView {
    /// Its name; percent-encode it into `/api/v1/log/{stream}`.
    pub stream: String,
    /// `organization`, `event`, `session`, …
    pub kind: &'static str,
    /// What it is the log of.
    pub title: String,
    /// Where it stands.
    pub seq: u64,
}

#[derive(Deserialize)]
struct SessionRow {
    session: String,
    name: String,
}

const SELECT_SESSIONS: &str =
    "SELECT session, name FROM planned_session WHERE organization = ?1 AND event = ?2 ORDER BY number";

/// The logs that tell an event's story: the organization's, the event's and its sessions'.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/streams",
    tag = "logs",
    params(("event" = String, Path, description = "The event's id")),
    responses((status = 200, body = Page<StreamView>), Problems)
)]
#[worker::send]
pub async fn list_streams(
    edge: Edge,
    tenant: Tenant,
    Named(event): Named<EventId>,
) -> Result<Json<Page<StreamView>>, EdgeError> {
    let found = find_event(&edge, &tenant, event).await?;
    let sessions: Vec<SessionRow> =
        tenant.rows(&edge).all(SELECT_SESSIONS, &[Value::Text(&event.to_string())]).await?;
    let mut streams = vec![
        view(&edge, &tenant.organization(), tenant.name()).await?,
        view(&edge, &tenant.event(event), &found.name).await?,
    ];
    for session in sessions {
        if let Ok(id) = session.session.parse() {
            streams.push(view(&edge, &tenant.session(id), &session.name).await?);
        }
    }
    Ok(Json(Page::whole(streams)))
}

async fn view(edge: &Edge, stream: &StreamId, title: &str) -> Result<StreamView, EdgeError> {
    let head = read_log(edge.env(), stream, 1, 1).await?.head;
    Ok(StreamView { stream: stream.to_string(), kind: stream.kind(), title: title.to_owned(), seq: head.seq })
}
