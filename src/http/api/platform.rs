//! What only those who run the platform do.

use axum::Json;
use domain::ids::{OrganizationId, PersonId};
use domain::organization::{Command, Organization};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use crate::adapters::database::database;
use crate::adapters::random::fresh_uuid;
use crate::http::command::{CommandHeaders, Commanding, Position, Reply};
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::settle;
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::time::instant;

/// A new tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// Label in host names: 2 to 40 lower-case letters, digits and inner hyphens.
    #[schema(example = "demo")]
    pub slug: String,
    /// Public name.
    pub name: String,
    /// ISO 4217 code.
    #[schema(example = "USD")]
    pub currency: String,
    /// IANA zone.
    #[schema(example = "America/New_York")]
    pub time_zone: String,
    /// The first organization admin, by the identity provider's id.
    #[schema(example = "user_demo_olivia")]
    pub first_admin: String,
}

/// The tenant that was created.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedOrganization {
    /// Its id.
    pub organization: String,
    /// Its label in host names.
    pub slug: String,
    #[serde(flatten)]
    /// Where its log stands.
    pub position: Position,
}

#[derive(Deserialize)]
struct Reserved {
    organization: String,
}

const RESERVE: &str =
    "INSERT INTO edge_slug (slug, organization, reserved_at) VALUES (?1, ?2, CAST(?3 AS INTEGER))
    ON CONFLICT (slug) DO NOTHING";

const SELECT_RESERVED: &str = "SELECT organization FROM edge_slug WHERE slug = ?1";

/// Creates an organization. Its label is reserved first, so that there is one organization by that label,
/// whatever happens in between.
#[utoipa::path(
    post,
    path = "/api/v1/platform/organizations",
    tag = "platform",
    security(("person" = [])),
    params(CommandHeaders),
    request_body = NewOrganization,
    responses((status = 201, body = CreatedOrganization), Problems)
)]
#[worker::send]
pub async fn create_organization(
    edge: Edge,
    commanding: Commanding,
    Told(new): Told<NewOrganization>,
) -> Result<Reply<CreatedOrganization>, EdgeError> {
    let organization = reserve(&edge, &new.slug).await?;
    let stream = StreamId::Organization(organization);
    let command = Command::Create {
        slug: new.slug.clone(),
        name: new.name,
        currency: new.currency,
        time_zone: new.time_zone,
        first_admin: PersonId(new.first_admin),
    };
    let accepted = commanding.send::<Organization>(&edge, &stream, command).await?;
    // The next request goes to the new host, which is found in the read model.
    settle(&edge, &stream, accepted.seq).await;
    let position = Position::from(&accepted);
    Ok(Reply::created(
        &accepted,
        CreatedOrganization { organization: organization.to_string(), slug: new.slug, position },
    ))
}

/// An organization, as the platform sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationListing {
    /// Its id.
    pub organization: String,
    /// Its label in host names.
    pub slug: String,
    /// Its public name.
    pub name: String,
    /// Further host names at which it answers.
    pub hosts: Vec<String>,
    /// When it was created.
    pub created_at: String,
    /// Since when it is stopped; `null` while it may go on.
    pub suspended_at: Option<String>,
}

#[derive(Deserialize)]
struct ListingRow {
    organization: String,
    slug: String,
    name: String,
    hosts: String,
    created_at: i64,
    suspended_at: Option<i64>,
}

impl From<ListingRow> for OrganizationListing {
    fn from(row: ListingRow) -> Self {
        Self {
            organization: row.organization,
            slug: row.slug,
            name: row.name,
            hosts: serde_json::from_str(&row.hosts).unwrap_or_default(),
            created_at: instant(row.created_at),
            suspended_at: row.suspended_at.map(instant),
        }
    }
}

const SELECT_ORGANIZATIONS: &str = "SELECT organization, slug, name, created_at, suspended_at,
      (SELECT json_group_array(host) FROM edge_host h
        WHERE h.organization = o.organization AND h.released_at IS NULL) AS hosts
    FROM organization o WHERE slug > ?1 AND instr(organization, '~') = 0 ORDER BY slug LIMIT ?2";

const SELECT_ORGANIZATION: &str = "SELECT organization, slug, name, created_at, suspended_at,
      (SELECT json_group_array(host) FROM edge_host h
        WHERE h.organization = o.organization AND h.released_at IS NULL) AS hosts
    FROM organization o WHERE organization = ?1";

/// The organizations of this installation, by label.
#[utoipa::path(
    get,
    path = "/api/v1/platform/organizations",
    tag = "platform",
    security(("person" = [])),
    params(PageQuery),
    responses((status = 200, body = Page<OrganizationListing>), Problems)
)]
#[worker::send]
pub async fn list_organizations(
    edge: Edge,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<OrganizationListing>>, EdgeError> {
    let rows = page.rows()?;
    let after = page.after::<String>()?.unwrap_or_default();
    let values = [JsValue::from_str(&after), JsValue::from_f64(f64::from(rows.saturating_add(1)))];
    let statement = database(edge.env())?.prepare(SELECT_ORGANIZATIONS).bind(&values)?;
    let found: Vec<ListingRow> = statement.all().await?.results()?;
    Ok(Json(Page::cut(found, rows, |row| row.slug.clone()).map(OrganizationListing::from)))
}

/// One organization, as the platform sees it.
#[utoipa::path(
    get,
    path = "/api/v1/platform/organizations/{organization}",
    tag = "platform",
    security(("person" = [])),
    params(("organization" = String, Path, description = "The organization's id")),
    responses((status = 200, body = OrganizationListing), Problems)
)]
#[worker::send]
pub async fn get_organization(
    edge: Edge,
    Named(organization): Named<OrganizationId>,
) -> Result<Json<OrganizationListing>, EdgeError> {
    known(&edge, organization).await.map(Json)
}

/// The organization with this id.
///
/// # Errors
/// 404 when there is none.
pub async fn known(edge: &Edge, organization: OrganizationId) -> Result<OrganizationListing, EdgeError> {
    let id = JsValue::from_str(&organization.to_string());
    let statement = database(edge.env())?.prepare(SELECT_ORGANIZATION).bind(&[id])?;
    let rows: Vec<ListingRow> = SendFuture::new(async move { statement.all().await }).await?.results()?;
    rows.into_iter().next().map(Into::into).ok_or(EdgeError::NotFound("organization"))
}

async fn reserve(edge: &Edge, slug: &str) -> Result<OrganizationId, EdgeError> {
    let fresh = fresh_uuid(edge.now())?;
    let now = edge.now().to_string();
    let database = database(edge.env())?;
    let values = [JsValue::from_str(slug), JsValue::from_str(&fresh.to_string()), JsValue::from_str(&now)];
    let insert = database.prepare(RESERVE).bind(&values)?;
    let select = database.prepare(SELECT_RESERVED).bind(&[JsValue::from_str(slug)])?;
    let results = database.batch(vec![insert, select]).await?;
    let rows: Vec<Reserved> = results.get(1).map(worker::D1Result::results).transpose()?.unwrap_or_default();
    let reserved = rows.first().and_then(|row| row.organization.parse().ok());
    reserved.ok_or_else(|| EdgeError::Internal("a label's reservation cannot be read".into()))
}
