//! Settling the event from the logs: pages of any size, a trial balance of zero, and the same shares as the books.

use domain::journal::{Head, RawEntry};
use domain::settlement::{Fold, Method, Pin, Settled};
use domain::stream::StreamId;

use crate::Broken;
use crate::world::World;

/// Page sizes that one run is settled with: the result must not depend on them.
const PAGES: [usize; 2] = [7, 500];

/// Settles the event with each page size; the statements must hold and agree.
pub(crate) fn check(world: &World) -> Result<(), Broken> {
    let mut results = Vec::new();
    for page in PAGES {
        let settled = settle(world, page)?;
        let statements = settled.statements().map_err(|error| error.to_string())?;
        let balance = settled.trial_balance(&statements).map_err(|error| error.to_string())?;
        if balance.difference.0 != 0 {
            return Err(Broken::from(format!("the trial balance is off: {balance:?}")));
        }
        if let Some(off) = statements.iter().find(|statement| !statement.totals.hold()) {
            return Err(Broken::from(format!(
                "the statement of consignor {} does not add up",
                off.consignor
            )));
        }
        results.push(statements);
    }
    if results.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(Broken::from("settling in other pages gives other statements".to_owned()));
    }
    Ok(())
}

fn settle(world: &World, page: usize) -> Result<Settled, Broken> {
    let logs: Vec<(&StreamId, &[RawEntry], Head)> = [
        (&world.organization.stream, world.organization.log(), world.organization.head()),
        (&world.event.stream, world.event.log(), world.event.head()),
    ]
    .into_iter()
    .chain(world.sessions.iter().map(|session| (&session.stream, session.log(), session.head())))
    .collect();
    let pins = logs.iter().map(|(stream, _, head)| Pin {
        stream: (*stream).clone(),
        seq: head.seq,
        hash: head.hash,
    });
    let mut fold = Fold::new(pins.collect()).map_err(|error| error.to_string())?;
    while let Some(wanted) = fold.wanted() {
        let log = logs
            .iter()
            .find(|(stream, _, _)| **stream == wanted.stream)
            .map(|(_, log, _)| *log)
            .unwrap_or_default();
        let from = usize::try_from(wanted.from.saturating_sub(1)).unwrap_or(usize::MAX);
        let entries: Vec<RawEntry> = log.iter().skip(from).take(page).cloned().collect();
        if entries.is_empty() {
            return Err(Broken::from(format!(
                "the fold wants entry {} of {}, which is not there",
                wanted.from, wanted.stream
            )));
        }
        fold.take(&entries).map_err(|error| error.to_string())?;
    }
    fold.finish(Method::by_the_rules()).map_err(|error| Broken::from(error.to_string()))
}
