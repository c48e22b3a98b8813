//! Host names of an organization's own. The platform adds them, after it has set up the name's certificate and seen
//! that it belongs to the organization; no tenant can take a name by itself.

use domain::ids::OrganizationId;
use domain::organization::{Command, Organization};
use domain::rejection::{Refusal, Rejection};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use super::platform::known;
use crate::adapters::database::database;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::directory::{HOST_QUARANTINE_MS, forget};
use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::problem::{EdgeError, Problems};

/// A host name and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostName {
    /// The name.
    #[schema(example = "sale.example.org")]
    pub host: String,
    #[serde(flatten)]
    /// Where the organization's log stands.
    pub position: Position,
}

/// Takes a name that is free: never given, given up long enough ago, or the organization's own already.
const TAKE: &str = "INSERT INTO edge_host (host, organization, added_at) VALUES (?1, ?2, CAST(?3 AS INTEGER))
    ON CONFLICT (host) DO UPDATE SET organization = excluded.organization, added_at = excluded.added_at, released_at = NULL
    WHERE organization = excluded.organization
      OR (released_at IS NOT NULL AND released_at < excluded.added_at - CAST(?4 AS INTEGER))";

const HOLDER: &str = "SELECT organization FROM edge_host WHERE host = ?1 AND released_at IS NULL";

const RELEASE: &str = "UPDATE edge_host SET released_at = CAST(?3 AS INTEGER)
    WHERE host = ?1 AND organization = ?2 AND released_at IS NULL";

#[derive(Deserialize)]
struct Holder {
    organization: String,
}

/// Has the organization answer at a host name of its own, beside its label.
#[utoipa::path(
    put,
    path = "/api/v1/platform/organizations/{organization}/hosts/{host}",
    tag = "platform",
    security(("person" = [])),
    params(
        ("organization" = String, Path, description = "The organization's id"),
        ("host" = String, Path, description = "The host name, without a port"),
        CommandHeaders
    ),
    responses((status = 200, body = HostName), Problems)
)]
#[worker::send]
pub async fn add_host(
    edge: Edge,
    commanding: Commanding,
    Named((organization, host)): Named<(OrganizationId, String)>,
) -> Result<Reply<HostName>, EdgeError> {
    let slug = known(&edge, organization).await?.slug;
    let host = host.trim().to_ascii_lowercase();
    if edge.config().is_under_suffix(&host) {
        return Err(EdgeError::Rejected(Rejection::new(
            Refusal::Rule,
            "ORG-20",
            "host_unusable",
            "a name under the platform's own",
            "a name of the organization's own",
        )));
    }
    // The log first: it knows which texts are host names, and how many are too many.
    let stream = StreamId::Organization(organization);
    let command = Command::AddHost { host: host.clone() };
    let accepted = commanding.send::<Organization>(&edge, &stream, command).await?;
    if !take(&edge, organization, &host).await? {
        let remove = commanding.part("taken");
        remove.send::<Organization>(&edge, &stream, Command::RemoveHost { host: host.clone() }).await?;
        return Err(EdgeError::Rejected(Rejection::new(
            Refusal::Conflict,
            "ORG-20",
            "host_taken",
            "a name that another organization holds or gave up a moment ago",
            "a free name",
        )));
    }
    forget(&edge, &organization.to_string(), &slug, &[&host]).await?;
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, HostName { host, position }))
}

async fn take(edge: &Edge, organization: OrganizationId, host: &str) -> Result<bool, EdgeError> {
    let database = database(edge.env())?;
    let (organization, now) = (organization.to_string(), edge.now().to_string());
    let quarantine = HOST_QUARANTINE_MS.to_string();
    let values = [host, &organization, &now, &quarantine].map(JsValue::from_str);
    let take = database.prepare(TAKE).bind(&values)?;
    let holder = database.prepare(HOLDER).bind(&[JsValue::from_str(host)])?;
    let results = SendFuture::new(async move { database.batch(vec![take, holder]).await }).await?;
    let rows: Vec<Holder> = results.get(1).map(worker::D1Result::results).transpose()?.unwrap_or_default();
    Ok(rows.first().is_some_and(|row| row.organization == organization))
}

/// Ends that. The name stays out of other organizations' hands for five minutes.
#[utoipa::path(
    delete,
    path = "/api/v1/platform/organizations/{organization}/hosts/{host}",
    tag = "platform",
    security(("person" = [])),
    params(
        ("organization" = String, Path, description = "The organization's id"),
        ("host" = String, Path, description = "The host name, without a port"),
        CommandHeaders
    ),
    responses((status = 200, body = HostName), Problems)
)]
#[worker::send]
pub async fn remove_host(
    edge: Edge,
    commanding: Commanding,
    Named((organization, host)): Named<(OrganizationId, String)>,
) -> Result<Reply<HostName>, EdgeError> {
    let slug = known(&edge, organization).await?.slug;
    let host = host.trim().to_ascii_lowercase();
    let stream = StreamId::Organization(organization);
    let command = Command::RemoveHost { host: host.clone() };
    let accepted = commanding.send::<Organization>(&edge, &stream, command).await?;
    let (id, now) = (organization.to_string(), edge.now().to_string());
    let release =
        database(edge.env())?.prepare(RELEASE).bind(&[host.as_str(), &id, &now].map(JsValue::from_str))?;
    SendFuture::new(async move { release.run().await }).await?;
    forget(&edge, &id, &slug, &[&host]).await?;
    let position = Position::from(&accepted);
    Ok(Reply::done(&accepted, HostName { host, position }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_given_up_is_out_of_other_hands_for_a_while() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        database.execute_batch(include_str!("../../../migrations/0060_edge_hosts.sql")).unwrap();
        let take = |organization: &str, now: i64| {
            let row = ["sale.example.org", organization, &now.to_string(), &HOST_QUARANTINE_MS.to_string()];
            database.execute(TAKE, row).unwrap();
            let holder = database.query_row(HOLDER, ["sale.example.org"], |row| row.get::<_, String>(0));
            holder.is_ok_and(|holder| holder == organization)
        };
        assert!(take("a", 1_000));
        assert!(take("a", 1_001), "again changes nothing");
        assert!(!take("b", 1_002), "held by another");
        let release = ["sale.example.org", "a", "2000"];
        database.execute(RELEASE, release).unwrap();
        assert!(!take("b", 2_000 + HOST_QUARANTINE_MS), "given up a moment ago");
        assert!(take("b", 2_001 + HOST_QUARANTINE_MS));
        assert!(!take("a", 2_002 + HOST_QUARANTINE_MS));
    }
}
