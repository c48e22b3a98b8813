//! Every bound of the reader, in one place.

/// Longest line of an export, in bytes. A stored row ends at 2 MB; escaped as a JSON string it may double, and
/// the envelope adds some. A longer line is no log of ours, whoever wrote it.
pub const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;

/// How much is read and checked at once, in bytes: large enough that handing a block to a thread costs nothing
/// beside checking it (about a millisecond), small enough that a few blocks in flight stay small.
pub const BLOCK_BYTES: usize = 128 * 1024;

/// Blocks that may wait for each worker: one is enough to keep it busy.
pub const BLOCKS_WAITING_PER_WORKER: usize = 1;

/// Most threads that check one file. Reading a file from one disk feeds no more.
pub const MAX_WORKERS: usize = 16;

/// How much of a strange text is repeated in a message, in characters.
pub const MAX_QUOTED_CHARS: usize = 80;
