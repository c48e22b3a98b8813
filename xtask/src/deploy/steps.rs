//! Taking the steps of a deployment.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{
    config::{self, Ids},
    plan::{Plan, Step},
    rollback,
    secrets::{self, NEEDED},
    settings::{Screens, Settings, Target},
    wrangler::{Made, Wrangler},
};
use crate::{say, workspace::Workspace};

/// Takes the steps, remembering what the account said.
pub struct Deployer<'w> {
    workspace: &'w Workspace,
    wrangler: Wrangler<'w>,
    settings: Settings,
    target: Target,
    screens: Screens,
    ids: Ids,
    /// Where a secret's value may be found before anybody is asked.
    lookup: fn(&str) -> Option<String>,
}

impl<'w> Deployer<'w> {
    /// One for an environment.
    pub fn new(
        workspace: &'w Workspace,
        wrangler: Wrangler<'w>,
        settings: Settings,
        target: Target,
        screens: Screens,
    ) -> Self {
        let lookup = |name: &str| std::env::var(name).ok();
        Self { workspace, wrangler, settings, target, screens, ids: Ids::new(), lookup }
    }

    /// The same, with another place to find secrets.
    #[cfg(test)]
    pub fn finding_secrets(self, lookup: fn(&str) -> Option<String>) -> Self {
        Self { lookup, ..self }
    }

    /// Takes every step; what was there already stays as it is, so that a deployment can be repeated.
    ///
    /// # Errors
    /// At the first step that cannot be taken.
    pub fn follow(&mut self, plan: &Plan) -> Result<()> {
        for step in &plan.steps {
            let name = step.to_string();
            let outcome = say::silent_step(&name, |_| self.take(step)).with_context(|| name.clone())?;
            say::result(format!("{name}: {outcome}"));
        }
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Result<String> {
        match step {
            Step::Database { binding, name } => {
                let (list, make) = (["d1", "list", "--json"], ["d1", "create", name.as_str()]);
                self.identified(binding, name, &list, &make, "name", "uuid")
            }
            Step::Namespace { binding, title } => {
                let (list, make) =
                    (["kv", "namespace", "list"], ["kv", "namespace", "create", title.as_str()]);
                self.identified(binding, title, &list, &make, "title", "id")
            }
            Step::Bucket(name) => self.made(&["r2", "bucket", "create", name]),
            Step::Queue(name) => self.made(&["queues", "create", name]),
            Step::Configuration => {
                let file = self.file();
                config::write(self.workspace, self.target, self.screens, &self.settings, &self.ids, &file)?;
                Ok(format!("written to {}", file.display()))
            }
            Step::Secrets(_) => self.secrets(),
            Step::Schema(binding) => {
                let file = self.file();
                let config = file.to_string_lossy();
                self.wrangler.succeed(&[
                    "d1",
                    "migrations",
                    "apply",
                    binding,
                    "--remote",
                    "--config",
                    &config,
                ])?;
                Ok("applied".to_owned())
            }
            Step::Worker => {
                let file = self.file();
                let (config, message) = (file.to_string_lossy(), rollback::message(self.workspace)?);
                let said = self.wrangler.succeed(&["deploy", "--config", &config, "--message", &message])?;
                Ok(version_in(&said).map_or_else(|| "deployed".to_owned(), |id| format!("version {id}")))
            }
            Step::Pages(project) => self.pages(project),
        }
    }

    fn file(&self) -> PathBuf {
        config::path(self.workspace, self.target)
    }

    fn made(&self, make: &[&str]) -> Result<String> {
        Ok(word(self.wrangler.make(make)?).to_owned())
    }

    /// Makes something where it is missing, and keeps the id that the account gave it.
    fn identified(
        &mut self,
        binding: &str,
        name: &str,
        list: &[&str],
        creation: &[&str],
        called: &str,
        id: &str,
    ) -> Result<String> {
        let find = |listed: &Value| {
            let mut entries = listed.as_array().into_iter().flatten();
            entries
                .find(|entry| entry[called] == name)
                .and_then(|entry| entry[id].as_str().map(str::to_owned))
        };
        let mut made = Made::Before;
        let mut found = find(&self.wrangler.answer(list)?);
        if found.is_none() {
            made = self.wrangler.make(creation)?;
            found = find(&self.wrangler.answer(list)?);
        }
        let found = found.with_context(|| format!("{name} was made, but the account does not list it"))?;
        self.ids.insert(binding.to_owned(), found);
        Ok(word(made).to_owned())
    }

    /// Puts the secrets that are missing. The Worker need not be there: wrangler makes a draft that the deployment
    /// then fills, so that no version ever runs without its secrets.
    fn secrets(&self) -> Result<String> {
        let file = self.file();
        let config = file.to_string_lossy();
        let listed = self.wrangler.answer_about_worker(&["secret", "list", "--config", &config])?;
        let there = |name: &str| {
            let mut entries = listed.iter().flat_map(|listed| listed.as_array().into_iter().flatten());
            entries.any(|entry| entry["name"] == name)
        };
        let missing: Vec<_> = NEEDED.into_iter().filter(|secret| !there(secret.name)).collect();
        // All values first: a deployment that lacks one leaves nothing half done.
        let values = missing
            .iter()
            .map(|secret| secrets::value(*secret, self.lookup))
            .collect::<Result<Vec<String>>>()?;
        for (secret, value) in missing.iter().zip(values) {
            self.wrangler.succeed_with_input(&["secret", "put", secret.name, "--config", &config], value)?;
        }
        let names: Vec<_> = missing.iter().map(|secret| secret.name).collect();
        Ok(if names.is_empty() { "there".to_owned() } else { format!("set {}", names.join(", ")) })
    }

    fn pages(&self, project: &str) -> Result<String> {
        let branch = self.target.name();
        let creation = ["pages", "project", "create", project, "--production-branch", branch];
        let made = self.wrangler.make(&creation)?;
        self.wrangler.succeed(&[
            "pages",
            "deploy",
            "frontend/dist",
            "--project-name",
            project,
            "--branch",
            branch,
        ])?;
        Ok(format!("{}, deployed", word(made)))
    }
}

fn word(made: Made) -> &'static str {
    match made {
        Made::Now => "made",
        Made::Before => "there",
    }
}

/// The version that a deployment says it has become.
fn version_in(said: &str) -> Option<&str> {
    said.lines().find_map(|line| line.trim().strip_prefix("Current Version ID:")).map(str::trim)
}
