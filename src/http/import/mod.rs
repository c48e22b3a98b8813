//! CSV inventories: from bytes to drafts, with a word about every row. Pure; the operation that sends the drafts
//! is in `api/imports.rs`.

mod columns;
mod people;
mod report;
mod rows;
mod values;

pub use people::Person;
pub use report::{ImportReport, Note, Outcome, RowReport};
pub use rows::{Inventory, TableFault, prepare};

/// Largest file, bytes: some 20,000 rows of the demo's shape, and read in well under a Worker's time.
pub const IMPORT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Most rows in a file: larger inventories come in parts, each with its own report.
pub const IMPORT_ROWS_MAX: usize = 10_000;
