//! Decisions about consignor accounts, referral codes, participations that count, and erasure.

use std::collections::BTreeSet;

use super::decide::{Decision, existing, running};
use super::event::{
    AccountFlag, AccountFlagged, AccountLinked, ConsignorErased, ParticipationCount, ParticipationUncounted,
    ParticipationsCounted, ReferralCodeIssued, ReferralCodeRetired, TierChanged,
};
use super::state::{AccountState, State};
use crate::commission::Tier;
use crate::ids::{Actor, ConsignorNumber, EventId, PersonId};
use crate::money::Cents;
use crate::rejection::{Rejection, conflict, forbidden, not_found, rule};
use crate::stream::StreamId;

/// Shortest referral code, in characters: still hard to hit by chance.
pub const MIN_CODE_CHARS: usize = 4;

/// Longest referral code, in characters: still easy to say.
pub const MAX_CODE_CHARS: usize = 12;

fn known(state: &State, number: ConsignorNumber) -> Result<&AccountState, Rejection> {
    state
        .account(number)
        .ok_or_else(|| not_found("ORG-10", "consignor_unknown", number.to_string(), "an enrolled consignor"))
}

fn living(state: &State, number: ConsignorNumber) -> Result<&AccountState, Rejection> {
    let account = known(state, number)?;
    if account.erased {
        return Err(conflict(
            "ERA-2",
            "consignor_erased",
            number.to_string(),
            "an account that was not erased",
        ));
    }
    Ok(account)
}

pub(super) fn change_tier(state: &State, consignor: ConsignorNumber, tier: Tier) -> Decision {
    running(state)?;
    let account = living(state, consignor)?;
    Ok(if account.tier == tier { Vec::new() } else { vec![TierChanged { consignor, tier }.into()] })
}

pub(super) fn flag(state: &State, consignor: ConsignorNumber, flag: AccountFlag, on: bool) -> Decision {
    running(state)?;
    let account = known(state, consignor)?;
    let current = match flag {
        AccountFlag::Barred => account.barred,
        AccountFlag::TaxFormMissing => account.tax_form_missing,
    };
    Ok(if current == on { Vec::new() } else { vec![AccountFlagged { consignor, flag, on }.into()] })
}

pub(super) fn link(state: &State, consignor: ConsignorNumber, person: PersonId) -> Decision {
    running(state)?;
    living(state, consignor)?;
    match state.links.get(&person) {
        Some(linked) if *linked == consignor => Ok(Vec::new()),
        Some(linked) => {
            Err(conflict("ORG-11", "person_linked", format!("consignor {linked}"), "one account per person"))
        }
        None => Ok(vec![AccountLinked { consignor, person }.into()]),
    }
}

pub(super) fn erase(state: &State, consignor: ConsignorNumber) -> Decision {
    existing(state)?;
    let account = known(state, consignor)?;
    if account.erased {
        return Ok(Vec::new());
    }
    let owed = account.carried.max(account.store_credit);
    if owed > Cents::ZERO {
        return Err(conflict(
            "ERA-3",
            "money_owed",
            owed.to_string(),
            "paying or writing off what is owed first: without the data nobody could be paid",
        ));
    }
    Ok(vec![ConsignorErased { consignor, tell: state.running() }.into()])
}

fn code_of(code: &str) -> Result<String, Rejection> {
    let code = code.trim().to_uppercase();
    let usable = (MIN_CODE_CHARS..=MAX_CODE_CHARS).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if usable { Ok(code) } else { Err(rule("ORG-12", "code_unusable", &code, "4 to 12 letters and digits")) }
}

pub(super) fn issue_code(state: &State, code: &str, consignor: ConsignorNumber) -> Decision {
    running(state)?;
    living(state, consignor)?;
    let code = code_of(code)?;
    match state.codes.get(&code) {
        Some(owner) if *owner == consignor => Ok(Vec::new()),
        Some(_) => Err(conflict("ORG-12", "code_taken", code, "a free code")),
        None => Ok(vec![ReferralCodeIssued { code, consignor }.into()]),
    }
}

pub(super) fn retire_code(state: &State, code: &str) -> Decision {
    running(state)?;
    let code = code_of(code)?;
    if state.codes.contains_key(&code) {
        Ok(vec![ReferralCodeRetired { code }.into()])
    } else {
        Err(not_found("ORG-12", "code_unknown", code, "a code that was issued"))
    }
}

/// Deliveries count only when they come from the event that they speak for.
pub(super) fn from_event(actor: &Actor, event: EventId) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Event(_, id)) if id == event => Ok(()),
        _ => Err(forbidden("RGT-2", "not_the_event", actor.to_string(), "the event's own log")),
    }
}

pub(super) fn count(
    state: &State,
    consignors: &[ConsignorNumber],
    event: EventId,
    actor: &Actor,
) -> Decision {
    from_event(actor, event)?;
    let every = u32::from(existing(state)?.registration.loyalty_every);
    let fresh: BTreeSet<ConsignorNumber> =
        consignors.iter().filter(|number| !state.counted.contains(&(**number, event))).copied().collect();
    let counts: Vec<ParticipationCount> = fresh
        .into_iter()
        .filter_map(|consignor| {
            let count = state.account(consignor)?.participations.saturating_add(1);
            Some(ParticipationCount { consignor, count, free: every > 0 && count % every == 0 })
        })
        .collect();
    Ok(if counts.is_empty() { Vec::new() } else { vec![ParticipationsCounted { event, counts }.into()] })
}

pub(super) fn uncount(state: &State, consignor: ConsignorNumber, event: EventId, actor: &Actor) -> Decision {
    from_event(actor, event)?;
    let account = known(state, consignor)?;
    if !state.counted.contains(&(consignor, event)) {
        return Ok(Vec::new());
    }
    let count = account.participations.saturating_sub(1);
    Ok(vec![ParticipationUncounted { consignor, event, count }.into()])
}
