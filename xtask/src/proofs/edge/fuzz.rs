//! Requests that Schemathesis makes from the description: no 5xx, and no answer that is not described. It comes from
//! PyPI into a folder of its own; where that cannot be reached, this part is skipped and says so.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::super::Order;
use crate::{
    exec::{Run, tail},
    http::Body,
    platform::Platform,
    workspace::Workspace,
};

/// The release that is used.
const RELEASE: &str = "4.32.5";

/// How long its installation may take.
const INSTALL_LIMIT: Duration = Duration::from_mins(5);

/// What it takes beside the time it is given: reading the description, making smaller examples of what it found.
const SPARE: Duration = Duration::from_mins(3);

/// Requests a second: below what one person may send, so that limits are not all it meets.
const RATE: &str = "55/s";

/// How long the token that it uses is good, s.
const TOKEN_S: u64 = 3_600;

/// What came of it.
pub enum Outcome {
    /// It ran.
    Ran {
        /// Operations of the description that it tried.
        operations: u64,
        /// Requests.
        cases: u64,
        /// What it found.
        failures: Vec<String>,
    },
    /// It could not, and why.
    Skipped(String),
}

/// Lets it try for as long as the order says.
///
/// # Errors
/// When the platform gives no token, or its account cannot be read.
pub fn run(order: &Order<'_>, platform: &Platform) -> Result<Outcome> {
    let tool = match installed(order.workspace) {
        Ok(tool) => tool,
        Err(why) => return Ok(Outcome::Skipped(format!("{why:#}"))),
    };
    let port = platform.settings().port;
    let account = order.workspace.tooling("schemathesis.json");
    let _ = std::fs::remove_file(&account);
    let body = json!({
        "user": "user_demo_olivia",
        "organization": "demo",
        "origin": format!("http://demo.localhost:{port}"),
        "lifetime_seconds": TOKEN_S,
    });
    let answer = platform.sandbox().post("/testing/tokens", "fuzz", Body::Json(&body))?;
    let token = answer["jwt"].as_str().context("the sandbox gave no token")?;
    let finished = Run::new(order.workspace, "schemathesis", tool)
        .args(["run", "frontend/openapi.json", "--no-color", "--continue-on-failure"])
        .args(["--url", &format!("http://127.0.0.1:{port}")])
        .args(["--header", &format!("Host: demo.localhost:{port}")])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
        // Sockets are no requests with answers.
        .args(["--exclude-path-regex", "/live$"])
        .args(["--phases", "examples,coverage,fuzzing", "--warnings", "off", "--no-shrink"])
        .args(["--max-time", &order.seconds.to_string(), "--seed", &order.seed.to_string()])
        .args(["--rate-limit", RATE, "--request-timeout", "30", "--generation-database", "none"])
        .args(["--report-json-path", &account.display().to_string()])
        .limit(Duration::from_secs(order.seconds) + SPARE)
        .finish(None)?;
    let text = std::fs::read_to_string(&account)
        .with_context(|| format!("Schemathesis left no account:\n{}", tail(&finished.output)))?;
    let account: Value = serde_json::from_str(&text).context("Schemathesis' account is no JSON")?;
    Ok(read(&account))
}

/// Its program; installed first if it is not there.
fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.tooling(&format!("schemathesis-{RELEASE}"));
    let tool = folder.join("bin/schemathesis");
    if tool.exists() {
        return Ok(tool);
    }
    let folder = folder.display().to_string();
    let made =
        Run::new(workspace, "schemathesis-venv", "python3").args(["-m", "venv", &folder]).finish(None)?;
    anyhow::ensure!(made.success, "Python makes no environment for it: {}", tail(&made.output));
    let install = Run::new(workspace, "schemathesis-install", format!("{folder}/bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", &format!("schemathesis=={RELEASE}")])
        .limit(INSTALL_LIMIT)
        .finish(None)?;
    if !install.success {
        // A half-made environment would be taken for a whole one.
        let _ = std::fs::remove_dir_all(&folder);
        anyhow::bail!("PyPI does not give it: {}", tail(&install.output));
    }
    Ok(tool)
}

fn read(account: &Value) -> Outcome {
    let number = |path: &str| account.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let found =
        ["failures", "errors"].into_iter().flat_map(|name| account[name].as_array().into_iter().flatten());
    Outcome::Ran {
        operations: number("/operations/tested"),
        cases: number("/test_cases/generated"),
        failures: found.map(Value::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_for_what_was_tried_and_found() {
        let account = json!({
            "operations": {"total": 9, "tested": 7}, "test_cases": {"generated": 100},
            "failures": [{"operation": "GET /x"}], "errors": [],
        });
        let Outcome::Ran { operations, cases, failures } = read(&account) else { panic!("it ran") };
        assert_eq!((operations, cases, failures.len()), (7, 100, 1));
        let Outcome::Ran { cases: 0, .. } = read(&Value::Null) else { panic!("nothing was tried") };
    }
}
