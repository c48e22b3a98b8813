//! `cargo xtask bench NAME`: the one door to measurements. Each is a line in [`ALL`] with a function.

mod log;
mod replay;

pub use log::acknowledgements;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::{
    artifacts::{self, Artifact},
    platform::{self, Environment, Platform, Settings},
    say::{self, Step},
    seed::{self, Seed},
    workspace::Workspace,
};

/// A measurement.
#[derive(Debug)]
pub struct Bench {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it measures, in one sentence.
    pub subject: &'static str,
    /// Measures.
    pub run: fn(&Workspace, &Step) -> Result<Map<String, Value>>,
}

/// Every measurement there is.
pub const ALL: &[Bench] = &[
    Bench {
        name: "log",
        subject: "what the log host costs against an object that does one INSERT a request, and a bare D1 batch",
        run: log::run,
    },
    Bench {
        name: "start",
        subject: "how long a built platform takes to start on new state, to be seeded, and to start again",
        run: start,
    },
    Bench {
        name: "replay",
        subject: "how fast a log of a million entries is verified, folded and projected, beside what bounds it",
        run: replay::run,
    },
];

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Which measurement; without one, they are listed.
    name: Option<String>,
    /// Write the figures here, as one JSON object.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Runs one measurement, or lists them.
///
/// # Errors
/// When there is no such measurement, or it could not be made.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let Some(name) = &options.name else {
        for bench in ALL {
            say::result(format!("{:<12} {}", bench.name, bench.subject));
        }
        return Ok(());
    };
    let Some(bench) = ALL.iter().find(|bench| bench.name == name) else {
        let names: Vec<&str> = ALL.iter().map(|bench| bench.name).collect();
        bail!("there is no measurement `{name}`: there are {}", names.join(", "));
    };
    let figures = say::step(&format!("Measuring: {name}"), |step| (bench.run)(workspace, step))?;
    for (figure, value) in &figures {
        match value {
            Value::Array(results) => results.iter().for_each(|result| say::result(told(result))),
            _ => say::result(format!("{figure:<28} {value}")),
        }
    }
    if let Some(path) = &options.json {
        fs::write(path, json!(figures).to_string() + "\n")
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// A result with a goal, in one line.
fn told(result: &Value) -> String {
    let met = if result["met"] == Value::Bool(true) { "met   " } else { "MISSED" };
    let text = |field: &str| result[field].as_str().unwrap_or_default();
    format!("{met} {} (goal {}): {}", result["ratio"], text("goal"), text("name"))
}

fn start(workspace: &Workspace, step: &Step) -> Result<Map<String, Value>> {
    artifacts::ensure(workspace, Artifact::All)?;
    let state = workspace.tooling("bench-start");
    if state.exists() {
        fs::remove_dir_all(&state).context("the last measurement's state cannot be removed")?;
    }
    let settings = Settings { port: platform::free_ports()?, state, environment: Environment::Local };
    step.detail("new state");
    let begun = Instant::now();
    let mut platform = Platform::start(workspace, settings.clone())?;
    let first = begun.elapsed();
    step.detail("seeding");
    let begun = Instant::now();
    seed::ensure(workspace, &platform, Seed::Demo)?;
    let seeded = begun.elapsed();
    let begun = Instant::now();
    platform.stop();
    let stopped = begun.elapsed();
    drop(platform);
    step.detail("same state again");
    let begun = Instant::now();
    drop(Platform::start(workspace, settings)?);
    let again = begun.elapsed();
    let figures = [
        ("first_start_ms", first),
        ("seed_ms", seeded),
        ("stop_ms", stopped),
        ("second_start_and_stop_ms", again),
    ];
    Ok(figures.into_iter().map(|(name, took)| (name.to_owned(), milliseconds(took))).collect())
}

fn milliseconds(duration: Duration) -> Value {
    json!(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
