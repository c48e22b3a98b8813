//! Holds the edge against the running system: nobody sees into another organization, nobody is believed who should
//! not be, a flood hurts only itself, no secret stands in a log, and no request gets an answer that is not described.

mod fuzz;

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use super::{Order, Verdict};
use crate::{
    exec::{Run, tail},
    platform::{self, Environment, Platform, Settings},
    seed,
};

/// The longest that the suites in TypeScript may take: some thousand requests, and a flood.
const SUITES_LIMIT: Duration = Duration::from_mins(10);

/// Findings that are shown; more of the same say nothing new.
const SHOWN_FINDINGS: usize = 20;

/// Characters of a finding that are shown.
const SHOWN_CHARS: usize = 400;

/// Carries the proof out.
///
/// # Errors
/// When the platform cannot be started, or not be asked.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    crate::artifacts::ensure(order.workspace, crate::artifacts::Artifact::All)?;
    let state = order.workspace.tooling("proof-edge");
    if state.exists() {
        fs::remove_dir_all(&state).context("the last proof's state cannot be removed")?;
    }
    let platform = Platform::start_logged(
        order.workspace,
        Settings { port: platform::free_ports()?, state, environment: Environment::Test },
    )?;
    seed::organizations(&platform)?;
    let mut verdict = suites(order, &platform)?;
    order.step.detail("requests made from the description");
    match fuzz::run(order, &platform)? {
        fuzz::Outcome::Ran { operations, cases, failures } => {
            verdict.figures.insert("fuzzed_operations".into(), operations.into());
            verdict.figures.insert("fuzzed_requests".into(), cases.into());
            verdict.figures.insert("undescribed".into(), failures.len().into());
            verdict.holds &= failures.is_empty() && cases > 0;
            append(&mut verdict.summary, &failures);
        }
        fuzz::Outcome::Skipped(why) => {
            verdict.summary =
                format!("{}\nrequests made from the description: skipped, {why}", verdict.summary);
        }
    }
    Ok(verdict)
}

fn suites(order: &Order<'_>, platform: &Platform) -> Result<Verdict> {
    order.step.detail("every route, every other organization's ids, every role");
    let settings = platform.settings();
    let finished = Run::new(order.workspace, "proof-edge", order.workspace.npm_tool("node"))
        .args(["tests/edge/prove.ts"])
        .env("HANGTAG_PORT", settings.port.to_string())
        .env("HANGTAG_URL", format!("http://demo.localhost:{}", settings.port))
        .env("HANGTAG_SANDBOX_URL", format!("http://127.0.0.1:{}", settings.sandbox_port()))
        .env("HANGTAG_STATE", &settings.state)
        .limit(SUITES_LIMIT)
        .finish(None)?;
    let said = finished.output.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok());
    let said = said.with_context(|| format!("the suites ended early:\n{}", tail(&finished.output)))?;
    Ok(verdict(&said))
}

fn verdict(said: &Value) -> Verdict {
    let texts = |name: &str| -> Vec<String> {
        said[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let figures = said["figures"].as_object().cloned().unwrap_or_else(Map::new);
    let number = |name: &str| figures.get(name).and_then(Value::as_u64).unwrap_or(0);
    let findings = texts("findings");
    let mut summary = format!(
        "{} routes, {} probes across organizations with {} leaks, {} forgeries refused, {} server errors; \
         {} of a flood of {} refused while {} others were served; {} marks in no line of the logs",
        number("routes"),
        number("cross_tenant_probes"),
        number("leaks"),
        number("forgeries_refused"),
        number("server_errors"),
        number("flood_refused"),
        number("flood_sent"),
        number("others_served"),
        number("marks_sent"),
    );
    append(&mut summary, &findings);
    append(&mut summary, &texts("notes"));
    // What was never tried proves nothing.
    let tried =
        number("cross_tenant_probes") > 0 && number("controls") > 0 && number("forgeries_refused") > 0;
    Verdict { holds: findings.is_empty() && tried, figures, summary }
}

fn append(summary: &mut String, lines: &[String]) {
    for line in lines.iter().take(SHOWN_FINDINGS) {
        summary.push('\n');
        summary.extend(line.chars().take(SHOWN_CHARS));
    }
    if lines.len() > SHOWN_FINDINGS {
        summary.push_str(&format!("\nand {} more", lines.len() - SHOWN_FINDINGS));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_verdict_needs_probes_and_no_finding() {
        let figures = json!({"cross_tenant_probes": 3, "controls": 2, "forgeries_refused": 5});
        assert!(verdict(&json!({"figures": figures, "findings": []})).holds);
        assert!(!verdict(&json!({"figures": figures, "findings": ["a leak"]})).holds);
        assert!(!verdict(&json!({"figures": {}, "findings": []})).holds, "nothing was tried");
        assert!(!verdict(&Value::Null).holds);
    }
}
