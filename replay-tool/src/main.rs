//! `replay-tool`: fetches, verifies, reads and explains Hangtag's logs.

mod api;
mod cli;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::output::Out;

/// It could not be done.
const EXIT_FAILED: u8 = 2;
/// It was done, and a difference was found.
const EXIT_DIFFERENCE: u8 = 1;

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// A difference was found, and told.
    Difference,
}

/// What every command answers with; the error's text is for a person.
type Answer = Result<Outcome, Failure>;

/// Why a command could not be done, in a sentence or two.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl Failure {
    fn new(text: impl std::fmt::Display) -> Self {
        Self(text.to_string())
    }
}

macro_rules! failures {
    ($($error:ty),+ $(,)?) => { $(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(error)
            }
        }
    )+ };
}

failures!(
    replay_tool::files::FindError,
    replay_tool::clock::ClockError,
    replay_tool::scan::ScanError,
    rusqlite::Error,
    serde_json::Error,
    replay_tool::reconcile::ReconcileError,
    replay_tool::settle::SettleError,
    replay_tool::story::StoryError,
    replay_tool::timeline::TimelineError,
    replay_tool::witness::CheckpointError,
);

/// A broken pipe while writing is no failure of ours: see [`output::ended_early`].
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe { output::ended_early() } else { Self::new(error) }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = Out::new(cli.common.color, cli.common.json);
    let answer = commands::run(&cli, &mut out).and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match answer {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Difference) => ExitCode::from(EXIT_DIFFERENCE),
        Err(failure) => {
            // What was printed so far still stands.
            let _ = out.flush();
            output::complain(&failure.0);
            ExitCode::from(EXIT_FAILED)
        }
    }
}
