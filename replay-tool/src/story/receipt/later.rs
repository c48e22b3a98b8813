//! What later entries say about a receipt, in sentences.

use domain::claims::Verdict;
use domain::ids::ReceiptId;
use domain::sale_session::{ConflictOpened, ConflictResolved, Event, LineFigures, ReturnRecorded};

use crate::story::words;

/// What `event` says about `receipt`.
pub(super) fn became(event: &Event, receipt: ReceiptId) -> Option<String> {
    match event {
        Event::ReceiptVoided(voided) if voided.receipt == receipt => {
            Some(format!("voided ({}): {} goes back", words(&voided.reason), voided.total))
        }
        Event::ReturnRecorded(returned) if returned.receipt == receipt => Some(brought_back(returned)),
        Event::LineIdentified(known) if known.line.at.receipt == receipt => Some(credited(&known.line)),
        Event::ConflictOpened(opened) if opened.receipts.contains(&receipt) => Some(opened_case(opened)),
        Event::ConflictResolved(resolved) => ended(resolved, receipt),
        Event::ClaimSent(sent) if sent.claim.receipt == receipt => {
            Some(format!("line {}: the event is asked about {}", sent.line + 1, sent.claim.tag.grouped()))
        }
        Event::ClaimAnswered(answered) => {
            let line = answered.credited.filter(|line| line.at.receipt == receipt)?;
            let verdict = match answered.answer.verdict {
                Verdict::Accepted { .. } => "the event agrees",
                Verdict::Contested { .. } => "the event contests it",
                Verdict::Dismissed => "the item was another",
            };
            Some(format!("{verdict}; {}", credited(&line)))
        }
        _ => None,
    }
}

fn brought_back(returned: &ReturnRecorded) -> String {
    let lines: Vec<String> = returned
        .lines
        .iter()
        .map(|back| {
            let floor = if back.restock { "on the floor again" } else { "not for the floor" };
            format!("line {} at {}, {floor}", back.line.at.line + 1, back.line.price)
        })
        .collect();
    format!("returned ({}): {}; {} paid back", words(&returned.reason), lines.join("; "), returned.total)
}

/// Who has a line from now on.
fn credited(line: &LineFigures) -> String {
    let (number, price) = (line.at.line + 1, line.price);
    match line.consignor {
        Some(consignor) => {
            format!(
                "line {number} at {price} is credited to consignor {consignor}: {} of it, {}",
                line.rate, line.share
            )
        }
        None => format!("line {number} at {price} is credited to the house"),
    }
}

fn opened_case(opened: &ConflictOpened) -> String {
    let what = opened.tag.map_or_else(|| "its id".to_owned(), domain::tag::Tag::grouped);
    let waits = opened.second.map_or_else(String::new, |line| {
        format!(
            "; line {} of receipt {} is credited to nobody until it ends",
            line.at.line + 1,
            line.at.number
        )
    });
    format!("conflict about {what} (case {}){waits}", opened.case)
}

fn ended(resolved: &ConflictResolved, receipt: ReceiptId) -> Option<String> {
    let refunded = resolved
        .refunded
        .iter()
        .filter(|line| line.at.receipt == receipt)
        .map(|line| format!("line {}: {} is given back", line.at.line + 1, line.price));
    let credited = resolved.credited.iter().filter(|line| line.at.receipt == receipt).map(credited);
    let dropped = resolved.dropped.filter(|dropped| dropped.receipt == receipt);
    let dropped = dropped.map(|_| "it never happened: a bad copy of another receipt".to_owned());
    let said: Vec<String> = refunded.chain(credited).chain(dropped).collect();
    (!said.is_empty()).then(|| format!("case {} ended: {}", resolved.case, said.join("; ")))
}
