//! Any line: parsed or refused, never a panic; and what is called canonical is, byte for byte, what is written.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| replay_tool::hostile::parser(bytes));
