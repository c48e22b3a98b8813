//! When a segment closes, and writing it. A timer row says when: at once when there are [`SEGMENT_ENTRIES`] behind the
//! last one, otherwise [`ARCHIVE_AFTER_MS`] after the first of them. A segment's row is written after its bytes were read
//! back: what the rows name was there, whole. Cut anywhere, the next alarm begins the same segment again, and the same
//! bytes lie under the same key.

use domain::aggregate::Aggregate;
use domain::journal::{Head, RawEntry, write_export};
use domain::tenancy::{ArchiveKey, Scope};
use worker::Env;

use super::{bucket, digest_of, fetch};
use crate::objects::database::{Database, StoreError};
use crate::objects::limits::{
    ARCHIVE_AFTER_MS, ENVELOPE_BYTES, PAGE_ENTRIES_MAX, SEGMENT_BYTES_MAX, SEGMENT_ENTRIES, TIMERS_PER_ALARM,
};
use crate::objects::log::Log;
use crate::objects::patience::Patience;
use crate::objects::store::{SetTimer, Store};
use crate::objects::wire::Segment;

/// The timer's name.
const TIMER: &str = "archive";

/// Names of timers for segments that a reader found broken begin so; their first entry follows.
const RENEWAL: &str = "archive/";

/// The note under which failed rounds are counted.
const NOTE: &str = "archive";

/// True for the timers that are served here.
pub fn is_ours(timer: &str) -> bool {
    timer == TIMER || timer.starts_with(RENEWAL)
}

/// Sets the timer that writes a segment anew, if it is one of this log's.
///
/// # Errors
/// [`StoreError`].
pub fn expect_renewal<D: Database>(store: &Store<D>, segment: &Segment, now: i64) -> Result<(), StoreError> {
    if !store.exists()? || !store.segments(segment.first_seq, 1)?.contains(segment) {
        return Ok(());
    }
    let name = format!("{RENEWAL}{}", segment.first_seq);
    store.keep_timer(&SetTimer { name, due_at: now, command: None })
}

/// Writes what is due, one segment a round. The timer rows say when to come again.
///
/// # Errors
/// [`StoreError`].
pub async fn drain<A: Aggregate, D: Database>(
    env: &Env,
    log: &Log<A, D>,
    now: i64,
) -> Result<(), StoreError> {
    let store = log.store();
    plan(store, now)?;
    let patience = Patience::load(store, NOTE)?;
    let due = store.due_timers(now, TIMERS_PER_ALARM)?.into_iter().find(|timer| is_ours(&timer.name));
    let Some(due) = due else { return Ok(()) };
    if let Some(later) = patience.not_before().filter(|later| *later > now) {
        return store.set_timer(&SetTimer { due_at: later, ..due });
    }
    let written = match due.name.strip_prefix(RENEWAL) {
        Some(first) => renew(env, log, first).await,
        None => close(env, log).await,
    };
    let patience = patience.note(store, NOTE, now, written.is_err())?;
    if let Err(error) = written {
        tracing::error!(stream = log.stream(), timer = due.name, %error, "not archived, will be tried again");
        let later = patience.not_before().unwrap_or(now.saturating_add(ARCHIVE_AFTER_MS));
        return store.set_timer(&SetTimer { due_at: later, ..due });
    }
    store.clear_timer(&due.name, due.due_at)?;
    plan(store, now)
}

/// Sets the timer for the entries behind the last segment.
fn plan<D: Database>(store: &Store<D>, now: i64) -> Result<(), StoreError> {
    let waiting = store.head()?.0.seq.saturating_sub(store.archived()?);
    if waiting == 0 {
        return Ok(());
    }
    let full = waiting >= SEGMENT_ENTRIES;
    let due_at = if full { now } else { now.saturating_add(ARCHIVE_AFTER_MS) };
    let timer = SetTimer { name: TIMER.to_owned(), due_at, command: None };
    match store.timer(TIMER)? {
        // One that failed is put off: not before its time.
        Some(set) if !full || Patience::load(store, NOTE)?.not_before().is_some() || set.due_at <= now => {
            Ok(())
        }
        Some(_) => store.set_timer(&timer),
        None => store.keep_timer(&timer),
    }
}

/// Closes the run behind the last segment.
async fn close<A: Aggregate, D: Database>(env: &Env, log: &Log<A, D>) -> Result<(), ArchiveError> {
    let before =
        log.store().head_at(log.store().archived()?)?.ok_or(StoreError::Shape("the archived head"))?;
    let entries = run(log, before, None)?;
    if entries.is_empty() {
        return Ok(());
    }
    write(env, log, before, &entries).await
}

/// Writes the segment that begins with entry `first` anew, from the entries that the object holds.
async fn renew<A: Aggregate, D: Database>(
    env: &Env,
    log: &Log<A, D>,
    first: &str,
) -> Result<(), ArchiveError> {
    let first: u64 = first.parse().unwrap_or_default();
    let Some(segment) = log.store().segments(first, 1)?.into_iter().find(|found| found.first_seq == first)
    else {
        return Ok(());
    };
    let before = log.store().head_at(first - 1)?.ok_or(StoreError::Shape("the entry before a segment"))?;
    let entries = run(log, before, Some(segment.last_seq))?;
    write(env, log, before, &entries).await?;
    tracing::info!(stream = log.stream(), first, "segment archived anew");
    Ok(())
}

/// The entries behind `before`, verified: up to `last`, or to where a segment closes.
fn run<A: Aggregate, D: Database>(
    log: &Log<A, D>,
    before: Head,
    last: Option<u64>,
) -> Result<Vec<RawEntry>, StoreError> {
    let envelope = usize::try_from(ENVELOPE_BYTES).unwrap_or_default();
    let last = last.unwrap_or(before.seq.saturating_add(SEGMENT_ENTRIES));
    let bounded = last == before.seq.saturating_add(SEGMENT_ENTRIES);
    let mut verifier = domain::journal::Verifier::resume(log.stream(), before);
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    loop {
        let page = log.store().page(verifier.head().seq + 1, PAGE_ENTRIES_MAX)?;
        if page.is_empty() {
            return Ok(entries);
        }
        for entry in page {
            if entry.seq > last || (bounded && bytes >= SEGMENT_BYTES_MAX) {
                return Ok(entries);
            }
            verifier.accept(&entry)?;
            bytes = bytes.saturating_add(entry.payload.len()).saturating_add(envelope);
            entries.push(entry);
        }
    }
}

/// Writes a segment, reads it back, and notes it.
async fn write<A: Aggregate, D: Database>(
    env: &Env,
    log: &Log<A, D>,
    before: Head,
    entries: &[RawEntry],
) -> Result<(), ArchiveError> {
    let bytes = write_export(log.stream(), before, entries).map_err(StoreError::from)?;
    let digest = digest_of(&bytes);
    let (first_seq, last_seq) = (before.seq + 1, entries.last().map_or(before.seq, |entry| entry.seq));
    let stream = log.stream();
    let of_stream = stream.split_once('/').map_or(stream, |(_, rest)| rest);
    let rest = format!("log/{of_stream}/{first_seq:012}-{last_seq:012}-{digest}.ndjson");
    let key = ArchiveKey::new(&Scope::of_log(log.id()), &rest).as_str().to_owned();
    bucket(env)?.put(&key, bytes).sha256(digest.0.to_vec()).execute().await?;
    let back = fetch(env, &key).await?.ok_or(ArchiveError::ReadBack)?;
    if digest_of(&back) != digest {
        return Err(ArchiveError::ReadBack);
    }
    Ok(log.store().keep_segment(&Segment { first_seq, last_seq, key, digest })?)
}

/// Why a segment was not written.
#[derive(Debug, thiserror::Error)]
enum ArchiveError {
    /// The object's own storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive refused or could not be reached.
    #[error("archive: {0}")]
    Archive(#[from] worker::Error),
    /// What was read back is not what was written.
    #[error("the segment that was read back is not the one that was written")]
    ReadBack,
}
