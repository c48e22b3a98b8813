//! Versions that `Cargo.lock` settles, for tools that must match them.

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// The text of `Cargo.lock`.
#[derive(Debug)]
pub struct CargoLock(String);

impl CargoLock {
    /// Reads the lock file.
    ///
    /// # Errors
    /// When it is missing.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let text = std::fs::read_to_string(workspace.path("Cargo.lock"))
            .context("Cargo.lock is missing: it belongs to the repository, fetch it again")?;
        Ok(Self(text))
    }

    /// The locked version of a package.
    ///
    /// # Errors
    /// When the lock file does not name it.
    pub fn version(&self, package: &str) -> Result<String> {
        let wanted = format!("name = \"{package}\"");
        let mut lines = self.0.lines();
        lines
            .by_ref()
            .find(|line| *line == wanted)
            .and_then(|_| lines.next())
            .and_then(|line| line.strip_prefix("version = \""))
            .and_then(|rest| rest.strip_suffix('"'))
            .map(str::to_owned)
            .with_context(|| format!("Cargo.lock has no package `{package}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_by_its_exact_name() {
        let lock = CargoLock(
            "[[package]]\nname = \"worker-sys\"\nversion = \"0.8.1\"\n\n[[package]]\nname = \"worker\"\nversion = \"0.8.7\"\n"
                .to_owned(),
        );
        assert_eq!(lock.version("worker").expect("it is there"), "0.8.7");
        assert!(lock.version("work").is_err());
    }
}
