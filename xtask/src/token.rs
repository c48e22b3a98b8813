//! `cargo xtask token`: signs in locally as one of the demo people, for command lines that ask for a token.

use anyhow::Result;

use crate::{dev, http::Client, say, seed};

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Who: a person of the sandbox, by id.
    #[arg(default_value = "user_demo_olivia")]
    user: String,
    /// For which organization, by its host label.
    #[arg(long, default_value = "demo")]
    organization: String,
    /// The running platform's port.
    #[arg(long, default_value_t = dev::PORT, value_parser = clap::value_parser!(u16).range(1..=65_534))]
    port: u16,
}

/// Prints a token; it lives a minute.
///
/// # Errors
/// When no platform runs there, or the sandbox does not know the person.
pub fn run(options: &Options) -> Result<()> {
    let sandbox = Client::new("sandbox", options.port.saturating_add(1));
    say::result(seed::token(&sandbox, &options.user, Some(&options.organization))?);
    Ok(())
}
