//! Closed runs of the log in R2: written by the object, read by everybody who reads much.
//!
//! A segment is a whole export file under a key with its digest in it, so it never changes; what reads a segment checks
//! every byte of it. The object keeps its entries: the archive is a copy, and whatever is wrong with it costs a line in
//! the log and a second question to the object, which then writes it anew.
//!
//! | file | role |
//! |---|---|
//! | `writer` | when a segment closes, and writing it |
//! | `reader` | reading a log: closed entries from the archive, the tail from the object |

mod reader;
mod writer;

use domain::journal::Hash;
use sha2::{Digest, Sha256};
use worker::{Bucket, Env};

pub use self::reader::LogReader;
pub(super) use self::writer::{drain, expect_renewal, is_ours};

/// The bucket.
const ARCHIVE: &str = "ARCHIVE";

fn bucket(env: &Env) -> worker::Result<Bucket> {
    env.bucket(ARCHIVE)
}

fn digest_of(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// What lies under `key`.
async fn fetch(env: &Env, key: &str) -> worker::Result<Option<Vec<u8>>> {
    let Some(object) = bucket(env)?.get(key).execute().await? else { return Ok(None) };
    match object.body() {
        Some(body) => Ok(Some(body.bytes().await?)),
        None => Ok(None),
    }
}
