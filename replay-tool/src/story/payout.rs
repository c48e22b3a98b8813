//! A payout: what was calculated, what became of it, and the statement behind it.

use domain::ids::ConsignorNumber;
use serde::Serialize;

use super::statement::{StatementStory, tell_of};
use crate::logs::Logs;
use crate::settle::{Chosen, Life, Recorded, SettleError, read_recorded};

/// The story of a payout.
#[derive(Debug, Clone, Serialize)]
pub struct PayoutStory {
    /// What became of it.
    pub payout: Life,
    /// Why it is what it is.
    pub statement: StatementStory,
    /// Where the payout is not what its statement says is due.
    pub differences: Vec<String>,
}

/// Tells the story of the payout that `wanted` names: by its number in the event, else by the number of the
/// cheque or transfer.
///
/// # Errors
/// [`SettleError`].
pub fn tell(
    logs: &Logs,
    chosen: &Chosen<'_>,
    wanted: &str,
    workers: usize,
) -> Result<PayoutStory, SettleError> {
    let recorded = read_recorded(chosen.source, workers)?;
    let life = find(&recorded, chosen, wanted)?;
    let settlement = life.settlement.and_then(|id| recorded.settlement(id));
    let statement = tell_of(logs, chosen, ConsignorNumber(life.consignor), &recorded, settlement, workers)?;
    let mut differences = Vec::new();
    if settlement.is_some() && statement.totals.due.0 != life.amount_cents {
        differences.push(format!(
            "payout {} is {}, but its statement says that {} are due",
            life.payout,
            domain::money::Cents(life.amount_cents),
            statement.totals.due
        ));
    }
    Ok(PayoutStory { payout: life.clone(), statement, differences })
}

fn find<'a>(recorded: &'a Recorded, chosen: &Chosen<'_>, wanted: &str) -> Result<&'a Life, SettleError> {
    let by_number = wanted.parse().ok().and_then(|number: u32| recorded.payouts.get(&number));
    let made = |life: &&Life| life.made.as_ref().is_some_and(|made| made.reference == wanted);
    by_number.or_else(|| recorded.payouts.values().find(made)).ok_or_else(|| {
        let there = match recorded.payouts.len() {
            0 => "nothing was paid out yet; `explain statement` shows a preview".to_owned(),
            count => format!("there are payouts 1 to {count}, and their cheques or transfers"),
        };
        SettleError::Unknown(format!("{:?} has no payout {wanted:?}: {there}", chosen.name))
    })
}
