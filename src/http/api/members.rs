//! Who may do what in the organization.

use domain::ids::{Actor, PersonId};
use domain::organization::{Answer, Command, Organization, Query};
use domain::rights::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::{FreshQuery, settle};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::standing::tell_sessions;
use crate::http::tenant::Tenant;
use crate::http::time::instant;
use crate::objects::client::{Told, ask};

/// How the identity provider's ids of persons begin.
const PERSON_PREFIX: &str = "user_";

/// Longest id of a person, characters: the provider's have 32.
const PERSON_CHARS_MAX: usize = 64;

/// A person with roles here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    /// The identity provider's id of the person.
    #[schema(example = "user_demo_sue")]
    pub person: String,
    /// What they are here.
    #[schema(example = json!(["support"]))]
    pub roles: Vec<String>,
    /// Since when they have been anything here.
    pub since: String,
}

/// A person, as the rows know them.
#[derive(Deserialize)]
pub struct MemberRow {
    person: String,
    roles: String,
    since: i64,
}

impl Resource for Member {
    const NAME: &'static str = "person";
    const LIST: List = List {
        select: "SELECT person, json_group_array(role) AS roles, MIN(granted_at) AS since
            FROM (SELECT * FROM membership WHERE organization = ?1 ORDER BY person, role)
            GROUP BY person HAVING ?2->>'role' IS NULL OR instr(json_group_array(role), json_quote(?2->>'role')) > 0",
        key: "person",
        default: "person",
        sorts: &["since"],
        columns: &["person", "roles", "since"],
    };
    type Row = MemberRow;

    async fn views(_: &Asking, rows: Vec<MemberRow>) -> Result<Vec<Self>, EdgeError> {
        let view = |row: MemberRow| Self {
            person: row.person,
            roles: serde_json::from_str(&row.roles).unwrap_or_default(),
            since: instant(row.since),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Which people.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// A role that they have.
    pub role: Option<String>,
}

/// Who may do what in the organization, by person.
#[utoipa::path(
    get,
    path = "/api/v1/members",
    tag = "people",
    params(MemberQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<Member> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_members(
    lists: Lists,
    Asked(filters): Asked<MemberQuery>,
) -> Result<Listing<Member>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// What a person is here after a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRoles {
    /// The identity provider's id of the person.
    pub person: String,
    /// What they are here now.
    pub roles: Vec<&'static str>,
    #[serde(flatten)]
    /// Where the organization's log stands.
    pub position: Position,
}

/// Gives a person a role; one they have already changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/members/{person}/roles/{role}",
    tag = "people",
    params(
        ("person" = String, Path, description = "The identity provider's id of the person"),
        ("role" = String, Path, description = "`organization_admin`, `event_admin`, `support`, `cashier`, `volunteer` or `consignor`"),
        CommandHeaders
    ),
    responses((status = 200, body = MemberRoles), Problems)
)]
#[worker::send]
pub async fn grant_role(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named((person, role)): Named<(String, String)>,
) -> Result<Reply<MemberRoles>, EdgeError> {
    let (person, role) = read(&person, &role)?;
    change(&edge, &tenant, &commanding, &person, Command::GrantRole { person: person.clone(), role }).await
}

/// Takes a role from a person, with effect on their very next request. The last organization admin stays.
#[utoipa::path(
    delete,
    path = "/api/v1/members/{person}/roles/{role}",
    tag = "people",
    params(
        ("person" = String, Path, description = "The identity provider's id of the person"),
        ("role" = String, Path, description = "As for granting it"),
        CommandHeaders
    ),
    responses((status = 200, body = MemberRoles), Problems)
)]
#[worker::send]
pub async fn revoke_role(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    Named((person, role)): Named<(String, String)>,
) -> Result<Reply<MemberRoles>, EdgeError> {
    let (person, role) = read(&person, &role)?;
    let command = Command::RevokeRole { person: person.clone(), role };
    let reply = change(&edge, &tenant, &commanding, &person, command).await?;
    // What they listen to already is closed as well; what they may still hear, they can ask for again.
    let who = Actor::Person(person).to_string();
    let known = tell_sessions(&edge, tenant.scope(), &Told::TurnedAway { who }).await?;
    if known.unreached.is_empty() { Ok(reply) } else { Err(unreached(&known.unreached)) }
}

/// The role is gone from the log, but a session may still have an open connection: said, not hidden.
fn unreached(sessions: &[String]) -> EdgeError {
    EdgeError::Unavailable(format!("sessions that could not be told: {}", sessions.join(", ")))
}

async fn change(
    edge: &Edge,
    tenant: &Tenant,
    commanding: &Commanding,
    person: &PersonId,
    command: Command,
) -> Result<Reply<MemberRoles>, EdgeError> {
    let stream = tenant.organization();
    let accepted = commanding.send::<Organization>(edge, &stream, command).await?;
    settle(edge, &stream, accepted.seq).await;
    let query = Query::Roles { person: person.clone() };
    let Answer::Roles { roles } = ask::<Organization>(edge.env(), &stream, &query).await? else {
        return Err(EdgeError::Internal("the organization answered something else".into()));
    };
    let position = Position::from(&accepted);
    let roles = roles.into_iter().map(Role::name).collect();
    Ok(Reply::done(&accepted, MemberRoles { person: person.to_string(), roles, position }))
}

fn read(person: &str, role: &str) -> Result<(PersonId, Role), EdgeError> {
    let role = Role::from_name(role).ok_or(EdgeError::NotFound("role"))?;
    Ok((person_named(person)?, role))
}

/// A person as the identity provider names them.
///
/// # Errors
/// 404 for what is no such id.
pub fn person_named(person: &str) -> Result<PersonId, EdgeError> {
    let shaped = person.starts_with(PERSON_PREFIX)
        && (PERSON_PREFIX.len() + 1..=PERSON_CHARS_MAX).contains(&person.len())
        && person.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if shaped { Ok(PersonId(person.to_owned())) } else { Err(EdgeError::NotFound("person")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_roles_are_what_they_look_like() {
        assert!(read("user_demo_sue", "support").is_ok());
        for (person, role) in [
            ("user_demo_sue", "king"),
            ("sue", "support"),
            ("user_", "support"),
            ("user_a b", "support"),
            ("user_é", "support"),
        ] {
            assert!(read(person, role).is_err(), "{person} {role}");
        }
        assert!(read(&format!("user_{}", "a".repeat(PERSON_CHARS_MAX)), "support").is_err());
    }
}
