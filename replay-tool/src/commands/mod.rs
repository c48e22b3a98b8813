//! One module per command, and what they share.

mod fetch;
mod log;
mod shell;
mod verify;

use std::path::PathBuf;

use replay_tool::clock::Clock;
use replay_tool::files::zone_of;
use replay_tool::scan::default_workers;

use crate::cli::{Cli, Command, Common};
use crate::output::{Out, remark};
use crate::{Answer, Failure};

/// Runs what the command line asks for.
pub fn run(cli: &Cli, out: &mut Out) -> Answer {
    let common = &cli.common;
    match &cli.command {
        Command::Fetch(args) => fetch::run(args, common, out),
        Command::Verify(logs) => verify::run(logs, common, out),
        Command::Log(args) => log::run(args, common, out),
        Command::Completions { shell } => shell::completions(*shell, out),
        Command::Man { command } => shell::man(command.as_deref(), out),
    }
}

impl Common {
    fn workers(&self) -> usize {
        self.threads.unwrap_or_else(default_workers).max(1)
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
