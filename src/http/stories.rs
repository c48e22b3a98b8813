//! From index rows to what happened: the entries themselves come from the logs, a run at a time.

use std::collections::BTreeMap;

use domain::journal::RawEntry;
use domain::stream::StreamId;
use serde::Deserialize;

use super::list::Asking;
use super::problem::EdgeError;
use crate::objects::archive::LogReader;

/// Entries between two wanted ones that are read along rather than asked for apart.
const GAP_ENTRIES_MAX: u64 = 20;

/// Entries read at a time.
const RUN_ENTRIES_MAX: u64 = 200;

/// An entry as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct IndexRow {
    /// The stream's name in its organization.
    pub stream: String,
    /// The entry.
    pub seq: u64,
}

/// The entries of `rows`, by stream and position. An entry that its log does not give is left out.
///
/// # Errors
/// 503 when a log is out of reach.
pub async fn entries_of(
    of: &Asking,
    rows: &[IndexRow],
) -> Result<BTreeMap<(String, u64), RawEntry>, EdgeError> {
    let mut found = BTreeMap::new();
    let mut log: Option<LogReader> = None;
    for (short, from, to) in runs(rows) {
        let Some(stream) = stream_of(of, &short) else { continue };
        let reader = match &mut log {
            Some(reader) if *reader.stream() == stream => reader,
            other => other.insert(LogReader::new(of.edge.env().clone(), stream)),
        };
        let mut next = from;
        while next <= to {
            let limit = u32::try_from(to - next + 1).unwrap_or(u32::MAX);
            let page = reader.page(next, limit).await?;
            let Some(last) = page.entries.last().map(|entry| entry.seq) else { break };
            next = last + 1;
            found.extend(page.entries.into_iter().map(|entry| ((short.clone(), entry.seq), entry)));
        }
    }
    Ok(found)
}

/// The stream behind its short name.
#[must_use]
pub fn stream_of(of: &Asking, short: &str) -> Option<StreamId> {
    of.tenant.stream(&format!("{}/{short}", of.tenant.id()))
}

/// Runs of entries that are read together: stream, first, last.
fn runs(rows: &[IndexRow]) -> Vec<(String, u64, u64)> {
    let mut rows = rows.to_vec();
    rows.sort();
    let mut runs: Vec<(String, u64, u64)> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some((stream, from, to))
                if *stream == row.stream
                    && row.seq <= *to + GAP_ENTRIES_MAX
                    && row.seq < *from + RUN_ENTRIES_MAX =>
            {
                *to = row.seq;
            }
            _ => runs.push((row.stream, row.seq, row.seq)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_close_together_is_read_together() {
        let row = |stream: &str, seq| IndexRow { stream: stream.into(), seq };
        let rows = [row("a", 30), row("a", 1), row("b", 2), row("a", 9), row("a", 51)];
        let expected =
            [("a".to_owned(), 1, 9), ("a".into(), 30, 30), ("a".into(), 51, 51), ("b".into(), 2, 2)];
        assert_eq!(runs(&rows), expected);
        let long: Vec<IndexRow> = (1..=500).map(|seq| row("a", seq)).collect();
        assert_eq!(runs(&long).len(), 3);
    }
}
