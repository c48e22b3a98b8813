//! `completions` and `man`: made from the command line's own description.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::output::Out;
use crate::{Answer, Failure, Outcome};

pub fn completions(shell: Shell, out: &mut Out) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "replay-tool", &mut script);
    write(&script, out)
}

pub fn man(command: Option<&str>, out: &mut Out) -> Answer {
    let mut root = Cli::command();
    root.build();
    let shown = match command {
        None => root,
        Some(name) => {
            let found = root.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::new(format!("there is no command {name:?}")))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(shown).render(&mut page)?;
    write(&page, out)
}

fn write(text: &[u8], out: &mut Out) -> Answer {
    let text = std::str::from_utf8(text).map_err(|error| io::Error::other(error.to_string()))?;
    out.line(text.trim_end())?;
    Ok(Outcome::Fine)
}
