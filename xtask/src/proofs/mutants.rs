//! `prove mutants`: small changes to the code of money, commission, custody and settlement, one at a time. A test
//! must fail for each; the few that no test can see are explained in `docs/mutation.md`.
//!
//! It works on what is committed, in a checkout of its own, so that nobody's files are touched.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use super::{Order, Verdict};
use crate::{exec::Run, toolchain, workspace::Workspace};

/// Where mistakes cost somebody money, or an item its owner.
const FILES: [&str; 9] = [
    "domain/src/money.rs",
    "domain/src/commission.rs",
    "domain/src/settlement/shares.rs",
    "domain/src/settlement/sale.rs",
    "domain/src/settlement/settled.rs",
    "domain/src/settlement/balance.rs",
    "domain/src/settlement/fold.rs",
    "domain/src/sale_session/custody.rs",
    "domain/src/consignment_event/sessions.rs",
];

/// Mutants that survive and why, each named in backticks as `prove mutants` names it.
const EXPLAINED: &str = "docs/mutation.md";

/// A mutant whose tests run longer than this hangs, in seconds; they take two.
const MUTANT_SECONDS: &str = "60";

/// Carries the proof out, as far as the seconds go; of all mutants, some ten minutes a hundred.
///
/// # Errors
/// When the tool cannot be built, or the checkout cannot be made.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    toolchain::ensure_cargo_mutants(order.workspace)?;
    let checkout = order.workspace.tooling("mutants");
    let results = order.workspace.tooling("mutants-results");
    discard(order.workspace, &checkout)?;
    git(order.workspace, ["worktree", "add", "--detach", &checkout.display().to_string(), "HEAD"])?;
    let tried = mutate(order, &checkout, &results);
    discard(order.workspace, &checkout)?;
    tried?;
    judge(order.workspace, &results.join("mutants.out"))
}

fn mutate(order: &Order<'_>, checkout: &Path, results: &Path) -> Result<()> {
    let files = FILES.iter().flat_map(|file| ["-f", file]);
    let arguments = ["mutants", "--in-place", "-p", "hangtag-domain", "--colors", "never"];
    // Running out of seconds is no failure: what was tried so far counts.
    Run::new(order.workspace, "mutants", order.workspace.cargo_tool("cargo-mutants"))
        .folder(checkout)
        .args(arguments.into_iter().chain(["--timeout", MUTANT_SECONDS, "-o"]))
        .args([results.as_os_str()])
        .args(files.chain(["--", "--lib"]))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", order.workspace.tooling("mutants-target"))
        .limit(Duration::from_secs(order.seconds))
        .finish(Some(order.step))
        .map(drop)
}

fn git(workspace: &Workspace, arguments: [&str; 5]) -> Result<()> {
    Run::new(workspace, "mutants-checkout", "git").args(arguments).finish(None).map(drop)
}

/// The checkout of an earlier run, if there is one.
fn discard(workspace: &Workspace, checkout: &Path) -> Result<()> {
    if checkout.exists() {
        git(workspace, ["worktree", "remove", "--force", "--force", &checkout.display().to_string()])?;
    }
    Ok(())
}

/// Mutants of one outcome, without the place in the file: lines move, names stay.
fn outcome(results: &Path, name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(results.join(name)).unwrap_or_default();
    text.lines().map(without_place).collect()
}

/// `file:1:2: what` as `file: what`.
fn without_place(mutant: &str) -> String {
    match mutant.split_once(": ") {
        Some((place, what)) => {
            let file = place.split(':').next().unwrap_or(place);
            format!("{file}: {what}")
        }
        None => mutant.to_owned(),
    }
}

fn judge(workspace: &Workspace, results: &Path) -> Result<Verdict> {
    let path = workspace.path(EXPLAINED);
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let explained: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let (caught, unviable) = (outcome(results, "caught.txt"), outcome(results, "unviable.txt"));
    let hanging = outcome(results, "timeout.txt");
    let missed = outcome(results, "missed.txt");
    let seen_by_nobody: Vec<&String> =
        missed.iter().filter(|mutant| !explained.contains(mutant.as_str())).collect();
    let tried = caught.len() + hanging.len() + missed.len();
    let mut summary = format!(
        "{tried} mutants: {} caught, {} hang, {} survive as explained; {} more do not compile",
        caught.len(),
        hanging.len(),
        missed.len() - seen_by_nobody.len(),
        unviable.len()
    );
    for mutant in &seen_by_nobody {
        summary = format!("{summary}\nNO TEST SEES {mutant}");
    }
    let figures: Map<String, Value> = [
        ("tried", tried),
        ("caught", caught.len()),
        ("hanging", hanging.len()),
        ("explained", missed.len() - seen_by_nobody.len()),
        ("missed", seen_by_nobody.len()),
    ]
    .into_iter()
    .map(|(name, count)| (name.to_owned(), Value::from(count)))
    .collect();
    Ok(Verdict { holds: tried > 0 && seen_by_nobody.is_empty(), figures, summary })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_is_named_without_its_line() {
        let mutant = "domain/src/money.rs:35:9: replace Cents::plus -> Result<Self, OutOfRange> with Ok(Default::default())";
        assert_eq!(
            without_place(mutant),
            "domain/src/money.rs: replace Cents::plus -> Result<Self, OutOfRange> with Ok(Default::default())"
        );
    }
}
