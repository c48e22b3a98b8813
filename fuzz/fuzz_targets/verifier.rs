//! Any file: held or refused, never a panic; and the same on one thread and on two.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| replay_tool::hostile::verifier(bytes));
