//! The organization's own word about the platform's help.

use domain::organization::{Command, Organization};

use super::members::person_named;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::problem::{EdgeError, Problems};
use crate::http::standing::tell_sessions;
use crate::http::tenant::Tenant;
use crate::objects::client::Told;

/// Ends the support access of a person of the platform, with effect on their very next request. That one was open,
/// why and how long stands in the organization's log (`support_opened`).
#[utoipa::path(
    delete,
    path = "/api/v1/support-access/{person}",
    tag = "people",
    params(
        ("person" = String, Path, description = "The identity provider's id of the person of the platform"),
        CommandHeaders
    ),
    responses((status = 200, body = Position), Problems)
)]
#[worker::send]
pub async fn end_support(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named(person): Named<String>,
) -> Result<Reply<Position>, EdgeError> {
    let person = person_named(&person)?;
    let stream = tenant.organization();
    let who = domain::ids::Actor::Person(person.clone()).to_string();
    let accepted = commanding.send::<Organization>(&edge, &stream, Command::CloseSupport { person }).await?;
    tell_sessions(&edge, tenant.scope(), &Told::TurnedAway { who }).await?;
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, position))
}
