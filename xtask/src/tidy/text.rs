//! What must stand in no tracked file, whatever its language: places of one machine, hosts of package
//! registries, and promises to do it later.

use super::{Finding, Source};

/// Lock files name where packages come from; that is their work.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// Split, so that this list does not find itself.
const REGISTRY_HOSTS: [&str; 8] = [
    concat!("crates", ".io"),
    concat!("registry.", "npmjs"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("deb.", "debian"),
    concat!("static.", "rust-lang"),
    concat!("registry.", "yarnpkg"),
    concat!("proxy.", "golang"),
];

/// Folders that exist on one machine only, when a path begins with them.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Words that put off what should be an issue.
const LATER: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];

/// Looks through every text file but the lock files.
pub fn look(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !is_lock(&source.path)) {
        for (number, line) in source.text.lines().enumerate() {
            if let Some(message) = judge(line) {
                findings.push(Finding::new(format!("{}:{}", source.path, number + 1), message));
            }
        }
    }
    findings
}

fn is_lock(path: &str) -> bool {
    LOCK_FILES.iter().any(|name| path == *name || path.ends_with(&format!("/{name}")))
}

fn judge(line: &str) -> Option<String> {
    if let Some(host) = REGISTRY_HOSTS.iter().find(|host| line.contains(**host)) {
        return Some(format!("names the registry host {host}: only lock files do"));
    }
    if let Some(path) = MACHINE_PATHS.iter().find(|path| begins_a_path(line, path)) {
        return Some(format!("names {path}, a place on one machine"));
    }
    let word = LATER.iter().find(|word| has_word(line, word))?;
    Some(format!("says {word}: do it, or file an issue"))
}

/// Whether `path` stands in the line as the beginning of a path, not within one.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line[..at]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || "._-}*~:".contains(before))
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let edge = |neighbour: Option<char>| {
            !neighbour.is_some_and(|character| character.is_alphanumeric() || character == '_')
        };
        edge(line[..at].chars().next_back()) && edge(line[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_judged() {
        for (line, bad) in [
            (concat!("see https://crates", ".io/crates/x"), true),
            (concat!("cd /wo", "rk/main"), true),
            (concat!("\"/ro", "ot/.cargo\""), true),
            (concat!("docs/wo", "rk/plan.md"), false),
            (concat!("// TO", "DO: later"), true),
            (concat!("MASTO", "DON"), false),
            ("an ordinary line", false),
        ] {
            assert_eq!(judge(line).is_some(), bad, "{line}");
        }
    }

    #[test]
    fn lock_files_are_left_alone() {
        let text = format!("source = \"{}\"", REGISTRY_HOSTS[0]);
        let sources = ["Cargo.lock", "frontend/package-lock.json", "docs/notes.md"]
            .map(|path| Source { path: path.into(), text: text.clone() });
        let places: Vec<String> = look(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["docs/notes.md:1"]);
    }
}
