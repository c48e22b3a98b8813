//! `prove replay`: the support desk's tool says what the domain says, in seeded worlds, and its transcripts hold.

use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use super::{Order, Verdict};

/// Worlds tried when nobody says how many: more than a minute's worth, so that the seconds decide.
const WORLDS: u64 = 1_000_000;

/// Carries the proof out.
///
/// # Errors
/// When the tool cannot be built or started.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    order.step.detail("building");
    // As the tests build it, so that nothing is built twice.
    let built = cargo(order, &["build", "--quiet", "--bin", "replay-tool", "--example", "prove"])?;
    if !built.status.success() {
        bail!("the proof does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    order.step.detail("transcripts");
    let transcripts = cargo(order, &["test", "--quiet", "--test", "transcripts"])?;
    order.step.detail("seeded worlds");
    let worlds = Command::new(order.workspace.path("target/debug/examples/prove"))
        .args([order.seed, order.seeds.unwrap_or(WORLDS), order.seconds].map(|number| number.to_string()))
        .output()
        .context("the proof cannot be started")?;
    let text = String::from_utf8_lossy(&worlds.stdout);
    let mut figures: Map<String, Value> = serde_json::from_str(text.trim()).with_context(|| {
        format!("the figures cannot be read: {text}{}", String::from_utf8_lossy(&worlds.stderr))
    })?;
    figures.insert("transcripts_hold".to_owned(), transcripts.status.success().into());
    let mut summary = String::from_utf8_lossy(&worlds.stderr).trim().to_owned();
    if !transcripts.status.success() {
        summary = format!("{summary}\n{}", String::from_utf8_lossy(&transcripts.stdout));
    }
    for (figure, value) in &figures {
        summary = format!("{summary}\n{figure:<20} {value}");
    }
    Ok(Verdict {
        holds: worlds.status.success() && transcripts.status.success(),
        figures,
        summary: summary.trim().to_owned(),
    })
}

fn cargo(order: &Order<'_>, arguments: &[&str]) -> Result<Output> {
    let (verb, rest) = arguments.split_first().context("no arguments")?;
    Command::new("cargo")
        .arg(verb)
        .args(["--package", "replay-tool"])
        .args(rest)
        .current_dir(order.workspace.root())
        .output()
        .context("cargo cannot be started")
}
