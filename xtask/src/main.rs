//! `cargo xtask`: the two commands a newcomer needs (`dev`, `test`) and the ones they are made of.

mod apt;
mod artifacts;
mod bench;
mod checks;
mod deploy;
mod dev;
mod exec;
mod groups;
mod http;
mod keeper;
mod lockfile;
mod npm;
mod openapi;
mod platform;
mod proofs;
mod report;
mod say;
mod seed;
mod stamp;
mod tidy;
mod token;
mod toolchain;
mod workspace;

use std::{ffi::OsString, process::ExitCode};

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
    /// Sets everything up, starts the platform with its stand-ins, and stays until Ctrl-C.
    Dev(dev::Options),
    /// Checks everything; the last line says how many checks passed and failed.
    Test(checks::Options),
    /// Holds one of the platform's claims against the real thing for a while; lists them without a name.
    Prove(proofs::Options),
    /// Measures something about the platform; lists the measurements without a name.
    Bench(bench::Options),
    /// Fetches the interface description from the Worker and makes the screens' types again.
    Openapi,
    /// Builds what the platform runs from; skips what is up to date.
    Build {
        /// Which part.
        #[arg(default_value = "all")]
        artifact: Artifact,
    },
    /// Builds as small as it gets and deploys with wrangler.
    Deploy(deploy::Options),
    /// Prints a token for one of the demo people, from the running platform's sandbox.
    Token(token::Options),
    /// Checks the house rules: import arrows, repeatable results, named bounds, sizes, words.
    Tidy,
    /// Runs a server and ends it when its starter is gone (used by the other commands).
    #[command(hide = true)]
    Keep {
        /// The server's program and arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
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
        Task::Dev(options) => dev::run(&workspace, &options)?,
        Task::Test(options) => return Ok(verdict(checks::run(&workspace, &options))),
        Task::Prove(options) => return Ok(verdict(proofs::run(&workspace, &options)?)),
        Task::Bench(options) => bench::run(&workspace, &options)?,
        Task::Openapi => openapi::run(&workspace)?,
        Task::Build { artifact } => artifacts::ensure(&workspace, artifact)?,
        Task::Deploy(options) => deploy::run(&workspace, &options)?,
        Task::Token(options) => token::run(&options)?,
        Task::Tidy => return Ok(verdict(tidy::print(&tidy::look(&workspace)?))),
        Task::Keep { command } => return keeper::keep(&command),
    }
    Ok(ExitCode::SUCCESS)
}

fn verdict(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
