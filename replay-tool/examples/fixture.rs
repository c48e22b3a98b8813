//! Writes the logs of a made-up event into a folder:
//! `cargo run -p replay-tool --example fixture -- FOLDER [CONSIGNORS ITEMS RECEIPTS]`.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::panic, reason = "a tool for tests")]
#![allow(clippy::cast_possible_truncation, reason = "numbers below four")]

#[path = "../tests/support/mod.rs"]
mod support;

use support::world::{SMALL, Size, World};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = std::path::PathBuf::from(arguments.next().unwrap_or_else(|| "fixture".to_owned()));
    let numbers: Vec<u32> = arguments.filter_map(|text| text.parse().ok()).collect();
    let size = match numbers.as_slice() {
        [consignors, items, receipts] => {
            Size { consignors: *consignors, items: *items, receipts: *receipts, ..SMALL }
        }
        _ => SMALL,
    };
    std::fs::create_dir_all(&folder)?;
    for (name, lines) in World::new(1, size).exports() {
        std::fs::write(folder.join(name), support::file(&lines))?;
    }
    Ok(())
}
