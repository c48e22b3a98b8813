//! What must hold after every run, checked from the logs against what really happened in the hall.

mod bookings;
mod books;
mod custody;
mod settlement;

use std::collections::BTreeMap;

use domain::ids::ReceiptId;
use domain::money::Cents;
use domain::sale_session::{Event, ReceiptCompleted, Variance};

use crate::Broken;
use crate::world::World;

pub(crate) fn check(world: &World) -> Result<(), Broken> {
    baskets_are_on_record_once(world)?;
    receipts_add_up(world)?;
    books::check(world)?;
    custody::check(world)?;
    bookings::check(world)?;
    settlement::check(world)?;
    history_holds(world)
}

/// Every receipt of every session, in the order of the logs.
pub(crate) fn receipts(world: &World) -> Vec<ReceiptCompleted> {
    let mut receipts = Vec::new();
    for session in &world.sessions {
        for event in session.events() {
            if let Event::ReceiptCompleted(receipt) = event {
                receipts.push(receipt.clone());
            }
        }
    }
    receipts
}

/// No basket lost, none doubled, none invented, each as it was charged.
fn baskets_are_on_record_once(world: &World) -> Result<(), Broken> {
    let mut recorded: BTreeMap<ReceiptId, ReceiptCompleted> = BTreeMap::new();
    for receipt in receipts(world) {
        let id = receipt.receipt;
        if recorded.insert(id, receipt).is_some() {
            return Err(Broken::new(format!("receipt {id} is on record twice"), [id.to_string()]));
        }
    }
    for (id, (terminal, basket)) in &world.truth.baskets {
        let Some(receipt) = recorded.remove(id) else {
            return Err(Broken::new(format!("receipt {id} was paid, but no log has it"), [id.to_string()]));
        };
        let charged: Vec<_> = basket.lines.iter().map(|line| (line.tag, line.price)).collect();
        let mut written: Vec<_> = receipt.lines.iter().map(|line| (line.tag, line.price)).collect();
        written.extend(receipt.unlisted.iter().filter_map(|line| line.tag.map(|tag| (tag, line.price))));
        let same = {
            let (mut charged, mut written) = (charged.clone(), written.clone());
            charged.sort_unstable();
            written.sort_unstable();
            charged == written
        };
        if !same || receipt.total != basket.total || receipt.terminal != *terminal {
            return Err(Broken::new(
                format!(
                    "receipt {id} was charged as {charged:?} = {}, recorded as {written:?} = {}",
                    basket.total, receipt.total
                ),
                [id.to_string()],
            ));
        }
    }
    match recorded.keys().next() {
        Some(id) => {
            Err(Broken::new(format!("receipt {id} is on record, but nobody paid it"), [id.to_string()]))
        }
        None => Ok(()),
    }
}

/// Lines, taxes, tenders: each receipt ties out, and each credited line's parts are its price.
fn receipts_add_up(world: &World) -> Result<(), Broken> {
    let inclusive =
        world.event.state().founding.as_ref().is_some_and(|founding| founding.settings.tax.inclusive);
    for receipt in receipts(world) {
        let id = receipt.receipt.to_string();
        let broken = |what: &str| Broken::new(format!("receipt {id}: {what}"), [id.clone()]);
        let sum = |amounts: &mut dyn Iterator<Item = Cents>| {
            Cents::total(amounts).map_err(|error| broken(&error.to_string()))
        };
        let prices =
            receipt.lines.iter().map(|line| line.price).chain(receipt.unlisted.iter().map(|line| line.price));
        let taxes =
            receipt.lines.iter().map(|line| line.tax).chain(receipt.unlisted.iter().map(|line| line.tax));
        let (gross, tax) = (sum(&mut prices.into_iter())?, sum(&mut taxes.into_iter())?);
        if gross != receipt.gross || tax != receipt.tax {
            return Err(broken("its lines are not its sums"));
        }
        let total = if inclusive { gross } else { Cents(gross.0 + tax.0) };
        let paid = sum(&mut receipt.tenders.iter().map(|tender| tender.amount))?.0 - receipt.change.0;
        let mismatch = receipt.variances.iter().any(|found| found.variance == Variance::TenderMismatch);
        if total != receipt.total || (paid != receipt.total.0 && !mismatch) {
            return Err(broken("its tenders less change are not its total, and no variance says so"));
        }
        if let Some(line) = receipt.lines.iter().find(|line| line.share.0 + line.house.0 != line.price.0) {
            return Err(Broken::new(
                format!("receipt {id}: the parts of {} are not its price", line.tag.grouped()),
                [id.clone(), line.tag.grouped()],
            ));
        }
    }
    Ok(())
}

/// Chains verify, and every state can be folded anew from its log.
fn history_holds(world: &World) -> Result<(), Broken> {
    world.organization.refold()?;
    world.event.refold()?;
    world.store.host.refold()?;
    for session in &world.sessions {
        session.refold()?;
    }
    Ok(())
}
