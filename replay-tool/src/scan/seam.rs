//! Where one block ends and the next begins. The last line of a block states the hash that the first entry behind it
//! builds on: if that line lies, its own block fails. So a block can be checked without the blocks before it.

use std::io::Read;

use domain::journal::Head;

use super::ScanError;
use crate::block::{Block, BlockError, Blocks, last_line};
use crate::fault::Wrong;
use crate::line::{AnyLine, Scratch, read};

/// A block to check, and the entry it should follow by the word of the line before it.
pub(super) struct Job {
    /// `None` where the line before was no entry: its own block says what is wrong.
    pub start: Option<Head>,
    pub block: Result<Block, Wrong>,
}

/// What the line before the next block says.
pub(super) struct Seam {
    head: Option<Head>,
    after_end: bool,
}

impl Seam {
    /// Before the first block, which should follow `start`.
    pub fn before(start: Head) -> Self {
        Self { head: Some(start), after_end: false }
    }
}

/// The next block to check; none behind the last one, and none behind a line that no block can follow.
pub(super) fn next_job<R: Read>(blocks: &mut Blocks<R>, seam: &mut Seam) -> Result<Option<Job>, ScanError> {
    if seam.head.is_none() && !seam.after_end {
        return Ok(None);
    }
    let start = seam.head;
    match blocks.next_block() {
        Ok(None) => Ok(None),
        Err(BlockError::Io(error)) => Err(error.into()),
        Err(BlockError::LineTooLong) => {
            *seam = Seam { head: None, after_end: false };
            Ok(Some(Job { start, block: Err(Wrong::TooLong) }))
        }
        Ok(Some(block)) => {
            *seam = look_ahead(&block, start);
            Ok(Some(Job { start, block: Ok(block) }))
        }
    }
}

/// Reads what the last line of a block states.
fn look_ahead(block: &[u8], start: Option<Head>) -> Seam {
    let mut scratch = Scratch::default();
    let line = std::str::from_utf8(last_line(block)).ok();
    match line.and_then(|line| read(line, &mut scratch).ok()) {
        Some(AnyLine::Entry(entry)) => {
            Seam { head: Some(Head { seq: entry.seq, hash: entry.hash }), after_end: false }
        }
        // A further block would stand behind the closing line; the walk notices that it has ended.
        Some(AnyLine::Footer(_)) => Seam { head: start, after_end: true },
        Some(AnyLine::Header(_)) | None => Seam { head: None, after_end: false },
    }
}
