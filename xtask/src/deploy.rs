//! `cargo xtask deploy`: the small build, the schema, the Worker, in this order: old code reads new columns, new
//! code does not read old ones.

use anyhow::Result;

use crate::{
    artifacts,
    exec::Run,
    platform::{DATABASE, wrangler_variables},
    say,
    workspace::Workspace,
};

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Build and bundle, but send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Deploys to the account that wrangler is signed in to, with the ids that `wrangler.toml` names.
///
/// # Errors
/// When the build fails or wrangler refuses.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    artifacts::ensure_deployable(workspace)?;
    if options.dry_run {
        return wrangler(
            workspace,
            "Bundling, as a dry run",
            &["deploy", "--dry-run", "--outdir", ".hangtag/dry-run"],
        );
    }
    wrangler(workspace, "Applying migrations", &["d1", "migrations", "apply", DATABASE, "--remote"])?;
    wrangler(workspace, "Deploying", &["deploy"])
}

fn wrangler(workspace: &Workspace, name: &str, arguments: &[&str]) -> Result<()> {
    let output = say::step(name, |step| {
        let variables = wrangler_variables().into_iter().map(|(name, value)| (name.to_owned(), value));
        Run::new(workspace, "deploy", "wrangler").args(arguments).envs(variables).succeed(step)
    })?;
    say::result(output.trim());
    Ok(())
}
