//! Cutting a file into blocks of whole lines.

use std::io::{self, Read};

use crate::limits::{BLOCK_BYTES, MAX_LINE_BYTES};

/// Whole lines, one after the other, each with its line end (the last line of a file may lack it).
pub type Block = Vec<u8>;

/// Why no further block could be read.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is longer than [`MAX_LINE_BYTES`]; it is the first one of the missing block.
    #[error("a line is longer than {MAX_LINE_BYTES} bytes")]
    LineTooLong,
}

/// Reads blocks of whole lines. Memory: one block, or one line where that is longer.
#[derive(Debug)]
pub struct Blocks<R> {
    input: R,
    /// The beginning of a line whose end has not been read yet.
    rest: Vec<u8>,
    ended: bool,
    /// The input failed; what had been read before comes first.
    failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Reads from `input`, which needs no buffer of its own.
    pub fn new(input: R) -> Self {
        Self { input, rest: Vec::new(), ended: false, failed: None }
    }

    /// The first line alone, with its line end; `None` in an empty file.
    ///
    /// # Errors
    /// As [`Blocks::next_block`].
    pub fn first_line(&mut self) -> Result<Option<Block>, BlockError> {
        let Some(mut block) = self.next_block()? else { return Ok(None) };
        if let Some(end) = memchr::memchr(b'\n', &block) {
            let mut rest = block.split_off(end + 1);
            rest.append(&mut self.rest);
            self.rest = rest;
        }
        Ok(Some(block))
    }

    /// The next block; `None` at the end of the file.
    ///
    /// # Errors
    /// The input's own, or a line without end.
    pub fn next_block(&mut self) -> Result<Option<Block>, BlockError> {
        let mut block = std::mem::take(&mut self.rest);
        let mut searched = 0;
        loop {
            if !self.ended && self.failed.is_none() && block.len() < BLOCK_BYTES.max(searched + 1) {
                self.fill(&mut block);
            }
            if self.ended {
                return Ok((!block.is_empty()).then_some(block));
            }
            if let Some(end) = memchr::memrchr(b'\n', &block[searched..]) {
                self.rest = block.split_off(searched + end + 1);
                return Ok(Some(block));
            }
            if let Some(error) = self.failed.take() {
                self.ended = true;
                return Err(error.into());
            }
            if block.len() > MAX_LINE_BYTES {
                return Err(BlockError::LineTooLong);
            }
            searched = block.len();
        }
    }

    /// Reads up to [`BLOCK_BYTES`] more.
    fn fill(&mut self, block: &mut Vec<u8>) {
        let wanted = BLOCK_BYTES as u64;
        match self.input.by_ref().take(wanted).read_to_end(block) {
            Ok(read) => self.ended = (read as u64) < wanted,
            Err(error) => self.failed = Some(error),
        }
    }
}

/// The lines of a block, without their line ends.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = match memchr::memchr(b'\n', rest) {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = after;
        Some(line)
    })
}

/// The last line of a block, without its line end.
#[must_use]
pub fn last_line(block: &[u8]) -> &[u8] {
    let body = block.strip_suffix(b"\n").unwrap_or(block);
    memchr::memrchr(b'\n', body).map_or(body, |end| &body[end + 1..])
}
