//! Entries to rows, on the threads that verify them.

use std::io;

use domain::journal::{ExportHeader, Head, RawEntry};
use domain::stream::StreamId;
use projections::Writes;
use replay_tool::line::Line;
use replay_tool::scan::Reading;

/// Projects entries from behind the checkpoint on.
pub(super) struct Behind {
    pub(super) stream: StreamId,
    pub(super) checkpoint: Head,
}

/// The rows of one block's entries.
#[derive(Default)]
pub(super) struct Page {
    pub(super) writes: Writes,
    /// How many entries they are of.
    pub(super) entries: u64,
    /// The last of these entries.
    pub(super) last: Option<Last>,
    /// The entry that could not be projected; those behind it were not tried.
    pub(super) poison: Option<Poison>,
    /// The entry that the checkpoint names, should it be in this block.
    pub(super) at_checkpoint: Option<Head>,
}

/// Where the checkpoint moves.
pub(super) struct Last {
    pub(super) head: Head,
    pub(super) recorded_at: i64,
}

/// An entry that could not be projected.
pub(super) struct Poison {
    pub(super) seq: u64,
    pub(super) kind: String,
    pub(super) why: String,
    pub(super) recorded_at: i64,
}

impl Reading for Behind {
    type Gathered = Page;

    fn begin(&self, header: &ExportHeader) -> io::Result<()> {
        if header.from > self.checkpoint.seq.saturating_add(1) {
            let text =
                format!("the log begins at entry {}, the rows end at {}", header.from, self.checkpoint.seq);
            return Err(io::Error::other(text));
        }
        Ok(())
    }

    fn gather(&self, line: &Line<'_>, into: &mut Page) {
        let head = Head { seq: line.seq, hash: line.hash };
        if line.seq == self.checkpoint.seq {
            into.at_checkpoint = Some(head);
        }
        if line.seq <= self.checkpoint.seq || into.poison.is_some() {
            return;
        }
        let entry = RawEntry::from(line);
        match projections::project(&self.stream, &entry, &mut into.writes) {
            Ok(()) => {
                into.entries += 1;
                into.last = Some(Last { head, recorded_at: line.recorded_at });
            }
            Err(error) => {
                let (kind, why) = (entry.kind, error.to_string());
                into.poison = Some(Poison { seq: line.seq, kind, why, recorded_at: line.recorded_at });
            }
        }
    }
}
