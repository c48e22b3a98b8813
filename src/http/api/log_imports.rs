//! Logs from their exports, for a platform that begins anew: by those who run it, one log at a time, each opened when
//! all that it talks to are there.

use axum::Json;
use axum::extract::Request;
use domain::rejection::{Refusal, Rejection};
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wasm_bindgen::JsValue;
use worker::send::SendFuture;

use crate::adapters::database::database;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named, has_media_type, read_body};
use crate::http::fresh::settle;
use crate::http::problem::{EdgeError, Problems};
use crate::objects::client::{
    IMPORT_BYTES_MAX, ImportError, Imported, import_page, import_progress, open_imported,
};

/// The media type of an export.
const NDJSON: &str = "application/x-ndjson";

/// Which lines come.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// The number of the body's first line in its file, from 1.
    #[serde(default = "first")]
    #[param(minimum = 1, default = 1)]
    pub line: u64,
}

const fn first() -> u64 {
    1
}

/// How far an import is.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogImport {
    /// The log.
    pub stream: String,
    /// Seq of its last entry; 0 for none.
    pub seq: u64,
    /// Hash of its last entry, 64 hex digits.
    pub hash: String,
    /// The line of the file that comes next, from 1; 1 between two files.
    pub next_line: u64,
    /// True when no file is half read: the log may be opened.
    pub whole: bool,
    /// True once it takes commands.
    pub open: bool,
}

impl From<Imported> for LogImport {
    fn from(imported: Imported) -> Self {
        let Imported { stream, head, next_line, whole, open } = imported;
        Self { stream, seq: head.seq, hash: head.hash.to_string(), next_line, whole, open }
    }
}

impl From<ImportError> for EdgeError {
    fn from(error: ImportError) -> Self {
        let found = error.to_string();
        let refused = |refusal, code, allowed| {
            Self::Rejected(Rejection::new(refusal, "LOG-9", code, found.as_str(), allowed))
        };
        match error {
            ImportError::NotFresh { .. } => {
                refused(Refusal::Conflict, "log_not_fresh", "a log that never had an entry of its own")
            }
            ImportError::Line { .. } => {
                refused(Refusal::Rule, "log_line_refused", "the lines of an export, as they were written")
            }
            ImportError::Gap { .. } => {
                refused(Refusal::Conflict, "log_lines_missing", "pages that follow one another")
            }
            ImportError::NotWhole => refused(
                Refusal::Conflict,
                "log_not_whole",
                "a log whose last file was read to its closing line",
            ),
            ImportError::TooLarge(_) => Self::BodyTooLarge { limit_bytes: IMPORT_BYTES_MAX },
            ImportError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

fn stream_of(name: &str) -> Result<StreamId, EdgeError> {
    name.parse().map_err(|_| EdgeError::NotFound("stream"))
}

/// Takes lines of an export into a log of the same name that never had an entry. Each page is checked and stored as a
/// whole or not at all; lines that were taken before are passed over, so a page may be repeated. Several files may
/// follow one another, each from where the one before ended. Rows follow; commands are refused until the log is opened.
#[utoipa::path(
    post,
    path = "/api/v1/platform/log-imports/{stream}",
    tag = "platform",
    security(("person" = [])),
    params(("stream" = String, Path, description = "The stream's name, percent-encoded"), LinesQuery),
    request_body(content = String, content_type = "application/x-ndjson", description = "At most 8 MiB and 5,000 lines"),
    responses((status = 200, body = LogImport), Problems)
)]
#[worker::send]
pub async fn import_log(
    edge: Edge,
    Named(name): Named<String>,
    Asked(query): Asked<LinesQuery>,
    request: Request,
) -> Result<Json<LogImport>, EdgeError> {
    let stream = stream_of(&name)?;
    if !has_media_type(request.headers(), NDJSON) {
        return Err(EdgeError::MediaType(NDJSON));
    }
    let bytes = read_body(request, IMPORT_BYTES_MAX).await?;
    let lines = String::from_utf8(bytes.into())
        .map_err(|error| EdgeError::bad_request("body_unreadable", error.to_string()))?;
    Ok(Json(import_page(edge.env(), &stream, query.line, lines).await?.into()))
}

/// How far the import of a log is.
#[utoipa::path(
    get,
    path = "/api/v1/platform/log-imports/{stream}",
    tag = "platform",
    security(("person" = [])),
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = LogImport), Problems)
)]
#[worker::send]
pub async fn get_log_import(edge: Edge, Named(name): Named<String>) -> Result<Json<LogImport>, EdgeError> {
    Ok(Json(import_progress(edge.env(), &stream_of(&name)?).await?.into()))
}

/// The label goes to the organization whose log says that it has it, unless somebody else has it by now.
const RESERVE_OWN: &str = "INSERT INTO edge_slug (slug, organization, reserved_at)
    SELECT slug, organization, CAST(?2 AS INTEGER) FROM organization WHERE organization = ?1
    ON CONFLICT (slug) DO NOTHING";

/// Opens an imported log: from now on it takes commands, serves its timers and hands on what it has to hand on. First
/// all logs of an organization are imported, then all are opened.
#[utoipa::path(
    post,
    path = "/api/v1/platform/log-imports/{stream}/opening",
    tag = "platform",
    security(("person" = [])),
    params(("stream" = String, Path, description = "The stream's name, percent-encoded")),
    responses((status = 200, body = LogImport), Problems)
)]
#[worker::send]
pub async fn open_log(edge: Edge, Named(name): Named<String>) -> Result<Json<LogImport>, EdgeError> {
    let stream = stream_of(&name)?;
    let opened = open_imported(edge.env(), &stream).await?;
    if let StreamId::Organization(organization) = &stream {
        settle(&edge, &stream, opened.head.seq).await;
        let values =
            [JsValue::from_str(&organization.to_string()), JsValue::from_str(&edge.now().to_string())];
        let statement = database(edge.env())?.prepare(RESERVE_OWN).bind(&values)?;
        SendFuture::new(async move { statement.run().await }).await?;
    }
    Ok(Json(opened.into()))
}
