//! `cargo xtask`: the two commands a newcomer needs (`dev`, `test`) and the ones they are made of.

mod apt;
mod artifacts;
mod exec;
mod groups;
mod lockfile;
mod npm;
mod say;
mod stamp;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{artifacts::Artifact, workspace::Workspace};

/// Runs Hangtag: start with `cargo xtask dev`, check with `cargo xtask test`.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds what the platform runs from; skips what is up to date.
    Build {
        /// Which part.
        #[arg(default_value = "all")]
        artifact: Artifact,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            say::error(format!("error: {error:#}"));
            groups::stop_all();
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    groups::handle_interrupts()?;
    match task {
        Task::Build { artifact } => artifacts::ensure(&workspace, artifact)?,
    }
    Ok(ExitCode::SUCCESS)
}
