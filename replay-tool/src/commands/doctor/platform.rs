//! The platform's own health: do its rows follow its logs, did its queues give up on anything, is anything open,
//! and are the logs at hand the ones that it has?

use domain::journal::Head;
use domain::stream::StreamId;
use replay_tool::doctor::{Finding, Severity};
use replay_tool::fault::short;
use replay_tool::files::open;
use replay_tool::logs::Logs;
use replay_tool::scan::{Nothing, scan};
use replay_tool::story::words;
use serde::Serialize;

use super::counted;
use crate::Failure;
use crate::api::Client;
use crate::api::operations::{DeadLetter, OperatedStream, ParkedStream};
use crate::cli::Api;

/// Rows that are behind for longer are worth a word, ms: the queue waits a second or two for more, and a retry
/// takes some.
const LAG_TOLERANCE_MS: u64 = 60 * 1_000;

/// What the platform answered with, in numbers.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    address: String,
    streams: u64,
    /// Entries without rows, over all streams.
    lag_entries: u64,
    parked: u64,
    dead_letters: u64,
    open_conflicts: u64,
    open_discrepancies: u64,
    /// Logs at hand that were held against the platform's.
    compared: u64,
}

impl Asked {
    /// In a line.
    pub(super) fn told(&self) -> String {
        format!(
            "asked {}: {}, {} without rows; {} parked, {}, {}, {}",
            self.address,
            counted(self.streams, "stream"),
            if self.lag_entries == 1 {
                "1 entry".to_owned()
            } else {
                format!("{} entries", self.lag_entries)
            },
            self.parked,
            counted(self.dead_letters, "dead letter"),
            counted(self.open_conflicts, "open conflict"),
            counted(self.open_discrepancies, "open difference"),
        )
    }
}

/// Asks about everything; what is to be said is added to `findings`.
pub(super) fn examine(
    api: &Api,
    logs: &Logs,
    workers: usize,
    findings: &mut Vec<Finding>,
) -> Result<Asked, Failure> {
    let mut client = Client::new(api)?;
    let streams = client.operated_streams()?;
    let mut asked = Asked {
        address: api.address.clone(),
        streams: streams.len() as u64,
        lag_entries: streams.iter().filter_map(|stream| stream.lag_entries).sum(),
        parked: 0,
        dead_letters: 0,
        open_conflicts: 0,
        open_discrepancies: 0,
        compared: 0,
    };
    let mut say = |severity, text| findings.push(Finding { severity, text, evidence: None });
    for stream in &streams {
        if let Some((severity, text)) = following(stream) {
            say(severity, text);
        }
    }
    for parked in client.parked_streams()? {
        asked.parked += 1;
        say(Severity::Problem, standing_still(&parked));
    }
    for letter in client.dead_letters()? {
        asked.dead_letters += 1;
        say(Severity::Problem, given_up(&letter));
    }
    for text in open_cases(&mut client, &streams, &mut asked)? {
        say(Severity::Warning, text);
    }
    for source in logs.all.iter().filter(|source| !source.redacted) {
        // A file that does not hold was told about already.
        let Ok(verified) = scan(open(&source.path)?, workers, &Nothing, |()| Ok(())) else { continue };
        asked.compared += 1;
        if let Some((severity, text)) = against(&mut client, &source.stream, verified.head, &streams)? {
            say(severity, text);
        }
    }
    Ok(asked)
}

fn standing_still(parked: &ParkedStream) -> String {
    let ParkedStream { stream, seq, kind, error, parked_at } = parked;
    format!("{stream} stands still at entry {seq} ({}) since {parked_at}: {error}", words(kind))
}

fn given_up(letter: &DeadLetter) -> String {
    let DeadLetter { letter, queue, stream, died_at } = letter;
    format!("{queue} gave up on a message about {stream} at {died_at} (letter {letter})")
}

/// What waits for a person: conflicts of sessions, and differences from stores.
fn open_cases(
    client: &mut Client,
    streams: &[OperatedStream],
    asked: &mut Asked,
) -> Result<Vec<String>, Failure> {
    let mut cases = Vec::new();
    for stream in streams {
        match stream.stream {
            StreamId::Session(_, session) => {
                for conflict in client.open_conflicts(session)? {
                    asked.open_conflicts += 1;
                    cases.push(format!(
                        "conflict {} ({}) of session {session} is open since {}, entry {}",
                        conflict.case,
                        words(&conflict.kind),
                        conflict.opened_at,
                        conflict.opened_seq
                    ));
                }
            }
            StreamId::Reconciliation(_, event) => {
                for found in client.open_discrepancies(event)? {
                    asked.open_discrepancies += 1;
                    cases.push(format!(
                        "difference {} ({}) between event {event} and its store is open",
                        found.discrepancy,
                        words(&found.class)
                    ));
                }
            }
            StreamId::Organization(_) | StreamId::Event(..) | StreamId::Storefront(..) => {}
        }
    }
    Ok(cases)
}

/// How a stream's rows follow its log, where that is worth a word.
fn following(seen: &OperatedStream) -> Option<(Severity, String)> {
    let OperatedStream { stream, projected_seq, .. } = seen;
    if seen.diverged == Some(true) {
        let text =
            format!("the rows of {stream} are of another history than its log, up to entry {projected_seq}");
        return Some((Severity::Problem, text));
    }
    let (Some(head), Some(lag)) = (seen.head_seq, seen.lag_ms) else {
        return Some((Severity::Warning, format!("the platform could not ask {stream} where it stands")));
    };
    (lag > LAG_TOLERANCE_MS).then(|| {
        let text = format!(
            "the rows of {stream} stand at entry {projected_seq}, its log at {head}: behind for {} s",
            lag / 1_000
        );
        (Severity::Warning, text)
    })
}

/// Whether the platform's log is the one here, as far as that goes.
fn against(
    client: &mut Client,
    stream: &StreamId,
    here: Head,
    streams: &[OperatedStream],
) -> Result<Option<(Severity, String)>, Failure> {
    if here.seq == 0 {
        return Ok(None);
    }
    let seq = here.seq;
    let Some(seen) = streams.iter().find(|seen| seen.stream == *stream) else {
        return Ok(Some((Severity::Problem, format!("the platform knows nothing of {stream}"))));
    };
    // A log that could not be asked was told about already.
    let Some(head) = seen.head_seq else { return Ok(None) };
    if head < seq {
        let text = format!("{stream} ends at entry {head} on the platform, and at entry {seq} here");
        return Ok(Some((Severity::Problem, text)));
    }
    let there = client.hash_before(stream, seq.saturating_add(1))?;
    if there != here.hash {
        let text = format!(
            "{stream} is another log on the platform: entry {seq} has hash {} there, {} here",
            short(&there),
            short(&here.hash)
        );
        return Ok(Some((Severity::Problem, text)));
    }
    Ok((head > seq).then(|| {
        let newer = if head - seq == 1 {
            "1 newer entry".to_owned()
        } else {
            format!("{} newer entries", head - seq)
        };
        let text =
            format!("the platform has {newer} of {stream}; `replay-tool fetch` brings what is missing");
        (Severity::Warning, text)
    }))
}
