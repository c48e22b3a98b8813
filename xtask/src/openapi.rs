//! `cargo xtask openapi`: the Worker's description of its own interface, kept for the screens, and the types
//! that are made from it.

use anyhow::{Context as _, Result};

use crate::{
    artifacts::{self, Artifact},
    exec::Run,
    platform::{self, Platform, Settings},
    say,
    workspace::Workspace,
};

/// Where the description is kept.
pub const DESCRIPTION: &str = "frontend/openapi.json";

/// The types made from it.
pub const TYPES: &str = "frontend/src/api/schema.ts";

/// Asks a freshly built Worker for its description, and makes the types again.
///
/// # Errors
/// When the Worker cannot be built or started.
pub fn run(workspace: &Workspace) -> Result<()> {
    artifacts::ensure(workspace, Artifact::Worker)?;
    std::fs::create_dir_all(workspace.path("frontend/dist"))?;
    let state = workspace.tooling("openapi-state");
    let platform = Platform::start(workspace, Settings { port: platform::free_ports()?, state })?;
    let description = platform.client("demo").get("/api/v1/openapi.json")?;
    let text = serde_json::to_string_pretty(&description)? + "\n";
    std::fs::write(workspace.path(DESCRIPTION), text)
        .with_context(|| format!("{DESCRIPTION} cannot be written"))?;
    say::step("Making the screens' types", |step| {
        Run::new(workspace, "openapi-format", workspace.npm_tool("biome"))
            .args(["format", "--write", DESCRIPTION])
            .succeed(step)?;
        Run::new(workspace, "openapi-types", "npm")
            .args(["run", "--silent", "api", "--workspace", "frontend"])
            .succeed(step)?;
        Ok(())
    })?;
    say::line(format!("{DESCRIPTION} and {TYPES} are up to date"));
    Ok(())
}
