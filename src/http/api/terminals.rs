//! Paired terminals.

use axum::Json;
use domain::ids::{SessionId, TerminalId};
use domain::sale_session::{Answer, Command, Query, SaleSession, TerminalRight};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::catalogue::{SellingRules, selling_rules};
use super::events::{EventView, find_event};
use super::sessions::{SessionView, find_session};
use crate::adapters::database::Value;
use crate::http::caller::Caller;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::fresh::{FreshQuery, settle};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;
use crate::objects::client::ask;

/// The calling terminal and what it sells by.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalSelf {
    /// Its id.
    pub terminal: String,
    /// Its name in the hall.
    pub name: String,
    /// Its session.
    pub session: SessionView,
    /// Its session's event.
    pub event: EventView,
    /// What it sells by.
    pub settings: SellingRules,
    /// What it may do beyond plain sales: `override_prices`, `sell_exceptions`, `take_returns`, `void_receipts`.
    #[schema(value_type = Vec<String>)]
    pub rights: Vec<TerminalRight>,
    /// Counts the changes of its rights; it acknowledges this number.
    pub rights_version: u32,
    /// The version that it acknowledged last.
    pub acknowledged: u32,
    /// Sales that it holds, as the session has heard; `null` when nobody knows.
    pub waiting: Option<u32>,
    /// True while its cash drawer is in use.
    pub drawer_open: bool,
    /// Baskets put aside in the session, at any terminal.
    pub parked: Vec<ParkedView>,
    /// The log's clock, ms since 1970 UTC: by it a terminal knows how wrong its own is.
    pub now: i64,
}

/// The calling terminal and what it sells by.
#[utoipa::path(
    get,
    path = "/api/v1/terminal",
    tag = "terminals",
    security(("terminal" = [])),
    responses((status = 200, body = TerminalSelf), Problems)
)]
#[worker::send]
pub async fn this_terminal(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
) -> Result<Json<TerminalSelf>, EdgeError> {
    let Caller::Terminal { id, session, name } = caller else {
        return Err(EdgeError::Forbidden("a paired terminal".into()));
    };
    let found = find_session(&edge, &tenant, session).await?;
    let stream = tenant.session(session);
    let Answer::Terminals { terminals } = ask::<SaleSession>(edge.env(), &stream, &Query::Terminals).await?
    else {
        return Err(EdgeError::Internal("the session answered something else".into()));
    };
    let own = terminals.into_iter().find(|terminal| terminal.terminal == id);
    let own = own.ok_or(EdgeError::NotFound("terminal"))?;
    let event =
        found.event.parse().map_err(|_| EdgeError::Internal("a session's event cannot be read".into()))?;
    Ok(Json(TerminalSelf {
        terminal: id.to_string(),
        name,
        event: find_event(&edge, &tenant, event).await?,
        session: found,
        settings: selling_rules(&edge, &tenant, session).await?,
        rights: own.rights,
        rights_version: own.version,
        acknowledged: own.acknowledged,
        waiting: own.waiting,
        drawer_open: own.drawer.is_some(),
        parked: parked(&edge, &stream).await?,
        now: edge.now(),
    }))
}

/// A basket put aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedView {
    /// Its id; a version 7 UUID, so that it says when.
    pub basket: String,
    /// The name of the terminal that put it aside.
    pub by: String,
    /// What is in it.
    pub tags: Vec<String>,
}

async fn parked(edge: &Edge, stream: &StreamId) -> Result<Vec<ParkedView>, EdgeError> {
    let Answer::Parked { baskets } = ask::<SaleSession>(edge.env(), stream, &Query::Parked).await? else {
        return Err(EdgeError::Internal("the session answered something else".into()));
    };
    let views = baskets.into_iter().map(|basket| ParkedView {
        basket: basket.basket.to_string(),
        by: basket.by,
        tags: basket.tags.iter().map(ToString::to_string).collect(),
    });
    Ok(views.collect())
}

/// A terminal of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalView {
    /// Its id.
    pub terminal: String,
    /// Its name in the hall.
    pub name: String,
    /// When it paired.
    pub paired_at: String,
    /// Since when its token counts no more.
    pub revoked_at: Option<String>,
    /// Receipts so far.
    pub receipts: u32,
    /// Lines so far.
    pub lines: u32,
    /// Sum of line prices so far.
    pub gross_cents: i64,
    /// When it last sold something, by the log's clock.
    pub last_sale_at: Option<String>,
}

/// A terminal, as the rows know it.
#[derive(Deserialize)]
pub struct TerminalRow {
    terminal: String,
    name: String,
    paired_at: i64,
    revoked_at: Option<i64>,
    receipts: u32,
    lines: u32,
    gross_cents: i64,
    last_sale_at: Option<i64>,
}

macro_rules! select_terminals {
    ($rest:literal) => {
        concat!(
            "SELECT t.terminal, t.name, t.paired_at, t.revoked_at, t.receipts, t.lines, t.gross_cents,
      (SELECT MAX(r.recorded_at) FROM receipt r
        WHERE r.organization = t.organization AND r.session = t.session AND r.terminal = t.terminal) AS last_sale_at
            FROM terminal t WHERE t.organization = ?1 AND ",
            $rest
        )
    };
}

const SELECT_TERMINALS: &str = select_terminals!("t.session = ?2 ORDER BY t.paired_at, t.terminal");

impl Resource for TerminalView {
    const NAME: &'static str = "terminal";
    const LIST: List = List {
        select: select_terminals!("t.session = ?2->>'session'"),
        key: "terminal",
        default: "paired_at",
        sorts: &["paired_at", "name", "receipts", "gross_cents", "last_sale_at"],
        columns: &[
            "terminal",
            "name",
            "paired_at",
            "revoked_at",
            "receipts",
            "lines",
            "gross_cents",
            "last_sale_at",
        ],
    };
    type Row = TerminalRow;

    async fn views(_: &Asking, rows: Vec<TerminalRow>) -> Result<Vec<Self>, EdgeError> {
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl From<TerminalRow> for TerminalView {
    fn from(row: TerminalRow) -> Self {
        Self {
            terminal: row.terminal,
            name: row.name,
            paired_at: instant(row.paired_at),
            revoked_at: row.revoked_at.map(instant),
            receipts: row.receipts,
            lines: row.lines,
            gross_cents: row.gross_cents,
            last_sale_at: row.last_sale_at.map(instant),
        }
    }
}

/// A session's terminals.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/terminals",
    tag = "terminals",
    params(("session" = String, Path, description = "The session's id"), PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<TerminalView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_terminals(
    lists: Lists,
    Named(session): Named<SessionId>,
) -> Result<Listing<TerminalView>, EdgeError> {
    lists.answer(Of::Session(session), &()).await
}

/// A session's terminals as the read model knows them.
///
/// # Errors
/// [`EdgeError::Unavailable`].
pub async fn terminals_of(
    edge: &Edge,
    tenant: &Tenant,
    session: SessionId,
) -> Result<Vec<TerminalView>, EdgeError> {
    let found: Vec<TerminalRow> =
        tenant.rows(edge).all(SELECT_TERMINALS, &[Value::Text(&session.to_string())]).await?;
    Ok(found.into_iter().map(TerminalView::from).collect())
}

/// Ends a terminal's pairing: its token counts no more, with its very next request.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{session}/terminals/{terminal}",
    tag = "terminals",
    params(
        ("session" = String, Path, description = "The session's id"),
        ("terminal" = String, Path, description = "The terminal's id"),
        CommandHeaders
    ),
    responses((status = 200, body = Position), Problems)
)]
#[worker::send]
pub async fn revoke_terminal(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named((session, terminal)): Named<(SessionId, TerminalId)>,
) -> Result<Reply<Position>, EdgeError> {
    let stream = tenant.session(session);
    let accepted =
        commanding.send::<SaleSession>(&edge, &stream, Command::RevokeTerminal { terminal }).await?;
    settle(&edge, &stream, accepted.seq).await;
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, position))
}
