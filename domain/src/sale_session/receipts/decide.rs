//! Baskets sold at a connected terminal: decided now, refused where a rule says no.

use std::collections::BTreeSet;

use super::super::basket::{AskedPrice, PriceFault, PriceRules, PricedLine, Totals};
use super::super::conflicts::{ConflictKind, ConflictOpened};
use super::super::event::Event;
use super::super::refuse::{Decision, out_of_range};
use super::super::state::{LineAt, Now, ReceiptKind, Slot, State, TerminalState};
use super::super::terminals::TerminalRight;
use super::command::{AskedLine, AskedUnlisted};
use super::digest_of;
use super::event::{Line, LineRef, ReceiptCompleted, Standing, Tender, TenderKind, UnlistedLine};
use super::lines::{Priced, line_of, mark_of};
use crate::aggregate::Context;
use crate::consignment_event::SessionScheduled;
use crate::ids::{CaseId, ReceiptId, TerminalId};
use crate::lifecycle::SessionStatus;
use crate::money::{BasisPoints, Cents};
use crate::rejection::{Rejection, conflict, elsewhere, forbidden, not_found, rule};
use crate::sabotage::{Bug, sabotaged};
use crate::tag::Tag;

/// Lines on one receipt: the largest baskets of real sales.
pub const MAX_BASKET_LINES: usize = 300;

/// Parts of one payment.
pub const MAX_TENDERS: usize = 8;

/// A basket as asked.
pub(in crate::sale_session) struct Sale<'a> {
    pub receipt: ReceiptId,
    pub terminal: (TerminalId, &'a TerminalState),
    pub lines: &'a [AskedLine],
    pub unlisted: &'a [AskedUnlisted],
    pub tenders: &'a [Tender],
    pub change: Cents,
    pub occurred_at: i64,
}

struct Till<'a> {
    state: &'a State,
    plan: &'a SessionScheduled,
    terminal: &'a TerminalState,
    now: i64,
}

pub(in crate::sale_session) fn complete<F>(
    state: &State,
    plan: &SessionScheduled,
    sale: &Sale<'_>,
    context: &Context<'_, F>,
) -> Decision {
    if repeats(state, sale)? {
        return Ok(Vec::new());
    }
    if state.status != SessionStatus::Open {
        return Err(conflict("SAL-1", "session_not_open", state.status.name(), "an open session"));
    }
    let count = sale.lines.len() + sale.unlisted.len();
    if count == 0 || count > MAX_BASKET_LINES {
        return Err(rule("SAL-3", "basket_size", format!("{count} lines"), "1 to 300 lines"));
    }
    let till = Till { state, plan, terminal: sale.terminal.1, now: context.now };
    let number = u32::try_from(state.receipts.len() + 1).unwrap_or(u32::MAX);
    let mut seen = BTreeSet::new();
    let (mut lines, mut unlisted, mut priced, mut cases) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for asked in sale.lines {
        once(&mut seen, asked.tag)?;
        let (line, price, ousted) = till.line(asked)?;
        if let Some(online) = ousted {
            let line = u16::try_from(lines.len()).unwrap_or(u16::MAX);
            let here = LineRef { receipt: sale.receipt, number, line };
            let case = CaseId(super::super::fresh(context.fresh_id, cases.len()));
            cases.extend(oust(state, case, asked.tag, here, online));
        }
        lines.push(line);
        priced.push(price);
    }
    for asked in sale.unlisted {
        asked.tag.map_or(Ok(()), |tag| once(&mut seen, tag))?;
        let (line, price) = till.unlisted(asked)?;
        unlisted.push(line);
        priced.push(price);
    }
    let totals = Totals::of(&priced).map_err(out_of_range)?;
    check_tenders(sale.tenders, sale.change, totals.total)?;
    let receipt = ReceiptCompleted {
        receipt: sale.receipt,
        number,
        terminal: sale.terminal.0,
        occurred_at: sale.occurred_at,
        lines,
        unlisted,
        gross: totals.gross,
        tax: totals.tax,
        total: totals.total,
        tenders: sale.tenders.to_vec(),
        change: sale.change,
        offline: None,
        variances: Vec::new(),
    };
    let claims = till.claims(&receipt, context.fresh_id, cases.len());
    Ok(std::iter::once(receipt.into()).chain(cases.into_iter().map(Event::from)).chain(claims).collect())
}

/// A receipt id is used once. The same body again is the same receipt: its reply was lost on the way.
fn repeats(state: &State, sale: &Sale<'_>) -> Result<bool, Rejection> {
    let Some((_, stub)) = state.receipt(sale.receipt) else { return Ok(false) };
    let listed = sale.lines.iter().map(|line| (Some(line.tag), line.price));
    let sold = listed.chain(sale.unlisted.iter().map(|line| (line.tag, line.price)));
    if stub.body == digest_of(sale.terminal.0, sold, sale.tenders, sale.change) {
        return Ok(true);
    }
    Err(conflict("SAL-2", "receipt_exists", sale.receipt.to_string(), "a fresh receipt id"))
}

fn once(seen: &mut BTreeSet<Tag>, tag: Tag) -> Result<(), Rejection> {
    if seen.insert(tag) {
        Ok(())
    } else {
        Err(rule("SAL-4", "tag_twice", tag.grouped(), "each tag once per basket"))
    }
}

impl Till<'_> {
    /// The line, its price, and the unpaid online order's line that it takes the item from.
    fn line(&self, asked: &AskedLine) -> Result<(Line, PricedLine, Option<LineAt>), Rejection> {
        let slot = self.state.slot(asked.tag).ok_or_else(|| {
            not_found("SAL-5", "item_unknown_here", asked.tag.grouped(), "items in this session's custody")
        })?;
        let ousted = self.free(slot)?;
        self.may_sell(slot)?;
        let rules = PriceRules { tax: self.plan.tax.clone(), markdown: self.plan.markdown.clone() };
        let price = AskedPrice { price: asked.price, overridden: asked.overridden, printed: asked.printed };
        if !asked.price.is_price() || asked.printed.is_some_and(|printed| !printed.is_price()) {
            return Err(out_of_range(crate::money::OutOfRange));
        }
        let printed = Cents(i64::from(slot.price));
        let judged = rules.judge(printed, slot.flags, price, self.now).map_err(out_of_range)?;
        let expected = judged.expected.unwrap_or(judged.line.price);
        match judged.fault {
            None => {}
            Some(PriceFault::Differs) => {
                return Err(rule(
                    "SAL-7",
                    "price_differs",
                    format!("{} for {}", asked.price, asked.tag.grouped()),
                    expected.to_string(),
                ));
            }
            Some(PriceFault::ReasonDoesNotCover) => {
                return Err(rule(
                    "SAL-12",
                    "reason_does_not_cover",
                    format!("{} for {}", asked.price, asked.tag.grouped()),
                    format!("up to {expected}, or what the tag in hand comes to"),
                ));
            }
        }
        if asked.overridden.is_some() {
            self.may(TerminalRight::OverridePrices, "SAL-11", "override_not_permitted")?;
        }
        let tax = judged.line.tax;
        let priced = Priced { tax, keyed: asked.keyed, overridden: asked.overridden, judged };
        let line = line_of(self.state, self.plan, slot, &priced).map_err(out_of_range)?;
        Ok((line, judged.line, ousted))
    }

    fn free(&self, slot: &Slot) -> Result<Option<LineAt>, Rejection> {
        let Some(holder) = slot.holder() else { return Ok(None) };
        if sabotaged(Bug::SellsTwice) {
            return Ok(None);
        }
        match self.state.order_line(holder) {
            Some((order, _)) if !order.paid && !order.fulfilled => Ok(Some(holder)),
            _ => Err(already_sold(self.state, slot.tag, holder)),
        }
    }

    fn may_sell(&self, slot: &Slot) -> Result<(), Rejection> {
        let parked = self.state.parked.values().find(|basket| basket.tags.contains(&slot.tag));
        if let Some(basket) = parked {
            let terminal = self.state.terminals.get(usize::from(basket.terminal));
            let by = terminal.map_or("another terminal", |terminal| &terminal.name);
            let found = format!("{} lies in a basket parked by {by}", slot.tag.grouped());
            return Err(conflict("SAL-14", "item_parked", found, "the item once its basket is recalled"));
        }
        if slot.has(Slot::RELEASED) {
            return Err(elsewhere(
                "CUS-3",
                "not_in_custody",
                slot.tag.grouped(),
                "items in this session's custody",
            ));
        }
        if mark_of(slot).is_some() {
            self.may(TerminalRight::SellExceptions, "SAL-13", "item_needs_permission")?;
        }
        Ok(())
    }

    fn may(&self, right: TerminalRight, id: &'static str, code: &'static str) -> Result<(), Rejection> {
        if self.terminal.may(right) {
            return Ok(());
        }
        let found = format!("{} without the right", self.terminal.name);
        Err(forbidden(id, code, found, "a terminal that was given the right"))
    }

    fn unlisted(&self, asked: &AskedUnlisted) -> Result<(UnlistedLine, PricedLine), Rejection> {
        self.may(TerminalRight::SellExceptions, "SAL-13", "unlisted_needs_permission")?;
        if let Some(tag) = asked.tag {
            if self.state.slot(tag).is_some() {
                return Err(rule("SAL-15", "tag_is_known", tag.grouped(), "selling it by its tag"));
            }
            if let Some(holder) = self.state.holder(tag) {
                return Err(already_sold(self.state, tag, holder));
            }
        }
        if !asked.price.is_price() {
            return Err(out_of_range(crate::money::OutOfRange));
        }
        let tax = self.plan.tax.on_line(asked.price, asked.tax_exempt);
        let payable = self.plan.tax.payable(asked.price, tax).map_err(out_of_range)?;
        let line = UnlistedLine {
            why: asked.why,
            tag: asked.tag,
            price: asked.price,
            tax,
            keyed: asked.keyed,
            standing: Standing::Credited,
        };
        Ok((line, PricedLine { price: asked.price, reduction: BasisPoints(0), tax, payable }))
    }

    /// Unlisted lines with a readable tag are claimed: the event may know them.
    fn claims(&self, receipt: &ReceiptCompleted, fresh: uuid::Uuid, from: usize) -> Vec<Event> {
        let places = receipt.lines.len()..;
        let tagged = places.zip(&receipt.unlisted).filter_map(|(at, line)| Some((at, line, line.tag?)));
        tagged
            .zip(from..)
            .map(|((at, line, tag), nth)| {
                let claim = crate::claims::Claim {
                    session: self.plan.session,
                    case: CaseId(super::super::fresh(fresh, nth)),
                    receipt: receipt.receipt,
                    tag,
                    kind: crate::claims::ClaimKind::Sold,
                    price: line.price,
                    occurred_at: receipt.occurred_at,
                };
                let line = u16::try_from(at).unwrap_or(u16::MAX);
                let (number, event) = (receipt.number, self.plan.event);
                super::super::conflicts::ClaimSent { claim, number, line, event }.into()
            })
            .collect()
    }
}

/// The hall has the item in hand, and the online order is not paid for: it is the order that gives way.
fn oust(state: &State, case: CaseId, tag: Tag, here: LineRef, online: LineAt) -> Option<ConflictOpened> {
    let at = state.line_ref(online)?;
    let known = state.lines.get(&online);
    let figures =
        known.map(|line| line.figures).or_else(|| state.order_line(online).map(|(_, line)| line.figures))?;
    Some(ConflictOpened {
        case,
        kind: ConflictKind::OnlineAgainstFloor,
        tag: Some(tag),
        first: Some(here),
        second: Some(figures.at(at)),
        was_credited: known.is_none_or(|line| line.now == Now::Credited),
        receipts: vec![at.receipt, here.receipt],
    })
}

/// Says who sold it when: the cashier has the shopper in front of them.
fn already_sold(state: &State, tag: Tag, holder: LineAt) -> Rejection {
    let (tag, number) = (tag.grouped(), holder.number);
    let found = state.stub(number).map_or_else(
        || format!("{tag} was sold on receipt {number}"),
        |receipt| {
            let terminal = state.terminals.get(usize::from(receipt.terminal));
            let by = match (receipt.kind, terminal) {
                (ReceiptKind::Online, _) => "the online store",
                (_, Some(terminal)) => &terminal.name,
                (_, None) => "another terminal",
            };
            let at = chrono::DateTime::from_timestamp_millis(receipt.recorded_at)
                .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
                .unwrap_or_default();
            format!("{tag} was sold on receipt {number} by {by} at {at}")
        },
    );
    conflict("SAL-6", "item_already_sold", found, "an unsold item")
}

fn check_tenders(tenders: &[Tender], change: Cents, total: Cents) -> Result<(), Rejection> {
    if tenders.len() > MAX_TENDERS || (tenders.is_empty() && total != Cents::ZERO) {
        return Err(rule("SAL-8", "tender_count", format!("{} tenders", tenders.len()), "1 to 8 tenders"));
    }
    let bad = |tender: &&Tender| !tender.amount.is_price() || tender.amount == Cents::ZERO;
    if let Some(tender) = tenders.iter().find(bad) {
        return Err(rule("SAL-8", "tender_amount", tender.amount.to_string(), "amounts above 0.00"));
    }
    let sum = |tenders: &mut dyn Iterator<Item = &Tender>| {
        Cents::total(tenders.map(|tender| tender.amount)).map_err(out_of_range)
    };
    let paid = sum(&mut tenders.iter())?;
    let cash = sum(&mut tenders.iter().filter(|tender| tender.kind == TenderKind::Cash))?;
    if change < Cents::ZERO || change > cash {
        return Err(rule(
            "SAL-9",
            "change_without_cash",
            change.to_string(),
            format!("0.00 to {cash}: change comes from cash"),
        ));
    }
    if paid.minus(change).map_err(out_of_range)? != total {
        return Err(rule(
            "SAL-10",
            "tenders_do_not_pay",
            format!("{paid} less {change} change"),
            total.to_string(),
        ));
    }
    Ok(())
}
