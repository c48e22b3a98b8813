//! A file's first line: that of a log, or that of a redacted copy of one.

use domain::journal::{EXPORT_FORMAT, ExportHeader, Framing, Hash};
use serde::{Deserialize, Serialize};

use crate::fault::{Wrong, complaint, quote};

/// Name and version of the format of redacted copies.
pub const REDACTED_FORMAT: &str = "hangtag.log.redacted.v1";

/// A file's first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// As in an export.
    pub export: ExportHeader,
    /// What it is a copy of, for a redacted copy.
    pub original: Option<Original>,
}

/// The log that a redacted copy was made of. The copy's own hashes are not the log's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The log's last entry in the copy.
    pub head_seq: u64,
    /// That entry's hash in the log.
    pub head_hash: Hash,
    /// What was taken out.
    pub removed: Vec<String>,
}

/// First line of a redacted copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RedactedHeader {
    format: String,
    stream: String,
    from: u64,
    previous: Hash,
    exported_at: i64,
    original: Original,
}

/// What every first line has.
#[derive(Deserialize)]
struct AnyFormat {
    format: String,
}

impl Header {
    /// How the hashes behind this line are framed.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        if self.original.is_some() { Framing::RedactedCopy } else { Framing::Log }
    }

    /// The line, without its line end.
    ///
    /// # Errors
    /// Never for these shapes; the signature is serde's.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        let ExportHeader { format, stream, from, previous, exported_at } = self.export.clone();
        match self.original.clone() {
            None => serde_json::to_string(&self.export),
            Some(original) => serde_json::to_string(&RedactedHeader {
                format,
                stream,
                from,
                previous,
                exported_at,
                original,
            }),
        }
    }
}

impl From<ExportHeader> for Header {
    fn from(export: ExportHeader) -> Self {
        Self { export, original: None }
    }
}

/// Reads a file's first line.
///
/// # Errors
/// [`Wrong`] when it is none, is of another format, or is not written as it should be.
pub fn read_header(line: &str) -> Result<Header, Wrong> {
    let no_header = |error: &serde_json::Error| Wrong::NoHeader { why: complaint(error), found: quote(line) };
    let AnyFormat { format } = serde_json::from_str(line).map_err(|error| no_header(&error))?;
    let header = match format.as_str() {
        EXPORT_FORMAT => {
            Header::from(serde_json::from_str::<ExportHeader>(line).map_err(|error| no_header(&error))?)
        }
        REDACTED_FORMAT => {
            let RedactedHeader { format, stream, from, previous, exported_at, original } =
                serde_json::from_str(line).map_err(|error| no_header(&error))?;
            let export = ExportHeader { format, stream, from, previous, exported_at };
            Header { export, original: Some(original) }
        }
        _ => return Err(Wrong::UnknownFormat { found: quote(&format) }),
    };
    if header.line().is_ok_and(|written| written == line) { Ok(header) } else { Err(Wrong::Reformatted) }
}
