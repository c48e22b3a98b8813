//! Reading Hangtag's exported logs: the parser, the verifier and the readings built on them.
//!
//! Everything here streams: memory depends on the longest line and the number of threads, never on the length
//! of the log. No input makes it panic; what is wrong with a file is a [`fault::Fault`] at a line number.

pub mod block;
pub mod check;
pub mod clock;
pub mod doctor;
pub mod fault;
pub mod files;
pub mod filter;
pub mod header;
pub mod hostile;
pub mod limits;
pub mod line;
pub mod logs;
pub mod partial;
pub mod reconcile;
pub mod redact;
pub mod scan;
pub mod settle;
pub mod shopify;
pub mod story;
pub mod timeline;
pub mod typed;
pub mod what_if;
pub mod witness;
