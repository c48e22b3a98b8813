//! The daily witness: once a day a log that has grown tells the organization's log where it stands.
//!
//! Whoever rewrites a log afterwards, hashes and all, has to rewrite the organization's log as well, and every
//! export of it that somebody keeps. The organization's own log has nobody above it: signed checkpoints are its
//! witness.

use domain::aggregate::{Aggregate, Delivery};
use domain::organization;
use domain::stream::StreamId;
use sha2::{Digest, Sha256};

use super::database::{Database, StoreError};
use super::limits::DAY_MS;
use super::log::Log;
use super::store::SetTimer;

/// The timer's name.
pub const TIMER: &str = "witness";

/// The note that says up to which seq the log was witnessed.
const NOTE: &str = "witness";

/// Sets the timer when the log has entries that nobody witnessed.
///
/// # Errors
/// [`StoreError`].
pub fn plan<A: Aggregate, D: Database>(log: &Log<A, D>, head_seq: u64, now: i64) -> Result<(), StoreError> {
    if matches!(log.id(), StreamId::Organization(_)) || head_seq <= witnessed(log)? {
        return Ok(());
    }
    let due_at = next_instant(log.stream(), now);
    log.store().keep_timer(&SetTimer { name: TIMER.to_owned(), due_at, command: None })
}

/// Hands the head to the organization's log, by a delivery; the timer is served with it.
///
/// # Errors
/// [`StoreError`]; nothing has changed then.
pub fn bear<A: Aggregate, D: Database>(log: &Log<A, D>, due_at: i64) -> Result<(), StoreError> {
    let head = log.verified_head()?;
    let stream = log.id().clone();
    let to = StreamId::Organization(stream.organization());
    let command_id = format!("{stream}/{TIMER}/{due_at}");
    let command = organization::Command::Witness { stream, seq: head.seq, hash: head.hash };
    log.store().in_one(|store| {
        for delivery in Delivery::of(to, command_id, &command) {
            store.queue_delivery(head.seq, &delivery)?;
        }
        store.set_note(NOTE, &head.seq.to_string())?;
        store.clear_timer(TIMER, due_at)
    })
}

fn witnessed<A: Aggregate, D: Database>(log: &Log<A, D>) -> Result<u64, StoreError> {
    let note = log.store().note(NOTE)?;
    Ok(note.and_then(|seq| seq.parse().ok()).unwrap_or_default())
}

/// The stream's instant of the day, next time: spread over the day, so that logs do not all come at once.
fn next_instant(stream: &str, now: i64) -> i64 {
    let digest = Sha256::digest(stream.as_bytes());
    let spread = digest.iter().take(4).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    let instant = now.saturating_sub(now.rem_euclid(DAY_MS)).saturating_add(spread.rem_euclid(DAY_MS));
    if instant > now { instant } else { instant.saturating_add(DAY_MS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stream_has_its_instant_of_the_day_and_it_lies_ahead() {
        let now = 1_800_000_000_000;
        let (one, other) = (next_instant("a/event/1", now), next_instant("a/event/2", now));
        assert_ne!(one, other);
        assert!(one > now && one <= now + DAY_MS);
        assert_eq!(next_instant("a/event/1", one - 1), one);
        assert_eq!(next_instant("a/event/1", one), one + DAY_MS);
    }
}
