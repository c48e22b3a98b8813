//! The secrets of an environment, by name. Their values come from whoever deploys and go to wrangler's standard
//! input; they are never printed, logged or put on a command line.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result, bail};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

/// Before the name of a variable that holds a secret's value, for deployments without a person at a terminal.
pub const VARIABLE_PREFIX: &str = "HANGTAG_SECRET_";

/// A secret that the Worker cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// As the Worker knows it.
    pub name: &'static str,
    /// What it is and where it comes from, for whoever is asked.
    pub meaning: &'static str,
}

/// All of them. `VAULT_KEY_PREVIOUS` is there during a rotation alone (docs/deploy.md).
pub const NEEDED: [Secret; 6] = [
    Secret {
        name: "VAULT_KEY",
        meaning: "wraps the keys of personal data; `openssl rand -base64 32`, kept in your safe: without it people's \
                  data cannot be read again",
    },
    Secret {
        name: "CHECKPOINT_KEY",
        meaning: "signs checkpoints of logs; `openssl rand -base64 32`, kept in your safe",
    },
    Secret {
        name: "CLERK_WEBHOOK_SECRET",
        meaning: "the signing secret of Clerk's webhook endpoint (whsec_…)",
    },
    Secret { name: "MAILCHIMP_KEY", meaning: "the key of Mailchimp Transactional" },
    Secret {
        name: "MAILCHIMP_WEBHOOK_KEY",
        meaning: "the key of its webhook, which signs what it reports of mails",
    },
    Secret { name: "METRICS_TOKEN", meaning: "whoever reads /metrics shows it; `openssl rand -hex 32`" },
];

/// The value of a secret: from its variable, or typed by a person.
///
/// # Errors
/// A sentence when nobody can be asked.
pub fn value(secret: Secret, lookup: impl Fn(&str) -> Option<String>) -> Result<String> {
    let variable = format!("{VARIABLE_PREFIX}{}", secret.name);
    if let Some(value) = lookup(&variable).filter(|value| !value.trim().is_empty()) {
        return Ok(value.trim().to_owned());
    }
    if !std::io::stdin().is_terminal() {
        bail!("the secret {} is missing ({}): hand it over in {variable}", secret.name, secret.meaning);
    }
    let mut stderr = std::io::stderr();
    write!(stderr, "{}: {}\n{} (not shown): ", secret.name, secret.meaning, secret.name)?;
    stderr.flush()?;
    let typed = without_echo(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("nothing could be read")?;
        Ok(line.trim().to_owned())
    })?;
    writeln!(stderr)?;
    if typed.is_empty() {
        bail!("the secret {} was left empty: nothing was changed", secret.name);
    }
    Ok(typed)
}

/// Reads something that does not appear on the screen.
fn without_echo(read: impl FnOnce() -> Result<String>) -> Result<String> {
    let terminal = std::io::stdin();
    let before = tcgetattr(&terminal).context("the terminal cannot be asked")?;
    let mut silent = before.clone();
    silent.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(&terminal, SetArg::TCSANOW, &silent).context("the terminal cannot be silenced")?;
    let outcome = read();
    tcsetattr(&terminal, SetArg::TCSANOW, &before).context("the terminal cannot be restored")?;
    outcome
}
