//! The append-only record: entries, the hash chain over them, the codec of typed events, and what others can
//! hold against a log: heads seen before, and signed checkpoints.

mod chain;
mod checkpoint;
mod codec;
mod entry;
mod export;
mod reader;
mod seen;
#[cfg(test)]
mod tests;

pub use chain::{
    ChainBreak, ChainFault, Content, Framer, Framing, GENESIS, Hash, Verifier, hash_content, hash_entry,
};
pub use checkpoint::{
    CHECKPOINT_FORMAT, Checkpoint, CheckpointFault, PublicKey, SignedCheckpoint, SigningSecret,
};
pub use codec::{DecodeError, EventCodec, events};
pub use entry::{Entry, Head, RawEntry};
pub use export::{EXPORT_FORMAT, ExportFooter, ExportHeader, hash_header_line};
pub use reader::{ExportFault, ExportLine, ExportReader, OpenExport, read_export, write_export};
pub use seen::{Contradiction, Seen};
