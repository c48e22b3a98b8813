//! One module per command, and what they share.

mod doctor;
mod evidence;
mod explain;
mod fetch;
mod log;
mod progress;
mod project;
mod reconcile;
mod redact;
mod shell;
mod statement;
mod timeline;
mod verify;
mod what_if;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use replay_tool::clock::Clock;
use replay_tool::files::zone_of;
use replay_tool::logs::Logs as FoundLogs;
use replay_tool::scan::default_workers;

use crate::cli::{Cli, Command, Common, Logs};
use crate::output::{Out, remark};
use crate::{Answer, Failure};

/// Runs what the command line asks for.
pub fn run(cli: &Cli, out: &mut Out) -> Answer {
    let common = &cli.common;
    match &cli.command {
        Command::Fetch(args) => fetch::run(args, common, out),
        Command::Verify(logs) => verify::run(logs, common, out),
        Command::Log(args) => log::run(args, common, out),
        Command::Receipt(args) => explain::receipt(args, common, out),
        Command::Explain { what } => explain::run(what, common, out),
        Command::State(args) => timeline::state(args, common, out),
        Command::Diff(args) => timeline::diff(args, common, out),
        Command::Doctor(args) => doctor::run(args, common, out),
        Command::Project(args) => project::run(args, common, out),
        Command::WhatIf(args) => what_if::run(args, common, out),
        Command::Reconcile(args) => reconcile::run(args, common, out),
        Command::Redact(args) => redact::run(args, common, out),
        Command::Completions { shell } => shell::completions(*shell, out),
        Command::Man { command } => shell::man(command.as_deref(), out),
    }
}

impl Common {
    fn workers(&self) -> usize {
        self.threads.map_or_else(default_workers, NonZeroUsize::get)
    }

    /// The clock that was asked for, or that of the event whose logs these are.
    fn clock(&self, files: &[PathBuf]) -> Result<Clock, Failure> {
        if self.utc {
            return Ok(Clock::UTC);
        }
        if let Some(zone) = &self.zone {
            return Ok(Clock::of(zone)?);
        }
        let Some(zone) = zone_of(files) else { return Ok(Clock::UTC) };
        Ok(Clock::of(&zone).unwrap_or_else(|error| {
            remark(&format!("the log's own time zone is of no use ({error}); times are in UTC"));
            Clock::UTC
        }))
    }
}

impl Logs {
    /// The logs, sorted by what they are logs of; says which files are none.
    fn sorted(&self) -> Result<FoundLogs, Failure> {
        let found = FoundLogs::find(&self.paths)?;
        for file in &found.strange {
            remark(&format!("{} is passed over: it is no export of a stream known here", file.display()));
        }
        if found.all.is_empty() {
            return Err(Failure::new("there are no logs to read here; `replay-tool fetch` brings them"));
        }
        Ok(found)
    }
}
