//! Measures the reader beside what bounds it: `cargo xtask bench replay`.
//!
//! Two made-up logs: an event's with 100,000 items and very many small entries (check-in by check-in), and a
//! session's with thousands of receipts. Each figure is the best of a few rounds, and the things compared take
//! turns within a round, so that a busy machine slows both sides.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::panic, reason = "a measurement")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod logs;
mod rows;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use domain::aggregate::Aggregate;
use domain::consignment_event::ConsignmentEvent;
use domain::sale_session::SaleSession;
use replay_tool::files::open;
use replay_tool::scan::{Nothing, scan};
use replay_tool::timeline::{At, fold};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Rounds of each comparison.
const ROUNDS: usize = 5;

/// Entries a second that the fastest peers replay on a machine like this, one process each: cqrs-es on
/// PostgreSQL, and Emmett. The figures were measured with their own benchmarks.
const CQRS_ES_PER_SECOND: u64 = 444_000;
const EMMETT_PER_SECOND: u64 = 207_000;

/// Memory that replaying an event of 100,000 items may take, in MiB.
const MEMORY_GOAL_MIB: u64 = 256;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["memory", file] => println!("{}", memory_of_fold(Path::new(file))),
        [folder, entries] => {
            let report = measure(Path::new(folder), entries.parse().unwrap());
            println!("{report}");
        }
        _ => eprintln!("bench FOLDER ENTRIES"),
    }
}

fn measure(folder: &Path, entries: u64) -> Value {
    std::fs::create_dir_all(folder).unwrap();
    eprintln!("making logs");
    let event = logs::event(&folder.join("event.ndjson"), entries);
    let tenth = logs::event(&folder.join("tenth.ndjson"), entries / 10);
    let session = logs::session(&folder.join("session.ndjson"));
    let mut results = Vec::new();
    eprintln!("replaying {} entries", event.entries);
    let small = replay::<ConsignmentEvent>(&event.path);
    let per_second = |took: Duration| rate(event.entries, took);
    results.extend([
        at_most(
            "verify + fold of small entries, one core, against SHA-256 over the same bytes",
            &small.fold,
            &small.sha,
            250,
        ),
        at_least(
            "verify + fold, one core, against cqrs-es (444,000 a second)",
            per_second(small.fold),
            CQRS_ES_PER_SECOND,
            600,
        ),
        at_least(
            "verify + fold, two cores, against cqrs-es (444,000 a second)",
            per_second(small.fold_two),
            CQRS_ES_PER_SECOND,
            1_000,
        ),
        at_least(
            "verify + fold, one core, against Emmett (207,000 a second)",
            per_second(small.fold),
            EMMETT_PER_SECOND,
            1_000,
        ),
    ]);
    let receipts = replay::<SaleSession>(&session.path);
    results.push(at_most(
        "verify + fold of receipts, one core, against SHA-256 over the same bytes",
        &receipts.fold,
        &receipts.sha,
        250,
    ));
    eprintln!("memory");
    let (whole, part) = (peak_memory(&event.path), peak_memory(&tenth.path));
    results.push(json!({
        "name": "memory of a replay with 100,000 items, in MiB",
        "ratio": whole, "goal": format!("<= {MEMORY_GOAL_MIB}"), "met": whole <= MEMORY_GOAL_MIB,
    }));
    results.push(at_most_number(
        "memory of a log ten times as long, against the shorter one",
        whole * 100 / part.max(1),
        120,
    ));
    eprintln!("projecting");
    let projected = rows::measure(folder, &event, ROUNDS.min(2));
    results.push(at_least_number(
        "project into SQLite, row writes a second, against plain inserts of the same rows",
        projected.ratio,
        50,
    ));
    json!({
        "results": results,
        "entries": event.entries,
        "bytes": event.bytes,
        "receipt_entries": session.entries,
        "receipt_bytes": session.bytes,
        "sha256_ms": millis(small.sha),
        "verify_ms": millis(small.verify),
        "verify_and_fold_ms": millis(small.fold),
        "verify_and_fold_two_cores_ms": millis(small.fold_two),
        "entries_per_second_one_core": per_second(small.fold),
        "entries_per_second_two_cores": per_second(small.fold_two),
        "receipts_sha256_ms": millis(receipts.sha),
        "receipts_verify_ms": millis(receipts.verify),
        "receipts_verify_and_fold_ms": millis(receipts.fold),
        "receipts_verify_and_fold_two_cores_ms": millis(receipts.fold_two),
        "project_ms": projected.project_ms,
        "project_row_writes": projected.writes,
        "plain_inserts_ms": projected.plain_ms,
        "plain_rows": projected.rows,
    })
}

/// The best times of one log.
struct Times {
    sha: Duration,
    verify: Duration,
    fold: Duration,
    fold_two: Duration,
}

fn replay<A>(file: &Path) -> Times
where
    A: Aggregate,
    A::Event: Send,
{
    let best = Duration::MAX;
    let mut times = Times { sha: best, verify: best, fold: best, fold_two: best };
    for _ in 0..ROUNDS {
        times.sha = times.sha.min(timed(|| sha(file)));
        times.verify = times.verify.min(timed(|| {
            scan(open(file).unwrap(), 1, &Nothing, |()| Ok(())).unwrap();
        }));
        times.fold = times.fold.min(timed(|| {
            fold::<A>(file, At::End, 1).unwrap();
        }));
        times.fold_two = times.fold_two.min(timed(|| {
            fold::<A>(file, At::End, 2).unwrap();
        }));
    }
    times
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// What any verifier must do at least.
fn sha(file: &Path) {
    let mut file = File::open(file).unwrap();
    let mut block = vec![0; 1024 * 1024];
    let mut hasher = Sha256::new();
    loop {
        match file.read(&mut block).unwrap() {
            0 => break,
            read => hasher.update(&block[..read]),
        }
    }
    std::hint::black_box(hasher.finalize());
}

/// Peak memory of a process that folds `file`, in MiB.
fn peak_memory(file: &Path) -> u64 {
    let own: PathBuf = std::env::current_exe().unwrap();
    let output = Command::new(own).args(["memory".as_ref(), file.as_os_str()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn memory_of_fold(file: &Path) -> u64 {
    let moment = fold::<ConsignmentEvent>(file, At::End, 2).unwrap();
    assert!(!moment.state.items.is_empty());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
    kib.div_ceil(1_024)
}

fn millis(took: Duration) -> u64 {
    took.as_millis() as u64
}

/// How many of `count` a second.
pub fn rate(count: u64, took: Duration) -> u64 {
    (u128::from(count) * 1_000_000_000 / took.as_nanos().max(1)) as u64
}

/// Hundredths as a JSON number with two decimals.
fn hundredths(ratio: u64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", ratio / 100, ratio % 100)).unwrap()
}

fn at_most(name: &str, ours: &Duration, theirs: &Duration, goal: u64) -> Value {
    at_most_number(name, (ours.as_nanos() * 100 / theirs.as_nanos().max(1)) as u64, goal)
}

fn at_most_number(name: &str, ratio: u64, goal: u64) -> Value {
    json!({ "name": name, "ratio": hundredths(ratio), "goal": format!("<= {}", hundredths(goal)), "met": ratio <= goal })
}

fn at_least(name: &str, ours: u64, theirs: u64, goal: u64) -> Value {
    at_least_number(name, ours * 100 / theirs, goal)
}

fn at_least_number(name: &str, ratio: u64, goal: u64) -> Value {
    json!({ "name": name, "ratio": hundredths(ratio), "goal": format!(">= {}", hundredths(goal)), "met": ratio >= goal })
}
