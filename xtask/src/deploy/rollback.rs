//! The Worker as it was before, where the schema allows it.
//!
//! A roll-back changes the code alone: schema, logs and rows stay. So the version that comes back must be able to
//! read what came after it. Each version says in its message which migration was its last; a later one that takes
//! something away, or says so itself, is in the way.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{settings::Target, wrangler::Wrangler};
use crate::{exec::ask, say, workspace::Workspace};

/// With these words, on a line of its own, a migration says that older code cannot live with it.
const NOT_READABLE: &str = "-- not backwards readable:";

/// With these words, a migration that drops or renames something says that older code can live with it all the same.
const READABLE: &str = "-- backwards readable:";

/// What takes something away from older code.
const TAKES_AWAY: [&str; 3] = ["DROP TABLE", "DROP COLUMN", "RENAME"];

/// Between the commit and the last migration in a version's message.
const JOINT: &str = ", migrations up to ";

/// What a version says of itself: its commit and its last migration.
///
/// # Errors
/// When the migrations cannot be read.
pub fn message(workspace: &Workspace) -> Result<String> {
    let commit =
        ask("git", &["-C", &workspace.root().display().to_string(), "rev-parse", "--short=12", "HEAD"], &[]);
    let last = migrations(workspace)?.pop().map_or(0, |(number, _)| number);
    Ok(format!("{}{JOINT}{last:04}", commit.unwrap_or_else(|| "unknown".to_owned())))
}

/// Puts the version before, or the wanted one, in the place of the current one.
///
/// # Errors
/// A sentence when there is none, when what came after it cannot be read by it, or when wrangler refuses.
pub fn run(
    workspace: &Workspace,
    wrangler: &Wrangler<'_>,
    target: Target,
    wanted: Option<&str>,
) -> Result<()> {
    wrangler.signed_in()?;
    let worker = target.own("hangtag");
    let version = match wanted {
        Some(version) => version.to_owned(),
        None => before(&wrangler.answer(&["deployments", "list", "--name", &worker, "--json"])?)
            .with_context(|| format!("{worker} has no version before the current one"))?,
    };
    let seen = wrangler.answer(&["versions", "view", &version, "--name", &worker, "--json"])?;
    let said = seen["annotations"]["workers/message"].as_str().unwrap_or_default();
    let Some(last) = said.split_once(JOINT).and_then(|(_, last)| last.trim().parse().ok()) else {
        bail!(
            "version {version} does not say which migrations it knew, so nobody knows whether it can read the schema: \
             deploy its commit again instead"
        );
    };
    if let Some(name) = in_the_way(workspace, last)? {
        bail!(
            "version {version} cannot come back: it knew migrations up to {last:04}, and {name} is not backwards \
             readable (docs/deploy.md, “Roll-back”)"
        );
    }
    let reason = format!("rolled back to {said}");
    wrangler.succeed(&["rollback", &version, "--name", &worker, "--message", &reason, "--yes"])?;
    say::result(format!("{worker} is {version} again ({said}); schema, logs and rows are untouched"));
    Ok(())
}

/// The version that ran before the one that runs.
fn before(deployments: &Value) -> Option<String> {
    let mut listed: Vec<(&str, &str)> = deployments
        .as_array()?
        .iter()
        .filter_map(|deployment| {
            Some((deployment["created_on"].as_str()?, deployment["versions"][0]["version_id"].as_str()?))
        })
        .collect();
    listed.sort_unstable();
    let (_, current) = listed.pop()?;
    listed.iter().rev().find(|(_, version)| *version != current).map(|(_, version)| (*version).to_owned())
}

/// The first migration after `last` that older code cannot live with.
fn in_the_way(workspace: &Workspace, last: u32) -> Result<Option<String>> {
    for (number, name) in migrations(workspace)? {
        let path = workspace.path("migrations").join(&name);
        if number > last && !is_backwards_readable(&fs::read_to_string(path)?) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Numbers and names, in order.
fn migrations(workspace: &Workspace) -> Result<Vec<(u32, String)>> {
    let folder = workspace.path("migrations");
    let entries = fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let number = name.split_once('_').and_then(|(number, _)| number.parse().ok());
        names.extend(number.map(|number| (number, name)));
    }
    names.sort_unstable();
    Ok(names)
}

/// True unless the migration says otherwise, or takes something away and does not say that this is harmless.
fn is_backwards_readable(sql: &str) -> bool {
    let says = |words: &str| sql.lines().any(|line| line.trim_start().starts_with(words));
    let statements = sql.lines().filter(|line| !line.trim_start().starts_with("--"));
    let takes_away = statements
        .map(str::to_ascii_uppercase)
        .any(|line| TAKES_AWAY.iter().any(|words| line.contains(words)));
    !says(NOT_READABLE) && (!takes_away || says(READABLE))
}

#[cfg(test)]
mod rollback_tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn taking_something_away_needs_a_word() {
        for (sql, readable) in [
            ("ALTER TABLE item ADD COLUMN note TEXT;", true),
            ("CREATE TABLE pick_up (a);\n-- DROP TABLE item would be wrong\n", true),
            ("drop table item;", false),
            ("ALTER TABLE item DROP COLUMN note;", false),
            ("ALTER TABLE item_new RENAME TO item;", false),
            ("-- backwards readable: nobody reads it any more\nDROP TABLE item;", true),
            ("-- not backwards readable: rows mean something else\nUPDATE item SET a = 1;", false),
        ] {
            assert_eq!(is_backwards_readable(sql), readable, "{sql}");
        }
    }

    #[test]
    fn the_version_before_is_the_last_other_one() {
        let of = |created_on: &str, version: &str| json!({"created_on": created_on, "versions": [{"version_id": version}]});
        let listed = json!([
            of("2026-11-03", "c"),
            of("2026-11-01", "a"),
            of("2026-11-02", "b"),
            of("2026-11-04", "c")
        ]);
        assert_eq!(before(&listed).as_deref(), Some("b"));
        assert_eq!(before(&json!([of("2026-11-01", "a")])), None);
        assert_eq!(before(&json!([])), None);
    }
}
