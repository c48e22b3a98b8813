//! `cargo xtask test`: everything that can be checked, one line per stage, the sum at the end.

mod code;
mod running;
mod supply;

use std::time::Instant;

use crate::{
    artifacts::{self, Artifact},
    report::{Outcome, Report},
    say,
    workspace::Workspace,
};

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only what needs neither the running platform nor a browser.
    #[arg(long)]
    fast: bool,
    /// Only the checks whose name contains this, and what they stand on.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Runs the checks; says whether all passed. A check that breaks down is counted as failed.
pub fn run(workspace: &Workspace, options: &Options) -> bool {
    let started = Instant::now();
    let mut report = Report::only(options.only.clone());
    let set_up = report.needed_stage("set-up", |_| {
        artifacts::ensure(workspace, Artifact::Terminal)?;
        Ok(Outcome::passed())
    });
    if set_up.failed == 0 {
        code::run(workspace, &mut report);
        supply::run(workspace, &mut report);
        if !options.fast {
            running::run(workspace, &mut report);
        }
    }
    let total = report.total();
    say::result(format!("\n{} in all", say::seconds(started.elapsed())));
    say::result(total.to_string());
    total.failed == 0
}
