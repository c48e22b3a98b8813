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
    /// A block that nobody needs any more.
    used: Block,
    ended: bool,
    /// The input failed; what had been read before comes first.
    failed: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Reads from `input`, which needs no buffer of its own.
    pub fn new(input: R) -> Self {
        Self { input, rest: Vec::new(), used: Vec::new(), ended: false, failed: None }
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
        let mut block = std::mem::take(&mut self.used);
        let mut length = self.rest.len();
        if block.len() < length {
            block.resize(length, 0);
        }
        block[..length].copy_from_slice(&self.rest);
        self.rest.clear();
        let mut searched = 0;
        loop {
            if !self.ended && self.failed.is_none() && length < BLOCK_BYTES.max(searched + 1) {
                length = self.fill(&mut block, length);
            }
            let end = if self.ended {
                length
            } else {
                memchr::memrchr(b'\n', &block[searched..length]).map_or(0, |end| searched + end + 1)
            };
            if end > 0 || self.ended {
                self.rest.extend_from_slice(&block[end..length]);
                block.truncate(end);
                return Ok((end > 0).then_some(block));
            }
            if let Some(error) = self.failed.take() {
                self.ended = true;
                return Err(error.into());
            }
            if length > MAX_LINE_BYTES {
                return Err(BlockError::LineTooLong);
            }
            searched = length;
        }
    }

    /// Takes back a block, so that the next one needs no memory of its own.
    pub fn give_back(&mut self, block: Block) {
        self.used = block;
    }

    /// Reads up to [`BLOCK_BYTES`] more behind the first `length` bytes; says how many there are then.
    fn fill(&mut self, block: &mut Block, length: usize) -> usize {
        let wanted = length + BLOCK_BYTES;
        if block.len() < wanted {
            block.resize(wanted, 0);
        }
        let mut filled = length;
        while let Some(space) = block.get_mut(filled..wanted).filter(|space| !space.is_empty()) {
            match self.input.read(space) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        filled
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
