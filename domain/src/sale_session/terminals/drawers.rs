//! Cash drawers: what should be in them follows from the log.

use super::super::refuse::{Decision, out_of_range, paired};
use super::super::state::State;
use super::event::{CashMoved, CashReason, DrawerClosed, DrawerOpened};
use crate::ids::{Actor, TerminalId};
use crate::money::Cents;
use crate::rejection::{Rejection, conflict, rule};

pub(in crate::sale_session) fn open_drawer(state: &State, float: Cents, actor: &Actor) -> Decision {
    let (terminal, found) = paired(state, actor)?;
    if found.drawer.is_some() {
        return Err(conflict("TRM-9", "drawer_open", found.name.clone(), "one drawer at a time"));
    }
    amount(float)?;
    Ok(vec![DrawerOpened { terminal, float }.into()])
}

pub(in crate::sale_session) fn move_cash(
    state: &State,
    moved: Cents,
    reason: CashReason,
    actor: &Actor,
) -> Decision {
    let (terminal, expected) = open(state, actor)?;
    amount(Cents(moved.0.saturating_abs()))?;
    let after = expected.plus(moved).map_err(out_of_range)?;
    if moved == Cents::ZERO || after < Cents::ZERO {
        return Err(rule(
            "TRM-10",
            "cash_not_there",
            moved.to_string(),
            format!("not 0.00, and down to -{expected}"),
        ));
    }
    Ok(vec![CashMoved { terminal, amount: moved, reason }.into()])
}

pub(in crate::sale_session) fn close_drawer(state: &State, counted: Cents, actor: &Actor) -> Decision {
    let (terminal, expected) = open(state, actor)?;
    amount(counted)?;
    let difference = counted.minus(expected).map_err(out_of_range)?;
    Ok(vec![DrawerClosed { terminal, counted, expected, difference }.into()])
}

fn open(state: &State, actor: &Actor) -> Result<(TerminalId, Cents), Rejection> {
    let (terminal, found) = paired(state, actor)?;
    let expected = found
        .drawer
        .ok_or_else(|| conflict("TRM-9", "drawer_not_open", found.name.clone(), "a drawer in use"))?;
    Ok((terminal, expected))
}

fn amount(amount: Cents) -> Result<(), Rejection> {
    if amount.is_price() { Ok(()) } else { Err(out_of_range(crate::money::OutOfRange)) }
}
