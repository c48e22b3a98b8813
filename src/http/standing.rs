//! Telling the sessions of an organization, at once, who may not speak to them any more.
//!
//! The log has decided before; every further request is refused by what it says. What is left are sockets that are
//! open already, and those the sessions close themselves when told. A session that cannot be told is named in the
//! answer, so that whoever asked repeats it: the command itself repeats without effect.

use domain::ids::{OrganizationId, SessionId};
use domain::stream::StreamId;
use domain::tenancy::Scope;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::edge::Edge;
use super::problem::EdgeError;
use crate::adapters::database::Rows;
use crate::objects::client::{Told, tell_standing};

/// Sessions told: the newest ones. Nobody listens to a sale of years ago, and whoever tried would be refused.
const SELECT_SESSIONS: &str =
    "SELECT session FROM planned_session WHERE organization = ?1 ORDER BY planned_at DESC LIMIT 200";

/// Sessions told at the same time: a Worker has six connections.
const TOLD_AT_ONCE: usize = 4;

/// Tries for each session.
const TRIES: usize = 3;

/// Who knows now.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acknowledged {
    /// Sessions that have taken it.
    pub sessions: usize,
    /// Open connections that they closed.
    pub closed: usize,
    /// Sessions that could not be reached: repeat the request.
    pub unreached: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    session: String,
}

/// Tells every session of the organization.
///
/// # Errors
/// [`EdgeError::Unavailable`] when the sessions cannot be listed.
pub async fn tell_sessions(edge: &Edge, scope: &Scope, told: &Told) -> Result<Acknowledged, EdgeError> {
    let rows: Vec<Row> = Rows::of(edge.env(), scope).all(SELECT_SESSIONS, &[]).await?;
    let sessions = rows.iter().filter_map(|row| row.session.parse::<SessionId>().ok());
    let organization = scope.organization();
    let heard: Vec<_> = futures_util::stream::iter(sessions)
        .map(|session| tell(edge, organization, session, told))
        .buffer_unordered(TOLD_AT_ONCE)
        .collect()
        .await;
    let mut known = Acknowledged::default();
    for answer in heard {
        match answer {
            Ok(closed) => {
                known.sessions += 1;
                known.closed += closed;
            }
            Err(session) => known.unreached.push(session.to_string()),
        }
    }
    Ok(known)
}

async fn tell(
    edge: &Edge,
    organization: OrganizationId,
    session: SessionId,
    told: &Told,
) -> Result<usize, SessionId> {
    let stream = StreamId::Session(organization, session);
    for _ in 0..TRIES {
        match tell_standing(edge.env(), &stream, told).await {
            Ok(knows) => return Ok(knows.closed),
            Err(error) => tracing::warn!(%stream, %error, "not told of a standing"),
        }
    }
    Err(session)
}
