//! `bench replay`: the support desk's reader beside what bounds it.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::{say::Step, workspace::Workspace};

/// Entries of the long log.
const ENTRIES: &str = "1000000";

/// Measures.
///
/// # Errors
/// When the measurement cannot be built or run.
pub fn run(workspace: &Workspace, step: &Step) -> Result<Map<String, Value>> {
    step.detail("building");
    let built = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "replay-tool",
            "--bin",
            "replay-tool",
            "--example",
            "bench",
        ])
        .current_dir(workspace.root())
        .output()
        .context("cargo cannot be started")?;
    if !built.status.success() {
        bail!("the measurement does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    step.detail("measuring");
    let output = Command::new(workspace.path("target/release/examples/bench"))
        .arg(workspace.tooling("bench-replay"))
        .arg(ENTRIES)
        .output()
        .context("the measurement cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("the measurement failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_str(text.trim()).context("the figures cannot be read")
}
