//! Measures the reader beside what bounds it: `cargo xtask bench replay`.
//!
//! Two made-up logs: an event's with 100,000 items and very many small entries (check-in by check-in), and a
//! session's with thousands of receipts. Each figure is the best of a few rounds, and the things compared take
//! turns within a round, so that a busy machine slows both sides. What runs on one core is measured by the time that
//! its thread computed; two cores and the database, by the clock.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::panic, reason = "a measurement")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

#[path = "../support/mod.rs"]
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
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Rounds of each comparison.
const ROUNDS: usize = 5;

/// Entries a second that the fastest peer replays on a machine like this: cqrs-es on its database.
const CQRS_ES_PER_SECOND: u64 = 444_000;

/// Entries a second that Emmett replays on a machine like this.
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
    let mut report = Report::default();
    report.figures([("entries", event.entries), ("bytes", event.bytes)]);
    report.figures([("receipt_entries", session.entries), ("receipt_bytes", session.bytes)]);
    small_entries(&mut report, &event);
    receipts(&mut report, &session);
    memory(&mut report, &event, &tenth);
    projecting(&mut report, folder, &event);
    report.written()
}

/// Results with their goals, and the figures behind them.
#[derive(Default)]
struct Report {
    results: Vec<Value>,
    figures: Map<String, Value>,
}

impl Report {
    fn result(&mut self, result: Value) {
        eprintln!("{result}");
        self.results.push(result);
    }

    fn figures<const N: usize>(&mut self, figures: [(&str, u64); N]) {
        self.figures.extend(figures.map(|(name, figure)| (name.to_owned(), figure.into())));
    }

    fn written(mut self) -> Value {
        self.figures.insert("results".to_owned(), self.results.into());
        self.figures.into()
    }
}

fn small_entries(report: &mut Report, log: &logs::Made) {
    let times = replay::<ConsignmentEvent>(&log.path);
    let (one, two) = (rate(log.entries, times.fold), rate(log.entries, times.fold_two));
    report.result(at_most(
        "verify + fold of small entries, one core, against SHA-256 over the same bytes",
        times.fold,
        times.sha,
        250,
    ));
    for (name, ours, theirs, goal) in [
        ("verify + fold, one core, against cqrs-es (444,000 a second)", one, CQRS_ES_PER_SECOND, 600),
        ("verify + fold, two cores, against cqrs-es (444,000 a second)", two, CQRS_ES_PER_SECOND, 1_000),
        ("verify + fold, one core, against Emmett (207,000 a second)", one, EMMETT_PER_SECOND, 1_000),
    ] {
        report.result(at_least(name, ours * 100 / theirs, goal));
    }
    report.figures([
        ("sha256_ms", millis(times.sha)),
        ("verify_ms", millis(times.verify)),
        ("verify_and_fold_ms", millis(times.fold)),
        ("verify_and_fold_two_cores_ms", millis(times.fold_two)),
        ("entries_per_second_one_core", one),
        ("entries_per_second_two_cores", two),
    ]);
}

fn receipts(report: &mut Report, log: &logs::Made) {
    let times = replay::<SaleSession>(&log.path);
    report.result(at_most(
        "verify + fold of receipts, one core, against SHA-256 over the same bytes",
        times.fold,
        times.sha,
        250,
    ));
    report.figures([
        ("receipts_sha256_ms", millis(times.sha)),
        ("receipts_verify_ms", millis(times.verify)),
        ("receipts_verify_and_fold_ms", millis(times.fold)),
        ("receipts_verify_and_fold_two_cores_ms", millis(times.fold_two)),
    ]);
}

fn memory(report: &mut Report, log: &logs::Made, tenth: &logs::Made) {
    let (whole, part) = (peak_memory(&log.path), peak_memory(&tenth.path));
    report.result(json!({
        "name": "memory of a replay with 100,000 items, in MiB",
        "ratio": whole, "goal": format!("<= {MEMORY_GOAL_MIB}"), "met": whole <= MEMORY_GOAL_MIB,
    }));
    let name = "memory of a log ten times as long, against the shorter one";
    report.result(at_most_number(name, whole * 100 / part.max(1), 120));
}

fn projecting(report: &mut Report, folder: &Path, log: &logs::Made) {
    let projected = rows::measure(folder, log, ROUNDS.min(2));
    let name = "project into SQLite, row writes a second, against plain inserts of the same rows";
    report.result(at_least(name, projected.ratio, 50));
    report.figures([
        ("project_ms", projected.project_ms),
        ("project_row_writes", projected.writes),
        ("plain_inserts_ms", projected.plain_ms),
        ("plain_rows", projected.rows),
    ]);
}

/// The best times of one log: computed on one core, by the clock on two.
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
        times.sha = times.sha.min(computed(|| sha(file)));
        times.verify = times.verify.min(computed(|| {
            scan(open(file).unwrap(), 1, &Nothing, |()| Ok(())).unwrap();
        }));
        times.fold = times.fold.min(computed(|| {
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

/// How long this thread computes for `work`, which nobody else's work on the machine changes much; where the system
/// does not say, how long it takes.
fn computed(work: impl FnOnce()) -> Duration {
    let before = computed_so_far();
    let took = timed(work);
    let both = before.zip(computed_so_far());
    both.map_or(took, |(before, after)| after.saturating_sub(before))
}

fn computed_so_far() -> Option<Duration> {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    account.split(' ').next()?.parse().ok().map(Duration::from_nanos)
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
fn rate(count: u64, took: Duration) -> u64 {
    (u128::from(count) * 1_000_000_000 / took.as_nanos().max(1)) as u64
}

/// Hundredths as a JSON number with two decimals.
fn hundredths(ratio: u64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", ratio / 100, ratio % 100)).unwrap()
}

fn at_most(name: &str, ours: Duration, theirs: Duration, goal: u64) -> Value {
    at_most_number(name, (ours.as_nanos() * 100 / theirs.as_nanos().max(1)) as u64, goal)
}

fn at_most_number(name: &str, ratio: u64, goal: u64) -> Value {
    json!({
        "name": name, "ratio": hundredths(ratio), "goal": format!("<= {}", hundredths(goal)), "met": ratio <= goal,
    })
}

fn at_least(name: &str, ratio: u64, goal: u64) -> Value {
    json!({
        "name": name, "ratio": hundredths(ratio), "goal": format!(">= {}", hundredths(goal)), "met": ratio >= goal,
    })
}
