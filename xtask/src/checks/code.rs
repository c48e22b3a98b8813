//! Checks of the code as it stands: form, lints, types, unit tests.

use anyhow::Result;
use serde_json::Value;

use crate::{
    exec::{Run, tail},
    report::{Outcome, Report, count, failures},
    say::Step,
    tidy,
    toolchain::{self, WASM_TARGET},
    workspace::Workspace,
};

/// The crates that run as wasm, checked for that target too.
const WASM_CRATES: [&str; 4] = ["--package", "hangtag", "--package", "hangtag-terminal"];

/// The npm workspaces.
const NPM_WORKSPACES: [&str; 3] = ["frontend", "sandbox", "tests"];

/// Runs them all, the quick ones first.
pub fn run(workspace: &Workspace, report: &mut Report) {
    report.stage("form of the Rust code", |step| {
        check(Run::new(workspace, "rustfmt", "cargo").args(["fmt", "--all", "--check"]), step)
    });
    report.stage("house rules", |_| tidiness(workspace));
    report.stage("form and lints of the TypeScript", |step| {
        let arguments = ["ci", "--colors=off", "--error-on-warnings", "."];
        check(Run::new(workspace, "biome", workspace.npm_tool("biome")).args(arguments), step)
    });
    for folder in NPM_WORKSPACES.into_iter().filter(|folder| has_script(workspace, folder, "typecheck")) {
        report.stage(&format!("types of {folder}"), |step| {
            check(npm_script(workspace, folder, "typecheck"), step)
        });
    }
    report.stage("lints of the Rust code", |step| {
        let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        check(Run::new(workspace, "clippy", "cargo").args(arguments), step)
    });
    report.stage("lints of the Rust code for wasm", |step| wasm_lints(workspace, step));
    report.stage("unit tests in Rust", |step| {
        counted(
            Run::new(workspace, "cargo-test", "cargo").args([
                "test",
                "--workspace",
                "--no-fail-fast",
                "--quiet",
            ]),
            step,
        )
    });
    for folder in NPM_WORKSPACES.into_iter().filter(|folder| has_script(workspace, folder, "test")) {
        report.stage(&format!("unit tests of {folder}"), |step| {
            counted(npm_script(workspace, folder, "test"), step)
        });
    }
}

/// A tool whose exit code is its verdict.
pub fn check(run: Run, step: &Step) -> Result<Outcome> {
    let finished = run.finish(Some(step))?;
    Ok(if finished.success { Outcome::passed() } else { Outcome::failed(tail(&finished.output)) })
}

/// A tool that counts its tests.
pub fn counted(run: Run, step: &Step) -> Result<Outcome> {
    let finished = run.finish(Some(step))?;
    Ok(Outcome::counted(count(&finished.output), finished.success, failures(&finished.output)))
}

/// A script of an npm workspace.
pub fn npm_script(workspace: &Workspace, folder: &str, script: &str) -> Run {
    let log = format!("npm-{folder}-{script}");
    Run::new(workspace, &log, "npm")
        .args(["run", "--silent", script, "--workspace", folder])
        .env("NO_COLOR", "1")
}

/// Whether an npm workspace has a script.
pub fn has_script(workspace: &Workspace, folder: &str, script: &str) -> bool {
    let manifest = std::fs::read_to_string(workspace.path(folder).join("package.json")).unwrap_or_default();
    serde_json::from_str::<Value>(&manifest).is_ok_and(|manifest| manifest["scripts"][script].is_string())
}

fn tidiness(workspace: &Workspace) -> Result<Outcome> {
    let report = tidy::look(workspace)?;
    let lines = |findings: &[tidy::Finding]| {
        findings
            .iter()
            .map(|finding| format!("{}: {}", finding.place, finding.message))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let outcome =
        if report.errors.is_empty() { Outcome::passed() } else { Outcome::failed(lines(&report.errors)) };
    Ok(match report.warnings.len() {
        0 => outcome,
        number => outcome.noted(format!("{number} sizes without a reason, see `cargo xtask tidy`")),
    })
}

/// Clippy where the wasm toolchain has it, else the compiler's own warnings.
fn wasm_lints(workspace: &Workspace, step: &Step) -> Result<Outcome> {
    let toolchain = toolchain::ensure_wasm(workspace)?;
    let run = Run::new(workspace, "wasm-lints", "cargo")
        .args([if toolchain.has_clippy() { "clippy" } else { "check" }, "--quiet"])
        .args(WASM_CRATES)
        .args(["--target", WASM_TARGET, "--target-dir", "target/wasm"])
        .envs(toolchain.variables());
    if toolchain.has_clippy() {
        return check(run.args(["--", "-D", "warnings"]), step);
    }
    Ok(check(run.env("RUSTFLAGS", "-D warnings"), step)?.noted("compiler only: this toolchain has no clippy"))
}
