//! Sale sessions.

use domain::consignment_event::{Channel, Command, ConsignmentEvent, Event};
use domain::ids::{EventId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, deliver_now, events_of};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::fresh::{FreshQuery, settle};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;

/// A sale session, as lists and pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// Its consignment event.
    pub event: String,
    /// Its number in the event, from 1.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Where it sells: `floor`, `online`.
    pub channels: Vec<String>,
    /// Its status.
    #[schema(example = "open")]
    pub status: String,
    /// Items taken into its custody.
    pub items: u32,
    /// Of them, sold.
    pub sold: u32,
    /// Receipts so far.
    pub receipts: u32,
    /// Sum of line prices so far.
    pub gross_cents: i64,
    /// ISO 4217 code of its amounts.
    pub currency: Option<String>,
    /// When it was planned.
    pub created_at: String,
    /// When it opened.
    pub opened_at: Option<String>,
    /// When it closed.
    pub closed_at: Option<String>,
}

/// A session, as its rows know it.
#[derive(Deserialize)]
pub struct SessionRow {
    session: String,
    event: String,
    number: u16,
    name: String,
    channels: String,
    status: String,
    items: u32,
    lines: u32,
    receipts: u32,
    gross_cents: i64,
    currency: Option<String>,
    created_at: i64,
    opened_at: Option<i64>,
    closed_at: Option<i64>,
}

impl From<SessionRow> for SessionView {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.session,
            event: row.event,
            number: row.number,
            name: row.name,
            channels: serde_json::from_str(&row.channels).unwrap_or_default(),
            status: row.status,
            items: row.items,
            sold: row.lines,
            receipts: row.receipts,
            gross_cents: row.gross_cents,
            currency: row.currency,
            created_at: instant(row.created_at),
            opened_at: row.opened_at.map(instant),
            closed_at: row.closed_at.map(instant),
        }
    }
}

/// The event's word that a session is planned, and the session's own, once it has begun. Between the two, items
/// are on their way: `opening`.
macro_rules! select_sessions {
    ($where:literal) => {
        concat!(
            "SELECT p.session, p.event, p.number, p.name, p.channels, p.planned_at AS created_at, s.currency, s.opened_at, s.closed_at,
              CASE WHEN COALESCE(s.status, 'scheduled') = 'scheduled' AND p.opening_at IS NOT NULL THEN 'opening'
                   ELSE COALESCE(s.status, 'scheduled') END AS status,
              COALESCE(s.items, 0) AS items, COALESCE(s.lines, 0) AS lines, COALESCE(s.receipts, 0) AS receipts,
              COALESCE(s.gross_cents, 0) AS gross_cents
            FROM planned_session p
            LEFT JOIN sale_session s ON s.organization = p.organization AND s.session = p.session
            WHERE p.organization = ?1 AND ",
            $where
        )
    };
}

const SELECT_ONE: &str = select_sessions!("p.session = ?2");

/// An event's sessions, in the order they were planned.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/sessions",
    tag = "sessions",
    params(OfEvent, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<SessionView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_sessions(
    lists: Lists,
    Named(event): Named<EventId>,
) -> Result<Listing<SessionView>, EdgeError> {
    lists.answer(Of::Event(event), &()).await
}

impl Resource for SessionView {
    const NAME: &'static str = "session";
    const LIST: List = List {
        select: select_sessions!("p.event = ?2->>'event'"),
        key: "number",
        default: "number",
        sorts: &["name", "status", "created_at", "gross_cents", "receipts"],
        columns: &[
            "id",
            "number",
            "name",
            "channels",
            "status",
            "items",
            "sold",
            "receipts",
            "gross_cents",
            "currency",
            "created_at",
            "opened_at",
            "closed_at",
        ],
    };
    type Row = SessionRow;

    async fn views(_: &Asking, rows: Vec<SessionRow>) -> Result<Vec<Self>, EdgeError> {
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

/// One session.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}",
    tag = "sessions",
    params(("session" = String, Path, description = "Its id"), FreshQuery),
    responses((status = 200, body = SessionView), Problems)
)]
#[worker::send]
pub async fn get_session(
    looks: Looks,
    Named(session): Named<SessionId>,
) -> Result<Found<SessionView>, EdgeError> {
    let of = looks.asking();
    let at = looks.at(&of.tenant.session(session)).await?;
    Ok(at.show(find_session(&of.edge, &of.tenant, session).await?))
}

/// The session as the read model knows it.
///
/// # Errors
/// 404 when it does not.
pub async fn find_session(
    edge: &Edge,
    tenant: &Tenant,
    session: SessionId,
) -> Result<SessionView, EdgeError> {
    let found: Option<SessionRow> =
        tenant.rows(edge).first(SELECT_ONE, &[Value::Text(&session.to_string())]).await?;
    found.map(SessionView::from).ok_or(EdgeError::NotFound("session"))
}

/// A new session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Its name.
    #[schema(example = "Presale Thursday", max_length = 80)]
    pub name: String,
    /// Where it sells: `floor`, `online`, or both.
    #[serde(default = "floor")]
    #[schema(value_type = Vec<String>, example = json!(["floor"]))]
    pub channels: Vec<Channel>,
}

fn floor() -> Vec<Channel> {
    vec![Channel::Floor]
}

/// The session that was planned.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedSession {
    /// Its id.
    pub id: String,
    /// Its number in the event, from 1.
    pub number: u16,
    /// Its name.
    pub name: String,
    #[serde(flatten)]
    /// Where the event's log stands.
    pub position: Position,
}

/// Plans a session.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/sessions",
    tag = "sessions",
    params(("event" = String, Path, description = "The event's id"), CommandHeaders),
    request_body = NewSession,
    responses((status = 201, body = CreatedSession), Problems)
)]
#[worker::send]
pub async fn create_session(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(event): Named<EventId>,
    Told(new): Told<NewSession>,
) -> Result<Reply<CreatedSession>, EdgeError> {
    let session = SessionId(commanding.fresh_id("session"));
    let stream = tenant.event(event);
    let command = Command::ScheduleSession { session, name: new.name, channels: new.channels };
    let accepted = commanding.send::<ConsignmentEvent>(&edge, &stream, command).await?;
    deliver_now::<ConsignmentEvent>(&edge, &stream, &accepted).await;
    let scheduled =
        events_of::<ConsignmentEvent>(&accepted)?.into_iter().find_map(|happened| match happened {
            Event::SessionScheduled(scheduled) => Some(scheduled),
            _ => None,
        });
    let scheduled =
        scheduled.ok_or_else(|| EdgeError::Internal("the event's reply names no session".into()))?;
    settle(&edge, &stream, accepted.seq).await;
    let position = Position::from(&accepted);
    let created = CreatedSession {
        id: scheduled.session.to_string(),
        number: scheduled.number,
        name: scheduled.name,
        position,
    };
    Ok(Reply::created(&accepted, created))
}
