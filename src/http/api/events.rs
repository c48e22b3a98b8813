//! Consignment events.

use chrono::NaiveDate;
use domain::consignment_event::{self, ConsignmentEvent};
use domain::ids::EventId;
use domain::lifecycle::{EventStatus, StatusReason};
use domain::organization::{self, Organization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, deliver_now, events_of};
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::{FreshQuery, settle};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;

/// A consignment event, as lists and pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its id.
    pub id: String,
    /// Its number in the organization; the first digits of its tags.
    pub ordinal: u16,
    /// Its name.
    pub name: String,
    /// Its status.
    #[schema(example = "selling")]
    pub status: String,
    /// First selling day.
    pub starts_on: Option<String>,
    /// Last selling day.
    pub ends_on: Option<String>,
    /// Items listed.
    pub items: u32,
    /// Sessions planned so far.
    pub sessions: u32,
    /// When it was founded.
    pub created_at: String,
    /// Statuses that may follow, those that need a reason marked.
    pub next: Vec<NextStatus>,
}

/// A status that may follow.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextStatus {
    /// The status.
    pub to: String,
    /// True when a reason is needed.
    pub needs_reason: bool,
}

/// An event, as its rows know it.
#[derive(Deserialize)]
pub struct EventRow {
    event: String,
    ordinal: u16,
    name: String,
    status: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    items: u32,
    sessions: u32,
    created_at: i64,
}

impl From<EventRow> for EventView {
    fn from(row: EventRow) -> Self {
        let next = EventStatus::from_name(&row.status).map(EventStatus::next).unwrap_or_default();
        let next = next
            .iter()
            .map(|(to, needs_reason)| NextStatus { to: to.to_string(), needs_reason: *needs_reason });
        Self {
            id: row.event,
            ordinal: row.ordinal,
            name: row.name,
            next: next.collect(),
            status: row.status,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            items: row.items,
            sessions: row.sessions,
            created_at: instant(row.created_at),
        }
    }
}

/// The organization's word that an event exists, and what became of it, when its own rows are there already.
macro_rules! select_events {
    ($where:literal) => {
        concat!(
            "SELECT f.event, f.ordinal, COALESCE(e.name, f.name) AS name, COALESCE(e.status, 'draft') AS status,
              COALESCE(e.starts_on, f.starts_on) AS starts_on, COALESCE(e.ends_on, f.ends_on) AS ends_on,
              COALESCE(e.items, 0) AS items, COALESCE(e.sessions, 0) AS sessions, f.founded_at AS created_at
            FROM founded_event f
            LEFT JOIN consignment_event e ON e.organization = f.organization AND e.event = f.event
            WHERE f.organization = ?1 AND ",
            $where
        )
    };
}

const SELECT_EVENT: &str = select_events!("f.event = ?2");

/// Which events.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// A status: `registration`, `selling`, …
    pub status: Option<String>,
    /// Part of a name.
    pub q: Option<String>,
}

impl Resource for EventView {
    const NAME: &'static str = "event";
    const LIST: List = List {
        select: select_events!(
            "(?2->>'status' IS NULL OR COALESCE(e.status, 'draft') = ?2->>'status')
                AND (?2->>'q' IS NULL OR instr(lower(COALESCE(e.name, f.name)), lower(?2->>'q')) > 0)"
        ),
        key: "ordinal",
        default: "-ordinal",
        sorts: &["name", "status", "starts_on", "created_at", "items"],
        columns: &[
            "id",
            "ordinal",
            "name",
            "status",
            "starts_on",
            "ends_on",
            "items",
            "sessions",
            "created_at",
        ],
    };
    type Row = EventRow;

    async fn views(_: &Asking, rows: Vec<EventRow>) -> Result<Vec<Self>, EdgeError> {
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

/// The organization's events, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "events",
    params(EventQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<EventView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_events(
    lists: Lists,
    Asked(filters): Asked<EventQuery>,
) -> Result<Listing<EventView>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// One event.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}",
    tag = "events",
    params(("event" = String, Path, description = "Its id"), FreshQuery),
    responses((status = 200, body = EventView), Problems)
)]
#[worker::send]
pub async fn get_event(looks: Looks, Named(event): Named<EventId>) -> Result<Found<EventView>, EdgeError> {
    let of = looks.asking();
    let at = looks.at(&of.tenant.event(event)).await?;
    Ok(at.show(find_event(&of.edge, &of.tenant, event).await?))
}

/// The event as the read model knows it.
///
/// # Errors
/// 404 when it does not.
pub async fn find_event(edge: &Edge, tenant: &Tenant, event: EventId) -> Result<EventView, EdgeError> {
    let found: Option<EventRow> =
        tenant.rows(edge).first(SELECT_EVENT, &[Value::Text(&event.to_string())]).await?;
    found.map(EventView::from).ok_or(EdgeError::NotFound("event"))
}

/// A new event.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// Its name.
    #[schema(example = "Spring 2027 Kids' Sale", max_length = 120)]
    pub name: String,
    /// First selling day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<NaiveDate>,
    /// Last selling day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_on: Option<NaiveDate>,
}

/// The event that was founded.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedEvent {
    /// Its id.
    pub id: String,
    /// Its number in the organization; the first digits of its tags.
    pub ordinal: u16,
    /// Its name.
    pub name: String,
    #[serde(flatten)]
    /// Where the organization's log stands.
    pub position: Position,
}

/// Founds an event: the organization numbers it, and its own log begins.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "events",
    params(CommandHeaders),
    request_body = NewEvent,
    responses((status = 201, body = CreatedEvent), Problems)
)]
#[worker::send]
pub async fn create_event(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Told(new): Told<NewEvent>,
) -> Result<Reply<CreatedEvent>, EdgeError> {
    let event = EventId(commanding.fresh_id("event"));
    let command = organization::Command::FoundEvent {
        event,
        name: new.name,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
    };
    let stream = tenant.organization();
    let accepted = commanding.send::<Organization>(&edge, &stream, command).await?;
    deliver_now::<Organization>(&edge, &stream, &accepted).await;
    let founded = events_of::<Organization>(&accepted)?.into_iter().find_map(|happened| match happened {
        organization::Event::EventFounded(founded) => Some(founded),
        _ => None,
    });
    let founded =
        founded.ok_or_else(|| EdgeError::Internal("the organization's reply names no event".into()))?;
    settle(&edge, &stream, accepted.seq).await;
    settle(&edge, &tenant.event(event), 1).await;
    let position = Position::from(&accepted);
    let created = CreatedEvent {
        id: founded.event.to_string(),
        ordinal: founded.ordinal,
        name: founded.name,
        position,
    };
    Ok(Reply::created(&accepted, created))
}

/// To which status an event moves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The status.
    #[schema(value_type = String, example = "registration")]
    pub to: EventStatus,
    /// Why; needed where `next` says so: `venue`, `weather`, `safety`, `too_small`, `late_returns`, `figures`,
    /// `mistake` or `other`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "weather")]
    pub reason: Option<StatusReason>,
}

/// Where an event stands after a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventMoved {
    /// Its id.
    pub id: String,
    /// Its status now.
    pub status: String,
    #[serde(flatten)]
    /// Where its log stands.
    pub position: Position,
}

/// Moves an event on (or back, where the rules name it).
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/transitions",
    tag = "events",
    params(("event" = String, Path, description = "Its id"), CommandHeaders),
    request_body = Transition,
    responses((status = 200, body = EventMoved), Problems)
)]
#[worker::send]
pub async fn change_status(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(event): Named<EventId>,
    Told(transition): Told<Transition>,
) -> Result<Reply<EventMoved>, EdgeError> {
    let stream = tenant.event(event);
    let command = consignment_event::Command::ChangeStatus { to: transition.to, reason: transition.reason };
    let accepted = commanding.send::<ConsignmentEvent>(&edge, &stream, command).await?;
    settle(&edge, &stream, accepted.seq).await;
    let moved = EventMoved {
        id: event.to_string(),
        status: transition.to.to_string(),
        position: Position::from(&accepted),
    };
    Ok(Reply::done(&accepted, moved))
}
