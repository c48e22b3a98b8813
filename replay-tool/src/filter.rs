//! Choosing entries.

use domain::journal::Hash;
use serde::Serialize;

use crate::line::Line;
use crate::scan::Reading;

/// An entry as a reader keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Position in the stream.
    pub seq: u64,
    /// When the log took it, ms since 1970 UTC.
    pub recorded_at: i64,
    /// The command that caused it.
    pub command_id: String,
    /// Who caused it.
    pub actor: String,
    /// The event's name.
    pub kind: String,
    /// The version of the payload's shape.
    pub version: u32,
    /// The JSON as stored.
    pub payload: String,
    /// The stored hash.
    pub hash: Hash,
}

impl From<&Line<'_>> for Kept {
    fn from(line: &Line<'_>) -> Self {
        Self {
            seq: line.seq,
            recorded_at: line.recorded_at,
            command_id: line.command_id.clone().into_owned(),
            actor: line.actor.clone().into_owned(),
            kind: line.kind.clone().into_owned(),
            version: line.version,
            payload: line.payload.to_owned(),
            hash: line.hash,
        }
    }
}

/// Which entries to keep; what is left empty keeps all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Any of these kinds; `*` at the end stands for any ending.
    pub kinds: Vec<String>,
    /// Actors that contain this.
    pub actor: Option<String>,
    /// Entries whose payload, command id or actor contain this, whatever the case.
    pub text: Option<String>,
    /// Recorded then or later, ms since 1970 UTC.
    pub since: Option<i64>,
    /// Recorded before that, ms since 1970 UTC.
    pub until: Option<i64>,
    /// First seq.
    pub from: Option<u64>,
    /// Last seq.
    pub to: Option<u64>,
}

impl Filter {
    /// Whether `line` is wanted.
    #[must_use]
    pub fn wants(&self, line: &Line<'_>) -> bool {
        self.from.is_none_or(|from| line.seq >= from)
            && self.to.is_none_or(|to| line.seq <= to)
            && self.since.is_none_or(|since| line.recorded_at >= since)
            && self.until.is_none_or(|until| line.recorded_at < until)
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| matches_kind(kind, &line.kind)))
            && self.actor.as_ref().is_none_or(|actor| line.actor.contains(actor.as_str()))
            && self.text.as_ref().is_none_or(|text| holds(line, text))
    }
}

fn matches_kind(pattern: &str, kind: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == kind, |beginning| kind.starts_with(beginning))
}

fn holds(line: &Line<'_>, text: &str) -> bool {
    let text = text.to_lowercase();
    [line.payload, &line.command_id, &line.actor].iter().any(|field| field.to_lowercase().contains(&text))
}

impl Reading for Filter {
    type Gathered = Vec<Kept>;

    fn gather(&self, line: &Line<'_>, into: &mut Vec<Kept>) {
        if self.wants(line) {
            into.push(line.into());
        }
    }
}
