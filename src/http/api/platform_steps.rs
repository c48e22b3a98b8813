//! Stopping an organization, letting it go on, and helping it: each on record in the organization's own log.

use domain::ids::{Actor, OrganizationId};
use domain::organization::{Answer, Command, Organization, Query, SupportReason, SuspensionReason};
use domain::stream::StreamId;
use domain::tenancy::{Authority, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::platform::known;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told as Body};
use crate::http::fresh::settle;
use crate::http::problem::{EdgeError, Problems};
use crate::http::standing::{Acknowledged, tell_sessions};
use crate::http::time::instant;
use crate::objects::client::{Accepted, Told, ask};

/// Why an organization is stopped.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhySuspended {
    /// It does not pay.
    Unpaid,
    /// It breaks the terms.
    Terms,
    /// Somebody else acts in its name.
    Security,
    /// It asked for it.
    OwnWish,
}

impl From<WhySuspended> for SuspensionReason {
    fn from(why: WhySuspended) -> Self {
        match why {
            WhySuspended::Unpaid => Self::Unpaid,
            WhySuspended::Terms => Self::Terms,
            WhySuspended::Security => Self::Security,
            WhySuspended::OwnWish => Self::OwnWish,
        }
    }
}

/// What is said when an organization is stopped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// Why.
    pub reason: WhySuspended,
}

/// How an organization stands now, and who knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    /// True while it is stopped.
    pub suspended: bool,
    /// The sessions that have taken it.
    pub acknowledged: Acknowledged,
    #[serde(flatten)]
    /// Where its log stands.
    pub position: Position,
}

/// Stops an organization at once: from the next request on nobody is let in but those who read for support, and
/// open connections of its sessions are closed. What the tills have sold waits with them.
#[utoipa::path(
    put,
    path = "/api/v1/platform/organizations/{organization}/suspension",
    tag = "platform",
    security(("person" = [])),
    params(("organization" = String, Path, description = "The organization's id"), CommandHeaders),
    request_body = Suspension,
    responses((status = 200, body = Standing), Problems)
)]
#[worker::send]
pub async fn suspend_organization(
    edge: Edge,
    commanding: Commanding,
    Named(organization): Named<OrganizationId>,
    Body(asked): Body<Suspension>,
) -> Result<Reply<Standing>, EdgeError> {
    let command = Command::Suspend { reason: asked.reason.into(), note: None };
    change(&edge, &commanding, organization, command).await
}

/// Lets an organization go on.
#[utoipa::path(
    delete,
    path = "/api/v1/platform/organizations/{organization}/suspension",
    tag = "platform",
    security(("person" = [])),
    params(("organization" = String, Path, description = "The organization's id"), CommandHeaders),
    responses((status = 200, body = Standing), Problems)
)]
#[worker::send]
pub async fn resume_organization(
    edge: Edge,
    commanding: Commanding,
    Named(organization): Named<OrganizationId>,
) -> Result<Reply<Standing>, EdgeError> {
    change(&edge, &commanding, organization, Command::Reinstate).await
}

async fn change(
    edge: &Edge,
    commanding: &Commanding,
    organization: OrganizationId,
    command: Command,
) -> Result<Reply<Standing>, EdgeError> {
    let accepted = send(edge, commanding, organization, command).await?;
    // As the log says now, not as this command says: a repeated one may be old news.
    let stream = StreamId::Organization(organization);
    let Answer::Standing { suspended } = ask::<Organization>(edge.env(), &stream, &Query::Standing).await?
    else {
        return Err(EdgeError::Internal("the organization answered something else".into()));
    };
    let scope = Scope::vouched(organization, Authority::Platform);
    let acknowledged = tell_sessions(edge, &scope, &Told::Suspended { on: suspended }).await?;
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, Standing { suspended, acknowledged, position }))
}

async fn send(
    edge: &Edge,
    commanding: &Commanding,
    organization: OrganizationId,
    command: Command,
) -> Result<Accepted, EdgeError> {
    known(edge, organization).await?;
    let stream = StreamId::Organization(organization);
    let accepted = commanding.send::<Organization>(edge, &stream, command).await?;
    settle(edge, &stream, accepted.seq).await;
    Ok(accepted)
}

/// Why somebody of the platform looks into an organization.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyHelped {
    /// The organization asked for help.
    Asked,
    /// Something went wrong and has to be understood.
    Incident,
    /// An authority or a court wants to know.
    Legal,
}

impl From<WhyHelped> for SupportReason {
    fn from(why: WhyHelped) -> Self {
        match why {
            WhyHelped::Asked => Self::Asked,
            WhyHelped::Incident => Self::Incident,
            WhyHelped::Legal => Self::Legal,
        }
    }
}

/// What is said when somebody of the platform begins to help.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportAccess {
    /// Why.
    pub reason: WhyHelped,
    /// For how long, 1 to 480 minutes.
    #[schema(minimum = 1, maximum = 480)]
    pub minutes: u32,
}

/// A support access that stands open, or has ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenSupport {
    /// Until when the caller may read in the organization; `null` when it has ended.
    pub until: Option<String>,
    #[serde(flatten)]
    /// Where the organization's log stands.
    pub position: Position,
}

/// Lets the calling person of the platform read in the organization for a while, as its own support does. It stands
/// in the organization's log, with the reason.
#[utoipa::path(
    put,
    path = "/api/v1/platform/organizations/{organization}/support-access",
    tag = "platform",
    security(("person" = [])),
    params(("organization" = String, Path, description = "The organization's id"), CommandHeaders),
    request_body = SupportAccess,
    responses((status = 200, body = OpenSupport), Problems)
)]
#[worker::send]
pub async fn open_support(
    edge: Edge,
    commanding: Commanding,
    Named(organization): Named<OrganizationId>,
    Body(asked): Body<SupportAccess>,
) -> Result<Reply<OpenSupport>, EdgeError> {
    let command = Command::OpenSupport { reason: asked.reason.into(), minutes: asked.minutes, note: None };
    support(&edge, &commanding, organization, command).await
}

/// Ends it before its time.
#[utoipa::path(
    delete,
    path = "/api/v1/platform/organizations/{organization}/support-access",
    tag = "platform",
    security(("person" = [])),
    params(("organization" = String, Path, description = "The organization's id"), CommandHeaders),
    responses((status = 200, body = OpenSupport), Problems)
)]
#[worker::send]
pub async fn close_support(
    edge: Edge,
    commanding: Commanding,
    Named(organization): Named<OrganizationId>,
) -> Result<Reply<OpenSupport>, EdgeError> {
    let Actor::Person(person) = commanding.actor.clone() else {
        return Err(EdgeError::Forbidden("a platform administrator".into()));
    };
    support(&edge, &commanding, organization, Command::CloseSupport { person }).await
}

async fn support(
    edge: &Edge,
    commanding: &Commanding,
    organization: OrganizationId,
    command: Command,
) -> Result<Reply<OpenSupport>, EdgeError> {
    let accepted = send(edge, commanding, organization, command).await?;
    let Actor::Person(person) = commanding.actor.clone() else {
        return Err(EdgeError::Forbidden("a platform administrator".into()));
    };
    let stream = StreamId::Organization(organization);
    let Answer::Caller { support_until, .. } =
        ask::<Organization>(edge.env(), &stream, &Query::Caller { person: person.clone() }).await?
    else {
        return Err(EdgeError::Internal("the organization answered something else".into()));
    };
    if support_until.is_none() {
        let who = Actor::Person(person).to_string();
        let scope = Scope::vouched(organization, Authority::Platform);
        tell_sessions(edge, &scope, &Told::TurnedAway { who }).await?;
    }
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, OpenSupport { until: support_until.map(instant), position }))
}
