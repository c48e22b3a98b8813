//! What terminals ask of their session, and what a revoked one still hands in.

use axum::http::HeaderMap;
use domain::ids::{Actor, SessionId, TerminalId};
use domain::sale_session::{Answer, Command, Query, SaleSession};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::caller::{Caller, token_of};
use crate::http::command::{Commanding, IDEMPOTENCY_KEY_CHARS_MAX, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::terminal_token::TerminalToken;
use crate::objects::client::{Accepted, ask};

/// A command of a terminal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalCommand {
    /// Its id, unique for the terminal, 1 to 128 visible characters: sent again, it gets its first answer.
    #[schema(max_length = 128, example = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b")]
    pub id: String,
    /// The command, as the session's rules spell it: `complete_receipt`, `record_offline_receipt`, `void_receipt`,
    /// `return_lines`, `park_basket`, `recall_basket`, `open_drawer`, `move_cash`, `close_drawer`,
    /// `report_waiting`, `acknowledge`.
    #[schema(value_type = Object)]
    pub command: Command,
}

/// An entry that a command made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeEntry {
    /// Its place in the log.
    pub seq: u64,
    /// When, by the log's clock, ms since 1970 UTC.
    pub recorded_at: i64,
    /// What happened.
    pub kind: String,
    /// The JSON text on record.
    pub payload: String,
}

/// What became of a terminal's command.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalAnswer {
    /// What it made; nothing when everything was so already.
    pub entries: Vec<MadeEntry>,
    #[serde(flatten)]
    /// Where the session's log stands.
    pub position: Position,
}

/// The id under which the log knows a terminal's command: two terminals' ids never meet.
#[must_use]
pub fn command_id(terminal: TerminalId, id: &str) -> String {
    format!("terminal/{terminal}/{id}")
}

/// Asks the session something as the terminal that it is.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/commands",
    tag = "terminals",
    security(("terminal" = [])),
    params(("session" = String, Path, description = "The session's id")),
    request_body = TerminalCommand,
    responses((status = 200, body = TerminalAnswer), Problems)
)]
#[worker::send]
pub async fn terminal_command(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(session): Named<SessionId>,
    Told(asked): Told<TerminalCommand>,
) -> Result<Reply<TerminalAnswer>, EdgeError> {
    let Caller::Terminal { id, .. } = caller else {
        return Err(EdgeError::Forbidden("a paired terminal".into()));
    };
    if !asked.command.by_terminals() {
        return Err(EdgeError::bad_request("not_a_terminals_command", "A terminal does not ask for that."));
    }
    take(&edge, &tenant, session, id, asked).await
}

/// Takes what a terminal still holds after its pairing was revoked: receipts that it made offline are facts,
/// whoever may sell by now. The token must be one that this session once gave out.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/late-commands",
    tag = "terminals",
    security(("terminal" = [])),
    params(("session" = String, Path, description = "The session's id")),
    request_body = TerminalCommand,
    responses((status = 200, body = TerminalAnswer), Problems)
)]
#[worker::send]
pub async fn late_command(
    edge: Edge,
    tenant: Tenant,
    headers: HeaderMap,
    Named(session): Named<SessionId>,
    Told(asked): Told<TerminalCommand>,
) -> Result<Reply<TerminalAnswer>, EdgeError> {
    let token =
        TerminalToken::parse(token_of(&headers)?).ok_or(EdgeError::Unauthenticated("token_malformed"))?;
    if token.session() != session {
        return Err(EdgeError::NotFound("session"));
    }
    let query = Query::Bearer { token_digest: token.digest() };
    let Answer::Bearer { terminal: Some((id, _)) } =
        ask::<SaleSession>(edge.env(), &tenant.session(session), &query).await?
    else {
        return Err(EdgeError::Unauthenticated("token_revoked"));
    };
    if !asked.command.by_revoked_terminals() {
        return Err(EdgeError::bad_request(
            "not_a_late_command",
            "A terminal that is no longer paired hands in its receipts and nothing else.",
        ));
    }
    take(&edge, &tenant, session, id, asked).await
}

async fn take(
    edge: &Edge,
    tenant: &Tenant,
    session: SessionId,
    terminal: TerminalId,
    asked: TerminalCommand,
) -> Result<Reply<TerminalAnswer>, EdgeError> {
    let readable = (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&asked.id.len())
        && asked.id.bytes().all(|byte| byte.is_ascii_graphic());
    if !readable {
        return Err(EdgeError::bad_request(
            "command_id_unreadable",
            "A command's id is 1 to 128 visible ASCII characters.",
        ));
    }
    let commanding =
        Commanding { id: command_id(terminal, &asked.id), actor: Actor::Terminal(terminal), if_match: None };
    let accepted = commanding.send::<SaleSession>(edge, &tenant.session(session), asked.command).await?;
    Ok(Reply::done(&accepted, TerminalAnswer::from(&accepted)))
}

impl From<&Accepted> for TerminalAnswer {
    fn from(accepted: &Accepted) -> Self {
        let entries = accepted.entries.iter().map(|entry| MadeEntry {
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            kind: entry.kind.clone(),
            payload: entry.payload.clone(),
        });
        Self { entries: entries.collect(), position: Position::from(accepted) }
    }
}
