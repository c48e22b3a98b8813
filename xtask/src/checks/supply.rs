//! Checks of what others wrote: licences, sources, duplicates and known weaknesses of our dependencies.

use std::time::Duration;

use anyhow::Result;

use super::code::check;
use crate::{
    exec::{Run, tail},
    report::{Outcome, Report},
    say::Step,
    toolchain,
    workspace::Workspace,
};

/// The advisory database is a clone of some megabytes; a network that takes longer does not reach it.
const ADVISORIES_LIMIT: Duration = Duration::from_secs(30);

/// Runs them.
pub fn run(workspace: &Workspace, report: &mut Report) {
    report.stage("dependencies: licences, sources", |step| {
        toolchain::ensure_cargo_deny(workspace)?;
        check(deny(workspace, "deny", &["bans", "licenses", "sources"]), step)
    });
    report.stage("dependencies: advisories", |step| advisories(workspace, step));
}

fn deny(workspace: &Workspace, log: &str, what: &[&str]) -> Run {
    Run::new(workspace, log, workspace.cargo_tool("cargo-deny"))
        .args(["--color=never", "check", "--hide-inclusion-graph"])
        .args(what)
}

fn advisories(workspace: &Workspace, step: &Step) -> Result<Outcome> {
    let finished =
        deny(workspace, "deny-advisories", &["advisories"]).limit(ADVISORIES_LIMIT).finish(Some(step))?;
    if finished.success {
        return Ok(Outcome::passed());
    }
    let unreachable = finished.timed_out || finished.output.contains("failed to fetch advisory database");
    Ok(if unreachable {
        Outcome::skipped("the advisory database cannot be reached from here")
    } else {
        Outcome::failed(tail(&finished.output))
    })
}
