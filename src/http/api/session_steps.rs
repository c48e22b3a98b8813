//! Opening, pausing, resuming and closing a session.

use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::SessionId;
use domain::sale_session::{self, Answer, CloseReason, Overview, Query, SaleSession};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::{CommandHeaders, Commanding, Position, Reply, deliver_now};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::fresh::settle;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::words;
use crate::objects::client::ask;

/// Where a session stands after a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionMoved {
    /// Its id.
    pub id: String,
    /// Its status now: after opening it is `opening` until its items have arrived, after closing `closing`
    /// until they are back.
    pub status: String,
    #[serde(flatten)]
    /// Where the log that took the command stands.
    pub position: Position,
}

/// What a session says of itself.
///
/// # Errors
/// 404 when there is no such session.
pub async fn overview(edge: &Edge, tenant: &Tenant, session: SessionId) -> Result<Overview, EdgeError> {
    match ask::<SaleSession>(edge.env(), &tenant.session(session), &Query::Overview).await? {
        Answer::Overview { overview: Some(overview) } => Ok(*overview),
        Answer::Overview { overview: None } => Err(EdgeError::NotFound("session")),
        _ => Err(EdgeError::Internal("the session answered something else".into())),
    }
}

/// Opens a session: the event hands its items over, page by page, and selling begins with the last one.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/open",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn open_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    let event = tenant.event(overview(&edge, &tenant, session).await?.event);
    let command = consignment_event::Command::OpenSession { session };
    let accepted = commanding.send::<ConsignmentEvent>(&edge, &event, command).await?;
    deliver_now::<ConsignmentEvent>(&edge, &event, &accepted).await;
    settle(&edge, &event, accepted.seq).await;
    // A small session is open by now; a large one is still receiving pages.
    let status = match overview(&edge, &tenant, session).await?.status.name() {
        "scheduled" => "opening".to_owned(),
        name => name.to_owned(),
    };
    let moved = SessionMoved { id: session.to_string(), status, position: Position::from(&accepted) };
    Ok(Reply::done(&accepted, moved))
}

/// Stops selling for the moment.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/pause",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn pause_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    step(&edge, &tenant, &commanding, session, sale_session::Command::Pause).await
}

/// Sells again.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/resume",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn resume_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    step(&edge, &tenant, &commanding, session, sale_session::Command::Resume).await
}

/// Ends selling: items go back to the event, page by page.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/close",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn close_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    step(&edge, &tenant, &commanding, session, sale_session::Command::Close).await
}

/// Why a session is closed over terminals that may hold sales.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCloseOver {
    /// Why.
    #[schema(schema_with = words::close_reasons)]
    pub reason: CloseReason,
}

/// Ends selling although terminals may hold sales that the log does not have. The reason is on record with those
/// terminals; what they hold is taken whenever it comes.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/close-over",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    request_body = NewCloseOver,
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn close_session_over(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
    Told(new): Told<NewCloseOver>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    let command = sale_session::Command::CloseOver { reason: new.reason };
    step(&edge, &tenant, &commanding, session, command).await
}

/// Calls a session off before it has opened.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/cancel",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), CommandHeaders),
    responses((status = 200, body = SessionMoved), Problems)
)]
#[worker::send]
pub async fn cancel_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(session): Named<SessionId>,
) -> Result<Reply<SessionMoved>, EdgeError> {
    let event = tenant.event(overview(&edge, &tenant, session).await?.event);
    let command = consignment_event::Command::CancelSession { session };
    let accepted = commanding.send::<ConsignmentEvent>(&edge, &event, command).await?;
    deliver_now::<ConsignmentEvent>(&edge, &event, &accepted).await;
    settle(&edge, &event, accepted.seq).await;
    let status = overview(&edge, &tenant, session).await?.status.name().to_owned();
    let moved = SessionMoved { id: session.to_string(), status, position: Position::from(&accepted) };
    Ok(Reply::done(&accepted, moved))
}

async fn step(
    edge: &Edge,
    tenant: &Tenant,
    commanding: &Commanding,
    session: SessionId,
    command: sale_session::Command,
) -> Result<Reply<SessionMoved>, EdgeError> {
    let stream = tenant.session(session);
    let accepted = commanding.send::<SaleSession>(edge, &stream, command).await?;
    settle(edge, &stream, accepted.seq).await;
    let status = overview(edge, tenant, session).await?.status.name().to_owned();
    let moved = SessionMoved { id: session.to_string(), status, position: Position::from(&accepted) };
    Ok(Reply::done(&accepted, moved))
}
