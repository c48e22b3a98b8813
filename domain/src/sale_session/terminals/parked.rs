//! Parked baskets: put aside at one till, taken up again at any.

use std::collections::BTreeSet;

use super::super::receipts::{AskedLine, MAX_BASKET_LINES};
use super::super::refuse::{Decision, paired};
use super::super::state::State;
use super::event::{BasketParked, BasketRecalled};
use crate::ids::{Actor, BasketId};
use crate::lifecycle::SessionStatus;
use crate::rejection::{conflict, not_found, rule};

/// Baskets put aside at once: a long queue at every till.
pub const MAX_PARKED: usize = 100;

pub(in crate::sale_session) fn park(
    state: &State,
    basket: BasketId,
    lines: Vec<AskedLine>,
    actor: &Actor,
) -> Decision {
    let (terminal, _) = paired(state, actor)?;
    if state.status != SessionStatus::Open {
        return Err(conflict("SAL-1", "session_not_open", state.status.name(), "an open session"));
    }
    if state.parked.contains_key(&basket) || state.parked.len() >= MAX_PARKED {
        let found = format!("{} parked baskets", state.parked.len());
        return Err(conflict("TRM-11", "cannot_park", found, "a fresh id, and fewer than 100 parked"));
    }
    if lines.is_empty() || lines.len() > MAX_BASKET_LINES {
        return Err(rule("TRM-11", "basket_size", format!("{} lines", lines.len()), "1 to 300 lines"));
    }
    let mut seen = BTreeSet::new();
    for line in &lines {
        let tag = line.tag;
        let taken = state.holder(tag).is_some()
            || state.parked.values().any(|basket| basket.tags.contains(&tag))
            || !seen.insert(tag);
        if state.slot(tag).is_none() || taken {
            let allowed = "items of this session, unsold and in no other basket";
            return Err(conflict("TRM-11", "item_not_free", tag.grouped(), allowed));
        }
    }
    Ok(vec![BasketParked { basket, terminal, lines }.into()])
}

pub(in crate::sale_session) fn recall(state: &State, basket: BasketId, actor: &Actor) -> Decision {
    let terminal = match actor {
        Actor::Person(_) | Actor::System(_) => None,
        Actor::Terminal(_) | Actor::Stream(_) => Some(paired(state, actor)?.0),
    };
    if !state.parked.contains_key(&basket) {
        return Err(not_found("TRM-11", "basket_unknown", basket.to_string(), "a parked basket"));
    }
    Ok(vec![BasketRecalled { basket, terminal }.into()])
}
