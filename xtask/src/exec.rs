//! Running a tool to its end: output kept in a log file, the last line beside the spinner, and on failure a
//! sentence with the end of that output.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{BufRead as _, BufReader, PipeReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{groups::Group, say::Step, workspace::Workspace};

/// Lines of a failed tool's output that are shown: enough for one compiler error with its context.
pub const TAIL_LINES: usize = 40;

/// Characters of such a line that are shown.
const TAIL_LINE_CHARS: usize = 300;

/// Variables that cargo sets for us and that would mislead another cargo, rustc or toolchain.
const OURS_ALONE: [&str; 6] = [
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "LD_LIBRARY_PATH",
    "RUST_RECURSION_COUNT",
    "RUST_BACKTRACE",
];

/// One run of a tool, prepared step by step.
#[derive(Debug)]
pub struct Run {
    command: Command,
    log: PathBuf,
    limit: Option<Duration>,
    input: Option<String>,
}

/// What a finished tool left behind.
#[derive(Debug)]
pub struct Finished {
    /// Whether it exited with zero.
    pub success: bool,
    /// Everything it printed, standard output and error in order.
    pub output: String,
    /// Whether it was stopped because its time was up.
    pub timed_out: bool,
}

impl Run {
    /// Prepares `program` to run at the repository's root, its output going to the log `name`.
    pub fn new(workspace: &Workspace, name: &str, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(workspace.root()).env("PATH", workspace.path_variable()).stdin(Stdio::null());
        clear_cargo_variables(&mut command);
        Self { command, log: workspace.tooling("log").join(format!("{name}.log")), limit: None, input: None }
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets several variables.
    pub fn envs(mut self, variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        self.command.envs(variables);
        self
    }

    /// Runs in another folder.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Hands the tool something on its standard input, where no list of processes shows it.
    pub fn input(mut self, input: String) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = Some(input);
        self
    }

    /// Stops the tool when it takes longer.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs to the end, whatever that is.
    ///
    /// # Errors
    /// When the tool cannot be started or watched.
    pub fn finish(mut self, step: Option<&Step>) -> Result<Finished> {
        let log = create_with_folder(&self.log)?;
        let (reader, writer) = std::io::pipe().context("no pipe for a tool's output")?;
        self.command.stdout(writer.try_clone()?).stderr(writer);
        let group = Group::start(&mut self.command)?;
        // The command keeps its copies of the pipe's writing end; without them the reader sees the end.
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        if let (Some(input), Some(mut pipe)) = (self.input.take(), group.take_input()) {
            // A tool that does not read it says for itself what it lacks.
            let _ = pipe.write_all(input.as_bytes());
        }
        let deadline = self.limit.map(|limit| Instant::now() + limit);
        let (status, output) = std::thread::scope(|scope| {
            let reading = scope.spawn(|| collect(reader, log, step));
            let status = group.wait_until(deadline);
            group.stop();
            (status, reading.join().unwrap_or_default())
        });
        let status = status?;
        Ok(Finished {
            success: status.is_some_and(|status| status.success()),
            output,
            timed_out: status.is_none(),
        })
    }

    /// Runs to the end and insists on success; returns what was printed.
    ///
    /// # Errors
    /// A sentence with the end of the output when the tool fails or takes too long.
    pub fn succeed(self, step: &Step) -> Result<String> {
        let program = Path::new(self.command.get_program())
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let log = self.log.clone();
        let finished = self.finish(Some(step))?;
        if finished.success {
            return Ok(finished.output);
        }
        if is_network_trouble(&finished.output) {
            bail!(
                "`{program}` could not fetch what it needs: is the network there? Start again once it is ({} says more)",
                log.display()
            );
        }
        let how = if finished.timed_out { "took too long and was stopped" } else { "failed" };
        bail!(
            "`{program}` {how}; its whole output is in {}, the end of it:\n{}",
            log.display(),
            tail(&finished.output)
        )
    }
}

/// Takes away what `cargo run` put into our environment.
pub fn clear_cargo_variables(command: &mut Command) {
    for name in OURS_ALONE {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
}

/// What a quick question to a tool answers, trimmed; `None` when it is missing or refuses.
pub fn ask(program: impl AsRef<OsStr>, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new(program);
    clear_cargo_variables(&mut command);
    command.args(arguments).envs(variables.iter().copied()).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// How tools say that they cannot reach what they want to download.
const NETWORK_TROUBLE: [&str; 11] = [
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "ENOTFOUND",
    "ENETUNREACH",
    "ETIMEDOUT",
    "Could not resolve host",
    "Could not connect to server",
    "Couldn't connect to server",
    "Temporary failure resolving",
    "spurious network error",
];

fn is_network_trouble(output: &str) -> bool {
    NETWORK_TROUBLE.iter().any(|words| output.contains(words))
}

/// The last lines of an output, none longer than a person reads: a linker's command line has pages.
pub fn tail(output: &str) -> String {
    let lines: Vec<String> = output
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.chars().take(TAIL_LINE_CHARS).collect())
        .collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

/// Creates a file and the folder it lives in.
///
/// # Errors
/// When either cannot be created.
pub fn create_with_folder(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    File::create(path).with_context(|| format!("{} cannot be written", path.display()))
}

fn collect(reader: PipeReader, mut log: File, step: Option<&Step>) -> String {
    let mut output = String::new();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        // A full disk must not stop the tool whose output this is.
        let _ = log.write_all(&line);
        let text = String::from_utf8_lossy(&line);
        if let Some(step) = step {
            step.detail(&text);
        }
        output.push_str(&text);
        line.clear();
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_short_and_without_blank_lines() {
        let output: String = (0..100).fold(String::new(), |text, number| format!("{text}line {number}\n\n"));
        let shown = tail(&output);
        assert_eq!(shown.lines().count(), TAIL_LINES);
        assert!(shown.ends_with("line 99"));
        assert_eq!(tail("one\ntwo"), "one\ntwo");
        assert_eq!(tail(&"x".repeat(5_000)).len(), TAIL_LINE_CHARS);
    }

    #[test]
    fn a_missing_network_is_recognised() {
        assert!(is_network_trouble("npm error code ECONNREFUSED\nnpm error syscall connect"));
        assert!(is_network_trouble("  [6] Could not resolve hostname (Could not resolve host: index)"));
        assert!(!is_network_trouble("error[E0583]: file not found for module `tax`"));
    }

    #[test]
    fn a_missing_tool_answers_nothing() {
        assert_eq!(ask("no-such-program-anywhere", &[], &[]), None);
        assert_eq!(ask("sh", &["-c", "echo $GREETING"], &[("GREETING", "hello")]).as_deref(), Some("hello"));
        assert_eq!(ask("false", &[], &[]), None);
    }
}
