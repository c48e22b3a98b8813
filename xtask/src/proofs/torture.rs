//! Everything that can go wrong, at random and under load: the runtime is killed in the middle, queue batches come
//! again and in any order, D1 fails inside a batch, objects panic behind a command, commands race for one head,
//! alarms are given up, and every client says everything three times. After each round the logs are held against
//! what was answered; at the end (and now and then) D1 against the fold of the logs, row by row.

mod chance;
mod doors;
mod ledger;
mod load;
mod rows;
mod world;

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use self::{
    chance::Chance,
    doors::{Doors, Ending},
    ledger::{Findings, Ledger},
    load::{Faults, TIMES},
    world::Stream,
};
use super::{Order, Verdict};
use crate::{
    artifacts::{self, Artifact},
    exec::Run,
    platform::{self, Environment, Platform, Settings},
};

/// Streams that are tortured at the same time.
const STREAMS: u64 = 4;

/// Rounds between two comparisons of the read models.
const ROUNDS_PER_COMPARISON: u64 = 12;

/// Findings that are told in words.
const TOLD_MAX: usize = 20;

/// Triggers under which D1 fails in the middle of a batch: at its first statement, or at a later one.
const D1_FAULTS: [&str; 3] = [
    "CREATE TRIGGER torture BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'tortured'); END",
    "CREATE TRIGGER torture BEFORE INSERT ON membership BEGIN SELECT RAISE(ABORT, 'tortured'); END",
    "CREATE TRIGGER torture BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'tortured'); END",
];

/// A stream under torture.
struct Victim {
    stream: Stream,
    ledger: Ledger,
}

/// The run so far.
struct Torture<'a> {
    order: &'a Order<'a>,
    platform: Platform,
    doors: Doors,
    victims: Vec<Victim>,
    /// Streams whose supply is used up; they are still compared.
    retired: Vec<Ledger>,
    founded: u64,
    faults: Faults,
    findings: Findings,
    kills: u64,
    d1_faults: u64,
    compared: rows::Compared,
    comparisons: u64,
    slowest_catch_up: Duration,
}

/// Carries the proof out.
///
/// # Errors
/// When the platform cannot be started or asked, or a log contradicts itself.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    artifacts::ensure(order.workspace, Artifact::All)?;
    Run::new(order.workspace, "build-replay-tool", "cargo")
        .args(["build", "--quiet", "--package", "replay-tool"])
        .succeed(order.step)?;
    let mut torture = Torture::begin(order)?;
    let mut chance = Chance::new(order.seed, 0);
    let end = Instant::now() + Duration::from_secs(order.seconds);
    while torture.kills == 0 || Instant::now() < end {
        torture.round(&mut chance)?;
        if torture.kills.is_multiple_of(ROUNDS_PER_COMPARISON) {
            torture.compare()?;
        }
    }
    torture.compare()?;
    Ok(torture.verdict())
}

impl<'a> Torture<'a> {
    fn begin(order: &'a Order<'a>) -> Result<Self> {
        let state = order.workspace.tooling("proof-torture");
        if state.exists() {
            fs::remove_dir_all(&state).context("the last proof's state cannot be removed")?;
        }
        let port = platform::free_ports()?;
        let settings = Settings { port, state, environment: Environment::Test };
        let mut torture = Self {
            order,
            platform: Platform::start(order.workspace, settings)?,
            doors: Doors::new(port),
            victims: Vec::new(),
            retired: Vec::new(),
            founded: 0,
            faults: Faults::default(),
            findings: Findings::default(),
            kills: 0,
            d1_faults: 0,
            compared: rows::Compared::default(),
            comparisons: 0,
            slowest_catch_up: Duration::ZERO,
        };
        while torture.founded < STREAMS {
            let victim = torture.found()?;
            torture.victims.push(victim);
        }
        Ok(torture)
    }

    fn acknowledged(&self) -> usize {
        let standing = self.victims.iter().map(|victim| &victim.ledger);
        standing.chain(&self.retired).map(Ledger::acknowledged).sum()
    }

    /// A new stream, ready to be tortured.
    fn found(&mut self) -> Result<Victim> {
        let stream = Stream::new(self.order.seed, self.founded);
        self.founded += 1;
        let mut ledger = Ledger::new(&stream.name, &self.platform.settings().state)?;
        for envelope in stream.opening() {
            let ending = self.doors.send(&stream.name, "command", &envelope);
            if !matches!(ending, Ending::Taken { .. }) {
                bail!("{} cannot be opened: {} ended {ending:?}", stream.name, envelope["command_id"]);
            }
            ledger.note(&envelope, &ending, &mut self.findings);
        }
        ledger.examine(&self.doors, &mut self.findings)?;
        Ok(Victim { stream, ledger })
    }

    /// Load and faults until the kill, then the reckoning.
    fn round(&mut self, chance: &mut Chance) -> Result<()> {
        self.order.step.detail(&format!(
            "{} commands acknowledged, {} kills, {} findings",
            self.acknowledged(),
            self.kills,
            self.findings.told.len()
        ));
        let faulty = chance.once_in(3);
        if faulty {
            let at = usize::try_from(chance.below(D1_FAULTS.len() as u64)).unwrap_or_default();
            self.doors.d1(D1_FAULTS[at])?;
            self.d1_faults += 1;
        }
        for (at, envelope, ending) in self.load_until_killed(chance)? {
            self.victims[at].ledger.note(&envelope, &ending, &mut self.findings);
        }
        if faulty {
            self.repair()?;
        }
        self.reckon()?;
        self.replace_worn()
    }

    /// D1 takes everything again, and what was parked meanwhile goes on.
    fn repair(&self) -> Result<()> {
        self.doors.d1("DROP TRIGGER IF EXISTS torture")?;
        for row in self.doors.d1("SELECT stream FROM parked_stream")? {
            self.doors.resume(row["stream"].as_str().unwrap_or_default())?;
        }
        Ok(())
    }

    /// Holds each log against the answers, sends again what got none, and looks once more.
    fn reckon(&mut self) -> Result<()> {
        for victim in &mut self.victims {
            victim.ledger.examine(&self.doors, &mut self.findings)?;
            for envelope in victim.ledger.take_unknown() {
                for _ in 0..TIMES {
                    let ending = self.doors.send(&victim.stream.name, "command", &envelope);
                    victim.ledger.note(&envelope, &ending, &mut self.findings);
                    self.faults.repeats.fetch_add(1, Ordering::Relaxed);
                }
            }
            victim.ledger.examine(&self.doors, &mut self.findings)?;
        }
        Ok(())
    }

    fn replace_worn(&mut self) -> Result<()> {
        for at in 0..self.victims.len() {
            if self.victims[at].stream.is_worn() {
                // Odd numbers are sessions, and only sessions wear.
                self.founded += u64::from(self.founded.is_multiple_of(2));
                let fresh = self.found()?;
                let worn = std::mem::replace(&mut self.victims[at], fresh);
                self.retired.push(worn.ledger);
            }
        }
        Ok(())
    }

    /// The read models against the logs.
    fn compare(&mut self) -> Result<()> {
        self.order.step.detail("comparing the read models with the logs");
        let standing = self.victims.iter_mut().map(|victim| &mut victim.ledger);
        for ledger in standing.chain(&mut self.retired) {
            ledger.examine(&self.doors, &mut self.findings)?;
        }
        let standing = self.victims.iter().map(|victim| &victim.ledger);
        let ledgers: Vec<&Ledger> = standing.chain(&self.retired).collect();
        self.slowest_catch_up = self.slowest_catch_up.max(rows::wait(&self.doors, &ledgers)?);
        let found = rows::compare(self.order, &self.platform.settings().state, &ledgers)?;
        self.compared.equal = found.equal;
        self.compared.different += found.different;
        self.compared.told.extend(found.told);
        self.comparisons += 1;
        Ok(())
    }

    fn figures(&self) -> Map<String, Value> {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let figures = json!({
            "kills": self.kills,
            "acknowledged": self.acknowledged(),
            "lost": self.findings.lost,
            "doubled": self.findings.doubled,
            "halves": self.findings.halves,
            "projection_mismatches": self.compared.different,
            "rows_equal": self.compared.equal,
            "comparisons": self.comparisons,
            "streams": self.founded,
            "panics": count(&self.faults.panics),
            "races": count(&self.faults.races),
            "repeats": count(&self.faults.repeats),
            "queue_batches": count(&self.faults.queue_batches),
            "alarms_lost": count(&self.faults.alarms_lost),
            "d1_faults": self.d1_faults,
            "slowest_catch_up_ms": u64::try_from(self.slowest_catch_up.as_millis()).unwrap_or(u64::MAX),
        });
        if let Value::Object(figures) = figures { figures } else { Map::new() }
    }

    fn verdict(&self) -> Verdict {
        let mut summary = format!(
            "{} kills, {} commands acknowledged: {} lost, {} doubled, {} logs with halves, {} of {} rows not as the logs say",
            self.kills,
            self.acknowledged(),
            self.findings.lost,
            self.findings.doubled,
            self.findings.halves,
            self.compared.different,
            self.compared.equal + self.compared.different,
        );
        for line in self.findings.told.iter().chain(&self.compared.told).take(TOLD_MAX) {
            summary = format!("{summary}\n{line}");
        }
        let holds = self.findings.told.is_empty() && self.compared.different == 0 && self.acknowledged() > 0;
        Verdict { holds, figures: self.figures(), summary }
    }
}
