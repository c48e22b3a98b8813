//! Checks against the running system: a fresh platform, then the integration tests, the browser, the proofs.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::code::{check, counted, has_script, npm_script};
use crate::{
    artifacts::{self, Artifact},
    deploy::{self, Target},
    exec::{Run, tail},
    npm, openapi,
    platform::{self, Environment, Platform, Settings, wrangler_variables},
    proofs,
    report::{Outcome, Report, Tally},
    say::Step,
    seed::{self, Seed},
    workspace::Workspace,
};

/// How long each proof runs as part of the tests; `cargo xtask prove` gives them longer.
const PROOF_SECONDS: u64 = 5;

/// The longest that all integration tests together may take.
const INTEGRATION_LIMIT: Duration = Duration::from_mins(10);

/// The longest that all browser tests together may take.
const BROWSER_LIMIT: Duration = Duration::from_mins(25);

/// Runs them, as far as what they stand on holds.
pub fn run(workspace: &Workspace, report: &mut Report) {
    let built = report.needed_stage("building the Worker and the screens", |_| {
        artifacts::ensure(workspace, Artifact::All)?;
        Ok(Outcome::passed())
    });
    if built.failed > 0 {
        return;
    }
    if has_script(workspace, "frontend", "size") {
        report.stage("size of the screens", |step| check(npm_script(workspace, "frontend", "size"), step));
    }
    for target in Target::ALL {
        report.stage(&format!("deployment to {}, as a dry run", target.name()), |step| {
            let config = deploy::write_placeholder(workspace, target)?;
            let config = config.to_string_lossy();
            let arguments = ["deploy", "--dry-run", "--outdir", ".hangtag/dry-run", "--config", &config];
            check(wrangler(workspace, "dry-run", &arguments), step)
        });
    }
    let mut platform = None;
    report.needed_stage("start of a fresh platform", |_| {
        platform = Some(fresh(workspace)?);
        Ok(Outcome::passed())
    });
    if let Some(platform) = platform {
        report.stage("interface description", |step| description(workspace, &platform, step));
        report.stage("integration tests", |step| integration(workspace, &platform, step));
        report.stage("browser tests", |step| browser(workspace, &platform, step));
    }
    for proof in proofs::ALL {
        report.stage(&format!("proof: {}", proof.name), |step| {
            let order = proofs::Order {
                workspace,
                seconds: PROOF_SECONDS,
                seed: proofs::SEED_OF_TESTS,
                seeds: None,
                step,
            };
            let verdict = (proof.run)(&order)?;
            Ok(if verdict.holds { Outcome::passed() } else { Outcome::failed(verdict.summary) })
        });
    }
}

fn wrangler(workspace: &Workspace, log: &str, arguments: &[&str]) -> Run {
    Run::new(workspace, log, "wrangler")
        .args(arguments)
        .envs(wrangler_variables().into_iter().map(|(name, value)| (name.to_owned(), value)))
}

/// A seeded platform on ports that are free, with state that is new.
fn fresh(workspace: &Workspace) -> Result<Platform> {
    let state = workspace.tooling("test-state");
    if state.exists() {
        fs::remove_dir_all(&state).with_context(|| format!("{} cannot be removed", state.display()))?;
    }
    let platform = Platform::start(
        workspace,
        Settings { port: platform::free_ports()?, state, environment: Environment::Test },
    )?;
    seed::ensure(workspace, &platform, Seed::Demo)?;
    Ok(platform)
}

/// What tests are told about the platform they run against.
fn test_variables(workspace: &Workspace, platform: &Platform) -> Vec<(String, std::ffi::OsString)> {
    let settings = platform.settings();
    [
        ("HANGTAG_URL", format!("http://demo.localhost:{}", settings.port).into()),
        ("HANGTAG_PORT", settings.port.to_string().into()),
        ("HANGTAG_SANDBOX_URL", format!("http://127.0.0.1:{}", settings.sandbox_port()).into()),
        ("HANGTAG_STATE", settings.state.clone().into_os_string()),
        ("HANGTAG_REPLAY_TOOL", workspace.path("target/debug/replay-tool").into_os_string()),
        ("HANGTAG_ROOT", workspace.root().as_os_str().to_owned()),
        ("NO_COLOR", "1".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// The screens' types are made from the description that the Worker gives of itself: all three must agree.
fn description(workspace: &Workspace, platform: &Platform, step: &Step) -> Result<Outcome> {
    let kept = workspace.path(openapi::DESCRIPTION);
    let kept = fs::read_to_string(&kept).with_context(|| format!("{} cannot be read", kept.display()))?;
    let kept: Value = serde_json::from_str(&kept).context("frontend/openapi.json is not JSON")?;
    if kept != platform.client("demo").get("/api/v1/openapi.json")? {
        return Ok(Outcome::failed(
            "frontend/openapi.json is not what the Worker says of itself: run `cargo xtask openapi`",
        ));
    }
    let made = workspace.tooling("schema.ts");
    Run::new(workspace, "openapi-types", "npm")
        .args(["exec", "--workspace", "frontend", "--", "openapi-typescript"])
        .args([&workspace.path(openapi::DESCRIPTION)])
        .args(["--alphabetize", "--output"])
        .args([&made])
        .succeed(step)?;
    let same = fs::read(&made)? == fs::read(workspace.path(openapi::TYPES))?;
    Ok(if same {
        Outcome::passed()
    } else {
        Outcome::failed("the screens' types are out of date: run `cargo xtask openapi`")
    })
}

fn integration(workspace: &Workspace, platform: &Platform, step: &Step) -> Result<Outcome> {
    Run::new(workspace, "build-replay-tool", "cargo")
        .args(["build", "--quiet", "--package", "replay-tool"])
        .succeed(step)?;
    let files = test_files(workspace, "tests/integration", ".test.ts")?;
    if files.is_empty() {
        return Ok(Outcome::failed("tests/integration holds no test"));
    }
    let run = Run::new(workspace, "integration", workspace.npm_tool("node"))
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .envs(test_variables(workspace, platform))
        .limit(INTEGRATION_LIMIT);
    counted(run, step)
}

fn test_files(workspace: &Workspace, folder: &str, ending: &str) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(workspace.path(folder)) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn browser(workspace: &Workspace, platform: &Platform, step: &Step) -> Result<Outcome> {
    if test_files(workspace, "tests/e2e", ".spec.ts")?.is_empty() {
        return Ok(Outcome::failed("tests/e2e holds no test"));
    }
    let chromium = match npm::ensure_chromium(workspace) {
        Ok(path) => path,
        Err(error) => return Ok(Outcome::skipped(format!("{error:#}"))),
    };
    let account = workspace.tooling("playwright.json");
    let _ = fs::remove_file(&account);
    let finished = Run::new(workspace, "browser", workspace.npm_tool("playwright"))
        .args(["test", "--config", "tests/playwright.config.ts"])
        .envs(test_variables(workspace, platform))
        .env("HANGTAG_CHROMIUM", chromium)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &account)
        .limit(BROWSER_LIMIT)
        .finish(Some(step))?;
    let account = fs::read_to_string(&account).unwrap_or_default();
    let account: Value = serde_json::from_str(&account).unwrap_or_default();
    Ok(Outcome::counted(browser_tally(&account), finished.success, tail(&finished.output)))
}

/// Playwright's own account of its tests; a test that passed only at its second try has not passed.
fn browser_tally(account: &Value) -> Tally {
    let number = |name: &str| account["stats"][name].as_u64().unwrap_or(0);
    Tally {
        passed: number("expected"),
        failed: number("unexpected") + number("flaky"),
        skipped: number("skipped"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_flaky_browser_test_is_a_failed_one() {
        let account = json!({"stats": {"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2}});
        assert_eq!(browser_tally(&account), Tally { passed: 5, failed: 2, skipped: 2 });
        assert_eq!(browser_tally(&Value::Null), Tally::default());
    }
}
