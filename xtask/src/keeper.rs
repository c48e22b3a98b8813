//! A small process between us and each server that we start: it ends the server's whole group when we are
//! gone, even after a SIGKILL that leaves us no time to tidy up. It notices by the end of its input, a pipe
//! whose other end only we hold.

use std::{
    ffi::OsString,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    exec::{clear_cargo_variables, create_with_folder},
    groups::{self, Group},
    workspace::Workspace,
};

/// How often the keeper looks whether its server still runs; an end of input is noticed within this.
const LOOK: Duration = Duration::from_millis(50);

/// Exit code when the server could not even be started.
const NOT_STARTED: u8 = 127;

/// How long a killed server's keeper may take to end.
const KILL_LIMIT: Duration = Duration::from_secs(10);

static PARENT_GONE: AtomicBool = AtomicBool::new(false);
static KILL: AtomicBool = AtomicBool::new(false);

/// A server with its keeper.
#[derive(Debug)]
pub struct Kept {
    group: Group,
    // Held open for as long as the server shall live; a byte on it kills the server at once.
    lifeline: std::process::ChildStdin,
}

impl Kept {
    /// Starts `command` (program and arguments) under a keeper, at the repository's root, output to `log`.
    ///
    /// # Errors
    /// When our own program cannot be started again or the log not be written.
    pub fn start(
        workspace: &Workspace,
        command: &[OsString],
        variables: &[(&str, OsString)],
        log: &Path,
    ) -> Result<Self> {
        let output = create_with_folder(log)?;
        let mut keeper = Command::new(ourselves()?);
        keeper
            .arg("keep")
            .arg("--")
            .args(command)
            .current_dir(workspace.root())
            .env("PATH", workspace.path_variable())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output);
        clear_cargo_variables(&mut keeper);
        let group = Group::start(&mut keeper)?;
        match group.take_input() {
            Some(lifeline) => Ok(Self { group, lifeline }),
            None => bail!("the keeper of a server has no input"),
        }
    }

    /// The server's end, when it has come.
    ///
    /// # Errors
    /// When the operating system cannot say.
    pub fn ended(&self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }

    /// Kills the server and all that it started, without a word: for finding out what it had made durable.
    ///
    /// # Errors
    /// When the keeper does not take the order or does not end after it.
    pub fn kill(&mut self) -> Result<()> {
        self.lifeline.write_all(b"k").context("the keeper is gone")?;
        let deadline = Instant::now() + KILL_LIMIT;
        match self.group.wait_until(Some(deadline))? {
            Some(_) => Ok(()),
            None => bail!("a server survived being killed"),
        }
    }

    /// Ends the server and all that it started.
    pub fn stop(&self) {
        self.group.stop();
    }
}

/// Our own program, even when a build has put a newer one in its place since we started: `cargo test` does that
/// while `cargo xtask test` runs.
fn ourselves() -> Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_path_buf());
    }
    std::env::current_exe().context("our own program cannot be found")
}

/// The keeper's own work (`xtask keep -- PROGRAM ARGUMENTS`): run the server until it ends or we are alone.
///
/// # Errors
/// When the server cannot be started or watched.
pub fn keep(command: &[OsString]) -> Result<ExitCode> {
    let Some((program, arguments)) = command.split_first() else { bail!("nothing to keep") };
    let Ok(group) = Group::start(Command::new(program).args(arguments).stdin(Stdio::null())) else {
        return Ok(ExitCode::from(NOT_STARTED));
    };
    std::thread::spawn(|| {
        // A byte is the order to kill; the end comes when the pipe's other end is gone.
        let mut order = [0_u8];
        let ordered = std::io::stdin().read(&mut order).is_ok_and(|length| length > 0);
        if ordered { &KILL } else { &PARENT_GONE }.store(true, Ordering::Relaxed);
    });
    let code = loop {
        if let Some(status) = group.ended()? {
            break status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(NOT_STARTED);
        }
        if KILL.load(Ordering::Relaxed) {
            group.kill();
            break 0;
        }
        if PARENT_GONE.load(Ordering::Relaxed) {
            break 0;
        }
        std::thread::sleep(LOOK);
    };
    groups::stop_all();
    Ok(ExitCode::from(code))
}
