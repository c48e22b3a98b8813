//! `simulate`: runs seeds and tells the first story that goes wrong.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's output is its product")]

use std::process::ExitCode;

use simulator::{Failure, Figures};

/// What was asked for.
struct Asked {
    seeds: u64,
    seed: u64,
    json: bool,
    bug: Option<String>,
}

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Ok(asked) => simulate(&asked),
        Err(error) => {
            eprintln!("{error}\nusage: simulate [--seeds N] [--seed S] [--json] [--bug NAME]");
            ExitCode::from(2)
        }
    }
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { seeds: 1_000, seed: 1, json: false, bug: None };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--seeds" => asked.seeds = value()?.parse().map_err(|_| "--seeds needs a number")?,
            "--seed" => asked.seed = value()?.parse().map_err(|_| "--seed needs a number")?,
            "--bug" => asked.bug = Some(value()?),
            "--json" => asked.json = true,
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(asked)
}

#[cfg(feature = "sabotage")]
fn switch_on(name: &str) -> Result<(), String> {
    use domain::sabotage::{Bug, sabotage};
    let found = Bug::ALL.iter().find(|(known, _)| *known == name);
    let (_, bug) = found.ok_or_else(|| {
        let names: Vec<&str> = Bug::ALL.iter().map(|(name, _)| *name).collect();
        format!("no bug {name}; there are {}", names.join(", "))
    })?;
    sabotage(Some(*bug));
    Ok(())
}

#[cfg(not(feature = "sabotage"))]
fn switch_on(_name: &str) -> Result<(), String> {
    Err("this build has no deliberate bugs; build with --features sabotage".to_owned())
}

fn simulate(asked: &Asked) -> ExitCode {
    if let Some(Err(error)) = asked.bug.as_deref().map(switch_on) {
        eprintln!("{error}");
        return ExitCode::from(2);
    }
    let mut figures = Figures::default();
    for seed in asked.seed..asked.seed.saturating_add(asked.seeds) {
        match simulator::run(seed) {
            Ok(found) => figures.add(&found),
            Err(failure) => {
                report(&failure, seed - asked.seed + 1, asked.json);
                return ExitCode::from(1);
            }
        }
    }
    let Figures {
        baskets,
        offline,
        lines,
        returns,
        conflicts,
        faults,
        crashes,
        pages,
        bookings,
        orders,
        planted,
    } = figures;
    let seeds = asked.seeds;
    if asked.json {
        println!(
            r#"{{"seeds":{seeds},"failed":0,"baskets":{baskets},"offline":{offline},"lines":{lines},"returns":{returns},"conflicts":{conflicts},"faults":{faults},"crashes":{crashes},"custody_messages":{pages},"bookings":{bookings},"orders":{orders},"planted":{planted}}}"#
        );
    } else {
        println!(
            "{seeds} sales, all invariants hold: {baskets} baskets ({offline} offline) of {lines} lines, {returns} returns, {conflicts} conflicts, {faults} faults on the wire, {crashes} crashes, {bookings} steps of volunteers, {orders} orders of the store, {planted} planted differences found"
        );
    }
    ExitCode::SUCCESS
}

fn report(failure: &Failure, tried: u64, json: bool) {
    if json {
        println!(r#"{{"seeds":{tried},"failed":1,"seed":{}}}"#, failure.seed);
    }
    eprintln!("Seed {} breaks the books after {tried} sales: {}\n", failure.seed, failure.broken);
    for line in &failure.story {
        eprintln!("  {line}");
    }
    eprintln!("\nRepeat it: cargo xtask prove simulate --seeds 1 --seed {}", failure.seed);
}
