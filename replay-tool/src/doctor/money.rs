//! Does what was settled and paid still follow from the logs, and did anybody see other logs than these?

use domain::money::Cents;

use super::Diagnosis;
use crate::logs::Logs;
use crate::scan::{Stop, scan};
use crate::settle::{SettleError, choose};
use crate::story::statement::{Calculation, tell_whole};
use crate::witness::{Judgement, Meeting, Witnesses};

/// Settles each event again that has a settlement on record, and compares.
pub(super) fn settlements(logs: &Logs, diagnosis: &mut Diagnosis, workers: usize) {
    for event in logs.events().into_keys() {
        let told = choose(logs, Some(&event.to_string()), workers)
            .and_then(|chosen| tell_whole(logs, &chosen, workers));
        let story = match told {
            Ok(story) => story,
            // What is missing or broken was said about its log already.
            Err(SettleError::Missing(_) | SettleError::Typed(_) | SettleError::Fault { .. }) => continue,
            Err(error) => {
                diagnosis.warning(format!("event {event} could not be settled here: {error}"), None);
                continue;
            }
        };
        if story.balance.difference != Cents::ZERO {
            let text = format!("{}: the trial balance is {} out", story.event, story.balance.difference);
            diagnosis.problem(text, None);
        }
        if let Calculation::Recorded { number, pinned, .. } = story.calculation {
            diagnosis.settlements += 1;
            for gap in story.gaps {
                diagnosis.warning(format!("settlement {number}: {gap}"), Some(pinned.clone()));
            }
            let unpaid = story.payouts.iter().filter_map(|life| {
                let own = life.settlement == story.settlement && life.replaces.is_none();
                let statement = story.statements.iter().find(|one| own && one.consignor == life.consignor)?;
                let (amount, due) = (Cents(life.amount_cents), statement.totals.due);
                (amount != due).then(|| {
                    format!("payout {} is {amount}, but {due} are due by its statement", life.payout)
                })
            });
            for difference in story.differences.iter().cloned().chain(unpaid) {
                diagnosis.problem(format!("settlement {number}: {difference}"), Some(pinned.clone()));
            }
        }
        for (count, what) in [
            (story.checks.open_discrepancies, "discrepancies with the store are open"),
            (story.checks.unmatched, "entries name a line that nobody sold"),
        ] {
            if count > 0 {
                diagnosis.warning(format!("{}: {count} {what}", story.event), None);
            }
        }
    }
}

/// Holds the logs against the heads that the organization's log witnessed.
pub(super) fn witnesses(logs: &Logs, diagnosis: &mut Diagnosis, workers: usize) {
    // A broken organization's log was told already.
    let Ok(witnesses) = Witnesses::of(logs, workers) else { return };
    for text in &witnesses.on_record {
        diagnosis.problem(text.clone(), None);
    }
    for source in logs.all.iter().filter(|source| !source.redacted) {
        let stream = source.stream.to_string();
        if witnesses.count(&stream) == 0 {
            continue;
        }
        let mut met = Vec::new();
        let Ok(input) = crate::files::open(&source.path) else { continue };
        let walked = scan(input, workers, &Meeting::new(&witnesses, &stream), |heads| {
            met.extend(heads);
            Ok::<(), Stop>(())
        });
        let Ok(verified) = walked else { continue };
        match witnesses.judge(&verified, &met) {
            Judgement::Denied(denied) => {
                diagnosis.problem(format!("{stream} is not the log that was seen: {}", denied.message), None);
            }
            Judgement::Older { seq } => diagnosis.warning(
                format!("{stream}: entry {seq} was seen after this file was exported; fetch it again"),
                None,
            ),
            Judgement::Unseen | Judgement::Confirmed(_) => {}
        }
    }
}
