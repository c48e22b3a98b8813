//! The steps of a deployment, in order.

use std::fmt;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{
    secrets,
    settings::{Screens, Target},
};

/// One thing to be there, or to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The D1 database of this name is there; its id is known under its binding.
    Database {
        /// The binding.
        binding: String,
        /// The database's name.
        name: String,
    },
    /// The KV namespace of this title is there; its id is known under its binding.
    Namespace {
        /// The binding.
        binding: String,
        /// The namespace's title.
        title: String,
    },
    /// The R2 bucket is there.
    Bucket(String),
    /// The queue is there.
    Queue(String),
    /// The environment's wrangler configuration says what was found.
    Configuration,
    /// The secrets are there, asked for where they are not.
    Secrets(Vec<&'static str>),
    /// The schema is the one that this Worker reads and writes; the binding of its database.
    Schema(String),
    /// The Worker runs.
    Worker,
    /// The Pages project is there and serves the screens.
    Pages(String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database { binding, name } => write!(f, "D1 database {name} (as {binding})"),
            Self::Namespace { binding, title } => write!(f, "KV namespace {title} (as {binding})"),
            Self::Bucket(name) => write!(f, "R2 bucket {name}"),
            Self::Queue(name) => write!(f, "queue {name}"),
            Self::Configuration => write!(f, "the environment's wrangler configuration"),
            Self::Secrets(names) => write!(f, "secrets {}", names.join(", ")),
            Self::Schema(binding) => write!(f, "migrations of {binding}"),
            Self::Worker => write!(f, "the Worker"),
            Self::Pages(project) => write!(f, "the screens, on Pages project {project}"),
        }
    }
}

/// All steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    target: Target,
    /// In order.
    pub steps: Vec<Step>,
}

impl Plan {
    /// What the committed configuration needs in an environment.
    ///
    /// # Errors
    /// When the configuration lacks a name.
    pub fn of(config: &Value, target: Target, screens: Screens) -> Result<Self> {
        let mut steps = Vec::new();
        for entry in entries(&config["d1_databases"]) {
            let name = target.own(text(entry, "database_name")?);
            steps.push(Step::Database { binding: text(entry, "binding")?.to_owned(), name });
        }
        for entry in entries(&config["kv_namespaces"]) {
            let binding = text(entry, "binding")?.to_owned();
            let title = format!("{}-{}", target.own(text(config, "name")?), binding.to_ascii_lowercase());
            steps.push(Step::Namespace { binding, title });
        }
        for entry in entries(&config["r2_buckets"]) {
            steps.push(Step::Bucket(target.own(text(entry, "bucket_name")?)));
        }
        steps.extend(queues(&config["queues"]).into_iter().map(|name| Step::Queue(target.own(name))));
        steps
            .extend([Step::Configuration, Step::Secrets(secrets::NEEDED.map(|secret| secret.name).to_vec())]);
        for entry in entries(&config["d1_databases"]) {
            steps.push(Step::Schema(text(entry, "binding")?.to_owned()));
        }
        steps.push(Step::Worker);
        if screens == Screens::Pages {
            steps.push(Step::Pages(target.own(text(config, "name")?)));
        }
        Ok(Self { target, steps })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.target.name())?;
        (1..).zip(&self.steps).try_for_each(|(number, step)| write!(f, "\n{number:>4}  {step}"))
    }
}

/// Every queue that is named, dead letters before the queues that fill them.
fn queues(config: &Value) -> Vec<&str> {
    let all = || entries(&config["consumers"]).chain(entries(&config["producers"]));
    let dead = all().filter_map(|entry| entry["dead_letter_queue"].as_str());
    let mut names = Vec::new();
    for name in dead.chain(all().filter_map(|entry| entry["queue"].as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text<'v>(entry: &'v Value, field: &str) -> Result<&'v str> {
    entry[field].as_str().with_context(|| format!("wrangler.toml lacks a `{field}`"))
}
