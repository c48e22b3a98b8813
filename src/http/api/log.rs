//! Logs as they are: every entry as it was hashed, so that anybody can check the chain.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::journal::{EXPORT_FORMAT, ExportFooter, ExportHeader, GENESIS, Hash, Head, hash_header_line};
use domain::stream::StreamId;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use worker::send::SendFuture;

use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::archive::LogReader;
use crate::objects::client::LogPage;

/// Entries asked for at a time; the object bounds a page by bytes as well.
const EXPORT_PAGE_ENTRIES: u32 = 500;

/// The media type of an export.
const NDJSON: &str = "application/x-ndjson";

/// From where a log is read.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Seq of the first entry, from 1.
    #[serde(default = "first")]
    #[param(minimum = 1, default = 1)]
    pub from: u64,
}

const fn first() -> u64 {
    1
}

/// A log, line by line: a header, its entries in order, and a footer with the number of entries and the head.
/// A file without a footer was cut. The log may grow while it is read: it ends with the head that stood at the
/// beginning.
#[utoipa::path(
    get,
    path = "/api/v1/log/{stream}",
    tag = "logs",
    params(("stream" = String, Path, description = "The stream's name, percent-encoded"), LogQuery),
    responses((status = 200, description = "NDJSON: header, entries, footer", body = String, content_type = "application/x-ndjson"), Problems)
)]
#[worker::send]
pub async fn export_log(
    edge: Edge,
    tenant: Tenant,
    Named(name): Named<String>,
    Asked(query): Asked<LogQuery>,
) -> Result<Response, EdgeError> {
    let stream = tenant.stream(&name).ok_or(EdgeError::NotFound("stream"))?;
    if query.from == 0 {
        return Err(EdgeError::bad_request("from_out_of_range", "from is 1 or more."));
    }
    let mut log = LogReader::new(edge.env().clone(), stream.clone());
    let page = log.page(query.from, EXPORT_PAGE_ENTRIES).await?;
    if page.head.seq == 0 {
        return Err(EdgeError::NotFound("stream"));
    }
    let header = ExportHeader {
        format: EXPORT_FORMAT.to_owned(),
        stream: stream.to_string(),
        from: query.from,
        previous: page.previous,
        exported_at: edge.now(),
    };
    let mut first = Vec::new();
    push_line(&mut first, &header)?;
    let header_hash = hash_header_line(first.trim_ascii_end());
    let export =
        Export { log, stream, header_hash, until: page.head, entries: 0, next: query.from, page: Some(page) };
    let lines = stream::unfold(Step::Send(first, Box::new(export)), |step| SendFuture::new(step.advance()));
    let file = format!("attachment; filename=\"{}.ndjson\"", name.replace('/', "_"));
    let mut response = Body::from_stream(lines).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    if let Ok(file) = HeaderValue::from_str(&file) {
        headers.insert(header::CONTENT_DISPOSITION, file);
    }
    Ok(response)
}

/// What is left to export.
struct Export {
    log: LogReader,
    stream: StreamId,
    /// Digest of the first line.
    header_hash: Hash,
    /// The head that stood at the beginning.
    until: Head,
    /// Entries sent so far.
    entries: u64,
    /// Seq of the next entry.
    next: u64,
    /// A page that was read and not sent yet.
    page: Option<LogPage>,
}

enum Step {
    Send(Vec<u8>, Box<Export>),
    Read(Box<Export>),
    Done,
}

type Chunk = Result<Bytes, EdgeError>;

impl Step {
    async fn advance(self) -> Option<(Chunk, Self)> {
        match self {
            Self::Send(bytes, export) => Some((Ok(bytes.into()), Self::Read(export))),
            Self::Read(export) => Some(export.page().await.unwrap_or_else(|error| {
                // The file ends without its footer, which tells whoever reads it that it was cut.
                tracing::error!(%error, "export broken off");
                (Err(error), Self::Done)
            })),
            Self::Done => None,
        }
    }
}

impl Export {
    async fn page(mut self: Box<Self>) -> Result<(Chunk, Step), EdgeError> {
        let mut lines = Vec::new();
        let page = match self.page.take() {
            Some(page) => page,
            None if self.next > self.until.seq => LogPage {
                stream: self.stream.to_string(),
                previous: GENESIS,
                entries: Vec::new(),
                head: self.until,
                closed: Vec::new(),
            },
            None => self.log.page(self.next, EXPORT_PAGE_ENTRIES).await?,
        };
        for entry in page.entries.iter().filter(|entry| entry.seq <= self.until.seq) {
            push_line(&mut lines, entry)?;
            self.entries += 1;
            self.next = entry.seq + 1;
        }
        if self.next <= self.until.seq {
            if page.entries.is_empty() {
                return Err(EdgeError::Unavailable("the log ended before its head".into()));
            }
            return Ok((Ok(lines.into()), Step::Read(self)));
        }
        let footer = ExportFooter {
            entries: self.entries,
            head_seq: self.until.seq,
            head_hash: self.until.hash,
            header_hash: self.header_hash,
        };
        push_line(&mut lines, &footer)?;
        Ok((Ok(lines.into()), Step::Done))
    }
}

fn push_line<T: Serialize>(lines: &mut Vec<u8>, line: &T) -> Result<(), EdgeError> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}
