//! Decisions about payouts.

use chrono::NaiveDate;

use super::super::event::Event;
use super::super::settlement::{Draft, person};
use super::super::state::State;
use super::command::PayCommand;
use super::event::{
    CalculatedPayout, CarriedForward, CarryReason, PayoutCarried, PayoutMethod, PayoutPaid, PayoutReissued,
    PayoutVoided, PayoutsApproved, PayoutsCalculated, TakenIn, VoidReason,
};
use super::state::{Payout, PayoutStatus};
use crate::ids::{Actor, NoteRef};
use crate::money::Cents;
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::settlement::SettlementRules;

/// Consignors in one page of payouts: with a posting taken and one carried each, the ledger takes a page at once.
pub const PAYOUT_PAGE_CONSIGNORS: usize = 250;

/// Payouts approved at once; the largest sale has a few thousand.
pub const MAX_APPROVED: usize = 5_000;

/// Longest reference, in characters: cheque and trace numbers have fewer than 20.
pub const MAX_REFERENCE_CHARS: usize = 40;

type Decision = Result<Vec<Event>, Rejection>;

/// What an approved settlement comes to, consignor by consignor: paid, carried forward, or nothing.
pub(in super::super) fn payouts_of(state: &State, rules: &SettlementRules, draft: &Draft) -> Vec<Event> {
    let amendment = state.settlements.is_settled();
    let mut number = state.payouts.next();
    let mut pages = Vec::new();
    let totals: Vec<_> = draft.totals.iter().collect();
    for chunk in totals.chunks(PAYOUT_PAGE_CONSIGNORS) {
        let mut page = PayoutsCalculated {
            settlement: draft.settlement,
            payouts: Vec::new(),
            carried: Vec::new(),
            taken: Vec::new(),
        };
        for (consignor, totals) in chunk {
            let (consignor, amount) = (**consignor, totals.due);
            if totals.carried_in != Cents::ZERO {
                page.taken.push(TakenIn { consignor, amount: totals.carried_in });
            }
            let carry = |reason| CarriedForward { consignor, amount, reason };
            if amount < Cents::ZERO {
                let reason = if amendment { CarryReason::AfterPayout } else { CarryReason::Negative };
                page.carried.push(carry(reason));
            } else if amount > Cents::ZERO && amount < rules.minimum_payout {
                page.carried.push(carry(CarryReason::BelowMinimum));
            } else if amount > Cents::ZERO {
                page.payouts.push(CalculatedPayout { payout: number, consignor, amount });
                number = number.saturating_add(1);
            }
        }
        if !(page.payouts.is_empty() && page.carried.is_empty() && page.taken.is_empty()) {
            pages.push(page.into());
        }
    }
    pages
}

pub(in super::super) fn pay(state: &State, command: PayCommand, actor: &Actor) -> Decision {
    let by = person(actor)?;
    match command {
        PayCommand::Approve { payouts } => {
            if payouts.is_empty() || payouts.len() > MAX_APPROVED {
                return Err(rule(
                    "PAY-2",
                    "payouts_approved",
                    payouts.len().to_string(),
                    "1 to 5,000 at once",
                ));
            }
            for payout in &payouts {
                in_status(state, *payout, "PAY-2", "calculated")?;
            }
            Ok(vec![PayoutsApproved { payouts, by: by.clone() }.into()])
        }
        PayCommand::MarkPaid { payout, method, reference, paid_on } => {
            mark_paid(state, payout, method, reference, paid_on)
        }
        PayCommand::Void { payout, reason, note } => void(state, payout, reason, note),
        PayCommand::Reissue { payout } => {
            let Payout { consignor, amount, .. } = *in_status(state, payout, "PAY-5", "voided")?;
            let reissued =
                PayoutReissued { payout: state.payouts.next(), replaces: payout, consignor, amount };
            Ok(vec![reissued.into()])
        }
        PayCommand::Carry { payout } => {
            let Payout { consignor, amount, .. } = *in_status(state, payout, "PAY-5", "voided")?;
            Ok(vec![PayoutCarried { payout, consignor, amount }.into()])
        }
    }
}

fn in_status<'a>(
    state: &'a State,
    number: u32,
    rule: &'static str,
    status: &'static str,
) -> Result<&'a Payout, Rejection> {
    let Some(payout) = state.payouts.by_number.get(&number) else {
        let found = format!("payout {number}");
        return Err(not_found(rule, "payout_unknown", found, "a payout of this event"));
    };
    if payout.status.name() == status {
        return Ok(payout);
    }
    Err(conflict(rule, "payout_status", format!("payout {number} is {}", payout.status.name()), status))
}

fn mark_paid(
    state: &State,
    number: u32,
    method: PayoutMethod,
    reference: String,
    paid_on: NaiveDate,
) -> Decision {
    let Payout { consignor, amount, .. } = *in_status(state, number, "PAY-3", "approved")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-/.# ".contains(&byte);
    let needed = !matches!(method, PayoutMethod::Cash | PayoutMethod::StoreCredit);
    if (needed && reference.trim().is_empty())
        || reference.len() > MAX_REFERENCE_CHARS
        || !reference.bytes().all(plain)
    {
        return Err(rule(
            "PAY-3",
            "reference_unusable",
            format!("{reference:?}"),
            "up to 40 letters and digits: a cheque or trace number",
        ));
    }
    Ok(vec![PayoutPaid { payout: number, consignor, amount, method, reference, paid_on }.into()])
}

fn void(state: &State, number: u32, reason: VoidReason, note: Option<NoteRef>) -> Decision {
    let payout = *in_status(state, number, "PAY-4", "paid")?;
    let PayoutStatus::Paid(method) = payout.status else { return Ok(Vec::new()) };
    let Payout { consignor, amount, .. } = payout;
    Ok(vec![PayoutVoided { payout: number, consignor, amount, method, reason, note }.into()])
}
