//! A few dozen sales with every `cargo test`; `cargo xtask prove simulate` runs thousands.

use simulator::{Figures, run};

/// Enough for offline sales, conflicts, returns and crashes to happen in each run of the tests.
const SEEDS: u64 = 40;

#[test]
fn off_con_stl_no_basket_is_lost_or_doubled_and_every_cent_is_accounted_for() {
    let mut figures = Figures::default();
    for seed in 1..=SEEDS {
        match run(seed) {
            Ok(found) => figures.add(&found),
            Err(failure) => panic!("seed {seed}: {}\n{}", failure.broken, failure.story.join("\n")),
        }
    }
    assert!(
        figures.offline > 0 && figures.conflicts > 0 && figures.returns > 0 && figures.crashes > 0,
        "{figures:?}"
    );
}

#[test]
fn the_same_seed_tells_the_same_story() {
    assert_eq!(run(7).ok(), run(7).ok());
}
