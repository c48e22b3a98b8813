//! The identity provider tells who somebody is, and that they are gone. What they may do, our own log says: the
//! provider's word can only take rights away, never give them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::http::HeaderMap;
use domain::ids::{Actor, OrganizationId, PersonId};
use domain::organization::{Answer, Command, Organization, Query};
use domain::stream::StreamId;
use domain::tenancy::{Authority, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use crate::adapters::clerk::{Delivery, News, Person, WebhookEnvelope};
use crate::adapters::database::database;
use crate::http::command::Commanding;
use crate::http::edge::Edge;
use crate::http::extract::read_body;
use crate::http::fresh::settle;
use crate::http::problem::{EdgeError, Problems};
use crate::http::standing::tell_sessions;
use crate::objects::client::{Told, ask};
use crate::vault::{Field, Profile, Vault};

/// Largest delivery that is read, bytes; the provider's own limit is 256 KB.
const DELIVERY_BYTES_MAX: usize = 256 * 1024;

/// Name of the secret that signs deliveries.
const SECRET: &str = "CLERK_WEBHOOK_SECRET";

/// Most organizations that one person's news go to.
const ORGANIZATIONS_MAX: u32 = 200;

/// What became of a delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct Taken {
    /// True when it was taken before: nothing was done again.
    pub repeated: bool,
    /// Organizations that it concerned.
    pub organizations: usize,
}

const CLAIM: &str =
    "INSERT INTO edge_delivery (delivery, kind, received_at) VALUES (?1, ?2, CAST(?3 AS INTEGER))
    ON CONFLICT (delivery) DO NOTHING";

const DONE: &str = "SELECT done_at IS NOT NULL AS done FROM edge_delivery WHERE delivery = ?1";

const FINISH: &str = "UPDATE edge_delivery SET done_at = CAST(?2 AS INTEGER) WHERE delivery = ?1";

const BY_SLUG: &str = "SELECT organization FROM organization WHERE slug = ?1";

/// Where somebody has roles or personal data.
const BY_PERSON: &str = "SELECT organization FROM membership WHERE person = ?1
    UNION SELECT organization FROM vault_key WHERE subject = 'person:' || ?1 LIMIT ?2";

#[derive(Deserialize)]
struct DoneRow {
    done: u8,
}

#[derive(Deserialize)]
struct OrganizationRow {
    organization: String,
}

/// Takes a signed delivery of the identity provider. One that comes again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/clerk",
    tag = "platform",
    security(()),
    params(
        ("svix-id" = String, Header, description = "The delivery's id"),
        ("svix-timestamp" = String, Header, description = "When it was sent, s since 1970 UTC"),
        ("svix-signature" = String, Header, description = "`v1,<base64>`, several apart by spaces")
    ),
    request_body(content = Object, description = "As the identity provider sends it", content_type = "application/json"),
    responses((status = 200, body = Taken), Problems)
)]
#[worker::send]
pub async fn take_clerk_webhook(edge: Edge, request: Request) -> Result<Json<Taken>, EdgeError> {
    let headers = request.headers().clone();
    let body = read_body(request, DELIVERY_BYTES_MAX).await?;
    let delivery = delivery_of(&headers)?;
    let secret = edge.env().secret(SECRET).map(|secret| secret.to_string()).unwrap_or_default();
    delivery.verify(&secret, &body, edge.now_s()).map_err(|fault| {
        tracing::warn!(%fault, "a delivery was not believed");
        EdgeError::Unauthenticated("webhook_not_believed")
    })?;
    let unreadable = |error: serde_json::Error| EdgeError::bad_request("body_unreadable", error.to_string());
    let envelope: WebhookEnvelope = serde_json::from_slice(&body).map_err(unreadable)?;
    let kind = envelope.kind.clone();
    let news = envelope.news().map_err(unreadable)?;
    if claimed_before(&edge, delivery.id, &kind).await? {
        return Ok(Json(Taken { repeated: true, organizations: 0 }));
    }
    let organizations = act(&edge, delivery.id, news).await?;
    finish(&edge, delivery.id).await?;
    tracing::info!(kind, organizations, "a delivery of the identity provider was taken");
    Ok(Json(Taken { repeated: false, organizations }))
}

fn delivery_of(headers: &HeaderMap) -> Result<Delivery<'_>, EdgeError> {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.ok_or(EdgeError::Unauthenticated("webhook_not_believed"))
    };
    Ok(Delivery {
        id: header("svix-id")?,
        timestamp: header("svix-timestamp")?,
        signatures: header("svix-signature")?,
    })
}

/// Two deliveries of the same at the same time may both go on: what they do is the same command twice.
async fn claimed_before(edge: &Edge, id: &str, kind: &str) -> Result<bool, EdgeError> {
    let database = database(edge.env())?;
    let values = [id, kind, &edge.now().to_string()].map(JsValue::from_str);
    let statements =
        vec![database.prepare(CLAIM).bind(&values)?, database.prepare(DONE).bind(&[JsValue::from_str(id)])?];
    let results = SendFuture::new(async move { database.batch(statements).await }).await?;
    let rows: Vec<DoneRow> = results.get(1).map(worker::D1Result::results).transpose()?.unwrap_or_default();
    Ok(rows.first().is_some_and(|row| row.done != 0))
}

async fn finish(edge: &Edge, id: &str) -> Result<(), EdgeError> {
    let values = [id, &edge.now().to_string()].map(JsValue::from_str);
    let statement = database(edge.env())?.prepare(FINISH).bind(&values)?;
    SendFuture::new(async move { statement.run().await }).await?;
    Ok(())
}

async fn act(edge: &Edge, id: &str, news: News) -> Result<usize, EdgeError> {
    let limit = JsValue::from_f64(f64::from(ORGANIZATIONS_MAX));
    let of_person = |person: &str| scopes(edge, BY_PERSON, vec![JsValue::from_str(person), limit.clone()]);
    let of_slug = |slug: &str| scopes(edge, BY_SLUG, vec![JsValue::from_str(slug)]);
    let found = match news {
        News::Other => Vec::new(),
        News::Known(person) => {
            let found = of_person(&person.id).await?;
            for scope in &found {
                keep(edge, scope, &person).await?;
            }
            found
        }
        News::Joined { slug, person } => {
            let found = of_slug(&slug).await?;
            for scope in &found {
                keep(edge, scope, &person).await?;
            }
            found
        }
        News::Left { slug, person } => {
            let found = of_slug(&slug).await?;
            for scope in &found {
                take_roles(edge, id, scope, &person).await?;
            }
            found
        }
        News::Gone { person } => {
            let found = of_person(&person).await?;
            for scope in &found {
                take_roles(edge, id, scope, &person).await?;
                Vault::of(edge, scope)?.erase(&format!("person:{person}")).await?;
            }
            found
        }
    };
    Ok(found.len())
}

async fn scopes(edge: &Edge, sql: &'static str, values: Vec<JsValue>) -> Result<Vec<Scope>, EdgeError> {
    let statement = database(edge.env())?.prepare(sql).bind(&values)?;
    let rows: Vec<OrganizationRow> =
        SendFuture::new(async move { statement.all().await }).await?.results()?;
    let ids = rows.iter().filter_map(|row| row.organization.parse::<OrganizationId>().ok());
    Ok(ids.map(|id| Scope::vouched(id, Authority::Platform)).collect())
}

async fn keep(edge: &Edge, scope: &Scope, person: &Person) -> Result<(), EdgeError> {
    let given = [(Field::Name, &person.name), (Field::Email, &person.email)];
    let fields: BTreeMap<Field, String> =
        given.into_iter().filter_map(|(field, value)| Some((field, value.clone()?))).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let profiles = BTreeMap::from([(format!("person:{}", person.id), Profile { fields })]);
    Vault::of(edge, scope)?.put(&profiles, edge.now()).await
}

/// Takes every role from somebody who is gone. The last organization admin stays: the provider's word must not leave
/// an organization without one; that is logged for the platform's people to see.
async fn take_roles(edge: &Edge, id: &str, scope: &Scope, person: &str) -> Result<(), EdgeError> {
    let stream = StreamId::Organization(scope.organization());
    let person = PersonId(person.to_owned());
    let query = Query::Roles { person: person.clone() };
    let Answer::Roles { roles } = ask::<Organization>(edge.env(), &stream, &query).await? else {
        return Err(EdgeError::Internal("the organization answered something else".into()));
    };
    for role in roles {
        let command = Command::RevokeRole { person: person.clone(), role };
        let commanding = Commanding {
            id: format!("svix-{id}/{}", role.name()),
            actor: Actor::System("identity_provider".into()),
            if_match: None,
        };
        match commanding.send::<Organization>(edge, &stream, command).await {
            Ok(accepted) => settle(edge, &stream, accepted.seq).await,
            Err(EdgeError::Rejected(rejection)) => {
                tracing::error!(%stream, code = rejection.code, "a role of somebody who is gone stays");
            }
            Err(error) => return Err(error),
        }
    }
    let who = Actor::Person(person).to_string();
    tell_sessions(edge, scope, &Told::TurnedAway { who }).await.map(drop)
}
