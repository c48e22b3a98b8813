//! Says later what an unlisted line was.

use super::super::facts::Facts;
use super::super::refuse::{Decision, out_of_range};
use super::super::state::{Figures, LineAt, LineState, Now, State};
use super::event::{LineIdentified, LineRef};
use super::void::unknown;
use crate::aggregate::Context;
use crate::consignment_event::SessionScheduled;
use crate::ids::{ConsignorNumber, ReceiptId};
use crate::money::{Cents, OutOfRange};
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::tag::Tag;

/// `figures` credited to `consignor`, with the terms known now; the bonus looks at `printed`.
///
/// # Errors
/// [`OutOfRange`] for amounts that no price can have.
pub(in crate::sale_session) fn credited_to(
    state: &State,
    plan: &SessionScheduled,
    figures: Figures,
    consignor: ConsignorNumber,
    printed: Cents,
) -> Result<Figures, OutOfRange> {
    let (tier, shifts) = state.terms_of(consignor);
    let rate = plan.plan.rate(tier, shifts, printed);
    let split = plan.plan.split(figures.price, rate)?;
    Ok(Figures { consignor: Some(consignor), rate, share: split.consignor, house: split.house, ..figures })
}

pub(in crate::sale_session) fn identify(
    state: &State,
    plan: &SessionScheduled,
    (receipt, line): (ReceiptId, u16),
    (tag, consignor): (Option<Tag>, Option<ConsignorNumber>),
    context: &Context<'_, Facts>,
) -> Decision {
    super::super::refuse::organizer(context.actor)?;
    let fact = context.facts.receipts.get(&receipt).ok_or_else(|| unknown(receipt))?;
    let at = LineAt { number: fact.number, line };
    let found = unidentified(state, at)?;
    let (tag, consignor, printed) = if let Some(tag) = tag {
        by_tag(state, at, tag)?
    } else {
        let consignor = consignor.ok_or_else(|| {
            rule("SAL-17", "nobody_named", "neither tag nor consignor", "a tag, or whose it was")
        })?;
        // The tag it was sold under stays on record with its line.
        (found.tag, consignor, found.price)
    };
    let figures =
        credited_to(state, plan, Figures { tag, ..found }, consignor, printed).map_err(out_of_range)?;
    let line = figures.at(LineRef { receipt, number: at.number, line });
    Ok(vec![LineIdentified { line, plan: plan.plan.version }.into()])
}

fn unidentified(state: &State, at: LineAt) -> Result<Figures, Rejection> {
    let LineState { now, figures } = state.lines.get(&at).copied().ok_or_else(|| {
        conflict("SAL-17", "line_is_identified", format!("line {}", at.line), "a line of the house")
    })?;
    if now != Now::Credited || figures.consignor.is_some() {
        let found = format!("line {} is credited, contested or returned", at.line);
        return Err(conflict("SAL-17", "line_is_identified", found, "a line of the house"));
    }
    let waits = state.claims.values().any(|claim| claim.at == at);
    if waits {
        let found = format!("line {} waits for the event's answer", at.line);
        return Err(conflict("SAL-17", "line_is_claimed", found, "a line without an open claim"));
    }
    Ok(figures)
}

fn by_tag(state: &State, at: LineAt, tag: Tag) -> Result<(Option<Tag>, ConsignorNumber, Cents), Rejection> {
    let slot = state.slot(tag).ok_or_else(|| {
        not_found("SAL-17", "item_unknown_here", tag.grouped(), "an item this session had in custody")
    })?;
    if state.holder(tag).is_some_and(|holder| holder != at) {
        return Err(conflict("SAL-17", "item_already_sold", tag.grouped(), "an unsold item"));
    }
    if slot.has(super::super::state::Slot::RELEASED) {
        return Err(conflict("SAL-17", "not_in_custody", tag.grouped(), "an item still in custody"));
    }
    Ok((Some(tag), slot.consignor, Cents(i64::from(slot.price))))
}
