//! What a store tells is a fact: it is recorded with the store's figures, and never refused for what it says.

use std::collections::BTreeSet;

use super::super::basket::{AskedPrice, Totals};
use super::super::conflicts::{close_by_store, credit_of, known_line, payable};
use super::super::event::Event;
use super::super::facts::Facts;
use super::super::receipts::{
    Channel, Charged, Desk, MAX_BASKET_LINES, Placed, UnlistedReason, Variance, place,
};
use super::super::refuse::{Decision, out_of_range};
use super::super::state::{Figures, LineState, Now, OrderLine, OrderState, Slot, State};
use super::command::{OnlineCancellation, OnlineLine, OnlineOrder, OnlineRefund};
use super::event::{
    OnlineLineBack, OnlineOrderCancelled, OnlineOrderTaken, OnlineOrderUpdated, OnlineRefunded, OrderRef,
};
use crate::aggregate::Context;
use crate::claims::{Claim, ClaimKind};
use crate::consignment_event::{self, SessionScheduled};
use crate::ids::{Actor, CaseId, ReceiptId};
use crate::money::{Cents, OutOfRange};
use crate::rejection::{Rejection, forbidden, not_found, rule};
use crate::sabotage::{Bug, sabotaged};
use crate::sale_session::conflicts::ClaimSent;
use crate::stream::StreamId;

fn from_store(actor: &Actor, order: OrderRef) -> Result<(), Rejection> {
    match actor.stream() {
        Some(StreamId::Storefront(_, shop)) if shop == order.shop => Ok(()),
        _ => {
            Err(forbidden("ONL-1", "not_the_store", actor.to_string(), "the storefront of the order's store"))
        }
    }
}

fn known(state: &State, order: OrderRef) -> Result<&OrderState, Rejection> {
    state.orders.get(&order).ok_or_else(|| {
        not_found("ONL-5", "order_unknown", order.order.to_string(), "an order whose lines were taken here")
    })
}

pub(in crate::sale_session) fn take(
    state: &State,
    plan: &SessionScheduled,
    asked: &OnlineOrder,
    context: &Context<'_, Facts>,
) -> Decision {
    from_store(context.actor, asked.order)?;
    let amounts = asked.lines.iter().flat_map(|line| [line.price, line.tax]);
    if asked.lines.len() > MAX_BASKET_LINES || !amounts.clone().all(Cents::is_price) {
        let found = format!("{} lines", asked.lines.len());
        return Err(rule("ONL-2", "order_size", found, "at most 300 lines of 0.00 to 9,999,999.99"));
    }
    let order = state.orders.get(&asked.order);
    let mut seen: BTreeSet<_> = order.iter().flat_map(|order| &order.lines).map(|line| line.id).collect();
    let fresh: Vec<OnlineLine> = asked.lines.iter().filter(|line| seen.insert(line.id)).copied().collect();
    if fresh.is_empty() || (order.is_some() && sabotaged(Bug::LosesEdits)) {
        let moved =
            order.filter(|order| (order.paid, order.fulfilled) != (asked.paid, asked.fulfilled)).map(|_| {
                let (paid, fulfilled) = (asked.paid, asked.fulfilled);
                Event::from(OnlineOrderUpdated { order: asked.order, paid, fulfilled })
            });
        return Ok(moved.into_iter().collect());
    }
    enter(state, plan, asked, &fresh, context)
}

fn enter(
    state: &State,
    plan: &SessionScheduled,
    asked: &OnlineOrder,
    lines: &[OnlineLine],
    context: &Context<'_, Facts>,
) -> Decision {
    let desk = Desk {
        state,
        plan,
        receipt: ReceiptId(context.fresh_id),
        number: u32::try_from(state.receipts.len() + 1).unwrap_or(u32::MAX),
        channel: Channel::Online,
        terminal: None,
        at: asked.occurred_at,
        fresh: super::super::fresh(context.fresh_id, 1),
        contested: false,
        tax_included: asked.tax_included,
    };
    let charged: Vec<Charged> = lines.iter().map(charge).collect();
    let (mut placed, went) = place(&desk, &charged).map_err(out_of_range)?;
    about_order(&mut placed, state, plan);
    let totals = Totals::of(&placed.priced).map_err(out_of_range)?;
    let mut ids: Vec<_> = went.into_iter().zip(lines.iter().map(|line| line.id)).collect();
    ids.sort_unstable();
    let taken = OnlineOrderTaken {
        order: asked.order,
        receipt: desk.receipt,
        number: desk.number,
        occurred_at: asked.occurred_at,
        paid: asked.paid,
        fulfilled: asked.fulfilled,
        tax_included: asked.tax_included,
        line_ids: ids.into_iter().map(|(_, id)| id).collect(),
        lines: placed.lines,
        unlisted: placed.unlisted,
        gross: totals.gross,
        tax: totals.tax,
        total: totals.total,
        variances: placed.variances,
    };
    let conflicts = placed.conflicts.into_iter().map(Event::from);
    let claims = placed.claims.into_iter().map(Event::from);
    Ok(std::iter::once(taken.into()).chain(conflicts).chain(claims).collect())
}

fn charge(line: &OnlineLine) -> Charged {
    Charged {
        tag: line.tag,
        why: if line.tag.is_some() { UnlistedReason::UnknownTag } else { UnlistedReason::NoTag },
        asked: AskedPrice { price: line.price, overridden: None, printed: None },
        tax: Some(line.tax),
        tax_exempt: false,
        keyed: false,
    }
}

fn about_order(placed: &mut Placed, state: &State, plan: &SessionScheduled) {
    if !plan.channels.contains(&consignment_event::Channel::Online) {
        placed.differs(Variance::ChannelNotPlanned, None, None);
    }
    if state.opened_at.is_none() {
        placed.differs(Variance::SessionNotOpen, None, None);
    }
    if state.closing_at.is_some() {
        placed.differs(Variance::AfterClose, None, None);
    }
}

/// What falls away with an amount given back. Whole: the credit falls away with the item, and what the store
/// kept (or gave on top) is the house's. In part: the consignor's share is split again over what is left.
fn part_of(
    plan: &SessionScheduled,
    line: LineState,
    price: Cents,
    tax: Cents,
    whole: bool,
) -> Option<Figures> {
    let full = credit_of(line);
    let held = if line.now == Now::Credited { Cents::ZERO } else { full.price };
    let (share, house) = if whole {
        (full.share, price.minus(full.share).ok()?.minus(held).ok()?)
    } else if line.now == Now::Credited {
        let left = full.price.minus(price).ok()?.max(Cents::ZERO);
        let share = full.share.minus(plan.plan.rounding.part(left, full.rate)).ok()?;
        (share, price.minus(share).ok()?)
    } else {
        (Cents::ZERO, price.minus(held).ok()?.max(Cents::ZERO))
    };
    Some(Figures { price, tax, share, house, ..full })
}

/// Lines of an order on their way back, and the cases that end with them.
#[derive(Default)]
struct Back {
    lines: Vec<OnlineLineBack>,
    after: Vec<Event>,
    total: Cents,
}

struct Piece {
    price: Cents,
    tax: Cents,
    returned: bool,
    restock: bool,
}

impl Back {
    fn line(
        &mut self,
        (state, plan): (&State, &SessionScheduled),
        order_line: &OrderLine,
        piece: &Piece,
        context: &Context<'_, Facts>,
    ) -> Result<(), Rejection> {
        let Some(line) = known_line(state, order_line.at).filter(|line| line.now != Now::Gone) else {
            return Ok(());
        };
        let range = || out_of_range(OutOfRange);
        let part = part_of(plan, line, piece.price, piece.tax, piece.returned).ok_or_else(range)?;
        let paid = payable(state, plan, order_line.at, part)?;
        let fresh = CaseId(super::super::fresh(context.fresh_id, self.after.len()));
        if piece.returned
            && let Some(ended) =
                close_by_store(state, plan, order_line.at, (part, paid), (fresh, context.now))?
        {
            self.after.extend(ended);
            return Ok(());
        }
        let Some(at) = state.line_ref(order_line.at) else { return Ok(()) };
        self.total = self.total.plus(paid).map_err(out_of_range)?;
        let back = OnlineLineBack {
            line: part.at(at),
            id: order_line.id,
            returned: piece.returned,
            restock: piece.restock,
        };
        let elsewhere = part.tag.and_then(|tag| state.slot(tag)).filter(|slot| slot.has(Slot::RELEASED));
        if let Some(slot) = elsewhere.filter(|_| piece.returned && line.now == Now::Credited) {
            let claim = Claim {
                session: plan.session,
                case: fresh,
                receipt: at.receipt,
                tag: slot.tag,
                kind: ClaimKind::Returned,
                price: piece.price,
                occurred_at: context.now,
            };
            self.after.push(ClaimSent { claim, number: at.number, line: at.line, event: plan.event }.into());
        }
        self.lines.push(back);
        Ok(())
    }

    fn sum(&self, amount: fn(&OnlineLineBack) -> Cents) -> Result<Cents, Rejection> {
        Cents::total(self.lines.iter().map(amount)).map_err(out_of_range)
    }
}

pub(in crate::sale_session) fn cancel(
    state: &State,
    plan: &SessionScheduled,
    asked: OnlineCancellation,
    context: &Context<'_, Facts>,
) -> Decision {
    from_store(context.actor, asked.order)?;
    let order = known(state, asked.order)?;
    if order.cancelled {
        return Ok(Vec::new());
    }
    let mut back = Back::default();
    for line in &order.lines {
        let left = known_line(state, line.at).map_or(line.figures, |known| known.figures);
        let piece = Piece { price: left.price, tax: left.tax, returned: true, restock: asked.restock };
        back.line((state, plan), line, &piece, context)?;
    }
    let covered = order.adjusted.max(Cents::ZERO);
    let cancelled = OnlineOrderCancelled {
        order: asked.order,
        reason: asked.reason,
        gross: back.sum(|line| line.line.price)?,
        tax: back.sum(|line| line.line.tax)?,
        covered,
        total: back.total.minus(covered).map_err(out_of_range)?,
        lines: back.lines,
    };
    Ok(std::iter::once(cancelled.into()).chain(back.after).collect())
}

pub(in crate::sale_session) fn refund(
    state: &State,
    plan: &SessionScheduled,
    asked: &OnlineRefund,
    context: &Context<'_, Facts>,
) -> Decision {
    from_store(context.actor, asked.order)?;
    let order = known(state, asked.order)?;
    if order.refunds.contains(&asked.refund) {
        return Ok(Vec::new());
    }
    let mut amounts = asked.lines.iter().flat_map(|line| [line.price, line.tax]);
    let fits = asked.adjustment.is_difference() && amounts.all(Cents::is_price);
    if asked.lines.len() > MAX_BASKET_LINES || !fits {
        let found = format!("{} lines", asked.lines.len());
        return Err(rule("ONL-2", "refund_size", found, "at most 300 lines of 0.00 to 9,999,999.99"));
    }
    let (mut back, mut seen, mut stated) = (Back::default(), BTreeSet::new(), asked.adjustment);
    for line in asked.lines.iter().filter(|line| seen.insert(line.id)) {
        let paid = if order.tax_included { Ok(line.price) } else { line.price.plus(line.tax) };
        stated = paid.and_then(|paid| stated.plus(paid)).map_err(out_of_range)?;
        let found = order.lines.iter().find(|known| known.id == line.id).ok_or_else(|| {
            not_found("ONL-5", "order_line_unknown", line.id.to_string(), "a line that was taken here")
        })?;
        let piece =
            Piece { price: line.price, tax: line.tax, returned: line.returned, restock: line.restock };
        back.line((state, plan), found, &piece, context)?;
    }
    let covered = covered(order, asked.adjustment).map_err(out_of_range)?;
    let borne = asked.adjustment.minus(covered).map_err(out_of_range)?;
    let refunded = OnlineRefunded {
        order: asked.order,
        refund: asked.refund,
        occurred_at: asked.occurred_at,
        adjustment: asked.adjustment,
        covered,
        gross: back.sum(|line| line.line.price)?,
        tax: back.sum(|line| line.line.tax)?,
        total: back.total.plus(borne).map_err(out_of_range)?,
        stated,
        lines: back.lines,
    };
    Ok(std::iter::once(refunded.into()).chain(back.after).collect())
}

/// A cancelled order has given back all that was charged, adjustments of before included. What is adjusted after that
/// counts only as far as all adjustments together come to less than nothing: then the store kept something.
fn covered(order: &OrderState, adjustment: Cents) -> Result<Cents, OutOfRange> {
    if !order.cancelled {
        return Ok(Cents::ZERO);
    }
    let kept = |adjusted: Cents| adjusted.min(Cents::ZERO);
    let more = kept(order.adjusted.plus(adjustment)?).minus(kept(order.adjusted))?;
    adjustment.minus(more)
}
