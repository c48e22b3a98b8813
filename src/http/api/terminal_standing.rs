//! What each terminal may do, knows and still holds: asked of the session itself, which knows it as of now.

use axum::Json;
use domain::ids::{SessionId, TerminalId};
use domain::sale_session::{Answer, Command, Query, SaleSession, TerminalRight};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::paths::{OfSession, TerminalOfSession};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::words;
use crate::objects::client::ask;

/// A terminal as its session knows it now.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalStanding {
    /// Its id.
    pub terminal: String,
    /// Its name.
    pub name: String,
    /// True once its token counts no more.
    pub revoked: bool,
    /// What it may do beyond plain sales.
    #[schema(schema_with = words::terminal_rights_list)]
    pub rights: Vec<TerminalRight>,
    /// True when the terminal has confirmed that it knows its rights as they are.
    pub informed: bool,
    /// Sales it holds that the log does not have; `null` when nobody knows, because it cannot be reached.
    pub waiting: Option<u32>,
    /// What should be in its open drawer; `null` without one.
    pub drawer_cents: Option<i64>,
}

/// The terminals of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalStandings {
    /// In the order of pairing.
    pub terminals: Vec<TerminalStanding>,
}

/// What each terminal may do, knows and still holds.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/terminals/standing",
    tag = "terminals",
    params(OfSession),
    responses((status = 200, body = TerminalStandings), Problems)
)]
#[worker::send]
pub async fn terminal_standing(
    edge: Edge,
    tenant: Tenant,
    Named(session): Named<SessionId>,
) -> Result<Json<TerminalStandings>, EdgeError> {
    super::session_steps::overview(&edge, &tenant, session).await?;
    let answer = ask::<SaleSession>(edge.env(), &tenant.session(session), &Query::Terminals).await?;
    let Answer::Terminals { terminals } = answer else {
        return Err(EdgeError::Internal("the session answered something else".into()));
    };
    let terminals = terminals.into_iter().map(|terminal| TerminalStanding {
        terminal: terminal.terminal.to_string(),
        name: terminal.name,
        revoked: terminal.revoked,
        rights: terminal.rights,
        informed: terminal.acknowledged >= terminal.version,
        waiting: terminal.waiting,
        drawer_cents: terminal.drawer.map(|drawer| drawer.0),
    });
    Ok(Json(TerminalStandings { terminals: terminals.collect() }))
}

/// All that a terminal may do beyond plain sales.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRights {
    /// All its rights from now on.
    #[schema(schema_with = words::terminal_rights_list)]
    pub rights: Vec<TerminalRight>,
}

/// Says what a terminal may do beyond plain sales; pairing grants nothing of that.
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{session}/terminals/{terminal}/rights",
    tag = "terminals",
    params(TerminalOfSession, CommandHeaders),
    request_body = NewRights,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn set_terminal_rights(
    decider: Decider,
    Named((session, terminal)): Named<(SessionId, TerminalId)>,
    Told(new): Told<NewRights>,
) -> Decision {
    let command = Command::SetTerminalRights { terminal, rights: new.rights };
    Ok(decider.session(session, command).await?.done())
}

/// Says that a terminal cannot be reached, so that nobody knows what it holds. Whatever it sends next ends that.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/terminals/{terminal}/unreachable",
    tag = "terminals",
    params(TerminalOfSession, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn report_unreachable(
    decider: Decider,
    Named((session, terminal)): Named<(SessionId, TerminalId)>,
) -> Decision {
    Ok(decider.session(session, Command::ReportUnreachable { terminal }).await?.done())
}
