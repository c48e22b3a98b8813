//! Resolutions: one per case, by a person, or by the store that gave the money back.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::super::event::Event;
use super::super::facts::{Facts, ReceiptFact};
use super::super::receipts::{LineFigures, LineRef, cash_of, credited_to};
use super::super::refuse::{Decision, organizer, out_of_range};
use super::super::state::{Case, Figures, LineAt, LineState, Now, Slot, State};
use super::event::{ClaimSent, ConflictKind, ConflictOpened, ConflictResolved, DroppedReceipt, Resolution};
use crate::aggregate::Context;
use crate::claims::{Claim, ClaimKind};
use crate::consignment_event::SessionScheduled;
use crate::ids::{CaseId, ReceiptId};
use crate::money::Cents;
use crate::rejection::{Rejection, conflict, not_found, rule};
use crate::tag::Tag;

/// Receipts that a resolution may name: the two of its case, and the one that holds the item by now.
pub const MAX_CASE_RECEIPTS: usize = 4;

struct Bench<'a> {
    state: &'a State,
    plan: &'a SessionScheduled,
    facts: &'a Facts,
    fresh: Uuid,
    now: i64,
}

pub(in crate::sale_session) fn resolve(
    state: &State,
    plan: &SessionScheduled,
    (id, resolution): (CaseId, Resolution),
    context: &Context<'_, Facts>,
) -> Decision {
    organizer(context.actor)?;
    let Some(case) = state.cases.get(&id) else {
        return Err(if state.ended.contains(&id) {
            conflict("CON-2", "case_ended", id.to_string(), "one resolution per case")
        } else {
            not_found("CON-1", "case_unknown", id.to_string(), "an open case of this session")
        });
    };
    let bench = Bench { state, plan, facts: context.facts, fresh: context.fresh_id, now: context.now };
    let resolved = ConflictResolved {
        case: id,
        resolution,
        credited: vec![],
        refunded: vec![],
        refund: Cents::ZERO,
        dropped: None,
    };
    match (case.kind, resolution) {
        (ConflictKind::ReceiptIdReused, Resolution::OneBasket) => bench.one_basket(case, resolved),
        (ConflictKind::ReceiptIdReused, Resolution::TwoBaskets) => bench.two_baskets(case, resolved),
        (
            ConflictKind::DoubleSale | ConflictKind::OnlineAgainstFloor,
            Resolution::KeepFirstRefundSecond
            | Resolution::KeepSecondRefundFirst
            | Resolution::TwoItems { .. },
        ) => bench.one_item(case, resolved),
        _ => {
            Err(rule("CON-3", "resolution_unfit", "a resolution of another kind of case", fitting(case.kind)))
        }
    }
}

fn fitting(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::ReceiptIdReused => "one_basket, two_baskets",
        ConflictKind::DoubleSale | ConflictKind::OnlineAgainstFloor => {
            "keep_first_refund_second, keep_second_refund_first, two_items"
        }
    }
}

impl Bench<'_> {
    fn one_item(&self, case: &Case, mut resolved: ConflictResolved) -> Decision {
        let (at, second) = self.second(case)?;
        let mut after = Vec::new();
        match resolved.resolution {
            Resolution::KeepFirstRefundSecond => {
                resolved.refunded.push(second.uncredited().at(at));
                resolved.refund = payable(self.state, self.plan, at.into(), second)?;
            }
            Resolution::KeepSecondRefundFirst => {
                let holder = case.tag.and_then(|tag| self.state.holder(tag));
                if let Some(holder) = holder {
                    let (first_at, first) = self.holder(holder)?;
                    resolved.refunded.push(first.at(first_at));
                    resolved.refund = payable(self.state, self.plan, holder, first)?;
                }
                if must_be_claimed(self.state, second, holder) {
                    let id = CaseId(super::super::fresh(self.fresh, 0));
                    after.extend(claim_of(self.plan, id, (at, second), self.now).map(Event::from));
                } else {
                    resolved.credited.push(resplit(self.plan, second)?.at(at));
                }
            }
            Resolution::TwoItems { consignor } => {
                let unknown = Figures { tag: None, ..second };
                let credited = match consignor {
                    Some(consignor) => credited_to(self.state, self.plan, unknown, consignor, second.price)
                        .map_err(out_of_range)?,
                    None => unknown.to_house(),
                };
                resolved.credited.push(credited.at(at));
            }
            // Refused by the caller: these end cases about whole receipts.
            Resolution::OneBasket | Resolution::TwoBaskets => {}
        }
        Ok(std::iter::once(resolved.into()).chain(after).collect())
    }

    /// The case's contested line.
    fn second(&self, case: &Case) -> Result<(LineRef, Figures), Rejection> {
        let line = case.second.and_then(|at| Some((self.state.line_ref(at)?, self.state.lines.get(&at)?)));
        match line {
            Some((at, line)) if line.now == Now::Contested => Ok((at, line.figures)),
            _ => {
                Err(conflict("CON-1", "line_not_contested", "the line stands otherwise", "a contested line"))
            }
        }
    }

    /// The line that holds the item, with its credit.
    fn holder(&self, at: LineAt) -> Result<(LineRef, Figures), Rejection> {
        let place = self.state.line_ref(at);
        let receipt = place.map(|place| place.receipt);
        let fact = receipt.and_then(|receipt| self.facts.receipts.get(&receipt));
        let line =
            known_line(self.state, at).or_else(|| fact.and_then(|fact| fact.line(self.state, at.line)));
        if let Some((place, line)) = place.zip(line) {
            return Ok((place, credit_of(line)));
        }
        let name = receipt.map_or_else(String::new, |receipt| receipt.to_string());
        Err(rule("CON-8", "receipt_not_named", "the holder's receipt is missing", name))
    }

    fn reused(&self, case: &Case) -> Result<(ReceiptId, &ReceiptFact), Rejection> {
        let second = case.receipts.last().and_then(|number| self.state.stub(*number)).map(|stub| stub.id);
        let fact = second.and_then(|id| Some((id, self.facts.receipts.get(&id)?)));
        fact.ok_or_else(|| {
            let name = second.map_or_else(String::new, |id| id.to_string());
            rule("CON-8", "receipt_not_named", "the second receipt is missing", name)
        })
    }

    fn one_basket(&self, case: &Case, mut resolved: ConflictResolved) -> Decision {
        let (receipt, fact) = self.reused(case)?;
        let tendered = Cents::total(fact.tenders.iter().map(|tender| tender.amount));
        let paid = tendered.and_then(|sum| sum.minus(fact.change)).map_err(out_of_range)?;
        resolved.dropped = fact.terminal.map(|terminal| DroppedReceipt {
            receipt,
            number: fact.number,
            gross: fact.gross,
            tax: fact.tax,
            total: fact.total,
            paid,
            cash: cash_of(&fact.tenders, fact.change),
            terminal,
        });
        Ok(vec![resolved.into()])
    }

    /// Each line of the second basket is sold now, unless its item is held or elsewhere.
    fn two_baskets(&self, case: &Case, mut resolved: ConflictResolved) -> Decision {
        let (receipt, fact) = self.reused(case)?;
        let (mut after, mut mine) = (Vec::new(), BTreeSet::new());
        for line in 0..fact.len() {
            let Some(LineState { now: Now::Contested, figures }) = fact.line(self.state, line) else {
                continue;
            };
            let at = LineRef { receipt, number: fact.number, line };
            let Some(tag) = figures.tag else {
                resolved.credited.push(figures.at(at));
                continue;
            };
            let case = CaseId(super::super::fresh(self.fresh, after.len()));
            let slot = self.state.slot(tag);
            if self.state.holder(tag).is_some() || mine.contains(&tag) {
                after.push(self.collision(case, tag, figures.at(at), &resolved));
                continue;
            }
            mine.insert(tag);
            if slot.is_none_or(|slot| slot.has(Slot::RELEASED)) {
                after.extend(claim_of(self.plan, case, (at, figures), self.now).map(Event::from));
            }
            if slot.is_none_or(|slot| !slot.has(Slot::RELEASED)) {
                resolved.credited.push(figures.at(at));
            }
        }
        Ok(std::iter::once(resolved.into()).chain(after).collect())
    }

    fn collision(&self, case: CaseId, tag: Tag, second: LineFigures, resolved: &ConflictResolved) -> Event {
        let own = resolved.credited.iter().find(|line| line.tag == Some(tag)).map(|line| line.at);
        let first = self.state.holder(tag).and_then(|holder| self.state.line_ref(holder)).or(own);
        let receipts = first.iter().map(|first| first.receipt).chain([second.at.receipt]).collect();
        let kind = ConflictKind::DoubleSale;
        let tag = Some(tag);
        ConflictOpened { case, kind, tag, first, second: Some(second), was_credited: false, receipts }.into()
    }
}

/// True when the session cannot pass the item on to `second` by itself: the item has left its custody, and the
/// line that held it here was not credited to a consignor either. The consignment event may have credited
/// somebody else's sale of it.
fn must_be_claimed(state: &State, second: Figures, holder: Option<LineAt>) -> bool {
    let credited = |holder: LineAt| {
        let known = state.lines.get(&holder);
        known.is_none_or(|line| line.now == Now::Credited && line.figures.consignor.is_some())
    };
    let left = second.tag.and_then(|tag| state.slot(tag)).is_some_and(|slot| slot.has(Slot::RELEASED));
    left && second.consignor.is_some() && !holder.is_some_and(credited)
}

/// The claim of a line whose item is elsewhere; none for something without a tag.
fn claim_of(
    plan: &SessionScheduled,
    case: CaseId,
    (at, figures): (LineRef, Figures),
    now: i64,
) -> Option<ClaimSent> {
    let claim = Claim {
        session: plan.session,
        case,
        receipt: at.receipt,
        tag: figures.tag?,
        kind: ClaimKind::Sold,
        price: figures.price,
        occurred_at: now,
    };
    Some(ClaimSent { claim, number: at.number, line: at.line, event: plan.event })
}

/// The line as the hot state knows it, if more happened to it or it is a store's.
pub(in crate::sale_session) fn known_line(state: &State, at: LineAt) -> Option<LineState> {
    state.lines.get(&at).copied().or_else(|| {
        let (_, line) = state.order_line(at)?;
        Some(LineState { now: Now::Credited, figures: line.figures })
    })
}

/// What is credited of a line: nothing of a held one.
pub(in crate::sale_session) fn credit_of(line: LineState) -> Figures {
    match line.now {
        Now::Credited => line.figures,
        Now::Contested | Now::Claimed | Now::Gone => line.figures.uncredited(),
    }
}

/// What a shopper paid for the line: prices of stores and of tenants may contain the tax.
pub(in crate::sale_session) fn payable(
    state: &State,
    plan: &SessionScheduled,
    at: LineAt,
    figures: Figures,
) -> Result<Cents, Rejection> {
    let included = state.order_line(at).map_or(plan.tax.inclusive, |(order, _)| order.tax_included);
    if included { Ok(figures.price) } else { figures.price.plus(figures.tax).map_err(out_of_range) }
}

/// Split again by the line's own rate: a contested line may have been refunded in part meanwhile.
fn resplit(plan: &SessionScheduled, figures: Figures) -> Result<Figures, Rejection> {
    if figures.consignor.is_none() {
        return Ok(Figures { share: Cents::ZERO, house: figures.price, ..figures });
    }
    let split = plan.plan.split(figures.price, figures.rate).map_err(out_of_range)?;
    Ok(Figures { share: split.consignor, house: split.house, ..figures })
}

/// The store gave back the money of a line that a case is about: that ends the case, and nothing more is to be
/// told of the line. `part` is what the store gave back of it; `fresh` names what must be claimed then.
///
/// # Errors
/// A [`Rejection`] for amounts that no receipt can have.
pub(in crate::sale_session) fn close_by_store(
    state: &State,
    plan: &SessionScheduled,
    at: LineAt,
    (part, refund): (Figures, Cents),
    (fresh, now): (CaseId, i64),
) -> Result<Option<Vec<Event>>, Rejection> {
    let Some(place) = state.line_ref(at) else { return Ok(None) };
    let end = |case: CaseId, resolution, credited| {
        let refunded = vec![part.at(place)];
        Event::from(ConflictResolved { case, resolution, credited, refunded, refund, dropped: None })
    };
    if let Some((case, _)) = state.cases.iter().find(|(_, case)| case.second == Some(at)) {
        return Ok(Some(vec![end(*case, Resolution::KeepFirstRefundSecond, Vec::new())]));
    }
    let tag = part.tag.filter(|tag| state.holder(*tag) == Some(at));
    let held = state.cases.iter().find(|(_, case)| tag.is_some() && case.tag == tag);
    let Some((case, second)) = held.and_then(|(id, case)| Some((*id, case.second?))) else { return Ok(None) };
    let Some((second, line)) = state.line_ref(second).zip(state.lines.get(&second)) else { return Ok(None) };
    let how = Resolution::KeepSecondRefundFirst;
    if must_be_claimed(state, line.figures, Some(at)) {
        let claim = claim_of(plan, fresh, (second, line.figures), now).map(Event::from);
        return Ok(Some(std::iter::once(end(case, how, Vec::new())).chain(claim).collect()));
    }
    Ok(Some(vec![end(case, how, vec![resplit(plan, line.figures)?.at(second)])]))
}
