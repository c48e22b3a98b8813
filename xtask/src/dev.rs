//! `cargo xtask dev`: from a bare clone to a platform that a person can try.

use std::{path::PathBuf, time::Instant};

use anyhow::Result;

use crate::{
    artifacts::{self, Artifact},
    groups,
    platform::{Environment, Platform, Settings},
    say,
    seed::{self, Seed},
    workspace::Workspace,
};

/// The platform's port when nobody says; the tools that talk to it know it too.
pub const PORT: u16 = 8787;

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The platform's port; the one above it is the sandbox's.
    #[arg(long, default_value_t = PORT, value_parser = clap::value_parser!(u16).range(1..=65_534))]
    port: u16,
    /// Where state lives between runs (default: .hangtag/state).
    #[arg(long)]
    state: Option<PathBuf>,
    /// What a new state is filled with.
    #[arg(long, default_value = "demo")]
    seed: Seed,
    /// Print the address only.
    #[arg(long)]
    quiet: bool,
}

/// Starts the platform and stays until it is stopped.
///
/// # Errors
/// One sentence with the way out.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let started = Instant::now();
    if options.quiet {
        say::be_quiet();
    }
    // Stopping by Ctrl-C is how this command ends well.
    groups::exit_code_on_interrupt(0);
    artifacts::ensure(workspace, Artifact::All)?;
    let state = match &options.state {
        Some(state) => std::path::absolute(state)?,
        None => workspace.tooling("state"),
    };
    let platform =
        Platform::start(workspace, Settings { port: options.port, state, environment: Environment::Local })?;
    seed::ensure(workspace, &platform, options.seed)?;
    welcome(&platform, options.seed, &say::seconds(started.elapsed()));
    platform.watch()
}

/// The one block that a newcomer reads.
fn welcome(platform: &Platform, seed: Seed, took: &str) {
    let settings = platform.settings();
    let (port, sandbox) = (settings.port, settings.sandbox_port());
    say::result(format!("http://demo.localhost:{port}"));
    say::line(format!(
        "
  Hangtag is running (ready after {took}). Stop it with Ctrl-C; its state stays in
  {}.

  Sign in as   Olivia Organizer   runs the sale: events, inventory, sessions, shares
               Sue Support        reads logs
               Val Volunteer      helps out, with few rights
               Sam Super          makes organizations (Otto Other runs the second one)
  Mails, magic links among them, arrive at http://sandbox.localhost:{sandbox}/mailbox",
        settings.state.display()
    ));
    if seed == Seed::None {
        say::line("\n  Nothing was seeded: sign in as Sam Super and make an organization.\n");
        return;
    }
    let api = if port == PORT { String::new() } else { format!(" --api http://demo.localhost:{port}") };
    let other_port = if port == PORT { String::new() } else { format!(" --port {port}") };
    say::line(format!(
        "
  Try          1. open the address above and sign in as Olivia: one event, one open session, 2,400 items
               2. in the session, ask for a pairing code, and type it at http://demo.localhost:{port}/terminal
                  in a second window: that window is a till now
               3. key tags from the event's item list there, take the money, and watch Olivia's page
               4. read the evidence:
                  cargo run -qp replay-tool -- fetch 1 --into logs{api} --token-command 'cargo xtask token{other_port}'
                  cargo run -qp replay-tool -- verify logs
"
    ));
}
