//! The JavaScript side of the toolchain: npm packages as `package-lock.json` has them, and a Node new enough.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{
    apt,
    exec::{Run, ask},
    say::{self, Step},
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
/// One sentence with the way out: no npm, no network, no Node, a lock file out of step.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let lock = lock(workspace)?;
    in_step(workspace, &lock)?;
    if !all_installed(&lock, &installed(workspace)) {
        let Some(version) = ask("npm", &["--version"], &[]) else {
            bail!(
                "Node.js with npm is missing: install it (on Debian `apt-get install nodejs npm`) and start again"
            );
        };
        if major(&version).is_none_or(|major| major < NPM_MAJOR_MIN) {
            bail!("npm {version} is too old: install npm {NPM_MAJOR_MIN} or newer and start again");
        }
        say::step("Installing npm packages", |step| install(workspace, step))?;
        if !all_installed(&lock, &installed(workspace)) {
            bail!(
                "npm installed something else than package-lock.json says: remove node_modules and start again"
            );
        }
    }
    check_node(workspace)
}

/// `npm install` rather than `npm ci`: the latter refuses a lock file without the packages of foreign platforms,
/// which no registry mirror is sure to have. What `npm ci` promises beyond that is checked before and after.
/// No package of ours needs an install script: programs come as packages of their own.
fn install(workspace: &Workspace, step: &Step) -> Result<()> {
    Run::new(workspace, "npm-install", "npm")
        .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .succeed(step)?;
    Ok(())
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

fn lock(workspace: &Workspace) -> Result<Value> {
    let text = fs::read_to_string(workspace.path("package-lock.json"))
        .context("package-lock.json is missing: it belongs to the repository, fetch it again")?;
    serde_json::from_str(&text).context("package-lock.json is not JSON")
}

/// npm's own account of what it installed; nothing when there is none.
fn installed(workspace: &Workspace) -> Value {
    let text = fs::read_to_string(workspace.path("node_modules/.package-lock.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Whether every `package.json` asks for what the lock file was made from.
fn in_step(workspace: &Workspace, lock: &Value) -> Result<()> {
    for folder in ["", "frontend", "sandbox", "tests"] {
        let path = workspace.path(folder).join("package.json");
        let text = fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
        let manifest =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        if !same_wishes(&manifest, &lock["packages"][folder]) {
            bail!(
                "package-lock.json is out of step with {}: run `npm install --ignore-scripts` and commit both",
                path.display()
            );
        }
    }
    Ok(())
}

fn same_wishes(manifest: &Value, locked: &Value) -> bool {
    ["dependencies", "devDependencies", "optionalDependencies"]
        .iter()
        .all(|kind| manifest[kind] == locked[kind])
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
    fn a_changed_wish_is_out_of_step() {
        let locked = json!({"version": "1.0.0", "devDependencies": {"a": "1.0.0"}});
        assert!(same_wishes(&json!({"name": "x", "devDependencies": {"a": "1.0.0"}}), &locked));
        assert!(!same_wishes(&json!({"devDependencies": {"a": "1.0.1"}}), &locked));
        assert!(!same_wishes(
            &json!({"devDependencies": {"a": "1.0.0"}, "dependencies": {"b": "1.0.0"}}),
            &locked
        ));
    }

    #[test]
    fn majors_are_read_with_and_without_the_v() {
        assert_eq!(major("v24.21.0"), Some(24));
        assert_eq!(major("11.19.1"), Some(11));
        assert_eq!(major("nonsense"), None);
    }
}
