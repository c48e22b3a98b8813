//! Places what was charged, as a fact: every line is recorded, and what does not fit becomes a named variance,
//! a conflict or a claim. Offline receipts and online orders come through here.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::super::conflicts::{ClaimSent, ConflictKind, ConflictOpened};
use super::super::state::{Figures, LineAt, Now, ReceiptKind, Slot, State, TerminalState};
use super::super::terminals::TerminalRight;
use super::event::{Line, LineRef, Standing, UnlistedLine, UnlistedReason, Variance, VarianceFound};
use super::lines::{Priced, line_of, mark_of};
use crate::claims::{Claim, ClaimKind};
use crate::consignment_event::SessionScheduled;
use crate::ids::{CaseId, ReceiptId};
use crate::money::{BasisPoints, Cents, OutOfRange};
use crate::sabotage::{Bug, sabotaged};
use crate::sale_session::basket::{AskedPrice, PriceFault, PriceRules, PricedLine};
use crate::tag::Tag;

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sale_session) enum Channel {
    /// A terminal in the hall.
    Floor,
    /// A store.
    Online,
}

/// One line as it was charged.
#[derive(Debug, Clone, Copy)]
pub(in crate::sale_session) struct Charged {
    pub tag: Option<Tag>,
    pub why: UnlistedReason,
    pub asked: AskedPrice,
    /// As charged; none to compute it.
    pub tax: Option<Cents>,
    pub tax_exempt: bool,
    pub keyed: bool,
}

/// The receipt that lines are placed on.
#[derive(Debug)]
pub(in crate::sale_session) struct Desk<'a> {
    pub state: &'a State,
    pub plan: &'a SessionScheduled,
    pub receipt: ReceiptId,
    pub number: u32,
    pub channel: Channel,
    /// None for stores, whose sales need no right.
    pub terminal: Option<&'a TerminalState>,
    /// When it happened, by the corrected clock: prices go by it.
    pub at: i64,
    /// Cases get ids from here on, counting up.
    pub fresh: Uuid,
    /// True when the whole receipt is contested already (its id was reused): no line holds anything.
    pub contested: bool,
    /// True when taxes are inside the prices.
    pub tax_included: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(in crate::sale_session) struct Placed {
    pub lines: Vec<Line>,
    pub unlisted: Vec<UnlistedLine>,
    pub variances: Vec<VarianceFound>,
    pub conflicts: Vec<ConflictOpened>,
    pub claims: Vec<ClaimSent>,
    pub priced: Vec<PricedLine>,
    cases: usize,
    holders: BTreeMap<Tag, LineAt>,
}

/// Places `charged` in order: lines the session knows first, the rest after them. The second part of the result
/// says for each of `charged` where it went.
///
/// # Errors
/// [`OutOfRange`] for amounts that no receipt can have.
pub(in crate::sale_session) fn place(
    desk: &Desk<'_>,
    charged: &[Charged],
) -> Result<(Placed, Vec<u16>), OutOfRange> {
    let mut placed = Placed::default();
    let known = |line: &Charged| line.tag.and_then(|tag| desk.state.slot(tag));
    let mut order: Vec<usize> = (0..charged.len()).collect();
    order.sort_by_key(|index| charged.get(*index).and_then(known).is_none());
    let mut went = vec![0; charged.len()];
    for (line, index) in (0..).zip(order) {
        let Some(charge) = charged.get(index) else { continue };
        let at = LineAt { number: desk.number, line };
        match known(charge) {
            Some(slot) => placed.listed(desk, at, slot, charge)?,
            None => placed.unlisted(desk, at, charge)?,
        }
        if let Some(went) = went.get_mut(index) {
            *went = line;
        }
    }
    Ok((placed, went))
}

impl Placed {
    pub(in crate::sale_session) fn differs(
        &mut self,
        variance: Variance,
        line: Option<u16>,
        expected: Option<Cents>,
    ) {
        self.variances.push(VarianceFound { variance, line, expected });
    }

    fn next_case(&mut self, desk: &Desk<'_>) -> CaseId {
        self.cases += 1;
        CaseId(super::super::fresh(desk.fresh, self.cases))
    }

    fn listed(
        &mut self,
        desk: &Desk<'_>,
        at: LineAt,
        slot: &Slot,
        charge: &Charged,
    ) -> Result<(), OutOfRange> {
        let rules = PriceRules { tax: desk.plan.tax.clone(), markdown: desk.plan.markdown.clone() };
        let printed = Cents(i64::from(slot.price));
        let judged = rules.judge(printed, slot.flags, charge.asked, desk.at)?;
        let tax = charge.tax.unwrap_or(judged.line.tax);
        let on = Some(at.line);
        match judged.fault {
            Some(PriceFault::Differs) => self.differs(Variance::PriceDiffers, on, judged.expected),
            Some(PriceFault::ReasonDoesNotCover) => {
                self.differs(Variance::OverrideUnreasoned, on, judged.expected);
            }
            None => {}
        }
        let may = |right| desk.terminal.is_none_or(|terminal| terminal.may(right));
        if charge.asked.overridden.is_some() && !may(TerminalRight::OverridePrices) {
            self.differs(Variance::OverrideNotPermitted, on, judged.expected);
        }
        // A store's tax is the store's; only ours is compared.
        if tax != judged.line.tax && desk.channel == Channel::Floor {
            self.differs(Variance::TaxDiffers, on, Some(judged.line.tax));
        }
        if mark_of(slot).is_some() && !may(TerminalRight::SellExceptions) {
            self.differs(Variance::ItemMarked, on, None);
        }
        if desk.state.parked.values().any(|basket| basket.tags.contains(&slot.tag)) {
            self.differs(Variance::ItemParked, on, None);
        }
        let priced = Priced { tax, keyed: charge.keyed, overridden: charge.asked.overridden, judged };
        let line = line_of(desk.state, desk.plan, slot, &priced)?;
        let standing = self.standing(desk, at, slot.tag, Figures::of(&line), slot.has(Slot::RELEASED));
        self.price(desk, line.price, tax)?;
        self.lines.push(Line { standing, ..line });
        Ok(())
    }

    fn unlisted(&mut self, desk: &Desk<'_>, at: LineAt, charge: &Charged) -> Result<(), OutOfRange> {
        let price = charge.asked.price;
        let ours = desk.plan.tax.on_line(price, charge.tax_exempt);
        let tax = charge.tax.unwrap_or(ours);
        if desk.terminal.is_some_and(|terminal| !terminal.may(TerminalRight::SellExceptions)) {
            self.differs(Variance::UnlistedNotPermitted, Some(at.line), None);
        }
        let line = UnlistedLine {
            why: charge.why,
            tag: charge.tag,
            price,
            tax,
            keyed: charge.keyed,
            standing: Standing::Credited,
        };
        self.differs(Variance::ItemUnknown, Some(at.line), None);
        let standing = match charge.tag {
            Some(tag) => self.standing(desk, at, tag, Figures::of_unlisted(&line), true),
            None if desk.contested => Standing::Contested,
            None => Standing::Credited,
        };
        // The house has what nobody has claimed: only a contest takes it away.
        let standing = if standing == Standing::Claimed { Standing::Credited } else { standing };
        self.price(desk, price, tax)?;
        self.unlisted.push(UnlistedLine { standing, ..line });
        Ok(())
    }

    fn price(&mut self, desk: &Desk<'_>, price: Cents, tax: Cents) -> Result<(), OutOfRange> {
        let payable = if desk.tax_included { price } else { price.plus(tax)? };
        self.priced.push(PricedLine { price, reduction: BasisPoints(0), tax, payable });
        Ok(())
    }

    /// Who is credited with the line, opening a case or sending a claim where somebody else may be.
    fn standing(
        &mut self,
        desk: &Desk<'_>,
        at: LineAt,
        tag: Tag,
        figures: Figures,
        elsewhere: bool,
    ) -> Standing {
        if desk.contested {
            return Standing::Contested;
        }
        if let Some(holder) = self.holders.get(&tag).copied().or_else(|| desk.state.holder(tag)) {
            return self.collide(desk, at, tag, figures, holder);
        }
        self.holders.insert(tag, at);
        if elsewhere {
            self.claim(desk, at, tag, figures.price);
            return Standing::Claimed;
        }
        Standing::Credited
    }

    fn claim(&mut self, desk: &Desk<'_>, at: LineAt, tag: Tag, price: Cents) {
        if desk.state.slot(tag).is_some() {
            self.differs(Variance::NotInCustody, Some(at.line), None);
        }
        let claim = Claim {
            session: desk.plan.session,
            case: self.next_case(desk),
            receipt: desk.receipt,
            tag,
            kind: ClaimKind::Sold,
            price,
            occurred_at: desk.at,
        };
        let sent = ClaimSent { claim, number: at.number, line: at.line, event: desk.plan.event };
        self.claims.push(sent);
    }

    /// Possession: goods that left the hall beat an online order that has not been sent off.
    fn collide(
        &mut self,
        desk: &Desk<'_>,
        at: LineAt,
        tag: Tag,
        figures: Figures,
        holder: LineAt,
    ) -> Standing {
        let within = holder.number == desk.number;
        let variance = if within { Variance::TagTwice } else { Variance::AlreadySold };
        self.differs(variance, Some(at.line), None);
        let online = desk.state.stub(holder.number).is_some_and(|stub| stub.kind == ReceiptKind::Online);
        let fulfilled = desk.state.order_line(holder).is_some_and(|(order, _)| order.fulfilled);
        let kind = match (desk.channel, online) {
            _ if within => ConflictKind::DoubleSale,
            (Channel::Floor, true) | (Channel::Online, false) => ConflictKind::OnlineAgainstFloor,
            (Channel::Floor, false) | (Channel::Online, true) => ConflictKind::DoubleSale,
        };
        let here = LineRef { receipt: desk.receipt, number: at.number, line: at.line };
        if desk.channel == Channel::Floor && online && !fulfilled && !within {
            self.dispossess(desk, here, tag, holder);
            self.holders.insert(tag, at);
            return Standing::Credited;
        }
        let first =
            if within { Some(LineRef { line: holder.line, ..here }) } else { desk.state.line_ref(holder) };
        let receipts = first.iter().map(|first| first.receipt).chain([desk.receipt]).collect();
        let case = self.next_case(desk);
        let second = Some(figures.at(here));
        if sabotaged(Bug::HidesConflicts) {
            return Standing::Contested;
        }
        self.conflicts.push(ConflictOpened {
            case,
            kind,
            tag: Some(tag),
            first,
            second,
            was_credited: false,
            receipts,
        });
        if sabotaged(Bug::CreditsTwice) { Standing::Credited } else { Standing::Contested }
    }

    fn dispossess(&mut self, desk: &Desk<'_>, here: LineRef, tag: Tag, holder: LineAt) {
        let case = self.next_case(desk);
        let known = desk.state.lines.get(&holder);
        let figures = known
            .map(|line| line.figures)
            .or_else(|| desk.state.order_line(holder).map(|(_, line)| line.figures));
        let online = desk.state.line_ref(holder);
        let second = figures.zip(online).map(|(figures, at)| figures.at(at));
        self.conflicts.push(ConflictOpened {
            case,
            kind: ConflictKind::OnlineAgainstFloor,
            tag: Some(tag),
            first: Some(here),
            second,
            was_credited: known.is_none_or(|line| line.now == Now::Credited),
            receipts: online.iter().map(|line| line.receipt).chain([desk.receipt]).collect(),
        });
    }
}
