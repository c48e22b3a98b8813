//! The read models against the fold of the logs: the replay tool verifies the exported logs, projects them by the
//! platform's own projections and compares every row with D1's file.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use walkdir::WalkDir;

use super::{doors::Doors, ledger::Ledger};
use crate::{exec::Run, proofs::Order};

/// The longest that the read models may take to catch up: nudges that were lost come again after ten seconds, then
/// ever more slowly.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(90);

/// How often we look whether they have.
const CATCH_UP_POLL: Duration = Duration::from_millis(300);

/// What comparing found.
#[derive(Debug, Default)]
pub struct Compared {
    /// Rows that are the same on both sides.
    pub equal: u64,
    /// Rows that differ, and streams that stand elsewhere.
    pub different: u64,
    /// In words.
    pub told: Vec<String>,
}

/// Waits, without helping, until the rows of every stream stand at its head.
///
/// # Errors
/// When they do not get there in time.
pub fn wait(doors: &Doors, ledgers: &[&Ledger]) -> Result<Duration> {
    let begun = Instant::now();
    loop {
        let behind = behind(doors, ledgers)?;
        if behind.is_empty() {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > CATCH_UP_LIMIT {
            bail!("the read models do not catch up: {}", behind.join("; "));
        }
        std::thread::sleep(CATCH_UP_POLL);
    }
}

fn behind(doors: &Doors, ledgers: &[&Ledger]) -> Result<Vec<String>> {
    let places = doors.d1("SELECT stream, seq FROM checkpoint")?;
    let place = |stream: &str| {
        places.iter().find(|row| row["stream"].as_str() == Some(stream)).and_then(|row| row["seq"].as_u64())
    };
    Ok(ledgers
        .iter()
        .filter(|ledger| place(&ledger.stream) != Some(ledger.seen()))
        .map(|ledger| format!("{} stands at {:?} of {}", ledger.stream, place(&ledger.stream), ledger.seen()))
        .collect())
}

/// Verifies the logs' chains and compares D1 with their fold.
///
/// # Errors
/// When a chain breaks, or nothing can be compared.
pub fn compare(order: &Order<'_>, state: &Path, ledgers: &[&Ledger]) -> Result<Compared> {
    let folder = state.join("exports");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for ledger in ledgers {
        ledger.export(&folder)?;
    }
    let (verified, told) = tool(order, "verify", &[&folder])?;
    if !verified {
        bail!("the replay tool does not verify the logs: {told}");
    }
    let (_, text) = tool(order, "project", &[&folder, Path::new("--compare"), &database(state)?])?;
    let report: Value = serde_json::from_str(&text)
        .with_context(|| format!("the replay tool's comparison cannot be read: {text}"))?;
    let comparison = &report["comparison"];
    let list = |name: &str| comparison[name].as_array().cloned().unwrap_or_default();
    let number = |name: &str| comparison[name].as_u64().context("a comparison that counts no rows");
    let behind = list("behind");
    Ok(Compared {
        equal: number("rows_equal")?,
        different: number("rows_different")? + u64::try_from(behind.len()).unwrap_or(u64::MAX),
        told: behind.iter().chain(&list("rows")).map(Value::to_string).collect(),
    })
}

fn tool(order: &Order<'_>, command: &str, arguments: &[&Path]) -> Result<(bool, String)> {
    let program = order.workspace.path("target/debug/replay-tool");
    let finished = Run::new(order.workspace, &format!("torture-{command}"), program)
        .args(["--json", command])
        .args(arguments)
        .finish(None)?;
    Ok((finished.success, finished.output))
}

/// D1's file, where the local runtime keeps it.
fn database(state: &Path) -> Result<PathBuf> {
    WalkDir::new(state.join("worker"))
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.to_string_lossy().contains("D1DatabaseObject"))
        .filter(|path| path.extension().is_some_and(|ending| ending == "sqlite"))
        .find(|path| path.file_stem().is_some_and(|stem| stem != "metadata"))
        .context("D1's file is not where it should be")
}
