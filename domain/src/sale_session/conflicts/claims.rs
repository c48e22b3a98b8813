//! Hears what the consignment event says about a claim.

use super::super::event::Event;
use super::super::facts::Facts;
use super::super::receipts::LineFigures;
use super::super::refuse::{Decision, from_event, out_of_range};
use super::super::state::{Figures, Now, OpenClaim, State};
use super::event::{ClaimAnswered, ClaimSent, ConflictKind, ConflictOpened};
use crate::aggregate::Context;
use crate::claims::{Claim, ClaimAnswer, ClaimKind, Verdict};
use crate::consignment_event::{CustodyItem, SessionScheduled, Terms};
use crate::ids::CaseId;
use crate::rejection::{Rejection, not_found};

pub(in crate::sale_session) fn take_answer(
    state: &State,
    plan: &SessionScheduled,
    answer: ClaimAnswer,
    context: &Context<'_, Facts>,
) -> Decision {
    from_event(context.actor, plan.event)?;
    let claim = *state.claims.get(&answer.case).ok_or_else(|| {
        not_found("CON-9", "claim_unknown", answer.case.to_string(), "a claim without its final answer")
    })?;
    let answered = |credited| ClaimAnswered { answer, credited };
    let line = state.lines.get(&claim.at).copied().filter(|_| claim.kind == ClaimKind::Sold);
    let Some(line) = line.filter(|line| line.now != Now::Contested) else {
        return Ok(vec![answered(None).into()]);
    };
    match answer.verdict {
        _ if line.now == Now::Gone => {
            let back = back_again(state, plan, claim, answer, context);
            Ok(std::iter::once(answered(None).into()).chain(back).collect())
        }
        // An unlisted line is the house's already; a listed one goes to it.
        Verdict::Dismissed => Ok(vec![answered(at(state, claim, line.figures.to_house())).into()]),
        Verdict::Contested { .. } => Ok(vec![answered(None).into()]),
        Verdict::Accepted { item, terms } => {
            let figures = accepted(plan, line.figures, item, terms)?;
            let holder = state.holder(item.tag).filter(|holder| *holder != claim.at);
            match holder.and_then(|holder| state.line_ref(holder)) {
                None => Ok(vec![answered(at(state, claim, figures)).into()]),
                Some(first) => {
                    let second = at(state, claim, figures);
                    let receipts =
                        second.iter().map(|second| second.at.receipt).chain([first.receipt]).collect();
                    let opened = ConflictOpened {
                        case: CaseId(context.fresh_id),
                        kind: ConflictKind::DoubleSale,
                        tag: Some(item.tag),
                        first: Some(first),
                        second,
                        was_credited: line.now == Now::Credited,
                        receipts,
                    };
                    Ok(vec![answered(None).into(), Event::from(opened)])
                }
            }
        }
    }
}

/// The event took the item for sold, but it was given back in the meantime: it hears that too.
fn back_again(
    state: &State,
    plan: &SessionScheduled,
    claim: OpenClaim,
    answer: ClaimAnswer,
    context: &Context<'_, Facts>,
) -> Option<Event> {
    let Verdict::Accepted { item, .. } = answer.verdict else { return None };
    let at = state.line_ref(claim.at)?;
    let claim = Claim {
        session: plan.session,
        case: CaseId(context.fresh_id),
        receipt: at.receipt,
        tag: item.tag,
        kind: ClaimKind::Returned,
        price: state.lines.get(&claim.at)?.figures.price,
        occurred_at: context.now,
    };
    Some(ClaimSent { claim, number: at.number, line: at.line, event: plan.event }.into())
}

fn at(state: &State, claim: OpenClaim, figures: Figures) -> Option<LineFigures> {
    state.line_ref(claim.at).map(|at| figures.at(at))
}

/// The line with the item's consignor: the event's terms are the ones that count now.
fn accepted(
    plan: &SessionScheduled,
    figures: Figures,
    item: CustodyItem,
    terms: Terms,
) -> Result<Figures, Rejection> {
    let rate = plan.plan.rate(terms.tier, terms.shifts, item.price);
    let split = plan.plan.split(figures.price, rate).map_err(out_of_range)?;
    Ok(Figures {
        tag: Some(item.tag),
        consignor: Some(item.consignor),
        rate,
        share: split.consignor,
        house: split.house,
        ..figures
    })
}
