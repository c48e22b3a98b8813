//! The running platform: the sandbox (stand-ins for the services outside) and the Worker in wrangler's local
//! mode, with their state in one folder.

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    exec::{Run, ask, tail},
    http::Client,
    keeper::Kept,
    say,
    stamp::Stamp,
    workspace::Workspace,
};

/// The longest that either server may take to answer for the first time.
const READY_LIMIT: Duration = Duration::from_mins(2);

/// How often we ask whether a server answers.
const READY_POLL: Duration = Duration::from_millis(60);

/// Bytes of the local vault's key.
const VAULT_KEY_BYTES: usize = 32;

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

/// Writes the Worker's variables for this run. Secrets are made once and stay in the state folder.
fn write_variables(workspace: &Workspace, settings: &Settings) -> Result<PathBuf> {
    let sandbox = settings.sandbox_port();
    let commit =
        ask("git", &["-C", &workspace.root().display().to_string(), "rev-parse", "--short=12", "HEAD"], &[]);
    let lines = [
        ("ENVIRONMENT", settings.environment.name().to_owned()),
        ("COMMIT", commit.unwrap_or_default()),
        ("CLERK_ISSUER", format!("http://127.0.0.1:{sandbox}")),
        ("CLERK_JWKS_URL", format!("http://127.0.0.1:{sandbox}/.well-known/jwks.json")),
        ("ALLOWED_ORIGIN_SUFFIX", ".localhost".to_owned()),
        ("PLATFORM_ADMINS", "user_demo_super".to_owned()),
        ("MAILCHIMP_BASE", format!("http://127.0.0.1:{sandbox}/api/1.4")),
        ("MAILCHIMP_KEY", "local-sandbox".to_owned()),
        ("MAILCHIMP_WEBHOOK_KEY", mailchimp_webhook_key(settings)?),
        ("MAIL_SENDER", "hello@hangtag.example".to_owned()),
        ("ORGANIZATION_ORIGIN", format!("http://{{slug}}.localhost:{}", settings.port)),
        ("SIGN_IN_URL", format!("http://sandbox.localhost:{sandbox}/sign-in")),
        ("VAULT_KEY", secret(&settings.state.join("vault.key"))?),
        ("CLERK_WEBHOOK_SECRET", webhook_secret(settings)?),
        ("CHECKPOINT_KEY", secret(&settings.state.join("checkpoint.key"))?),
    ];
    let text = lines.iter().fold(String::new(), |text, (name, value)| format!("{text}{name}=\"{value}\"\n"));
    let path = settings.state.join("worker.env");
    write_private(&path, &text)?;
    Ok(path)
}

/// What the stand-in for the identity provider signs its webhooks with, and the Worker checks them by.
fn webhook_secret(settings: &Settings) -> Result<String> {
    Ok(format!("whsec_{}", secret(&settings.state.join("clerk-webhook.key"))?))
}

/// What the stand-in for Mailchimp signs its webhooks with.
fn mailchimp_webhook_key(settings: &Settings) -> Result<String> {
    secret(&settings.state.join("mailchimp-webhook.key"))
}

/// A random key in base 64, made at the first start: without it, what the vault holds cannot be read again.
fn secret(path: &Path) -> Result<String> {
    if let Ok(kept) = fs::read_to_string(path) {
        return Ok(kept.trim().to_owned());
    }
    let mut bytes = [0_u8; VAULT_KEY_BYTES];
    std::io::Read::read_exact(&mut File::open("/dev/urandom").context("no randomness")?, &mut bytes)?;
    let text = base64(&bytes);
    write_private(path, &text)?;
    Ok(text)
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    /// Readable and writable by its owner alone.
    const OWNER_ONLY: u32 = 0o600;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(OWNER_ONLY)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(())
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sextet = usize::try_from(group >> (18 - 6 * place) & 63).unwrap_or_default();
            text.push(if place <= chunk.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
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
    fn base64_is_the_usual_one() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_taken_port_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port");
        assert!(!is_free(listener.local_addr().expect("its address").port()));
    }
}
