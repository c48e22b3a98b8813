//! Any payload under any kind and version: read or refused, never a panic; and what is read folds.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| replay_tool::hostile::upcaster(bytes));
