//! The house rules as a test: import arrows, determinism, named bounds, sizes, words and places that do not
//! belong into files.

mod arrows;
mod reasons;
mod rust;
mod tenancy;
mod text;
mod tokens;

use std::fs;

use anyhow::{Context as _, Result};

use crate::{exec::ask, say, workspace::Workspace};

/// Lines beyond which a file is two ideas.
const FILE_LINES_MAX: usize = 400;

/// Lines beyond which a function does not fit on a screen.
const FUNCTION_LINES_MAX: usize = 60;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: `path`, `path:line`, or `path::function` for sizes.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// What a look over the repository found.
#[derive(Debug, Default)]
pub struct Report {
    /// Rules broken: these fail.
    pub errors: Vec<Finding>,
    /// Sizes outgrown without a written reason: these are only said.
    pub warnings: Vec<Finding>,
}

/// A tracked text file.
#[derive(Debug)]
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_under(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// Looks over every file that git tracks or would track.
///
/// # Errors
/// When git or cargo cannot be asked, or a file not be read.
pub fn look(workspace: &Workspace) -> Result<Report> {
    let sources = sources(workspace)?;
    let reasons = reasons::Reasons::read(workspace)?;
    let mut report = Report::default();
    report.errors.extend(arrows::crates(workspace)?);
    report.errors.extend(arrows::scripts(&sources));
    report.errors.extend(text::look(&sources));
    let (errors, mut sizes) = rust::look(&sources);
    report.errors.extend(errors);
    sizes.extend(long_files(&sources));
    let (without_reason, stale) = reasons.sort(sizes);
    report.warnings = without_reason;
    report.errors.extend(stale);
    Ok(report)
}

/// Prints a report; says whether it is clean.
pub fn print(report: &Report) -> bool {
    for Finding { place, message } in &report.warnings {
        say::result(format!("warning: {place}: {message}"));
    }
    for Finding { place, message } in &report.errors {
        say::result(format!("error: {place}: {message}"));
    }
    say::result(format!("tidy: {} errors, {} warnings", report.errors.len(), report.warnings.len()));
    report.errors.is_empty()
}

fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    let root = workspace.root().display().to_string();
    let arguments = ["-C", &root, "ls-files", "--cached", "--others", "--exclude-standard"];
    let list = ask("git", &arguments, &[])
        .context("git does not list the repository's files: tidy needs a git checkout")?;
    let read = |path: &str| {
        // Not text, or listed and deleted since: nothing to look at.
        let text = fs::read_to_string(workspace.path(path)).ok()?;
        Some(Source { path: path.to_owned(), text })
    };
    Ok(list.lines().filter_map(read).collect())
}

/// Source files that have outgrown one idea. Data, texts and generated files are as long as they are.
fn long_files(sources: &[Source]) -> Vec<Finding> {
    let code = |source: &&Source| {
        source.has_extension(&["rs", "ts", "tsx", "mjs", "css"])
            && !source.text.lines().take(5).any(|line| line.contains("generated"))
    };
    let long = |source: &Source| {
        let lines = source.text.lines().count();
        (lines > FILE_LINES_MAX)
            .then(|| Finding::new(&source.path, format!("{lines} lines: two ideas in one file?")))
    };
    sources.iter().filter(code).filter_map(long).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_whole_names() {
        let source = Source { path: "src/http/edge.rs".into(), text: String::new() };
        assert!(source.is_under("src") && source.is_under("src/http"));
        assert!(!source.is_under("sr") && !source.is_under("src/htt"));
        assert!(source.has_extension(&["rs"]) && !source.has_extension(&["s"]));
    }

    #[test]
    fn generated_files_may_be_long() {
        let long = "x\n".repeat(FILE_LINES_MAX + 1);
        let sources = [
            Source { path: "src/a.rs".into(), text: long.clone() },
            Source {
                path: "frontend/schema.ts".into(),
                text: format!("// This file was auto-generated.\n{long}"),
            },
            Source { path: "README.md".into(), text: long },
        ];
        let found = long_files(&sources);
        assert_eq!(found.iter().map(|finding| finding.place.as_str()).collect::<Vec<_>>(), ["src/a.rs"]);
    }
}
