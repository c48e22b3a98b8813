//! The exported log file: NDJSON of one header line, the entries in order, one closing line.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chain::Hash;

/// Name and version of the export format; the first field of every header.
pub const EXPORT_FORMAT: &str = "hangtag.log.export.v1";

/// First line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The stream that follows.
    pub stream: String,
    /// Seq of the first entry that follows (1 for a whole log).
    pub from: u64,
    /// Hash of the entry before `from`; the genesis hash for a whole log.
    pub previous: Hash,
    /// When it was exported, ms since 1970 UTC.
    pub exported_at: i64,
}

/// Last line of an export: without it, the file was cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFooter {
    /// How many entries stand between header and footer.
    pub entries: u64,
    /// Seq of the last entry.
    pub head_seq: u64,
    /// Hash of the last entry.
    pub head_hash: Hash,
    /// [`hash_header_line`] of the first line: no byte of the file stands outside a digest.
    pub header_hash: Hash,
}

/// SHA-256 of an export's first line, without its line end.
#[must_use]
pub fn hash_header_line(line: &[u8]) -> Hash {
    Hash(Sha256::digest(line).into())
}
