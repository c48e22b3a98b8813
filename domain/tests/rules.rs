//! Every rule of `SPEC.md` stands in a test, and every refusal that the code can give has one.
//!
//! A rule stands in a test when its number is in the test's name (`sal_6_…` for SAL-6) or written out in its
//! text. A refusal is a rule's number followed by a code, both as literals; its code must be written out in a
//! test. Tests that only mention a rule in passing would satisfy this too; what it catches is the rule, or the
//! refusal, that nobody thought of.

#![expect(clippy::unwrap_used, reason = "a test says what broke")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The crate's code and its tests, as two texts. A file is a test when its name says so; in others, tests begin
/// at `#[cfg(test)]` before a module of their own.
fn code_and_tests() -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(root, &mut files);
    let (mut code, mut tests) = (String::new(), String::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        if name == "tests/rules.rs" {
            continue;
        }
        let whole = name.contains("tests") || name.contains("fixture") || name.contains("simulator");
        let cut = if whole { 0 } else { text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len()) };
        code.push_str(&text[..cut]);
        tests.push_str(&text[cut..]);
    }
    (code, tests)
}

/// All string literals without escapes, in order, each with what stands between it and the next one.
fn literals(text: &str) -> Vec<(&str, &str)> {
    let pieces: Vec<&str> = text.split('"').collect();
    pieces.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn is_rule(text: &str) -> bool {
    text.split_once('-').is_some_and(|(group, number)| {
        group.len() == 3
            && group.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_code(text: &str) -> bool {
    text.contains('_')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
}

/// Codes by the rule literal that they follow.
fn refusals(code: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pair in literals(code).windows(3) {
        let [(rule, _), (between, _), (name, _)] = [pair[0], pair[1], pair[2]];
        if is_rule(rule) && between.trim() == "," && is_code(name) {
            found.entry(rule).or_default().insert(name);
        }
    }
    found
}

fn rules_of_the_spec() -> Vec<&'static str> {
    let lines = include_str!("../SPEC.md").lines();
    let rules: Vec<&str> =
        lines.filter_map(|line| line.strip_prefix("- **")?.split_once("**").map(|(rule, _)| rule)).collect();
    assert!(rules.iter().all(|rule| is_rule(rule)), "every rule has a number");
    rules
}

#[test]
fn every_rule_has_one_line_in_the_spec_in_the_order_of_the_numbers() {
    let rules = rules_of_the_spec();
    let mut groups: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (group, number) in rules.iter().filter_map(|rule| rule.split_once('-')) {
        groups.entry(group).or_default().push(number.parse().unwrap());
    }
    for (group, numbers) in groups {
        assert!(numbers.is_sorted_by(|a, b| a < b), "{group}: {numbers:?}");
    }
}

#[test]
fn every_rule_stands_in_a_test() {
    let (_, tests) = code_and_tests();
    let lower = |rule: &str| format!("{}_", rule.to_lowercase().replace('-', "_"));
    let missing: Vec<&str> = rules_of_the_spec()
        .into_iter()
        .filter(|rule| {
            let in_a_name = |start: &str| tests.contains(&format!("{start}{}", lower(rule)));
            !in_a_name("fn ") && !in_a_name("_") && !tests.contains(&format!("\"{rule}\""))
        })
        .collect();
    assert!(missing.is_empty(), "no test for {missing:?}");
}

#[test]
fn every_refusal_is_in_the_spec_and_has_a_test() {
    let (code, tests) = code_and_tests();
    let spec = rules_of_the_spec();
    let found = refusals(&code);
    assert!(found.len() > 100, "the code was read");
    let unknown: Vec<_> = found.keys().filter(|rule| !spec.contains(rule)).collect();
    assert!(unknown.is_empty(), "not in SPEC.md: {unknown:?}");
    let untested: Vec<String> = found
        .iter()
        .flat_map(|(rule, codes)| codes.iter().map(move |code| (rule, code)))
        .filter(|(_, code)| !tests.contains(&format!("\"{code}\"")))
        .map(|(rule, code)| format!("{rule} {code}"))
        .collect();
    assert!(untested.is_empty(), "no test for {untested:#?}");
}

#[test]
fn every_edge_case_has_the_tests_that_its_list_names() {
    let (_, tests) = code_and_tests();
    let list = include_str!("../../docs/edge-cases.md");
    let named = list.split('`').skip(1).step_by(2).filter(|name| !name.contains('/'));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 20, "the list was read");
    let missing: Vec<&&str> = named.iter().filter(|name| !tests.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "no test {missing:?}");
}
