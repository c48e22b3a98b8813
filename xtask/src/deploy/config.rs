//! An environment's wrangler configuration: `wrangler.toml` with the environment's names, addresses and ids. It is
//! made anew by every deployment, git-ignored, and lies at the root, so that the paths in it stay what they are.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::settings::{Screens, Settings, Target};
use crate::{exec::ask, workspace::Workspace};

/// The paths that the Worker answers when Pages serves the screens.
const API_PATHS: [&str; 4] = ["/api/*", "/.well-known/*", "/healthz", "/metrics"];

/// Variables that follow from the environment itself.
const DERIVED: [&str; 3] = ["ENVIRONMENT", "ALLOWED_ORIGIN_SUFFIX", "COMMIT"];

/// Between the rate limits' namespaces of two environments of one account.
const RATE_LIMIT_STRIDE: u64 = 1_000;

/// Stands for an id where nothing is asked of an account.
const PLACEHOLDER_ID: &str = "00000000-0000-4000-8000-000000000000";

/// Ids that the account gave, by binding.
pub type Ids = BTreeMap<String, String>;

/// The committed configuration.
///
/// # Errors
/// When it cannot be read.
pub fn committed(workspace: &Workspace) -> Result<Value> {
    let text = fs::read_to_string(workspace.path("wrangler.toml")).context("wrangler.toml cannot be read")?;
    toml::from_str(&text).context("wrangler.toml cannot be understood")
}

/// Where the environment's configuration lies.
pub fn path(workspace: &Workspace, target: Target) -> PathBuf {
    workspace.path(format!("wrangler.{}.json", target.name()))
}

/// Writes the configuration.
///
/// # Errors
/// When a variable has no value in this environment, or the file cannot be written.
pub fn write(
    workspace: &Workspace,
    target: Target,
    screens: Screens,
    settings: &Settings,
    ids: &Ids,
    file: &Path,
) -> Result<()> {
    let commit =
        ask("git", &["-C", &workspace.root().display().to_string(), "rev-parse", "--short=12", "HEAD"], &[]);
    let config = of(committed(workspace)?, target, screens, settings, ids, &commit.unwrap_or_default())?;
    let text = serde_json::to_string_pretty(&config)?;
    fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

/// A configuration with made-up ids, for bundling as a dry run; the example's settings stand in for the operator's.
///
/// # Errors
/// As [`write`].
pub fn write_placeholder(workspace: &Workspace, target: Target) -> Result<PathBuf> {
    placeholder(workspace, target, Screens::Worker, &Settings::example(workspace)?)
}

/// As [`write_placeholder`], for what was asked.
///
/// # Errors
/// As [`write`].
pub fn placeholder(
    workspace: &Workspace,
    target: Target,
    screens: Screens,
    settings: &Settings,
) -> Result<PathBuf> {
    let ids = bindings(&committed(workspace)?).map(|binding| (binding, PLACEHOLDER_ID.to_owned())).collect();
    let file = workspace.path(format!("wrangler.{}-dry-run.json", target.name()));
    write(workspace, target, screens, settings, &ids, &file)?;
    Ok(file)
}

/// The bindings that need an id of the account.
fn bindings(config: &Value) -> impl Iterator<Item = String> {
    ["d1_databases", "kv_namespaces"]
        .into_iter()
        .flat_map(|kind| config[kind].as_array().into_iter().flatten())
        .filter_map(|entry| entry["binding"].as_str().map(str::to_owned))
}

/// `config` for an environment.
///
/// # Errors
/// When a variable has no value in this environment, or a binding no id.
pub fn of(
    mut config: Value,
    target: Target,
    screens: Screens,
    settings: &Settings,
    ids: &Ids,
    commit: &str,
) -> Result<Value> {
    config["vars"] = variables(&config, target, settings, commit)?;
    for (list, fields) in [
        ("d1_databases", ["database_name"].as_slice()),
        ("r2_buckets", &["bucket_name"]),
        ("analytics_engine_datasets", &["dataset"]),
        ("ratelimits", &[]),
        ("kv_namespaces", &[]),
    ] {
        for entry in config[list].as_array_mut().into_iter().flatten() {
            rename(entry, fields, target);
            identify(entry, list, target, ids)?;
        }
    }
    for list in ["producers", "consumers"] {
        for entry in config["queues"][list].as_array_mut().into_iter().flatten() {
            rename(entry, &["queue", "dead_letter_queue"], target);
        }
    }
    let Settings { zone, suffix, .. } = settings;
    let route = |path: &str| json!({"pattern": format!("*{suffix}{path}"), "zone_name": zone});
    config["name"] = target.own(config["name"].as_str().unwrap_or_default()).into();
    config["routes"] = match screens {
        Screens::Worker => json!([route("/*")]),
        Screens::Pages => API_PATHS.map(route).to_vec().into(),
    };
    let all = config.as_object_mut().context("wrangler.toml is no table")?;
    if screens == Screens::Pages {
        all.remove("assets");
    }
    if let Some(account) = &settings.account {
        all.insert("account_id".to_owned(), account.clone().into());
    }
    Ok(config)
}

fn rename(entry: &mut Value, fields: &[&str], target: Target) {
    for field in fields {
        if let Some(name) = entry.get(field).and_then(Value::as_str) {
            entry[field] = target.own(name).into();
        }
    }
}

fn identify(entry: &mut Value, list: &str, target: Target, ids: &Ids) -> Result<()> {
    let field = match list {
        "d1_databases" => "database_id",
        "kv_namespaces" => "id",
        "ratelimits" => {
            let number = entry["namespace_id"].as_str().and_then(|id| id.parse::<u64>().ok());
            let number = number.context("a rate limit's namespace_id is no number")?;
            let stride = if target == Target::Staging { RATE_LIMIT_STRIDE } else { 0 };
            entry["namespace_id"] = (number + stride).to_string().into();
            return Ok(());
        }
        _ => return Ok(()),
    };
    let binding = entry["binding"].as_str().unwrap_or_default();
    let id = ids.get(binding).with_context(|| format!("the account gave no id for {binding}"))?;
    entry[field] = id.clone().into();
    Ok(())
}

/// Every variable that `wrangler.toml` has needs a value of its own here: what it says there is of one machine alone.
fn variables(config: &Value, target: Target, settings: &Settings, commit: &str) -> Result<Value> {
    let named = config["vars"].as_object().into_iter().flat_map(Map::keys);
    let missing: Vec<&str> = named
        .map(String::as_str)
        .filter(|name| !DERIVED.contains(name) && !settings.variables.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        bail!("the settings of {} do not say {}", target.name(), missing.join(", "));
    }
    let mut variables: Map<String, Value> =
        settings.variables.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    for (name, value) in DERIVED.into_iter().zip([target.name(), &settings.suffix, commit]) {
        variables.insert(name.to_owned(), value.into());
    }
    Ok(Value::Object(variables))
}
