//! What payouts mean for the organization's ledgers.

use super::super::event::Event;
use super::event::{CarryReason, PayoutMethod};
use crate::ids::{ConsignorNumber, EventId};
use crate::money::Cents;
use crate::organization::{Account, LedgerReason, Posting, Source};
use crate::stream::StreamId;

/// Postings that stand on the entry `seq` of the event's log, each naming its line of it.
pub(in super::super) fn postings(stream: &StreamId, seq: u64, id: EventId, event: &Event) -> Vec<Posting> {
    let amounts = amounts(event);
    (0..)
        .zip(amounts)
        .map(|(line, (consignor, account, amount, reason))| Posting {
            consignor,
            account,
            amount,
            reason,
            source: Some(Source { stream: stream.clone(), seq, line }),
            event: Some(id),
            note: None,
        })
        .collect()
}

fn amounts(event: &Event) -> Vec<(ConsignorNumber, Account, Cents, LedgerReason)> {
    let less = |amount: Cents| Cents(amount.0.saturating_neg());
    match event {
        Event::PayoutsCalculated(page) => {
            let taken = page.taken.iter().map(|taken| {
                (taken.consignor, Account::Carried, less(taken.amount), LedgerReason::TakenIntoSettlement)
            });
            let carried = page.carried.iter().map(|carried| {
                let reason = match carried.reason {
                    CarryReason::Negative => LedgerReason::NegativePayout,
                    CarryReason::BelowMinimum => LedgerReason::BelowMinimum,
                    CarryReason::AfterPayout => LedgerReason::ReturnAfterPayout,
                };
                (carried.consignor, Account::Carried, carried.amount, reason)
            });
            taken.chain(carried).collect()
        }
        Event::PayoutPaid(paid) if paid.method == PayoutMethod::StoreCredit => {
            vec![(paid.consignor, Account::StoreCredit, paid.amount, LedgerReason::PayoutAsStoreCredit)]
        }
        Event::PayoutVoided(voided) if voided.method == PayoutMethod::StoreCredit => {
            vec![(voided.consignor, Account::StoreCredit, less(voided.amount), LedgerReason::PayoutVoided)]
        }
        Event::PayoutCarried(carried) => {
            vec![(carried.consignor, Account::Carried, carried.amount, LedgerReason::PayoutVoided)]
        }
        _ => Vec::new(),
    }
}
