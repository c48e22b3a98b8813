//! Asking wrangler, and understanding how it refuses.

use std::{ffi::OsString, path::Path};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{
    exec::{Finished, Run, tail},
    platform::wrangler_variables,
    say,
    workspace::Workspace,
};

/// How it says that something of that name is there already.
const ALREADY_THERE: [&str; 3] = ["already exists", "already taken", "[code: 11009]"];

/// How it says that nobody is signed in.
const NOT_SIGNED_IN: [&str; 4] =
    ["\"loggedIn\":false", "not authenticated", "not logged in", "set a CLOUDFLARE_API_TOKEN"];

/// How it says that there is no such Worker yet.
const NO_SUCH_WORKER: [&str; 3] = ["not found.", "[code: 10007]", "does not exist on your account"];

/// What became of a request to make something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It was not there before.
    Now,
    /// It was there.
    Before,
}

/// wrangler, in one account.
pub struct Wrangler<'w> {
    workspace: &'w Workspace,
    account: Option<String>,
}

impl<'w> Wrangler<'w> {
    /// In `account`, or in the one that its sign-in reaches.
    pub fn new(workspace: &'w Workspace, account: Option<String>) -> Self {
        Self { workspace, account }
    }

    /// Sees to it that somebody is signed in.
    ///
    /// # Errors
    /// A sentence when nobody is.
    pub fn signed_in(&self) -> Result<()> {
        let finished = self.finish(&["whoami", "--json"], None)?;
        if finished.success && json_in(&finished.output).is_some_and(|said| said["loggedIn"] == true) {
            return Ok(());
        }
        Err(refusal("whoami", &finished.output))
    }

    /// What a command answers as JSON.
    ///
    /// # Errors
    /// When it refuses, or answers something else.
    pub fn answer(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.succeed(arguments)?;
        match json_in(&output) {
            Some(answer) => Ok(answer),
            None => bail!("`wrangler {}` answered no JSON:\n{}", arguments.join(" "), tail(&output)),
        }
    }

    /// As [`Wrangler::answer`]; none where the Worker does not exist yet.
    ///
    /// # Errors
    /// As [`Wrangler::answer`].
    pub fn answer_about_worker(&self, arguments: &[&str]) -> Result<Option<Value>> {
        let finished = self.finish(arguments, None)?;
        if !finished.success && says(&finished.output, &NO_SUCH_WORKER) {
            return Ok(None);
        }
        if !finished.success {
            return Err(refusal(&arguments.join(" "), &finished.output));
        }
        Ok(json_in(&finished.output))
    }

    /// Makes something, unless it is there.
    ///
    /// # Errors
    /// When it refuses for another reason.
    pub fn make(&self, arguments: &[&str]) -> Result<Made> {
        let finished = self.finish(arguments, None)?;
        match finished.success {
            true => Ok(Made::Now),
            false if says(&finished.output, &ALREADY_THERE) => Ok(Made::Before),
            false => Err(refusal(&arguments.join(" "), &finished.output)),
        }
    }

    /// Runs a command that has to succeed.
    ///
    /// # Errors
    /// A sentence with the end of its output.
    pub fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let finished = self.finish(arguments, None)?;
        if finished.success {
            Ok(finished.output)
        } else {
            Err(refusal(&arguments.join(" "), &finished.output))
        }
    }

    /// As [`Wrangler::succeed`], with something on its standard input.
    ///
    /// # Errors
    /// As [`Wrangler::succeed`].
    pub fn succeed_with_input(&self, arguments: &[&str], input: String) -> Result<()> {
        let finished = self.finish(arguments, Some(input))?;
        if finished.success { Ok(()) } else { Err(refusal(&arguments.join(" "), &finished.output)) }
    }

    /// Bundles what would be sent, and sends nothing.
    ///
    /// # Errors
    /// When the configuration or the code does not fit.
    pub fn bundle(&self, config: &Path) -> Result<()> {
        let config = config.to_string_lossy();
        let arguments = ["deploy", "--dry-run", "--outdir", ".hangtag/dry-run", "--config", &config];
        let output = say::step("Bundling, as a dry run", |_| self.succeed(&arguments))?;
        say::result(output.trim());
        Ok(())
    }

    fn finish(&self, arguments: &[&str], input: Option<String>) -> Result<Finished> {
        let mut variables: Vec<(String, OsString)> =
            wrangler_variables().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Some(account) = &self.account {
            variables.push(("CLOUDFLARE_ACCOUNT_ID".to_owned(), account.into()));
        }
        let run = Run::new(self.workspace, "deploy", "wrangler").args(arguments).envs(variables);
        match input {
            Some(input) => run.input(input),
            None => run,
        }
        .finish(None)
    }
}

fn refusal(what: &str, output: &str) -> anyhow::Error {
    if says(output, &NOT_SIGNED_IN) {
        return anyhow::anyhow!(
            "wrangler is not signed in: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN (docs/deploy.md, step 1)"
        );
    }
    anyhow::anyhow!("`wrangler {what}` refused:\n{}", tail(output))
}

fn says(output: &str, words: &[&str]) -> bool {
    words.iter().any(|words| output.contains(words))
}

/// The first JSON value that begins a line: wrangler says other things before it.
fn json_in(output: &str) -> Option<Value> {
    let mut at = 0;
    for line in output.split_inclusive('\n') {
        if line.starts_with(['[', '{']) {
            let rest = output.get(at..)?;
            let found = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next();
            if let Some(Ok(value)) = found {
                return Some(value);
            }
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod wrangler_tests {
    use super::*;

    #[test]
    fn an_answer_is_found_behind_what_is_said_before_it() {
        for (output, answer) in [
            ("[WARNING] old\n[\n  {\"a\": 1}\n]\nbye\n", Some(serde_json::json!([{"a": 1}]))),
            ("{\"loggedIn\":true}", Some(serde_json::json!({"loggedIn": true}))),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(json_in(output), answer, "{output}");
        }
    }
}
