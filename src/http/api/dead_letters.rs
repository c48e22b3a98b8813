//! Messages that a queue gave up on: to look at, and to send again once the cause is repaired.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::operations_taken::{Operation, record};
use crate::adapters::database::Value;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::tenant::Tenant;
use crate::queues::dead_letters::redrive;

/// Longest id of a letter that is looked for, bytes; the queues' own have 32.
const LETTER_ID_BYTES_MAX: usize = 100;

/// A message that a queue gave up on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DeadLetter {
    /// The queue's own id of it.
    pub letter: String,
    /// The queue that keeps it; without `-dead`, the one that it died in.
    #[schema(example = "hangtag-log-advanced-dead")]
    pub queue: String,
    /// The stream that it names, if it names one.
    pub stream: Option<String>,
    /// What it says, as JSON text.
    pub body: String,
    /// When it was given up.
    #[serde(deserialize_with = "row::instant")]
    pub died_at: String,
    /// When it was sent again; `null` until it was. One that dies again is a new letter.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub redriven_at: Option<String>,
    /// Who sent it again, as in logs.
    #[schema(example = "person:user_demo_sue")]
    pub redriven_by: Option<String>,
}

const SELECT_ONE: &str = "SELECT message AS letter, queue, stream, body, died_at, redriven_at, redriven_by
    FROM dead_letter WHERE organization = ?1 AND message = ?2";

/// Only the first mark counts. `?2` the letter, `?3` its queue, `?4` now, `?5` who.
const MARK: &str = "UPDATE dead_letter SET redriven_at = CAST(?4 AS INTEGER), redriven_by = ?5
    WHERE organization = ?1 AND message = ?2 AND queue = ?3 AND redriven_at IS NULL";

impl Resource for DeadLetter {
    const NAME: &'static str = "letter";
    const LIST: List = List {
        select: "SELECT message AS letter, queue, stream, body, died_at, redriven_at, redriven_by FROM dead_letter
            WHERE organization = ?1 AND (?2->>'redriven' IS NULL OR (redriven_at IS NOT NULL) = ?2->>'redriven')
              AND (?2->>'stream' IS NULL OR stream = ?2->>'stream')",
        key: "letter",
        default: "-died_at",
        sorts: &["died_at", "queue", "stream", "redriven_at"],
        columns: &["letter", "queue", "stream", "body", "died_at", "redriven_at", "redriven_by"],
    };
    as_selected!();
}

/// Which letters.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeadLetterQuery {
    /// Only those that were sent again, or only those that were not.
    pub redriven: Option<bool>,
    /// Only those about this stream.
    pub stream: Option<String>,
}

/// Messages of the organization's streams that a queue gave up on, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/operations/dead-letters",
    tag = "operations",
    params(DeadLetterQuery, PageQuery, ListQuery),
    responses((status = 200, content((Page<DeadLetter> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_dead_letters(
    lists: Lists,
    Asked(filters): Asked<DeadLetterQuery>,
) -> Result<Listing<DeadLetter>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// Sends a dead letter to its queue again, once: repeating the request shows when it was sent and by whom, and sends
/// nothing. It is on record (`GET /api/v1/operations/taken`).
#[utoipa::path(
    post,
    path = "/api/v1/operations/dead-letters/{letter}/redrive",
    tag = "operations",
    params(("letter" = String, Path, description = "The letter's id")),
    responses((status = 200, body = DeadLetter), Problems)
)]
#[worker::send]
pub async fn redrive_letter(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<DeadLetter>, EdgeError> {
    let letter = find(&edge, &tenant, &id).await?;
    if letter.redriven_at.is_some() {
        return Ok(Json(letter));
    }
    record(&edge, &tenant, &caller, Operation::RedriveLetter, &id).await?;
    redrive(edge.env(), &letter.queue, &letter.body).await?;
    let (now, who) = (edge.now().to_string(), caller.actor().to_string());
    let mark = [&id, &letter.queue, &now, &who].map(|text| Value::Text(text));
    tenant.rows(&edge).run(MARK, &mark).await?;
    Ok(Json(find(&edge, &tenant, &id).await?))
}

async fn find(edge: &Edge, tenant: &Tenant, id: &str) -> Result<DeadLetter, EdgeError> {
    let found = if id.len() > LETTER_ID_BYTES_MAX {
        None
    } else {
        tenant.rows(edge).first(SELECT_ONE, &[Value::Text(id)]).await?
    };
    found.ok_or(EdgeError::NotFound(DeadLetter::NAME))
}
