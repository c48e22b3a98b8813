//! How the read models follow their logs: streams with what they lag, parked ones, and going on after a repair.

use axum::Json;
use domain::journal::Hash;
use domain::stream::StreamId;
use futures_util::StreamExt as _;
use projections::{GENERATION, Side};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::operations_taken::{Operation, record};
use crate::adapters::database::Value;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::tenant::Tenant;
use crate::http::time::instant;
use crate::objects::client::read_log;
use crate::queues::projector;

/// Logs asked at the same time where they stand: a Worker has six connections.
const LOGS_AT_ONCE: usize = 6;

/// How the rows of one stream follow its log.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatedStream {
    /// Its name; percent-encode it into `/api/v1/operations/…/{stream}/…` and `/api/v1/log/{stream}`.
    pub stream: String,
    /// `organization`, `event`, `session`, `storefront` or `reconciliation`.
    pub kind: &'static str,
    /// What it is the log of; `null` where no row says it (yet).
    pub title: Option<String>,
    /// Where its log stands; `null` when the log could not be asked.
    pub head_seq: Option<u64>,
    /// The entry up to which rows are written.
    pub projected_seq: u64,
    /// When the last rows were written; `null` before the first.
    pub projected_at: Option<String>,
    /// Entries without rows.
    pub lag_entries: Option<u64>,
    /// How long the oldest entry without rows has been waiting, ms; 0 when there is none.
    pub lag_ms: Option<u64>,
    /// True when the rows are of another history than the log: it was restored, and the next nudge rebuilds them.
    pub diverged: Option<bool>,
    /// True while it stands still at an entry that cannot be projected.
    pub parked: bool,
    /// The entry up to which rows are made beside the live ones; `null` when there are none.
    pub beside_seq: Option<u64>,
}

/// A row about a stream, before its log is asked.
#[derive(Debug, Deserialize)]
pub struct StreamRow {
    stream: String,
    title: Option<String>,
    projected_seq: u64,
    projected_hash: Option<String>,
    projected_at: Option<i64>,
    #[serde(deserialize_with = "row::flag")]
    parked: bool,
    beside_seq: Option<u64>,
}

/// Streams are known by their founders' rows and by their own checkpoints: one whose first nudge was lost has the
/// former alone, a store's has the latter alone. `'0'` comes right behind `'/'`. Ids have 36 characters.
const SELECT_STREAMS: &str = "WITH known (stream) AS (
        SELECT ?1 || '/organization'
        UNION SELECT ?1 || '/event/' || event FROM founded_event WHERE organization = ?1
        UNION SELECT ?1 || '/session/' || session FROM planned_session WHERE organization = ?1
        UNION SELECT stream FROM checkpoint
            WHERE projection = ?2->>'generation' AND stream > ?1 || '/' AND stream < ?1 || '0'
        UNION SELECT stream FROM parked_stream
            WHERE projection = ?2->>'generation' AND stream > ?1 || '/' AND stream < ?1 || '0')
    SELECT known.stream, coalesce(e.name, s.name, o.name) AS title, coalesce(c.seq, 0) AS projected_seq,
        c.hash AS projected_hash, c.moved_at AS projected_at, p.seq IS NOT NULL AS parked, b.seq AS beside_seq
    FROM known
    LEFT JOIN checkpoint c ON c.projection = ?2->>'generation' AND c.stream = known.stream
    LEFT JOIN checkpoint b ON b.projection = ?2->>'beside' AND b.stream = known.stream
    LEFT JOIN parked_stream p ON p.projection = ?2->>'generation' AND p.stream = known.stream
    LEFT JOIN organization o ON o.organization = ?1 AND known.stream = ?1 || '/organization'
    LEFT JOIN founded_event e ON e.organization = ?1 AND e.event = substr(known.stream, -36)
    LEFT JOIN planned_session s ON s.organization = ?1 AND s.session = substr(known.stream, -36)
    WHERE (?2->>'parked' IS NULL OR (p.seq IS NOT NULL) = ?2->>'parked')
      AND (?2->>'stream' IS NULL OR known.stream = ?2->>'stream')";

impl Resource for OperatedStream {
    const NAME: &'static str = "stream";
    const LIST: List = List {
        select: SELECT_STREAMS,
        key: "stream",
        default: "stream",
        sorts: &["projected_seq", "projected_at", "parked", "title"],
        columns: &[
            "stream",
            "kind",
            "title",
            "head_seq",
            "projected_seq",
            "projected_at",
            "lag_entries",
            "lag_ms",
            "diverged",
            "parked",
            "beside_seq",
        ],
    };
    type Row = StreamRow;

    async fn views(of: &Asking, rows: Vec<StreamRow>) -> Result<Vec<Self>, EdgeError> {
        let named = rows.into_iter().filter_map(|row| Some((of.tenant.stream(&row.stream)?, row)));
        let views = futures_util::stream::iter(named).map(|(stream, row)| view(&of.edge, stream, row));
        Ok(views.buffered(LOGS_AT_ONCE).collect().await)
    }
}

/// A log that cannot be asked must not hide the others: it is shown without what only it knows.
async fn view(edge: &Edge, stream: StreamId, row: StreamRow) -> OperatedStream {
    let mut seen = OperatedStream {
        stream: row.stream,
        kind: stream.kind(),
        title: row.title,
        head_seq: None,
        projected_seq: row.projected_seq,
        projected_at: row.projected_at.map(instant),
        lag_entries: None,
        lag_ms: None,
        diverged: None,
        parked: row.parked,
        beside_seq: row.beside_seq,
    };
    match read_log(edge.env(), &stream, row.projected_seq.saturating_add(1), 1).await {
        Ok(page) => {
            let waiting =
                page.entries.first().map_or(0, |entry| edge.now().saturating_sub(entry.recorded_at));
            let hash = row.projected_hash.as_deref().and_then(Hash::from_hex);
            seen.head_seq = Some(page.head.seq);
            seen.lag_entries = Some(page.head.seq.saturating_sub(row.projected_seq));
            seen.lag_ms = Some(u64::try_from(waiting).unwrap_or(0));
            seen.diverged = Some(
                row.projected_seq > 0 && (page.head.seq < row.projected_seq || hash != Some(page.previous)),
            );
        }
        Err(error) => tracing::warn!(%stream, %error, "a log could not be asked where it stands"),
    }
    seen
}

fn generations() -> serde_json::Value {
    json!({ "generation": Side::Live.generation(), "beside": Side::Beside.generation() })
}

/// Which streams.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OperatedQuery {
    /// Only those that stand still, or only those that do not.
    pub parked: Option<bool>,
}

/// The organization's streams: where each log stands, where its rows stand, and what lies between.
#[utoipa::path(
    get,
    path = "/api/v1/operations/streams",
    tag = "operations",
    params(OperatedQuery, PageQuery, ListQuery),
    responses((status = 200, content((Page<OperatedStream> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_operated_streams(
    lists: Lists,
    Asked(query): Asked<OperatedQuery>,
) -> Result<Listing<OperatedStream>, EdgeError> {
    let mut filters = generations();
    filters["parked"] = query.parked.into();
    lists.answer(Of::Organization, &filters).await
}

/// A stream that stands still.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ParkedStream {
    /// Its name.
    pub stream: String,
    /// What it is the log of; `null` where no row says it.
    pub title: Option<String>,
    /// The entry that cannot be projected: `/api/v1/log/{stream}?from={seq}` shows it.
    pub seq: u64,
    /// The entry's kind.
    #[schema(example = "event_founded")]
    pub kind: String,
    /// Why.
    pub error: String,
    /// Since when.
    #[serde(deserialize_with = "row::instant")]
    pub parked_at: String,
}

impl Resource for ParkedStream {
    const NAME: &'static str = "parked stream";
    const LIST: List = List {
        select:
            "SELECT p.stream, coalesce(e.name, s.name, o.name) AS title, p.seq, p.kind, p.error, p.parked_at
            FROM parked_stream p
            LEFT JOIN organization o ON o.organization = ?1 AND p.stream = ?1 || '/organization'
            LEFT JOIN founded_event e ON e.organization = ?1 AND e.event = substr(p.stream, -36)
            LEFT JOIN planned_session s ON s.organization = ?1 AND s.session = substr(p.stream, -36)
            WHERE p.projection = ?2->>'generation' AND p.stream > ?1 || '/' AND p.stream < ?1 || '0'",
        key: "stream",
        default: "-parked_at",
        sorts: &["parked_at", "seq", "kind"],
        columns: &["stream", "title", "seq", "kind", "error", "parked_at"],
    };
    as_selected!();
}

/// Streams that stand still at an entry that cannot be projected, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/operations/parked-streams",
    tag = "operations",
    params(PageQuery, ListQuery),
    responses((status = 200, content((Page<ParkedStream> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_parked_streams(lists: Lists) -> Result<Listing<ParkedStream>, EdgeError> {
    lists.answer(Of::Organization, &json!({ "generation": GENERATION })).await
}

/// Lets a parked stream go on after a repair and projects what waited; it is parked again where it still cannot.
/// Resuming one that is not parked changes nothing. It is on record (`GET /api/v1/operations/taken`).
#[utoipa::path(
    post,
    path = "/api/v1/operations/parked-streams/{stream}/resume",
    tag = "operations",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = OperatedStream), Problems)
)]
#[worker::send]
pub async fn resume_stream(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<OperatedStream>, EdgeError> {
    let stream = existing(&edge, &tenant, &name).await?;
    record(&edge, &tenant, &caller, Operation::ResumeStream, &name).await?;
    projector::resume(edge.env(), &stream).await?;
    seen(&edge, &tenant, stream).await.map(Json)
}

/// The tenant's stream with this name, if there is anything in its log.
pub(super) async fn existing(edge: &Edge, tenant: &Tenant, name: &str) -> Result<StreamId, EdgeError> {
    let stream = tenant.stream(name).ok_or(EdgeError::NotFound(OperatedStream::NAME))?;
    match read_log(edge.env(), &stream, 1, 1).await?.head.seq {
        0 => Err(EdgeError::NotFound(OperatedStream::NAME)),
        _ => Ok(stream),
    }
}

/// How the rows of one stream follow its log now.
pub(super) async fn seen(
    edge: &Edge,
    tenant: &Tenant,
    stream: StreamId,
) -> Result<OperatedStream, EdgeError> {
    let mut filters = generations();
    filters["stream"] = stream.to_string().into();
    let row = tenant.rows(edge).first(SELECT_STREAMS, &[Value::Text(&filters.to_string())]).await?;
    // Nothing of it is projected, and nobody's row names it.
    let row = row.unwrap_or_else(|| StreamRow {
        stream: stream.to_string(),
        title: None,
        projected_seq: 0,
        projected_hash: None,
        projected_at: None,
        parked: false,
        beside_seq: None,
    });
    Ok(view(edge, stream, row).await)
}
