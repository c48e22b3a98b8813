//! The JavaScript side of the toolchain: npm packages as `package-lock.json` has them, and a Node new enough.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{
    apt,
    exec::{Run, ask},
    say,
    workspace::Workspace,
};

/// Node's first version that runs TypeScript and the tools of this project.
const NODE_MAJOR_MIN: u32 = 24;

/// npm's first version that reads this lock file and installs platform packages right.
const NPM_MAJOR_MIN: u32 = 10;

/// Browsers that the end-to-end tests can drive, by the names that systems give them.
const CHROMIUM_PATHS: [&str; 5] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Names a browser that is none of the usual ones.
const CHROMIUM_VARIABLE: &str = "HANGTAG_CHROMIUM";

/// Installs the packages of the lock file unless they are there, and checks that the pinned Node runs.
///
/// # Errors
/// One sentence with the way out: no npm, no network, no Node.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    if !up_to_date(workspace)? {
        let Some(version) = ask("npm", &["--version"], &[]) else {
            bail!(
                "Node.js with npm is missing: install it (on Debian `apt-get install nodejs npm`) and start again"
            );
        };
        if major(&version).is_none_or(|major| major < NPM_MAJOR_MIN) {
            bail!("npm {version} is too old: install npm {NPM_MAJOR_MIN} or newer and start again");
        }
        say::step("Installing npm packages", |step| {
            // No package of ours needs an install script: programs come as packages of their own.
            Run::new(workspace, "npm-ci", "npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
                .succeed(step)
                .context("npm could not install the packages; when the network was the cause, start again once it is back")?;
            Ok(())
        })?;
    }
    check_node(workspace)
}

fn check_node(workspace: &Workspace) -> Result<()> {
    let pinned = workspace.npm_tool("node");
    let node = if pinned.exists() { pinned.display().to_string() } else { "node".to_owned() };
    match ask(&node, &["--version"], &[]) {
        Some(version) if major(&version).is_some_and(|major| major >= NODE_MAJOR_MIN) => Ok(()),
        Some(version) => {
            bail!("Node.js {version} is too old: install Node.js {NODE_MAJOR_MIN} or newer and start again")
        }
        None => bail!("Node.js is missing: install Node.js {NODE_MAJOR_MIN} or newer and start again"),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Whether what is installed is what the lock file says: npm keeps its own account of the former.
fn up_to_date(workspace: &Workspace) -> Result<bool> {
    let locked = fs::read_to_string(workspace.path("package-lock.json"))
        .context("package-lock.json is missing: it belongs to the repository, fetch it again")?;
    let locked: Value = serde_json::from_str(&locked).context("package-lock.json is not JSON")?;
    let Ok(installed) = fs::read_to_string(workspace.path("node_modules/.package-lock.json")) else {
        return Ok(false);
    };
    let installed: Value = serde_json::from_str(&installed).unwrap_or_default();
    Ok(all_installed(&locked, &installed))
}

fn all_installed(locked: &Value, installed: &Value) -> bool {
    let Some(packages) = locked["packages"].as_object() else { return false };
    packages.iter().filter(|(path, _)| path.contains("node_modules/")).all(|(path, package)| {
        let there = &installed["packages"][path];
        // A package for another kind of machine is optional and rightly missing.
        if there.is_null() { package["optional"] == true } else { there["version"] == package["version"] }
    })
}

/// A Chromium for the end-to-end tests, installed from Debian's packages when we are root there.
///
/// # Errors
/// One sentence that says what to install.
pub fn ensure_chromium(workspace: &Workspace) -> Result<String> {
    if let Ok(path) = std::env::var(CHROMIUM_VARIABLE) {
        return Ok(path);
    }
    let found = || CHROMIUM_PATHS.into_iter().find(|path| std::path::Path::new(path).exists());
    if found().is_none() {
        say::step("Installing Chromium", |step| {
            apt::ensure(
                workspace,
                step,
                &["chromium", "fonts-liberation"],
                || found().is_some(),
                "the browser tests need Chromium",
            )
        })?;
    }
    found().map(str::to_owned).context("Chromium was installed, but not where it is looked for")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_install_is_judged_by_versions_and_forgives_other_platforms() {
        let locked = json!({"packages": {
            "": {}, "frontend": {},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/for-arm": {"version": "2.0.0", "optional": true},
        }});
        let cases = [
            (json!({"packages": {"node_modules/a": {"version": "1.0.0"}}}), true),
            (json!({"packages": {"node_modules/a": {"version": "1.0.1"}}}), false),
            (json!({"packages": {}}), false),
            (json!({}), false),
        ];
        for (installed, expected) in cases {
            assert_eq!(all_installed(&locked, &installed), expected, "{installed}");
        }
    }

    #[test]
    fn majors_are_read_with_and_without_the_v() {
        assert_eq!(major("v24.21.0"), Some(24));
        assert_eq!(major("11.19.1"), Some(11));
        assert_eq!(major("nonsense"), None);
    }
}
