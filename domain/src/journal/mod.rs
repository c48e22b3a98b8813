//! The append-only record: entries, the hash chain over them, and the codec of typed events.

mod chain;
mod codec;
mod entry;
mod export;
#[cfg(test)]
mod tests;

pub use chain::{
    ChainBreak, ChainFault, Content, Framer, Framing, GENESIS, Hash, Verifier, hash_content, hash_entry,
};
pub use codec::{DecodeError, EventCodec, events};
pub use entry::{Entry, Head, RawEntry};
pub use export::{EXPORT_FORMAT, ExportFooter, ExportHeader, hash_header_line};
