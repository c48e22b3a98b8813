//! `cargo xtask bench log`: what the log host costs against a bare object and a bare D1 batch, in one runtime.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::{
    artifacts,
    exec::Run,
    platform::wrangler_variables,
    say::{self, Step},
    workspace::Workspace,
};

/// The bare object's crate.
const BARE: &str = "xtask/bench/bare";

/// Where bundles are laid for the measuring script.
const BUNDLES: &str = "bench";

/// The part of the measurement that is a hall of tills.
const HALL: &str = "hall";

/// Measures everything.
pub fn run(workspace: &Workspace, step: &Step) -> Result<Map<String, Value>> {
    measure(workspace, step, None)
}

/// How much later than by a bare object a hall's tills are answered, at the 99th percentile.
pub fn acknowledgements(workspace: &Workspace, step: &Step) -> Result<Value> {
    let measured = measure(workspace, step, Some(HALL))?;
    Ok(measured["results"][0]["ratio"].clone())
}

/// Builds both contestants as small and quick as a deployment has them, and lets the script measure.
fn measure(workspace: &Workspace, step: &Step, part: Option<&str>) -> Result<Map<String, Value>> {
    step.detail("building as for a deployment");
    artifacts::ensure_deployable(workspace)?;
    artifacts::ensure_crate(workspace, BARE)?;
    let ours = bundle(workspace, step, "ours", "wrangler.toml")?;
    let bare = bundle(workspace, step, "bare", &format!("{BARE}/wrangler.toml"))?;
    step.detail("measuring");
    let finished = Run::new(workspace, "bench-log", workspace.npm_tool("node"))
        .args(["--no-warnings", "tests/bench/log.ts"])
        .env("BENCH_OURS", &ours)
        .env("BENCH_BARE", &bare)
        .env("BENCH_MIGRATIONS", workspace.path("migrations"))
        .env("BENCH_STATE", state_folder(workspace)?)
        .envs(part.map(|part| ("BENCH_PARTS".to_owned(), part.into())))
        .finish(Some(step))?;
    let last = finished.output.lines().rev().find(|line| line.starts_with("{\"results\""));
    let Some(last) = last.filter(|_| finished.success) else {
        bail!("the measurement broke off; see .hangtag/log/bench-log.log");
    };
    for line in finished.output.lines().filter(|line| line.contains("(goal")) {
        say::line(line);
    }
    serde_json::from_str(last).context("the measurement's results cannot be read")
}

/// In memory where there is such a place: there a commit costs next to nothing, and nothing hides what we add to it.
fn state_folder(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        return Ok(memory.to_path_buf());
    }
    let folder = workspace.tooling("bench-state");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn bundle(workspace: &Workspace, step: &Step, name: &str, config: &str) -> Result<std::path::PathBuf> {
    let folder = workspace.tooling(BUNDLES).join(name);
    let _ = fs::remove_dir_all(&folder);
    Run::new(workspace, &format!("bundle-{name}"), "wrangler")
        .args(["deploy", "--dry-run", "--config", config, "--outdir"])
        .args([&folder])
        .envs(wrangler_variables().into_iter().map(|(name, value)| (name.to_owned(), value)))
        .succeed(step)?;
    Ok(folder)
}
