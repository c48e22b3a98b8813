//! Randomness and fresh ids, from the runtime's generator.

use uuid::{Builder, Uuid};

/// The runtime gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the runtime gave no random bytes")]
pub struct NoRandomness;

/// `N` random bytes.
///
/// # Errors
/// [`NoRandomness`], which no healthy runtime gives.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A fresh UUID v7 for `now` (ms since 1970 UTC).
///
/// # Errors
/// [`NoRandomness`].
pub fn fresh_uuid(now: i64) -> Result<Uuid, NoRandomness> {
    let bytes = random_bytes::<10>()?;
    Ok(Builder::from_unix_timestamp_millis(u64::try_from(now).unwrap_or(0), &bytes).into_uuid())
}
