//! The running platform: the sandbox (stand-ins for the services outside) and the Worker in wrangler's local
//! mode, with their state in one folder.

mod variables;

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    exec::{Run, tail},
    http::Client,
    keeper::Kept,
    say,
    stamp::Stamp,
    workspace::Workspace,
};

use variables::{mailchimp_webhook_key, webhook_secret, write_variables};

/// The longest that either server may take to answer for the first time.
const READY_LIMIT: Duration = Duration::from_mins(2);

/// How often we ask whether a server answers.
const READY_POLL: Duration = Duration::from_millis(60);

/// The database's binding in `wrangler.toml`.
pub const DATABASE: &str = "DB";

/// How the platform shall run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Worker's port; the sandbox has the next one.
    pub port: u16,
    /// Where all state lives.
    pub state: PathBuf,
    /// What the Worker is told to run in.
    pub environment: Environment,
}

/// What the Worker is told to run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Somebody's own machine.
    Local,
    /// Under tests, which may reach through the doors that inject faults.
    Test,
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Test => "test",
        }
    }
}

/// A running platform; dropping it stops it.
#[derive(Debug)]
pub struct Platform {
    settings: Settings,
    /// What wrangler passes on of what is logged.
    level: &'static str,
    servers: Vec<(&'static str, Kept)>,
    // Released by the operating system however we end.
    _lock: File,
}

impl Settings {
    /// The sandbox's port.
    pub fn sandbox_port(&self) -> u16 {
        self.port.saturating_add(1)
    }

    fn log(&self, server: &str) -> PathBuf {
        self.state.join("log").join(format!("{server}.log"))
    }
}

impl Platform {
    /// Starts both servers on state that may be new or old, and waits until they answer. Everything that they
    /// run from must be built already.
    ///
    /// # Errors
    /// One sentence: a port is taken, the state is in use, a server did not start.
    pub fn start(workspace: &Workspace, settings: Settings) -> Result<Self> {
        Self::start_saying(workspace, settings, "error")
    }

    /// As [`Self::start`], with every line that the Worker logs in the state folder's `log`; slower.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_logged(workspace: &Workspace, settings: Settings) -> Result<Self> {
        Self::start_saying(workspace, settings, "log")
    }

    fn start_saying(workspace: &Workspace, settings: Settings, level: &'static str) -> Result<Self> {
        fs::create_dir_all(&settings.state)
            .with_context(|| format!("{} cannot be created", settings.state.display()))?;
        let lock = lock(&settings.state)?;
        for port in [settings.port, settings.sandbox_port()] {
            if !is_free(port) {
                bail!(
                    "port {port} is taken: stop what uses it, or choose another with --port (the next one up is used too)"
                );
            }
        }
        let variables = write_variables(workspace, &settings)?;
        migrate(workspace, &settings)?;
        let mut platform = Self { settings, level, servers: Vec::new(), _lock: lock };
        say::step("Starting the platform", |_| {
            platform.start_sandbox(workspace)?;
            platform.start_worker(workspace, &variables)?;
            platform.wait_for("sandbox", platform.settings.sandbox_port(), "/.well-known/jwks.json")?;
            platform.wait_for("worker", platform.settings.port, "/healthz")
        })?;
        Ok(platform)
    }

    /// How it was started.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A client for an organization's host.
    pub fn client(&self, organization: &str) -> Client {
        Client::new(organization, self.settings.port)
    }

    /// A client for the sandbox.
    pub fn sandbox(&self) -> Client {
        Client::new("sandbox", self.settings.sandbox_port())
    }

    /// Waits for as long as both servers run.
    ///
    /// # Errors
    /// When one of them ends by itself, with the end of its output.
    pub fn watch(&self) -> Result<()> {
        /// How long a server's end may go unnoticed.
        const LOOK: Duration = Duration::from_millis(300);
        loop {
            for (name, server) in &self.servers {
                self.still_runs(name, server)?;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Kills the Worker's runtime with all its objects and queues, as a power cut would, and starts it again.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn crash_and_restart(&mut self, workspace: &Workspace) -> Result<()> {
        if let Some(at) = self.servers.iter().position(|(name, _)| *name == "worker") {
            self.servers.remove(at).1.kill()?;
        }
        let variables = write_variables(workspace, &self.settings)?;
        self.start_worker(workspace, &variables)?;
        self.wait_for("worker", self.settings.port, "/healthz")
    }

    /// Stops both servers.
    pub fn stop(&mut self) {
        for (_, server) in self.servers.drain(..).rev() {
            server.stop();
        }
    }

    fn start_sandbox(&mut self, workspace: &Workspace) -> Result<()> {
        let port = self.settings.sandbox_port().to_string();
        let command: Vec<OsString> = vec![
            "node".into(),
            "sandbox/src/main.ts".into(),
            "--port".into(),
            port.into(),
            "--state".into(),
            self.settings.state.join("sandbox").into(),
        ];
        let secret = webhook_secret(&self.settings)?;
        let mail_key = mailchimp_webhook_key(&self.settings)?;
        let variables = [
            ("SANDBOX_CLERK_WEBHOOK_SECRET", secret.into()),
            ("SANDBOX_MAILCHIMP_WEBHOOK_KEY", mail_key.into()),
        ];
        let kept = Kept::start(workspace, &command, &variables, &self.settings.log("sandbox"))?;
        self.servers.push(("sandbox", kept));
        Ok(())
    }

    fn start_worker(&mut self, workspace: &Workspace, variables: &Path) -> Result<()> {
        let port = self.settings.port.to_string();
        let mut command: Vec<OsString> =
            ["wrangler", "dev", "--ip", "127.0.0.1", "--inspector-port", "0"].map(Into::into).to_vec();
        command.extend(
            ["--log-level", self.level, "--show-interactive-dev-session=false", "--port"].map(Into::into),
        );
        command.extend([port.into(), "--persist-to".into(), self.settings.state.join("worker").into()]);
        command.extend(["--env-file".into(), variables.into()]);
        let kept = Kept::start(workspace, &command, &wrangler_variables(), &self.settings.log("worker"))?;
        self.servers.push(("worker", kept));
        Ok(())
    }

    fn wait_for(&self, name: &str, port: u16, path: &str) -> Result<()> {
        let client = Client::new("platform", port);
        let deadline = Instant::now() + READY_LIMIT;
        while client.status(path) != Some(200) {
            for (name, server) in &self.servers {
                self.still_runs(name, server)?;
            }
            if Instant::now() >= deadline {
                bail!("the {name} does not answer on port {port}; {}", self.last_words(name));
            }
            std::thread::sleep(READY_POLL);
        }
        Ok(())
    }

    fn still_runs(&self, name: &str, server: &Kept) -> Result<()> {
        match server.ended()? {
            None => Ok(()),
            Some(_) => bail!("the {name} ended by itself; {}", self.last_words(name)),
        }
    }

    fn last_words(&self, name: &str) -> String {
        let log = self.settings.log(name);
        let text = fs::read_to_string(&log).unwrap_or_default();
        format!("its output is in {}, the end of it:\n{}", log.display(), tail(&text))
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What keeps wrangler quiet, offline and quick.
pub fn wrangler_variables() -> Vec<(&'static str, OsString)> {
    [
        ("WRANGLER_SEND_METRICS", "false"),
        ("CI", "true"),
        ("X_LOCAL_OBSERVABILITY", "false"),
        ("X_LOCAL_EXPLORER", "false"),
        ("NO_COLOR", "1"),
        ("FORCE_COLOR", "0"),
    ]
    .map(|(name, value)| (name, value.into()))
    .to_vec()
}

/// A pair of ports that nobody uses now.
///
/// # Errors
/// When there is none to be found.
pub fn free_ports() -> Result<u16> {
    /// The range between what people choose and what the system hands out.
    const CANDIDATES: std::ops::Range<u16> = 18_700..19_700;
    CANDIDATES
        .step_by(2)
        .find(|port| is_free(*port) && is_free(port + 1))
        .context("no two free ports in a row between 18700 and 19700: stop some servers")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn lock(state: &Path) -> Result<File> {
    let file =
        File::create(state.join("lock")).with_context(|| format!("{} cannot be written", state.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!(
                "{} is in use by another run: stop that one, or choose another folder with --state",
                state.display()
            )
        }
        Err(TryLockError::Error(error)) => Err(error).context("the state folder cannot be locked"),
    }
}

/// Brings the read models' schema up to date; skipped when the migrations are the ones last applied here.
fn migrate(workspace: &Workspace, settings: &Settings) -> Result<()> {
    let stamp = Stamp::of(workspace, "migrations", &["migrations"], &[], &[])?.kept_in(&settings.state);
    if stamp.is_fresh(&settings.state.join("worker")) {
        return Ok(());
    }
    say::step("Bringing the read models' schema up to date", |step| {
        Run::new(workspace, "d1-migrations", "wrangler")
            .args(["d1", "migrations", "apply", DATABASE, "--local", "--persist-to"])
            .args([settings.state.join("worker")])
            .envs(wrangler_variables().into_iter().map(|(name, value)| (name.to_owned(), value)))
            .succeed(step)?;
        stamp.keep()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port");
        assert!(!is_free(listener.local_addr().expect("its address").port()));
    }
}
