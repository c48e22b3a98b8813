//! Building only what changed: a digest over the inputs, kept beside the last good build.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::workspace::Workspace;

/// Folders that hold results, never inputs.
const RESULT_FOLDERS: [&str; 5] = ["node_modules", "dist", "target", "test-results", ".hangtag"];

/// The digest of everything that a build reads.
#[derive(Debug)]
pub struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// Digests `inputs` (files or folders under the root; missing ones count as empty) and `words` (versions,
    /// flags) for the build `name`; `leave_out` names paths under the root that the build writes itself.
    ///
    /// # Errors
    /// When an input cannot be read.
    pub fn of(
        workspace: &Workspace,
        name: &str,
        inputs: &[&str],
        leave_out: &[&str],
        words: &[&str],
    ) -> Result<Self> {
        let mut hash = Sha256::new();
        for word in words {
            framed(&mut hash, word.as_bytes());
        }
        for input in inputs {
            for path in files(
                &workspace.path(input),
                &leave_out.iter().map(|path| workspace.path(path)).collect::<Vec<_>>(),
            ) {
                let content =
                    fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                let relative = path.strip_prefix(workspace.root()).unwrap_or(&path);
                framed(&mut hash, relative.as_os_str().as_encoded_bytes());
                framed(&mut hash, &content);
            }
        }
        let digest = hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Ok(Self { file: workspace.tooling("stamps").join(name), digest })
    }

    /// The same stamp, remembered in another folder.
    pub fn kept_in(self, folder: &Path) -> Self {
        let file = self.file.file_name().map_or_else(|| folder.join("stamp"), |name| folder.join(name));
        Self { file, ..self }
    }

    /// Whether the last good build had the same inputs and its result is still there.
    pub fn is_fresh(&self, result: &Path) -> bool {
        result.exists() && fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.digest)
    }

    /// Remembers a good build.
    ///
    /// # Errors
    /// When the stamp cannot be written.
    pub fn keep(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("{} cannot be written", self.file.display()))
    }
}

/// Length before content, so that no two lists of inputs look alike.
fn framed(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(bytes.len().to_le_bytes());
    hash.update(bytes);
}

fn files(input: &Path, leave_out: &[PathBuf]) -> Vec<PathBuf> {
    WalkDir::new(input)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let result = entry.file_type().is_dir()
                && entry.depth() > 0
                && RESULT_FOLDERS.iter().any(|folder| entry.file_name() == *folder);
            !result && !leave_out.iter().any(|path| entry.path() == path)
        })
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}
