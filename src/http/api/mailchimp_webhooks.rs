//! The mail provider tells later what became of a mail: that it went out after all, was rejected, or came back.

use axum::Json;
use axum::extract::Request;
use domain::ids::OrganizationId;
use domain::tenancy::{Authority, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::adapters::mailchimp::{SIGNATURE_HEADER, read_webhook, verify_webhook};
use crate::http::edge::Edge;
use crate::http::extract::read_body;
use crate::http::problem::{EdgeError, Problems};
use crate::reactions::book::Book;

/// Largest delivery that is read, bytes: the provider sends at most 1,000 events of some 1 KB, which the form encodes.
const DELIVERY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Name of the secret that signs deliveries.
const SECRET: &str = "MAILCHIMP_WEBHOOK_KEY";

/// What became of a delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct Heard {
    /// Events that say something about mails of ours.
    pub events: usize,
}

/// That deliveries are taken here: the mail provider asks with HEAD before it keeps an address.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/mailchimp",
    tag = "platform",
    security(()),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
pub async fn check_mailchimp_webhook() -> &'static str {
    "Deliveries of the mail provider are taken here, by POST.\n"
}

/// Takes a signed delivery of the mail provider. One that comes again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/mailchimp",
    tag = "platform",
    security(()),
    params(("x-mandrill-signature" = String, Header, description = "Base64 of the HMAC-SHA1 of the address and the sorted form")),
    request_body(content = String, description = "A form with the field `mandrill_events`", content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Heard), Problems)
)]
#[worker::send]
pub async fn take_mailchimp_webhook(edge: Edge, request: Request) -> Result<Json<Heard>, EdgeError> {
    let url = request.uri().to_string();
    let header = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let signature = header.unwrap_or_default().to_owned();
    let body = read_body(request, DELIVERY_BYTES_MAX).await?;
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let key = edge.env().secret(SECRET).map(|secret| secret.to_string()).unwrap_or_default();
    if !verify_webhook(key.trim(), &url, &form, &signature) {
        tracing::warn!("a delivery was not believed");
        return Err(EdgeError::Unauthenticated("webhook_not_believed"));
    }
    let unreadable = |error: serde_json::Error| EdgeError::bad_request("body_unreadable", error.to_string());
    let events = read_webhook(&form).map_err(unreadable)?;
    for event in &events {
        // As we told the provider with the mail, and it is signed; a mail that is not there changes nothing.
        let Ok(organization) = event.organization.parse::<OrganizationId>() else { continue };
        let scope = Scope::vouched(organization, Authority::Platform);
        Book::of(edge.env(), &scope).hear(event).await?;
    }
    tracing::info!(events = events.len(), "a delivery of the mail provider was taken");
    Ok(Json(Heard { events: events.len() }))
}
