//! Receipts by e-mail: the log says that a shopper asked; sending is a reaction.

use super::super::facts::Facts;
use super::super::refuse::{Decision, paired};
use super::super::state::State;
use super::event::ReceiptMailAsked;
use super::void::unknown;
use crate::aggregate::Context;
use crate::ids::{Actor, AddressRef, ReceiptId};
use crate::rejection::conflict;

/// Times that one receipt is mailed: mistyped addresses and a spouse; more would be a till that sends post.
pub const MAX_RECEIPT_MAILS: u8 = 5;

pub(in crate::sale_session) fn mail(
    state: &State,
    receipt: ReceiptId,
    address: AddressRef,
    context: &Context<'_, Facts>,
) -> Decision {
    if !matches!(context.actor, Actor::Person(_)) {
        paired(state, context.actor)?;
    }
    let fact = context.facts.receipts.get(&receipt).ok_or_else(|| unknown(receipt))?;
    let asked = state.mailed.get(&fact.number).copied().unwrap_or_default();
    if asked >= MAX_RECEIPT_MAILS {
        return Err(conflict(
            "SAL-18",
            "mailed_too_often",
            format!("{asked} mails of this receipt"),
            "at most 5 mails of a receipt",
        ));
    }
    Ok(vec![ReceiptMailAsked { receipt, number: fact.number, address }.into()])
}
