//! Counting what the checks found, and the lines in which they say so.

use std::time::Instant;

use anyhow::Result;

use crate::{
    exec::{TAIL_LINES, tail},
    say::{self, Step},
};

/// How many things were checked, and with what outcome.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// As they should be.
    pub passed: u64,
    /// Not as they should be.
    pub failed: u64,
    /// Not looked at.
    pub skipped: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// What one stage comes to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Its counts.
    pub tally: Tally,
    /// A word beside its line: a reason for skipping, a figure.
    pub note: String,
    /// Shown when something failed.
    pub details: String,
}

impl Outcome {
    /// A single check that holds.
    pub fn passed() -> Self {
        Self { tally: Tally { passed: 1, ..Tally::default() }, ..Self::default() }
    }

    /// A single check that does not.
    pub fn failed(details: impl Into<String>) -> Self {
        Self { tally: Tally { failed: 1, ..Tally::default() }, details: details.into(), ..Self::default() }
    }

    /// A single check that could not be made here, and why.
    pub fn skipped(note: impl Into<String>) -> Self {
        Self { tally: Tally { skipped: 1, ..Tally::default() }, note: note.into(), ..Self::default() }
    }

    /// A tool's own counts. A tool that failed without counting a failure, or that counted nothing at all,
    /// has failed once.
    pub fn counted(mut tally: Tally, success: bool, details: impl Into<String>) -> Self {
        let nothing = tally.passed + tally.failed == 0;
        if (!success || nothing) && tally.failed == 0 {
            tally.failed = 1;
        }
        Self { tally, details: details.into(), ..Self::default() }
    }

    /// The same with a word beside it.
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// Everything found so far.
#[derive(Debug, Default)]
pub struct Report {
    total: Tally,
    only: Option<String>,
}

impl Report {
    /// A report on the stages alone whose names contain a text, and on those that they stand on.
    pub fn only(text: Option<String>) -> Self {
        Self { only: text, ..Self::default() }
    }

    /// Runs a stage, unless only others were asked for.
    pub fn stage(&mut self, name: &str, work: impl FnOnce(&Step) -> Result<Outcome>) {
        if self.only.as_ref().is_none_or(|text| name.contains(text.as_str())) {
            self.needed_stage(name, work);
        }
    }

    /// Runs a stage, says its line, and counts it. A stage that breaks down has failed once.
    pub fn needed_stage(&mut self, name: &str, work: impl FnOnce(&Step) -> Result<Outcome>) -> Tally {
        let started = Instant::now();
        let outcome =
            say::silent_step(name, work).unwrap_or_else(|error| Outcome::failed(format!("{error:#}")));
        let Outcome { tally, note, details } = outcome;
        let sign = match tally {
            Tally { failed: 1.., .. } => "FAIL",
            Tally { passed: 0, .. } => "skip",
            _ => "ok",
        };
        let counts =
            if tally.passed + tally.failed + tally.skipped > 1 { tally.to_string() } else { String::new() };
        let remarks =
            [counts, note].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        say::result(
            format!("{sign:<5} {name:<34} {:>12}  {remarks}", say::seconds(started.elapsed())).trim_end(),
        );
        if tally.failed > 0 {
            say::result(details.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n"));
        }
        self.total += tally;
        tally
    }

    /// The sum of all stages.
    pub fn total(&self) -> Tally {
        self.total
    }
}

/// Adds up the counts in what a test runner printed: cargo's, Node's and Vitest's closing lines.
pub fn count(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["test", "result:", _, rest @ ..] => {
                tally += before_words(rest, "passed;", "failed;", "ignored;");
            }
            ["Tests", rest @ ..] => tally += before_words(rest, "passed", "failed", "skipped"),
            ["#" | "ℹ", kind, number] => {
                let number = number.parse().unwrap_or(0);
                match *kind {
                    "pass" => tally.passed += number,
                    "fail" | "cancelled" => tally.failed += number,
                    "skipped" | "todo" => tally.skipped += number,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    tally
}

/// What stands before Node's account of failed tests.
const NODE_FAILURES: &str = "✖ failing tests:\n";

/// The part of a test runner's output that a person wants to see when something failed: cargo's and Node's accounts
/// of the failed tests, or else the end, where the other runners put theirs.
pub fn failures(output: &str) -> String {
    if let Some((_, account)) = output.split_once(NODE_FAILURES) {
        return account
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(TAIL_LINES)
            .collect::<Vec<_>>()
            .join("\n");
    }
    let mut shown: Vec<&str> = Vec::new();
    let mut inside = false;
    for line in output.lines() {
        inside = (inside || line == "failures:") && !line.starts_with("test result:");
        if inside && !line.trim().is_empty() {
            shown.push(line);
        }
    }
    if shown.is_empty() { tail(output) } else { tail(&shown.join("\n")) }
}

/// Numbers that stand before given words: `12 passed; 0 failed;`.
fn before_words(words: &[&str], passed: &str, failed: &str, skipped: &str) -> Tally {
    let before = |wanted: &str| {
        words.windows(2).find(|pair| pair[1] == wanted).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
    };
    Tally { passed: before(passed), failed: before(failed), skipped: before(skipped) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_all_runners_are_read() {
        for (output, passed, failed, skipped) in [
            (
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
                12,
                0,
                1,
            ),
            ("test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured", 2, 3, 0),
            ("ℹ tests 5\nℹ pass 4\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0", 4, 1, 0),
            ("# tests 1\n# pass 1\n# fail 0", 1, 0, 0),
            ("      Tests  1 failed | 11 passed | 2 skipped (14)\n Test Files  1 failed (2)", 11, 1, 2),
            ("nothing of the kind", 0, 0, 0),
        ] {
            assert_eq!(count(output), Tally { passed, failed, skipped }, "{output}");
        }
    }

    #[test]
    fn failed_tests_are_shown_wherever_they_stand() {
        let output = "running 2 tests\nfailures:\n\n---- a stdout ----\nwhy\n\nfailures:\n    a\n\ntest result: FAILED\nmore\n";
        assert_eq!(failures(output), "failures:\n---- a stdout ----\nwhy\nfailures:\n    a");
        assert_eq!(failures("✔ good\n✖ bad\n\n✖ failing tests:\n\ntest at a:1\n"), "test at a:1");
        assert_eq!(failures("one\ntwo\n"), "one\ntwo");
    }

    #[test]
    fn a_tool_that_counts_nothing_has_failed() {
        assert_eq!(Outcome::counted(Tally::default(), true, "").tally.failed, 1);
        assert_eq!(Outcome::counted(Tally { passed: 3, ..Tally::default() }, false, "").tally.failed, 1);
        assert_eq!(Outcome::counted(Tally { passed: 3, ..Tally::default() }, true, "").tally.failed, 0);
    }

    #[test]
    fn the_last_line_is_plain() {
        assert_eq!(Tally { passed: 3, failed: 0, skipped: 0 }.to_string(), "3 passed, 0 failed");
        assert_eq!(Tally { passed: 3, failed: 1, skipped: 2 }.to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
