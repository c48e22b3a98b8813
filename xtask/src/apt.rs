//! Debian packages: installed when we are root, named in one sentence when we are not.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{exec::Run, say::Step, workspace::Workspace};

/// Makes sure that `present()` holds, by installing `packages` if need be.
///
/// # Errors
/// One sentence, beginning with `need`, that says what to run when the packages cannot be installed here.
pub fn ensure(
    workspace: &Workspace,
    step: &Step,
    packages: &[&str],
    present: impl Fn() -> bool,
    need: &str,
) -> Result<()> {
    if present() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "{need}, and this is no Debian: install the like of {} by hand and start again",
            packages.join(", ")
        );
    }
    if !nix::unistd::geteuid().is_root() {
        bail!("{need}: run `sudo {by_hand}` once and start again");
    }
    // An old list of packages names files that are gone; a failure here shows in the install below.
    apt(workspace, "apt-update").args(["update"]).finish(Some(step))?;
    let finished = apt(workspace, "apt-install")
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .finish(Some(step))?;
    if !finished.success || !present() {
        bail!(
            "{need}, and `{by_hand}` failed (its output is in .hangtag/log/apt-install.log): is the network there?"
        );
    }
    Ok(())
}

fn apt(workspace: &Workspace, log: &str) -> Run {
    Run::new(workspace, log, "apt-get").env("DEBIAN_FRONTEND", "noninteractive")
}
