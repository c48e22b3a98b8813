//! A seeded, deterministic sale.
//!
//! The real aggregates decide over in-memory logs while everything goes wrong that a hall can make go wrong:
//! requests and replies are lost, doubled and reordered, tills lose the network in the middle of a basket, clocks
//! are off, objects crash between any two steps, tags are scanned twice. After the run the invariants are checked:
//! nothing lost, nothing twice, money conserved to the cent, history intact. A failing seed tells its story.

pub mod host;
mod invariants;
mod rng;
mod story;
mod till;
mod world;

pub use story::Story;
pub use world::Figures;

use world::World;

/// A run that broke an invariant.
#[derive(Debug)]
pub struct Failure {
    /// The seed that repeats it.
    pub seed: u64,
    /// What does not hold, in words.
    pub broken: String,
    /// What happened before, as far as it concerns what broke.
    pub story: Vec<String>,
}

/// Runs the sale of `seed` and checks it.
///
/// # Errors
/// [`Failure`] when an invariant does not hold.
pub fn run(seed: u64) -> Result<Figures, Box<Failure>> {
    let mut world = World::new(seed);
    let outcome = world.run().and_then(|()| invariants::check(&world));
    match outcome {
        Ok(()) => Ok(world.figures),
        Err(broken) => {
            let words = broken.about.clone();
            let story = world.story.about(&words).into_iter().map(str::to_owned).collect();
            Err(Box::new(Failure { seed, broken: broken.what, story }))
        }
    }
}

/// What does not hold, and the words (tags, receipt ids) that its story turns on.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    pub(crate) what: String,
    pub(crate) about: Vec<String>,
}

impl Broken {
    pub(crate) fn new(what: impl Into<String>, about: impl IntoIterator<Item = String>) -> Self {
        Self { what: what.into(), about: about.into_iter().collect() }
    }
}

impl From<String> for Broken {
    fn from(what: String) -> Self {
        Self { what, about: Vec::new() }
    }
}
