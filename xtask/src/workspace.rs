//! Where things are: the repository's folders and the tooling state beside them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The repository, found once at start.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the repository: from cargo's word when run as `cargo xtask`, else upwards from the current folder.
    ///
    /// # Errors
    /// When no folder above holds `xtask/Cargo.toml`.
    pub fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => PathBuf::from(manifest),
            None => std::env::current_dir().context("the current folder cannot be read")?,
        };
        match start.ancestors().find(|folder| folder.join("xtask/Cargo.toml").is_file()) {
            Some(root) => Ok(Self { root: root.to_path_buf() }),
            None => {
                bail!("run this inside a checkout of Hangtag: no folder above this one has xtask/Cargo.toml")
            }
        }
    }

    /// One that a test has laid out.
    #[cfg(test)]
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The repository's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the repository.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside the git-ignored folder for tools, logs, stamps and local state.
    pub fn tooling(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(".hangtag").join(relative)
    }

    /// A program installed by `cargo install` for this checkout alone.
    pub fn cargo_tool(&self, name: &str) -> PathBuf {
        self.tooling("tools/bin").join(name)
    }

    /// A program that an npm package brings.
    pub fn npm_tool(&self, name: &str) -> PathBuf {
        self.path("node_modules/.bin").join(name)
    }

    /// `PATH` with the npm programs first, so that the pinned Node is the one that runs.
    pub fn path_variable(&self) -> std::ffi::OsString {
        let mut folders = vec![self.path("node_modules/.bin")];
        if let Some(path) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&path));
        }
        std::env::join_paths(folders).unwrap_or_default()
    }
}
