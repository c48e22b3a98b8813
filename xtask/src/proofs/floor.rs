//! Holds the sale floor against real browsers: cashiers side by side while networks fail and tabs are killed; every
//! basket that a screen has shown as sold is in the log once, and each clash of two tills is one conflict.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::{Order, Verdict};
use crate::{
    artifacts::{self, Artifact},
    bench,
    exec::{Run, tail},
    npm,
    platform::{self, Environment, Platform, Settings},
    seed,
};

/// Shorter runs are the tests': fewer tills and a smaller basket, so that setting up does not take longer than selling.
const WHOLE_SECONDS: u64 = 60;

/// Tills and lines of the large basket in a whole run: a large sale's hall, and the most that a receipt takes.
const WHOLE: (u64, u64) = (24, 300);

/// And in a short one; an even number of tills, since they clash by pairs.
const SHORT: (u64, u64) = (4, 40);

/// What setting up, handing in and measuring may take beside the selling.
const BESIDE_SELLING: Duration = Duration::from_mins(15);

/// The goal for a scan's way to the screen, at the 95th percentile, in ms. Told, and not a part of the claim: a busy
/// machine is not a broken till.
const PAINT_GOAL_MS: f64 = 50.0;

/// Carries the proof out.
///
/// # Errors
/// When the platform or the browser cannot be started.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    artifacts::ensure(order.workspace, Artifact::All)?;
    let chromium = npm::ensure_chromium(order.workspace)?;
    let whole = order.seconds >= WHOLE_SECONDS;
    let state = order.workspace.tooling("proof-floor");
    if state.exists() {
        fs::remove_dir_all(&state).context("the last proof's state cannot be removed")?;
    }
    let settings = Settings { port: platform::free_ports()?, state, environment: Environment::Test };
    let platform = Platform::start_logged(order.workspace, settings)?;
    seed::organizations(&platform)?;
    let settings = platform.settings();
    let (tills, lines) = if whole { WHOLE } else { SHORT };
    order.step.detail(&format!("{tills} tills in real browsers"));
    let finished = Run::new(order.workspace, "proof-floor", order.workspace.npm_tool("node"))
        .args(["--no-warnings", "tests/floor/prove.ts"])
        .env("HANGTAG_URL", format!("http://demo.localhost:{}", settings.port))
        .env("HANGTAG_CHROMIUM", chromium)
        .env("FLOOR_SECONDS", order.seconds.to_string())
        .env("FLOOR_SEED", order.seed.to_string())
        .env("FLOOR_TILLS", tills.to_string())
        .env("FLOOR_LINES", lines.to_string())
        .limit(Duration::from_secs(order.seconds) + BESIDE_SELLING)
        .finish(Some(order.step))?;
    drop(platform);
    let mut lines = finished.output.lines().rev().filter(|line| line.starts_with("{\"figures\""));
    let said = lines.find_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut said = said.with_context(|| format!("the cashiers broke off:\n{}", tail(&finished.output)))?;
    if whole {
        order.step.detail("acknowledgements, beside a bare object");
        let measured = bench::acknowledgements(order.workspace, order.step)?;
        said["figures"]["ack_p99_ratio"] = measured;
    }
    Ok(verdict(&said))
}

fn verdict(said: &Value) -> Verdict {
    let figures = said["figures"].as_object().cloned().unwrap_or_else(Map::new);
    let number = |name: &str| figures.get(name).and_then(Value::as_u64);
    let findings: Vec<&str> =
        said["findings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let text = |name: &str| figures.get(name).unwrap_or(&json!(null)).to_string();
    let painted = figures.get("scan_to_paint_p95_ms").and_then(Value::as_f64);
    let goal = if painted.is_some_and(|ms| ms <= PAINT_GOAL_MS) { "met" } else { "missed" };
    let mut summary = format!(
        "{} scans at {} tills ({} a second), {} receipts through {} troubles: {} lost, {} doubled; {} conflicts made, \
         {} still open; scan to paint p95 {} ms with 100,000 items (goal {PAINT_GOAL_MS} ms, {goal})",
        text("scans"),
        text("tills"),
        text("scans_per_second"),
        text("receipts"),
        text("troubles"),
        text("lost"),
        text("doubled"),
        text("conflicts"),
        text("conflicts_open"),
        text("scan_to_paint_p95_ms"),
    );
    if let Some(ratio) = figures.get("ack_p99_ratio") {
        summary = format!("{summary}; acknowledged at p99 {ratio} times as late as by a bare object");
    }
    for finding in &findings {
        summary = format!("{summary}\n{finding}");
    }
    // Who sold nothing, or through no trouble, has shown nothing.
    let tried = ["scans", "receipts", "troubles", "conflicts"].iter().all(|name| number(name) > Some(0));
    let whole = ["lost", "doubled", "conflicts_open"].iter().all(|name| number(name) == Some(0));
    Verdict { holds: tried && whole && findings.is_empty(), figures, summary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_sales_troubles_and_nothing_lost() {
        let good = json!({"scans": 9, "receipts": 3, "troubles": 1, "conflicts": 2, "lost": 0, "doubled": 0, "conflicts_open": 0});
        assert!(verdict(&json!({"figures": good, "findings": []})).holds);
        assert!(!verdict(&json!({"figures": good, "findings": ["lost: a basket"]})).holds);
        for (name, value) in
            [("lost", 1), ("doubled", 1), ("conflicts_open", 1), ("troubles", 0), ("scans", 0)]
        {
            let mut bad = good.clone();
            bad[name] = value.into();
            assert!(!verdict(&json!({"figures": bad, "findings": []})).holds, "{name}");
        }
        assert!(!verdict(&Value::Null).holds);
    }
}
