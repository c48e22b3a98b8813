//! What support has done about rows and queues: on record before it is done.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::adapters::random::fresh_uuid;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::extract::Asked;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::tenant::Tenant;

/// `?2` id, `?3` now, `?4` actor, `?5` kind, `?6` subject, `?7` request id.
const RECORD: &str =
    "INSERT INTO edge_operation (organization, id, taken_at, actor, kind, subject, request_id)
    VALUES (?1, ?2, CAST(?3 AS INTEGER), ?4, ?5, ?6, ?7)";

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A parked stream was told to go on.
    ResumeStream,
    /// A stream's rows were made anew in their place.
    RebuildStream,
    /// A stream's rows made beside took the place of the live ones.
    SwitchStream,
    /// A dead letter was sent again.
    RedriveLetter,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::ResumeStream => "resume_stream",
            Self::RebuildStream => "rebuild_stream",
            Self::SwitchStream => "switch_stream",
            Self::RedriveLetter => "redrive_letter",
        }
    }
}

/// Puts on record that `caller` does `operation` to `subject`; nothing is done that is not on record.
///
/// # Errors
/// [`EdgeError::Unavailable`].
pub async fn record(
    edge: &Edge,
    tenant: &Tenant,
    caller: &Caller,
    operation: Operation,
    subject: &str,
) -> Result<(), EdgeError> {
    let (id, now) = (fresh_uuid(edge.now())?.to_string(), edge.now().to_string());
    let (actor, kind) = (caller.actor().to_string(), operation.name());
    let values = [&id, &now, &actor, kind, subject, edge.request_id()].map(Value::Text);
    tenant.rows(edge).run(RECORD, &values).await?;
    tracing::info!(actor, kind, subject, "operation");
    Ok(())
}

/// One thing that was done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OperationTaken {
    /// Its id, in order of time.
    pub id: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub taken_at: String,
    /// Who, as in logs.
    #[schema(example = "person:user_demo_sue")]
    pub actor: String,
    /// `resume_stream`, `rebuild_stream`, `switch_stream` or `redrive_letter`.
    #[schema(example = "resume_stream")]
    pub kind: String,
    /// To what: a stream's name, or a letter's id.
    pub subject: String,
    /// The request's id, as in the structured log.
    pub request_id: String,
}

impl Resource for OperationTaken {
    const NAME: &'static str = "operation";
    const LIST: List = List {
        select: "SELECT id, taken_at, actor, kind, subject, request_id FROM edge_operation
            WHERE organization = ?1 AND (?2->>'subject' IS NULL OR subject = ?2->>'subject')",
        key: "id",
        default: "-id",
        sorts: &["actor", "kind", "subject"],
        columns: &["id", "taken_at", "actor", "kind", "subject", "request_id"],
    };
    as_selected!();
}

/// Which operations.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TakenQuery {
    /// Only what was done to this: a stream's name, or a letter's id.
    pub subject: Option<String>,
}

/// What was done about rows and queues, and by whom, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/operations/taken",
    tag = "operations",
    params(TakenQuery, PageQuery, ListQuery),
    responses((status = 200, content((Page<OperationTaken> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_operations_taken(
    lists: Lists,
    Asked(filters): Asked<TakenQuery>,
) -> Result<Listing<OperationTaken>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}
