//! `cargo xtask openapi`: the Worker's description of its own interface, kept for the screens, and the types
//! that are made from it.

use anyhow::Result;

use crate::{exec::Run, npm, say, workspace::Workspace};

/// Where the description is kept.
pub const DESCRIPTION: &str = "frontend/openapi.json";

/// The types made from it.
pub const TYPES: &str = "frontend/src/api/schema.generated.ts";

/// Lets the Worker's own test write the description anew, and makes the types from it.
///
/// # Errors
/// When the Worker does not compile, or a tool fails.
pub fn run(workspace: &Workspace) -> Result<()> {
    npm::ensure(workspace)?;
    say::step("Writing the interface description", |step| {
        Run::new(workspace, "openapi", "cargo")
            .args(["test", "--quiet", "--package", "hangtag", "openapi"])
            .env("HANGTAG_BLESS", "1")
            .succeed(step)
    })?;
    say::step("Making the screens' types", |step| {
        Run::new(workspace, "openapi-types", "npm")
            .args(["run", "--silent", "api", "--workspace", "frontend"])
            .succeed(step)
    })?;
    say::line(format!("{DESCRIPTION} and {TYPES} are up to date"));
    Ok(())
}
