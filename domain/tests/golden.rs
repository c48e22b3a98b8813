//! The golden corpus: one stored line per kind and version ever written, in `golden/{aggregate}.ndjson`. Whatever
//! changes in the code, these lines must be read as they were meant.
//!
//! A line is `{"kind", "version", "payload"}` with the payload as the bytes that were stored. A new kind or
//! version gets a line of its own; no line is ever edited. (Samples to pick from: run the crate's tests with
//! `HANGTAG_SAMPLES` set to a folder.)

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what broke")]

use std::collections::BTreeSet;

use domain::journal::EventCodec;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    kind: String,
    version: u32,
    payload: String,
}

/// Reads every line; those of today's version must be written again byte by byte, older ones must come to an
/// event that today's version reads back the same.
fn check<E: EventCodec + PartialEq + std::fmt::Debug>(corpus: &str) {
    let mut seen = BTreeSet::new();
    for line in corpus.lines() {
        let line: Line = serde_json::from_str(line).expect("a line of the corpus");
        let what = format!("{} v{}", line.kind, line.version);
        let event = E::from_payload(&line.kind, line.version, &line.payload)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let written = event.to_payload().expect("events can be written");
        assert_eq!(event.kind(), line.kind);
        if line.version == event.version() {
            assert_eq!(written, line.payload, "{what} is written differently now");
        } else {
            let again =
                E::from_payload(event.kind(), event.version(), &written).expect("today's own version");
            assert_eq!(again, event, "{what}");
        }
        assert!(seen.insert((line.kind, line.version)), "{what} stands twice");
    }
    let every =
        E::KINDS.iter().flat_map(|(kind, newest)| (1..=*newest).map(|version| ((*kind).to_owned(), version)));
    let missing: Vec<_> = every.filter(|key| !seen.contains(key)).collect();
    assert!(missing.is_empty(), "no golden line for {missing:?}");
}

#[test]
fn log_5_the_organizations_corpus_reads_as_it_was_written() {
    check::<domain::organization::Event>(include_str!("golden/organization.ndjson"));
}

#[test]
fn log_5_the_events_corpus_reads_as_it_was_written() {
    check::<domain::consignment_event::Event>(include_str!("golden/event.ndjson"));
}

#[test]
fn log_5_the_sessions_corpus_reads_as_it_was_written() {
    check::<domain::sale_session::Event>(include_str!("golden/session.ndjson"));
}

#[test]
fn log_5_the_storefronts_corpus_reads_as_it_was_written() {
    check::<domain::storefront::Event>(include_str!("golden/storefront.ndjson"));
}

#[test]
fn log_5_the_reconciliations_corpus_reads_as_it_was_written() {
    check::<domain::reconciliation::Event>(include_str!("golden/reconciliation.ndjson"));
}
