//! `cargo xtask prove NAME`: the one door to proofs that take longer than a test. Each is a line in [`ALL`]
//! with a function; the tests run each of them for a few seconds.

mod edge;
mod floor;
mod mutants;
mod replay;
mod restart;
mod simulate;
mod torture;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::{
    say::{self, Step},
    workspace::Workspace,
};

/// The seed that the tests use, so that two runs of them do the same.
pub const SEED_OF_TESTS: u64 = 1;

/// How long a proof runs when nobody says.
const SECONDS: u64 = 30;

/// A proof: a claim about the platform, and how to hold it against the real thing.
#[derive(Debug)]
pub struct Proof {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The claim, in one sentence.
    pub claim: &'static str,
    /// Tries to refute the claim.
    pub run: fn(&Order<'_>) -> Result<Verdict>,
}

/// Every proof there is.
pub const ALL: &[Proof] = &[
    Proof {
        name: "edge",
        claim: "no one sees into another organization, is believed with a forged token, or gets an answer that is not described; a flood hurts only itself, and no log line names a person or a secret",
        run: edge::run,
    },
    Proof {
        name: "floor",
        claim: "whatever happens to tills, their networks and their tabs, each basket that a screen has shown as sold is in the log once, and each thing sold twice is one conflict",
        run: floor::run,
    },
    Proof {
        name: "replay",
        claim: "the support desk's tool says what the domain says: heads, states, statements, what-ifs, rows and differences with the store; and a byte flipped anywhere in a log is named",
        run: replay::run,
    },
    Proof {
        name: "restart",
        claim: "what the platform has acknowledged is there after it was killed and started again, and a repeated command gets its first answer",
        run: restart::run,
    },
    Proof {
        name: "simulate",
        claim: "in no seeded sale is a basket lost, an item credited twice or a cent unaccounted for, and deliberate bugs are found",
        run: simulate::run,
    },
    Proof {
        name: "torture",
        claim: "however it is killed, panicked, raced, repeated and fed by its queues, nothing acknowledged is lost, nothing is there twice or by half, and the read models are the fold of the logs",
        run: torture::run,
    },
];

/// Proofs that say nothing in a few seconds: they run when somebody asks for them, never with the tests.
pub const LONG: &[Proof] = &[Proof {
    name: "mutants",
    claim: "wherever money, commission, custody or settlement is changed by a mutant, a test fails, but for the mutants explained in docs/mutation.md",
    run: mutants::run,
}];

fn every() -> impl Iterator<Item = &'static Proof> {
    ALL.iter().chain(LONG)
}

/// What a proof is asked to do.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The repository.
    pub workspace: &'a Workspace,
    /// How long it may go on looking, besides set-up.
    pub seconds: u64,
    /// Where its choices begin.
    pub seed: u64,
    /// How many cases to try, for proofs that count cases instead of seconds.
    pub seeds: Option<u64>,
    /// Where it says what it is doing.
    pub step: &'a Step,
}

/// What came of it.
#[derive(Debug)]
pub struct Verdict {
    /// Whether the claim held.
    pub holds: bool,
    /// What was counted and measured.
    pub figures: Map<String, Value>,
    /// What a person should know, in a few lines.
    pub summary: String,
}

/// What was asked for on the command line.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Which proof; without one, they are listed.
    name: Option<String>,
    /// How long to go on looking.
    #[arg(long, default_value_t = SECONDS)]
    seconds: u64,
    /// Where its choices begin: the same seed, the same choices.
    #[arg(long, default_value_t = SEED_OF_TESTS)]
    seed: u64,
    /// How many cases to try, instead of a time.
    #[arg(long)]
    seeds: Option<u64>,
    /// Write `{"holds": …, "figures": {…}}` here.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Runs one proof, or lists them; says whether its claim held.
///
/// # Errors
/// When there is no such proof, or it could not be carried out.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let Some(name) = &options.name else {
        for proof in every() {
            say::result(format!("{:<12} {}", proof.name, proof.claim));
        }
        return Ok(true);
    };
    let Some(proof) = every().find(|proof| proof.name == name) else {
        let names: Vec<&str> = every().map(|proof| proof.name).collect();
        bail!("there is no proof `{name}`: there are {}", names.join(", "));
    };
    let verdict = say::step(&format!("Proof: {name}"), |step| {
        (proof.run)(&Order {
            workspace,
            seconds: options.seconds,
            seed: options.seed,
            seeds: options.seeds,
            step,
        })
    })?;
    if let Some(path) = &options.json {
        let text = json!({"holds": verdict.holds, "figures": verdict.figures}).to_string();
        std::fs::write(path, text + "\n").with_context(|| format!("{} cannot be written", path.display()))?;
    }
    say::result(format!(
        "{}\n{}: {}",
        verdict.summary,
        if verdict.holds { "holds" } else { "DOES NOT HOLD" },
        proof.claim
    ));
    Ok(verdict.holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_has_a_name_of_its_own_and_a_claim() {
        for (at, proof) in every().enumerate() {
            assert!(!proof.claim.is_empty());
            assert!(every().take(at).all(|other| other.name != proof.name), "{}", proof.name);
        }
    }
}
