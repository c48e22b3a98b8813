//! What the Worker and the sandbox are told for one run: the Worker's variables, and the secrets that both know.

use std::{
    fs::{self, File},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::Settings;
use crate::{exec::ask, workspace::Workspace};

/// Bytes of a secret: the vault's key has as many.
const KEY_BYTES: usize = 32;

/// Writes the Worker's variables for this run. Secrets are made once and stay in the state folder.
pub(super) fn write_variables(workspace: &Workspace, settings: &Settings) -> Result<PathBuf> {
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
pub(super) fn webhook_secret(settings: &Settings) -> Result<String> {
    Ok(format!("whsec_{}", secret(&settings.state.join("clerk-webhook.key"))?))
}

/// What the stand-in for Mailchimp signs its webhooks with.
pub(super) fn mailchimp_webhook_key(settings: &Settings) -> Result<String> {
    secret(&settings.state.join("mailchimp-webhook.key"))
}

/// A random key in base 64, made at the first start: without it, what the vault holds cannot be read again.
fn secret(path: &Path) -> Result<String> {
    if let Ok(kept) = fs::read_to_string(path) {
        return Ok(kept.trim().to_owned());
    }
    let mut bytes = [0_u8; KEY_BYTES];
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
}
