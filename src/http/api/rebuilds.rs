//! Making a stream's rows anew: in their place, or beside the live ones, compared and switched.

use axum::Json;
use projections::beside::Finding;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::operations::{OperatedStream, existing, seen};
use super::operations_taken::{Operation, record};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::extract::Named;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::read_log;
use crate::queues::beside::{self, Stage, SwitchError};
use crate::queues::projector::{self, ProjectorError};

impl From<ProjectorError> for EdgeError {
    fn from(error: ProjectorError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Makes a stream's rows anew in their place, from its first entry. Until that is done its lists are shorter; what one
/// request cannot do comes by the queue. To read nothing short, make them beside and switch. It is on record.
#[utoipa::path(
    post,
    path = "/api/v1/operations/streams/{stream}/rebuild",
    tag = "operations",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = OperatedStream), Problems)
)]
#[worker::send]
pub async fn rebuild_stream(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<OperatedStream>, EdgeError> {
    let stream = existing(&edge, &tenant, &name).await?;
    record(&edge, &tenant, &caller, Operation::RebuildStream, &name).await?;
    projector::rebuild(edge.env(), &stream).await?;
    seen(&edge, &tenant, stream).await.map(Json)
}

/// How far the rows beside the live ones are, and how both differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsBeside {
    /// The stream.
    pub stream: String,
    /// `building`: repeat the request. `stuck`: an entry cannot be projected. `apart`: the live rows are parked at
    /// another place, so there is nothing to compare; a switch helps them over it. `compared`: see `tables`.
    #[schema(example = "compared")]
    pub stage: &'static str,
    /// The entry up to which rows beside are written.
    pub seq: u64,
    /// Where the log stands.
    pub head_seq: u64,
    /// Where the live rows stand, once the rows beside are whole.
    pub live_seq: Option<u64>,
    /// Why it is stuck.
    pub error: Option<String>,
    /// When compared: whether no row differs. The rows beside are thrown away then, having served.
    pub equal: Option<bool>,
    /// When compared: every table that holds rows of the stream.
    pub tables: Vec<ComparedTable>,
}

/// One table's rows, live and beside.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComparedTable {
    /// The table.
    #[schema(example = "receipt_line")]
    pub table: String,
    /// Rows of the stream that everybody reads.
    pub live_rows: u64,
    /// Rows made beside.
    pub beside_rows: u64,
    /// Rows that only stand beside.
    pub missing: u64,
    /// Rows that only stand live.
    pub surplus: u64,
    /// Rows that stand on both sides with other values.
    pub changed: u64,
    /// Keys of the first few that differ, of each kind: the primary key without the organization.
    #[schema(value_type = Vec<Object>)]
    pub first: Vec<DifferingRow>,
}

/// A row that differs.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct DifferingRow {
    /// `missing`, `surplus` or `changed`.
    pub how: String,
    /// The values of its primary key, without the organization.
    pub key: Value,
}

impl ComparedTable {
    fn of(table: &str, findings: Vec<Finding>) -> Self {
        let mut found = Self { table: table.to_owned(), ..Self::default() };
        for Finding { how, rows, keys } in findings {
            match how.as_str() {
                "live" => found.live_rows = rows,
                "beside" => found.beside_rows = rows,
                "missing" => found.missing = rows,
                "surplus" => found.surplus = rows,
                _ => found.changed = rows,
            }
            let keys: Vec<Value> = serde_json::from_str(&keys).unwrap_or_default();
            found.first.extend(keys.into_iter().map(|key| DifferingRow { how: how.clone(), key }));
        }
        found
    }

    fn is_equal(&self) -> bool {
        self.missing + self.surplus + self.changed == 0
    }
}

/// Makes a stream's rows anew beside the live ones, which everybody goes on reading, and compares the two row by row.
/// Long logs take several requests: repeat it while `stage` is `building`. Nothing changes until the switch.
#[utoipa::path(
    post,
    path = "/api/v1/operations/streams/{stream}/beside",
    tag = "operations",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = RowsBeside), Problems)
)]
#[worker::send]
pub async fn compare_stream(
    edge: Edge,
    tenant: Tenant,
    Named(name): Named<String>,
) -> Result<Json<RowsBeside>, EdgeError> {
    let stream = existing(&edge, &tenant, &name).await?;
    let stage = beside::compare(edge.env(), &stream).await?;
    let head_seq = read_log(edge.env(), &stream, 1, 1).await?.head.seq;
    let mut view = RowsBeside {
        stream: name,
        stage: "building",
        seq: 0,
        head_seq,
        live_seq: None,
        error: None,
        equal: None,
        tables: Vec::new(),
    };
    match stage {
        Stage::Building { at } => view.seq = at.seq,
        Stage::Stuck { seq, error } => {
            view.stage = "stuck";
            view.seq = seq.saturating_sub(1);
            view.error = Some(error);
        }
        Stage::Apart { beside, live } => {
            view.stage = "apart";
            view.seq = beside.seq;
            view.live_seq = Some(live.seq);
        }
        Stage::Compared { at, tables } => {
            view.stage = "compared";
            view.seq = at.seq;
            view.live_seq = Some(at.seq);
            view.tables =
                tables.into_iter().map(|(table, findings)| ComparedTable::of(table, findings)).collect();
            let equal = view.tables.iter().all(ComparedTable::is_equal);
            view.equal = Some(equal);
            if equal {
                beside::discard(edge.env(), &stream).await?;
            }
        }
    }
    Ok(Json(view))
}

/// Puts the rows made beside in the place of the live ones, all at once; a parked stream goes on with them. 404 when
/// there are none, 503 while they are not whole. It is on record.
#[utoipa::path(
    post,
    path = "/api/v1/operations/streams/{stream}/beside/switch",
    tag = "operations",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = OperatedStream), Problems)
)]
#[worker::send]
pub async fn switch_stream(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(name): Named<String>,
) -> Result<Json<OperatedStream>, EdgeError> {
    let stream = existing(&edge, &tenant, &name).await?;
    record(&edge, &tenant, &caller, Operation::SwitchStream, &name).await?;
    match beside::switch(edge.env(), &stream).await {
        Ok(_) => seen(&edge, &tenant, stream).await.map(Json),
        Err(SwitchError::Nothing) => Err(EdgeError::NotFound("rows beside")),
        Err(SwitchError::Unfinished(reached)) => {
            let wanted = read_log(edge.env(), &stream, 1, 1).await?.head.seq;
            Err(EdgeError::Behind { wanted, reached })
        }
        Err(SwitchError::Projector(error)) => Err(error.into()),
    }
}

/// Throws the rows made beside away.
#[utoipa::path(
    delete,
    path = "/api/v1/operations/streams/{stream}/beside",
    tag = "operations",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = OperatedStream), Problems)
)]
#[worker::send]
pub async fn discard_beside(
    edge: Edge,
    tenant: Tenant,
    Named(name): Named<String>,
) -> Result<Json<OperatedStream>, EdgeError> {
    let stream = existing(&edge, &tenant, &name).await?;
    beside::discard(edge.env(), &stream).await?;
    seen(&edge, &tenant, stream).await.map(Json)
}
