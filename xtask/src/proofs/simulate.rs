//! `prove simulate`: seeded sales over the real aggregates, with every fault a hall can have, and deliberate
//! bugs to show that the simulator sees.

use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use super::{Order, Verdict};

/// Sales a second that any machine manages: turns a proof's seconds into seeds when nobody says how many.
const SEEDS_PER_SECOND: u64 = 100;

/// Within how many seeds each deliberate bug must be found.
const SEEDS_PER_BUG: u64 = 1_000;

/// Deliberate bugs, as `simulate --bug` knows them.
const BUGS: [&str; 12] = [
    "forgets_commands",
    "forgets_refusals",
    "drops_deliveries",
    "sells_twice",
    "rounds_both_parts",
    "forgets_sold_items",
    "hides_conflicts",
    "credits_twice",
    "keeps_returned_share",
    "loses_edits",
    "overlooks_refunds",
    "finds_again",
];

/// Carries the proof out.
///
/// # Errors
/// When the simulator cannot be built or started.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    build(order)?;
    let seeds = order.seeds.unwrap_or(order.seconds.saturating_mul(SEEDS_PER_SECOND));
    order.step.detail(&format!("{seeds} sales from seed {}", order.seed));
    let sales = simulate(order, seeds, None)?;
    let mut figures: Map<String, Value> = json_line(&sales)?;
    let mut summary = text(&sales.stdout, &sales.stderr);
    let mut holds = sales.status.success();
    for bug in BUGS {
        let hunt = simulate(order, SEEDS_PER_BUG, Some(bug))?;
        let found = (hunt.status.code() == Some(1)).then(|| json_line(&hunt)).transpose()?;
        let after = found.and_then(|found| found.get("seeds").and_then(Value::as_u64));
        holds &= after.is_some();
        summary = match after {
            Some(after) => format!("{summary}\nthe bug {bug} is found after {after} sales"),
            None => format!("{summary}\nTHE BUG {bug} IS NOT FOUND in {SEEDS_PER_BUG} sales"),
        };
        figures.insert(format!("{bug}_found_after"), after.map_or(Value::Null, Value::from));
    }
    Ok(Verdict { holds, figures, summary })
}

fn build(order: &Order<'_>) -> Result<()> {
    let built = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--profile",
            "simulate",
            "--package",
            "hangtag-simulator",
            "--features",
            "sabotage",
        ])
        .current_dir(order.workspace.root())
        .output()
        .context("cargo cannot be started")?;
    if !built.status.success() {
        bail!("the simulator does not build:\n{}", String::from_utf8_lossy(&built.stderr));
    }
    Ok(())
}

fn simulate(order: &Order<'_>, seeds: u64, bug: Option<&str>) -> Result<Output> {
    let mut command = Command::new(order.workspace.path("target/simulate/simulate"));
    command.args(["--json", "--seeds", &seeds.to_string(), "--seed", &order.seed.to_string()]);
    if let Some(bug) = bug {
        command.args(["--bug", bug]);
    }
    command.output().context("the simulator cannot be started")
}

/// The figures: the last line of the output.
fn json_line(output: &Output) -> Result<Map<String, Value>> {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().context("the simulator said nothing")?;
    serde_json::from_str(line).context("the simulator's figures cannot be read")
}

fn text(stdout: &[u8], stderr: &[u8]) -> String {
    let told = String::from_utf8_lossy(stderr);
    if told.trim().is_empty() { String::from_utf8_lossy(stdout).trim().to_owned() } else { told.into_owned() }
}
