//! Files from anybody: the fuzzers' corpus and variations of it, and whole logs that were damaged in every way.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::naive_bytecount,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use replay_tool::hostile;
use replay_tool::limits::MAX_LINE_BYTES;
use replay_tool::scan::{Nothing, ScanError, scan};
use support::world::{SMALL, World};

type Target = fn(&[u8]);

/// Every so many bytes of a log are changed: a few thousand places, whatever the time of day.
const STEP: usize = 13;

const TARGETS: [(&str, Target); 3] =
    [("parser", hostile::parser), ("upcaster", hostile::upcaster), ("verifier", hostile::verifier)];

/// The corpus of each target.
fn corpora() -> &'static BTreeMap<&'static str, Vec<Vec<u8>>> {
    static CORPORA: OnceLock<BTreeMap<&'static str, Vec<Vec<u8>>>> = OnceLock::new();
    CORPORA.get_or_init(|| TARGETS.iter().map(|(name, _)| (*name, corpus(name))).collect())
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut inputs: Vec<Vec<u8>> =
        fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "{target} has no corpus");
    inputs
}

/// Writes the seeds of the corpus: `CORPUS=update cargo test -p replay-tool --test hostile corpus`.
#[test]
fn the_corpus_holds() {
    if std::env::var("CORPUS").is_ok_and(|value| value == "update") {
        write_seeds();
    }
    for (name, target) in TARGETS {
        for input in corpus(name) {
            target(&input);
        }
    }
}

fn write_seeds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(root.join(target)).unwrap();
        fs::write(root.join(target).join(name), bytes).unwrap();
    };
    let mut world = World::new(1, SMALL);
    world.trouble();
    for (at, (_, lines)) in world.exports().into_iter().enumerate() {
        put("parser", &format!("header-{at}"), lines[0].as_bytes());
        put("parser", &format!("entry-{at}"), lines[lines.len() / 2].as_bytes());
        put("parser", &format!("closing-{at}"), lines.last().unwrap().as_bytes());
    }
    let plain = support::plain_export(3);
    put("parser", "escapes", plain[1].as_bytes());
    put("verifier", "plain", &support::file(&plain));
    put("verifier", "cut", &support::file(&plain)[..300]);
    put("verifier", "joined", &[support::file(&plain), support::file(&plain)].concat());
    put("verifier", "empty-log", &support::file(&support::plain_export(0)));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
    for (aggregate, name) in
        ["organization", "event", "session", "storefront", "reconciliation"].iter().enumerate()
    {
        let text = fs::read_to_string(golden.join(format!("{name}.ndjson"))).unwrap();
        for (at, line) in text.lines().enumerate().step_by(9) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let payload = match &line["payload"] {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let kind = kind_index(name, line["kind"].as_str().unwrap());
            let version = line["version"].as_u64().unwrap() as u8;
            let bytes = [&[aggregate as u8, kind, version], payload.as_bytes()].concat();
            put("upcaster", &format!("{name}-{at}"), &bytes);
        }
    }
}

fn kind_index(aggregate: &str, kind: &str) -> u8 {
    use domain::journal::EventCodec;
    let kinds = match aggregate {
        "organization" => domain::organization::Event::KINDS,
        "event" => domain::consignment_event::Event::KINDS,
        "session" => domain::sale_session::Event::KINDS,
        "storefront" => domain::storefront::Event::KINDS,
        _ => domain::reconciliation::Event::KINDS,
    };
    kinds.iter().position(|(known, _)| *known == kind).unwrap() as u8
}

proptest! {
    #[test]
    fn variations_of_the_corpus_hold_too(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..8),
        cut in any::<bool>(),
    ) {
        for (name, target) in TARGETS {
            let inputs = &corpora()[name];
            let mut input = inputs[which.index(inputs.len())].clone();
            let at = at.index(input.len() + 1);
            let rest = input.split_off(at);
            input.extend(&bytes);
            if !cut {
                input.extend(rest.get(bytes.len()..).unwrap_or_default());
            }
            target(&input);
        }
    }

    #[test]
    fn any_bytes_hold(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for (_, target) in TARGETS {
            target(&bytes);
        }
    }
}

/// Whatever byte of a log is changed, the fault is named at that byte's line or the one behind it.
#[test]
fn a_flipped_byte_anywhere_is_named() {
    let mut world = World::new(1, SMALL);
    world.trouble();
    for lines in world.exports().values() {
        let whole = support::file(lines);
        for at in (0..whole.len()).step_by(STEP) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x04;
            let Err(ScanError::Fault(fault)) = scan(damaged.as_slice(), 1, &Nothing, |()| Ok(())) else {
                panic!("byte {at} of {} was changed, and nobody noticed", whole.len())
            };
            let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            let last = lines.len() as u64 + 1;
            // The header is held against the closing line only, unless its own shape breaks.
            let named = fault.line == line
                || fault.line == line + 1
                || (line == 1 && fault.line + 1 == last)
                || (line == 1 && fault.line == 2);
            assert!(named, "byte {at} on line {line} of {last}: {fault}");
        }
    }
}

/// A line without an end does not fill the memory.
#[test]
fn an_endless_line_is_refused() {
    let header = support::plain_export(0)[0].clone();
    let endless = format!(
        "{header}\n{{\"seq\":1,\"recorded_at\":1,\"command_id\":\"{}",
        "x".repeat(2 * MAX_LINE_BYTES)
    );
    let found = scan(endless.as_bytes(), 2, &Nothing, |()| Ok(()));
    let Err(ScanError::Fault(fault)) = found else { panic!("{found:?}") };
    assert_eq!((fault.line, fault.to_string().contains("longer")), (2, true), "{fault}");
}
