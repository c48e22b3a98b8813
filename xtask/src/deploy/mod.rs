//! `cargo xtask deploy`: everything that an environment stands on is looked for and made where it is missing, then
//! the schema, then the Worker, in this order: old code reads new columns, new code does not read old ones.
//!
//! | file | role |
//! |---|---|
//! | `settings` | the environments, and what their operator says about each |
//! | `config` | the environment's wrangler configuration, made from `wrangler.toml` |
//! | `plan` | the steps, in order; what `--dry-run` prints |
//! | `steps` | taking them |
//! | `wrangler` | asking wrangler, and understanding how it refuses |
//! | `secrets` | the secrets by name, and who is asked for them |
//! | `rollback` | the Worker as it was before, where the schema allows it |

mod config;
mod plan;
mod rollback;
mod secrets;
mod settings;
mod steps;
#[cfg(test)]
mod tests;
mod wrangler;

use anyhow::Result;

pub use self::{config::write_placeholder, settings::Target};
use self::{
    plan::Plan,
    settings::{Screens, Settings},
    steps::Deployer,
    wrangler::Wrangler,
};
use crate::{artifacts, say, workspace::Workspace};

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Which environment.
    #[arg(long, value_enum, default_value = "staging")]
    environment: Target,
    /// Who serves the screens: the Worker itself, or Cloudflare Pages beside it.
    #[arg(long, value_enum, default_value = "worker")]
    screens: Screens,
    /// Print the plan and bundle, but ask nothing of the account and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Put an earlier version of the Worker in the place of this one: the one before, or the one named.
    #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "", conflicts_with = "dry_run")]
    roll_back: Option<String>,
}

/// Deploys to the account that wrangler is signed in to, or rolls back there.
///
/// # Errors
/// When the build fails, wrangler refuses, or something is missing that only a person can supply.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let target = options.environment;
    if let Some(version) = &options.roll_back {
        let wanted = Some(version.as_str()).filter(|version| !version.is_empty());
        let account = Settings::read(workspace, target).ok().and_then(|settings| settings.account);
        return rollback::run(workspace, &Wrangler::new(workspace, account), target, wanted);
    }
    if options.dry_run {
        let settings = Settings::read_or_example(workspace, target)?;
        let plan = Plan::of(&config::committed(workspace)?, target, options.screens)?;
        say::result(plan.to_string());
        artifacts::ensure_deployable(workspace)?;
        let file = config::placeholder(workspace, target, options.screens, &settings)?;
        return Wrangler::new(workspace, None).bundle(&file);
    }
    let settings = Settings::read(workspace, target)?;
    let plan = Plan::of(&config::committed(workspace)?, target, options.screens)?;
    let wrangler = Wrangler::new(workspace, settings.account.clone());
    wrangler.signed_in()?;
    artifacts::ensure_deployable(workspace)?;
    Deployer::new(workspace, wrangler, settings, target, options.screens).follow(&plan)
}
