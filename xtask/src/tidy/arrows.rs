//! Who may import whom. The arrows point one way: `domain` ← `projections` ← { the Worker, `replay-tool` };
//! the screens and the sandbox speak over the wire and import nothing of each other.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Finding, Source};
use crate::{exec::ask, workspace::Workspace};

/// Our crates, each with those of ours that it may use.
const CRATES: [(&str, &[&str]); 8] = [
    ("hangtag-domain", &[]),
    ("hangtag-projections", &["hangtag-domain"]),
    ("hangtag-simulator", &["hangtag-domain"]),
    ("hangtag-terminal", &["hangtag-domain"]),
    ("hangtag-bench-bare", &[]),
    ("hangtag", &["hangtag-domain", "hangtag-projections"]),
    ("replay-tool", &["hangtag-domain", "hangtag-projections"]),
    ("xtask", &[]),
];

/// Folders of TypeScript that stand alone.
const ALONE: [&str; 2] = ["frontend", "sandbox"];

/// Checks the crates' dependencies as cargo knows them.
///
/// # Errors
/// When cargo cannot be asked.
pub fn crates(workspace: &Workspace) -> Result<Vec<Finding>> {
    let manifest = workspace.path("Cargo.toml").display().to_string();
    let arguments =
        ["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", &manifest];
    let answer = ask("cargo", &arguments, &[]).context("`cargo metadata` gives no answer")?;
    Ok(judge_crates(&serde_json::from_str(&answer).context("`cargo metadata` gives no JSON")?))
}

fn judge_crates(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let place = format!("crate {name}");
        let Some((_, allowed)) = CRATES.iter().find(|(ours, _)| *ours == name) else {
            findings.push(Finding::new(
                place,
                "has no place in the order of imports: give it one in tidy/arrows.rs",
            ));
            continue;
        };
        let used =
            package["dependencies"].as_array().into_iter().flatten().filter_map(|used| used["name"].as_str());
        for used in used.filter(|used| CRATES.iter().any(|(ours, _)| ours == used) && !allowed.contains(used))
        {
            findings.push(Finding::new(
                &place,
                format!("must not depend on {used}: that arrow points the other way"),
            ));
        }
    }
    findings
}

/// Checks where TypeScript's imports lead. Tests may look anywhere.
pub fn scripts(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| is_program(source)) {
        let Some(home) = ALONE.iter().find(|folder| source.is_under(folder)) else { continue };
        for (line, specifier) in specifiers(&source.text) {
            if leaves(&source.path, home, specifier) {
                let message = format!(
                    "imports `{specifier}` from outside {home}/: it stands alone and speaks over the wire"
                );
                findings.push(Finding::new(format!("{}:{line}", source.path), message));
            }
        }
    }
    findings
}

fn is_program(source: &Source) -> bool {
    source.has_extension(&["ts", "tsx", "mts", "mjs", "js"]) && !source.path.contains("/test/")
}

/// Every module that a script names, with its line.
fn specifiers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(number, line)| {
        ["from ", "import ", "import("].into_iter().filter_map(move |word| {
            let rest = &line[line.find(word)? + word.len()..];
            let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let specifier = rest[1..].split(quote).next()?;
            Some((number + 1, specifier))
        })
    })
}

/// Whether an import in `path` leads out of the folder `home`.
fn leaves(path: &str, home: &str, specifier: &str) -> bool {
    if specifier.starts_with("@hangtag/") {
        return specifier != format!("@hangtag/{home}");
    }
    if !specifier.starts_with('.') {
        return false;
    }
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => {
                if folders.pop().is_none() {
                    return true;
                }
            }
            name => folders.push(name),
        }
    }
    folders.first() != Some(&home)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_arrow_against_the_order_is_found() {
        let metadata = json!({"packages": [
            {"name": "hangtag-domain", "dependencies": [{"name": "hangtag-projections"}, {"name": "serde"}]},
            {"name": "hangtag-projections", "dependencies": [{"name": "hangtag-domain"}]},
            {"name": "newcomer", "dependencies": []},
        ]});
        let places: Vec<String> = judge_crates(&metadata).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["crate hangtag-domain", "crate newcomer"]);
    }

    #[test]
    fn imports_that_leave_their_folder_are_found() {
        for (path, specifier, expected) in [
            ("frontend/src/api/client.ts", "../ui/button", false),
            ("frontend/src/app.tsx", "../../sandbox/src/keys.ts", true),
            ("sandbox/src/main.ts", "@hangtag/frontend", true),
            ("sandbox/src/main.ts", "node:http", false),
            ("sandbox/src/main.ts", "../../../outside", true),
        ] {
            assert_eq!(
                leaves(path, path.split('/').next().expect("a folder"), specifier),
                expected,
                "{path} {specifier}"
            );
        }
    }

    #[test]
    fn every_form_of_import_is_read() {
        let text =
            "import a from \"./a\";\nimport './b';\nexport * from './c';\nconst d = await import(\"./d\");\n";
        let found: Vec<_> = specifiers(text).collect();
        assert_eq!(found, [(1, "./a"), (2, "./b"), (3, "./c"), (4, "./d")]);
    }
}
