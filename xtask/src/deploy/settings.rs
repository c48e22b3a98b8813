//! The environments, and what their operator says about each in `deploy/NAME.toml`.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use crate::workspace::Workspace;

/// What an operator begins with.
pub const EXAMPLE: &str = "deploy/example.toml";

/// Where something is deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// For trying a release.
    Staging,
    /// For everybody.
    Production,
}

impl Target {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Staging, Self::Production];

    /// As it stands on command lines and in `ENVIRONMENT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// What is called `hangtag…` in `wrangler.toml`, as it is called here: two environments of one account share
    /// nothing.
    pub fn own(self, name: &str) -> String {
        match (self, name.strip_prefix("hangtag")) {
            (Self::Staging, Some(rest)) => {
                let joint = if rest.starts_with('_') { '_' } else { '-' };
                format!("hangtag{joint}staging{rest}")
            }
            _ => name.to_owned(),
        }
    }
}

/// Who serves the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Screens {
    /// The Worker, as its static assets.
    Worker,
    /// Cloudflare Pages; the Worker answers the API's paths before it.
    Pages,
}

/// What an operator says about an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The zone at Cloudflare.
    pub zone: String,
    /// Hosts are `{organization}{suffix}`; begins with a dot.
    pub suffix: String,
    /// The account, where wrangler's sign-in reaches several.
    pub account: Option<String>,
    /// The Worker's variables.
    pub variables: BTreeMap<String, String>,
}

impl Settings {
    /// What is said about `target`.
    ///
    /// # Errors
    /// A sentence when nothing is said yet, or something is missing.
    pub fn read(workspace: &Workspace, target: Target) -> Result<Self> {
        let name = format!("deploy/{}.toml", target.name());
        let Ok(text) = fs::read_to_string(workspace.path(&name)) else {
            bail!("{name} is missing: copy {EXAMPLE} there and fill it in (docs/deploy.md, step 3)");
        };
        let settings = Self::parse(&text).with_context(|| format!("{name} cannot be used"))?;
        if let Some((name_of, value)) = settings.variables.iter().find(|(_, value)| is_of_this_machine(value))
        {
            bail!("{name} says {name_of} = {value:?}, which is an address of one machine alone");
        }
        Ok(settings)
    }

    /// As [`Settings::read`], or the example's where nothing is said: for what sends nothing.
    ///
    /// # Errors
    /// When there is not even the example.
    pub fn read_or_example(workspace: &Workspace, target: Target) -> Result<Self> {
        Self::read(workspace, target).or_else(|_| Self::example(workspace))
    }

    /// The example's.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn example(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.path(EXAMPLE))
            .with_context(|| format!("{EXAMPLE} cannot be read"))?;
        Self::parse(&text).with_context(|| format!("{EXAMPLE} cannot be used"))
    }

    fn parse(text: &str) -> Result<Self> {
        let said: Value = toml::from_str(text)?;
        let text = |name: &str| said[name].as_str().map(str::trim).filter(|text| !text.is_empty());
        let suffix = text("suffix").context("`suffix` is missing")?;
        let mut variables = BTreeMap::new();
        for (name, value) in said["vars"].as_object().into_iter().flatten() {
            let value = value.as_str().with_context(|| format!("{name} is no text"))?;
            variables.insert(name.clone(), value.to_owned());
        }
        Ok(Self {
            zone: text("zone").context("`zone` is missing")?.to_owned(),
            suffix: if suffix.starts_with('.') { suffix.to_owned() } else { format!(".{suffix}") },
            account: text("account").map(str::to_owned),
            variables,
        })
    }
}

fn is_of_this_machine(value: &str) -> bool {
    ["127.0.0.1", "localhost"].iter().any(|words| value.contains(words))
}

#[cfg(test)]
mod settings_tests {
    use super::*;

    #[test]
    fn staging_has_names_of_its_own() {
        for (name, staging) in [
            ("hangtag", "hangtag-staging"),
            ("hangtag-log-advanced-dead", "hangtag-staging-log-advanced-dead"),
            ("hangtag_requests", "hangtag_staging_requests"),
            ("other", "other"),
        ] {
            assert_eq!(Target::Staging.own(name), staging);
            assert_eq!(Target::Production.own(name), name);
        }
    }

    #[test]
    fn a_zone_and_a_suffix_are_needed() {
        assert!(Settings::parse("zone = \"a.example\"").is_err());
        assert!(Settings::parse("suffix = \"a.example\"").is_err());
        let settings = Settings::parse("zone = \"a.example\"\nsuffix = \"a.example\"").expect("enough");
        assert_eq!((settings.suffix.as_str(), settings.account), (".a.example", None));
    }
}
