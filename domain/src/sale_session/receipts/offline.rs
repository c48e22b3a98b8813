//! Receipts made without a connection. They happened: nothing is refused but what is no receipt at all.

use super::super::basket::{AskedPrice, Totals};
use super::super::conflicts::{ConflictKind, ConflictOpened};
use super::super::event::Event;
use super::super::refuse::{Decision, out_of_range};
use super::super::state::State;
use super::command::OfflineReceipt;
use super::decide::{MAX_BASKET_LINES, MAX_TENDERS};
use super::event::{OfflineFacts, ReceiptCompleted, UnlistedReason, Variance};
use super::place::{Channel, Charged, Desk, Placed, place};
use super::{cash_of, digest_of};
use crate::aggregate::Context;
use crate::consignment_event::SessionScheduled;
use crate::ids::{Actor, CaseId, ReceiptId};
use crate::money::Cents;
use crate::rejection::{Rejection, forbidden, not_found, rule};

/// How wrong a terminal's clock may be before it is a variance, in ms: five minutes, far above what phones
/// drift in a day and far below a wrong time zone.
pub const CLOCK_SKEW_MS_MAX: i64 = 5 * 60 * 1_000;

/// Records a receipt as it was charged.
pub(in crate::sale_session) fn record<F>(
    state: &State,
    plan: &SessionScheduled,
    asked: &OfflineReceipt,
    context: &Context<'_, F>,
) -> Decision {
    check_bearer(state, asked, context.actor)?;
    check_bounds(asked)?;
    let reused = match known(state, asked) {
        Known::No => None,
        Known::Same => return Ok(Vec::new()),
        Known::OtherBody => Some(asked.receipt),
    };
    let fresh = |nth| super::super::fresh(context.fresh_id, nth);
    let receipt = if reused.is_some() { ReceiptId(fresh(0)) } else { asked.receipt };
    let at = asked.occurred_at.saturating_sub(asked.clock_offset_ms.unwrap_or(0));
    let desk = Desk {
        state,
        plan,
        receipt,
        number: u32::try_from(state.receipts.len() + 1).unwrap_or(u32::MAX),
        channel: Channel::Floor,
        terminal: state.terminal(asked.terminal).map(|(_, terminal)| terminal),
        at,
        fresh: fresh(1),
        contested: reused.is_some(),
        tax_included: plan.tax.inclusive,
    };
    let (mut placed, _) = place(&desk, &charged(asked)).map_err(out_of_range)?;
    let totals = Totals::of(&placed.priced).map_err(out_of_range)?;
    about_receipt(&mut placed, &desk, asked, totals.total, context.now);
    if let Some(first) = reused {
        placed.differs(Variance::ReceiptIdReused, None, None);
        placed.conflicts.push(reuse(CaseId(fresh(1)), first, receipt));
    }
    let completed = ReceiptCompleted {
        receipt,
        number: desk.number,
        terminal: asked.terminal,
        occurred_at: asked.occurred_at,
        lines: placed.lines,
        unlisted: placed.unlisted,
        gross: totals.gross,
        tax: totals.tax,
        total: totals.total,
        tenders: asked.tenders.clone(),
        change: asked.change,
        offline: Some(OfflineFacts { clock_offset_ms: asked.clock_offset_ms, corrected_at: at, reused }),
        variances: placed.variances,
    };
    let conflicts = placed.conflicts.into_iter().map(Event::from);
    let claims = placed.claims.into_iter().map(Event::from);
    Ok(std::iter::once(completed.into()).chain(conflicts).chain(claims).collect())
}

fn reuse(case: CaseId, first: ReceiptId, second: ReceiptId) -> ConflictOpened {
    ConflictOpened {
        case,
        kind: ConflictKind::ReceiptIdReused,
        tag: None,
        first: None,
        second: None,
        was_credited: false,
        receipts: vec![first, second],
    }
}

/// The terminal itself, paired or revoked; or a person or timer that hands in what a terminal held.
fn check_bearer(state: &State, asked: &OfflineReceipt, actor: &Actor) -> Result<(), Rejection> {
    let own = match actor {
        Actor::Terminal(id) => *id == asked.terminal,
        Actor::Person(_) | Actor::System(_) => true,
        Actor::Stream(_) => false,
    };
    if !own {
        return Err(forbidden("OFF-1", "not_its_terminal", actor.to_string(), "the terminal that made it"));
    }
    if state.terminal(asked.terminal).is_none() {
        let found = asked.terminal.to_string();
        return Err(not_found("OFF-1", "terminal_unknown", found, "a terminal of this session"));
    }
    Ok(())
}

/// What is beyond these bounds is no receipt: a broken or hostile sender.
fn check_bounds(asked: &OfflineReceipt) -> Result<(), Rejection> {
    let count = asked.lines.len() + asked.unlisted.len();
    if count == 0 || count > MAX_BASKET_LINES {
        return Err(rule("OFF-2", "basket_size", format!("{count} lines"), "1 to 300 lines"));
    }
    if asked.tenders.len() > MAX_TENDERS {
        let found = format!("{} tenders", asked.tenders.len());
        return Err(rule("OFF-2", "tender_count", found, "at most 8 tenders"));
    }
    let lines = asked.lines.iter().flat_map(|line| [Some(line.price), line.tax, line.printed]);
    let unlisted = asked.unlisted.iter().flat_map(|line| [Some(line.price), line.tax]);
    let tenders = asked.tenders.iter().map(|tender| Some(tender.amount));
    let amounts = lines.chain(unlisted).chain(tenders).chain([Some(asked.change)]).flatten();
    match amounts.into_iter().find(|amount| !amount.is_price()) {
        Some(amount) => Err(rule("OFF-2", "amount_out_of_range", amount.to_string(), "0.00 to 9,999,999.99")),
        None => Ok(()),
    }
}

enum Known {
    No,
    Same,
    OtherBody,
}

fn known(state: &State, asked: &OfflineReceipt) -> Known {
    let Some((_, first)) = state.receipt(asked.receipt) else { return Known::No };
    let listed = asked.lines.iter().map(|line| (Some(line.tag), line.price));
    let sold = listed.chain(asked.unlisted.iter().map(|line| (line.tag, line.price)));
    let body = digest_of(asked.terminal, sold, &asked.tenders, asked.change);
    let others = state.reused.get(&asked.receipt).into_iter().flatten();
    let mut bodies = others.filter_map(|number| state.stub(*number)).chain([first]).map(|stub| stub.body);
    if bodies.any(|known| known == body) { Known::Same } else { Known::OtherBody }
}

fn charged(asked: &OfflineReceipt) -> Vec<Charged> {
    let listed = asked.lines.iter().map(|line| Charged {
        tag: Some(line.tag),
        why: UnlistedReason::UnknownTag,
        asked: AskedPrice { price: line.price, overridden: line.overridden, printed: line.printed },
        tax: line.tax,
        tax_exempt: false,
        keyed: line.keyed,
    });
    let unlisted = asked.unlisted.iter().map(|line| Charged {
        tag: line.tag,
        why: line.why,
        asked: AskedPrice { price: line.price, overridden: None, printed: None },
        tax: line.tax,
        tax_exempt: line.tax_exempt,
        keyed: line.keyed,
    });
    listed.chain(unlisted).collect()
}

/// Variances of the receipt as a whole.
fn about_receipt(placed: &mut Placed, desk: &Desk<'_>, asked: &OfflineReceipt, total: Cents, now: i64) {
    let state = desk.state;
    let offset = asked.clock_offset_ms.unwrap_or(0);
    if offset.saturating_abs() > CLOCK_SKEW_MS_MAX || desk.at > now.saturating_add(CLOCK_SKEW_MS_MAX) {
        placed.differs(Variance::ClockSkew, None, None);
    }
    let before = state.opened_at.is_none_or(|opened| desk.at < opened.saturating_sub(CLOCK_SKEW_MS_MAX));
    let after = state.closing_at.is_some_and(|closing| desk.at > closing.saturating_add(CLOCK_SKEW_MS_MAX));
    if before || after {
        placed.differs(Variance::SessionNotOpen, None, None);
    }
    if state.closing_at.is_some() {
        placed.differs(Variance::AfterClose, None, None);
    }
    if desk.terminal.is_some_and(|terminal| terminal.revoked) {
        placed.differs(Variance::TerminalRevoked, None, None);
    }
    let tendered = Cents::total(asked.tenders.iter().map(|tender| tender.amount));
    let paid = tendered.and_then(|tendered| tendered.minus(asked.change));
    if paid != Ok(total) {
        placed.differs(Variance::TenderMismatch, None, Some(total));
    }
    let counted = desk.terminal.is_some_and(|terminal| terminal.drawer.is_none() && terminal.counted);
    if counted && cash_of(&asked.tenders, asked.change) != Cents::ZERO {
        placed.differs(Variance::DrawerClosed, None, None);
    }
}
