//! Posting to ledgers.

use std::collections::{BTreeMap, BTreeSet};

use super::super::event::Event;
use super::super::state::State;
use super::{Account, LedgerEntry, LedgerPosted, Posting, source_key};
use crate::ids::{Actor, ConsignorNumber};
use crate::money::{Cents, MAX_AMOUNT};
use crate::rejection::{Rejection, forbidden, not_found, rule};

/// Postings in one command: one page of a settlement's statements.
pub const MAX_POSTINGS: usize = 500;

/// Cold facts for postings: which of the named sources are posted already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Keys as made by [`source_key`].
    pub posted: BTreeSet<String>,
}

/// Posts what is not posted yet. A posting that stands on another log's entry is a fact: it is taken once,
/// whatever the balance becomes.
pub(in super::super) fn post(
    state: &State,
    postings: Vec<Posting>,
    actor: &Actor,
    facts: &Facts,
) -> Result<Vec<Event>, Rejection> {
    if postings.is_empty() || postings.len() > MAX_POSTINGS {
        return Err(rule("LDG-1", "too_many_postings", postings.len().to_string(), "1 to 500 at once"));
    }
    let mut seen = facts.posted.clone();
    let mut balances: BTreeMap<(ConsignorNumber, Account), Cents> = BTreeMap::new();
    let mut entries = Vec::with_capacity(postings.len());
    for posting in postings {
        check(state, &posting, actor)?;
        if posting.source.as_ref().is_some_and(|source| !seen.insert(source_key(source))) {
            continue;
        }
        let key = (posting.consignor, posting.account);
        let before = balances.get(&key).copied().unwrap_or_else(|| state.balance(key.0, key.1));
        let balance = before.plus(posting.amount).map_err(|_| {
            rule("LDG-2", "amount_unusable", posting.amount.to_string(), "a balance that can be counted")
        })?;
        balances.insert(key, balance);
        entries.push(LedgerEntry { posting, balance });
    }
    Ok(if entries.is_empty() { Vec::new() } else { vec![LedgerPosted { entries }.into()] })
}

fn check(state: &State, posting: &Posting, actor: &Actor) -> Result<(), Rejection> {
    if state.account(posting.consignor).is_none() {
        return Err(not_found(
            "LDG-3",
            "consignor_unknown",
            posting.consignor.to_string(),
            "an enrolled consignor",
        ));
    }
    if posting.amount == Cents::ZERO || posting.amount.0.unsigned_abs() > MAX_AMOUNT.0.unsigned_abs() {
        return Err(rule(
            "LDG-2",
            "amount_unusable",
            posting.amount.to_string(),
            format!("an amount other than zero, up to {MAX_AMOUNT} either way"),
        ));
    }
    match (actor, &posting.source) {
        (Actor::Person(_), None) if posting.reason.is_manual() => Ok(()),
        (Actor::Person(_), _) => Err(rule(
            "LDG-4",
            "reason_not_manual",
            "a reason that speaks for another log",
            "correction, goodwill or opening_balance, without a source",
        )),
        (Actor::Stream(stream), Some(source)) if source.stream.to_string() == *stream => Ok(()),
        (Actor::Stream(_) | Actor::Terminal(_) | Actor::System(_), _) => Err(forbidden(
            "LDG-5",
            "not_the_source",
            actor.to_string(),
            "a person, or the log that the source names",
        )),
    }
}
