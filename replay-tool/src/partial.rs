//! Continuing a file that holds the beginning of a log.

use std::io::{self, Read};

use domain::journal::{ExportFooter, ExportHeader, Framer, Framing, Hash, Head, hash_header_line};

use crate::block::{BlockError, Blocks, lines};
use crate::header::{Header, read_header};
use crate::line::{AnyLine, Scratch, read};
use crate::scan::check_entry;

/// The part of a file that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Its first line.
    pub header: ExportHeader,
    /// What the closing line will say about it.
    pub header_hash: Hash,
    /// The last entry that holds.
    pub head: Head,
    /// Length of everything up to and with that entry, in bytes.
    pub bytes: u64,
}

impl Beginning {
    /// A file that holds only `header`, written as `line`.
    #[must_use]
    pub fn new(header: ExportHeader, line: &str) -> Self {
        let head = Head { seq: header.from.saturating_sub(1), hash: header.previous };
        Self { header, header_hash: hash_header_line(line.as_bytes()), head, bytes: line.len() as u64 + 1 }
    }

    /// The closing line for the file as it stands.
    #[must_use]
    pub fn closing(&self) -> ExportFooter {
        ExportFooter {
            entries: self.head.seq.saturating_sub(self.header.from.saturating_sub(1)),
            head_seq: self.head.seq,
            head_hash: self.head.hash,
            header_hash: self.header_hash,
        }
    }
}

/// Reads as far as the file holds, whether it was cut, damaged, or closed. `None` where not even the header
/// can be used.
///
/// # Errors
/// When it cannot be read.
pub fn beginning(input: impl Read) -> io::Result<Option<Beginning>> {
    let mut blocks = Blocks::new(input);
    let first = match blocks.first_line() {
        Ok(Some(first)) if first.ends_with(b"\n") => first,
        Ok(_) | Err(BlockError::LineTooLong) => return Ok(None),
        Err(BlockError::Io(error)) => return Err(error),
    };
    let Some(line) = first.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok()) else {
        return Ok(None);
    };
    // What a redacted copy lacks cannot be continued.
    let Ok(Header { export, original: None }) = read_header(line) else { return Ok(None) };
    let mut framer = Framer::new(Framing::Log, &export.stream);
    let mut kept = Beginning::new(export, line);
    loop {
        match blocks.next_block() {
            Ok(Some(block)) => {
                if !extend(&mut kept, &mut framer, &block) {
                    return Ok(Some(kept));
                }
            }
            Ok(None) | Err(BlockError::LineTooLong) => return Ok(Some(kept)),
            Err(BlockError::Io(error)) => return Err(error),
        }
    }
}

/// Takes the block's entries; false at the first line that is none, does not hold, or lacks its end.
fn extend(kept: &mut Beginning, framer: &mut Framer, block: &[u8]) -> bool {
    let whole = memchr::memrchr(b'\n', block).map_or(0, |end| end + 1);
    let mut scratch = Scratch::default();
    for line in lines(&block[..whole]) {
        let text = std::str::from_utf8(line).ok();
        let Some(AnyLine::Entry(entry)) = text.and_then(|text| read(text, &mut scratch).ok()) else {
            return false;
        };
        let Ok(head) = check_entry(framer, &entry, kept.head) else { return false };
        kept.head = head;
        kept.bytes += line.len() as u64 + 1;
    }
    whole == block.len()
}
