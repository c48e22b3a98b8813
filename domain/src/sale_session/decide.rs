//! The sale session's decisions.

use std::collections::BTreeSet;

use super::basket::{PricedLine, Totals};
use super::command::{AskedLine, Command};
use super::event::{
    CustodyReleased, CustodyTaken, Event, Line, PairingOffered, ReceiptCompleted, ReleaseConfirmed,
    SessionClosed, SessionClosing, SessionOpened, SessionPaused, SessionResumed, SessionScheduled, Tender,
    TenderKind, TerminalPaired, TerminalRevoked,
};
use super::state::{Slot, State};
use crate::aggregate::Context;
use crate::consignment_event::{self, CUSTODY_PAGE_ITEMS, CustodyHandedOver, ItemFlags};
use crate::ids::{Actor, EventId, ReceiptId, TerminalId};
use crate::journal::Hash;
use crate::lifecycle::SessionStatus;
use crate::money::{Cents, OutOfRange};
use crate::rejection::{Refusal, Rejection};
use crate::stream::StreamId;

/// Lines on one receipt: the largest baskets of real sales.
pub const MAX_BASKET_LINES: usize = 300;

/// Parts of one payment.
pub const MAX_TENDERS: usize = 8;

/// Terminals ever paired with one session; tills are re-paired now and then.
pub const MAX_TERMINALS: usize = 200;

/// How long a pairing code holds, in ms: long enough to walk across the hall.
pub const PAIRING_LIFETIME_MS: i64 = 10 * 60 * 1_000;

/// Pairing offers open at once.
pub const MAX_OFFERS: usize = 48;

/// Longest terminal name, in characters.
pub const MAX_TERMINAL_NAME_CHARS: usize = 40;

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(state: &State, command: Command, context: &Context<'_, ()>) -> Decision {
    if let Command::Schedule(plan) = command {
        return schedule(state, *plan, context.actor);
    }
    let Some(plan) = &state.plan else {
        return Err(Rejection::new(
            Refusal::NotFound,
            "SES-5",
            "session_unknown",
            "no such session",
            "a scheduled session",
        ));
    };
    match command {
        Command::Schedule(_) => Ok(Vec::new()),
        Command::TakeCustody(page) => {
            from_event(context.actor, plan.event)?;
            take_custody(state, plan, page)
        }
        Command::Pause => move_on(state, &[SessionStatus::Open], SessionPaused {}.into()),
        Command::Resume => move_on(state, &[SessionStatus::Paused], SessionResumed {}.into()),
        Command::OfferPairing { code_digest } => offer(state, code_digest, context.now),
        Command::Pair { code_digest, terminal, name, token_digest } => {
            pair(state, code_digest, terminal, &name, token_digest, context.now)
        }
        Command::RevokeTerminal { terminal } => revoke(state, terminal),
        Command::CompleteReceipt { receipt, lines, tenders, change, occurred_at } => {
            let terminal = selling_terminal(state, context.actor)?;
            let sale = Sale { receipt, terminal, lines: &lines, tenders: &tenders, change, occurred_at };
            complete_receipt(state, plan, &sale, context.now)
        }
        Command::Close => close(state, plan),
        Command::ConfirmRelease { page } => {
            from_event(context.actor, plan.event)?;
            confirm_release(state, plan, page)
        }
    }
}

fn rule(
    rule: &'static str,
    code: &'static str,
    found: impl Into<String>,
    allowed: impl Into<String>,
) -> Rejection {
    Rejection::new(Refusal::Rule, rule, code, found, allowed)
}

fn conflict(
    rule: &'static str,
    code: &'static str,
    found: impl Into<String>,
    allowed: impl Into<String>,
) -> Rejection {
    Rejection::new(Refusal::Conflict, rule, code, found, allowed)
}

/// Deliveries count only when they come from the stream that they speak for.
fn from_event(actor: &Actor, event: EventId) -> Result<(), Rejection> {
    let sender = match actor {
        Actor::Stream(stream) => stream.parse().ok(),
        Actor::Person(_) | Actor::Terminal(_) | Actor::System(_) => None,
    };
    match sender {
        Some(StreamId::Event(_, id)) if id == event => Ok(()),
        _ => Err(Rejection::new(
            Refusal::Forbidden,
            "CUS-1",
            "not_the_event",
            actor.to_string(),
            "the event's own log",
        )),
    }
}

fn schedule(state: &State, plan: consignment_event::SessionScheduled, actor: &Actor) -> Decision {
    from_event(actor, plan.event)?;
    if state.plan.is_some() {
        return Err(conflict("SES-4", "session_exists", "the session exists", "scheduling it once"));
    }
    Ok(vec![SessionScheduled(plan).into()])
}

fn take_custody(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    page: CustodyHandedOver,
) -> Decision {
    if page.page != state.page + 1 {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {}", page.page),
            format!("page {}", state.page + 1),
        ));
    }
    let opens = page.last && matches!(state.status, SessionStatus::Scheduled | SessionStatus::Opening);
    let items = u32::try_from(state.slots().len() + page.items.len()).unwrap_or(u32::MAX);
    let taken = CustodyTaken { event: plan.event, page: page.page, items: page.items, terms: page.terms };
    let opened = opens.then_some(SessionOpened { items });
    Ok(std::iter::once(taken.into()).chain(opened.map(Event::from)).collect())
}

fn move_on(state: &State, from: &[SessionStatus], event: Event) -> Decision {
    if from.contains(&state.status) {
        return Ok(vec![event]);
    }
    let allowed: Vec<&str> = from.iter().map(|status| status.name()).collect();
    Err(conflict("SES-9", "session_status", state.status.name(), allowed.join(", ")))
}

fn offer(state: &State, code_digest: Hash, now: i64) -> Decision {
    if matches!(state.status, SessionStatus::Closed | SessionStatus::Cancelled | SessionStatus::Closing) {
        return Err(conflict("TRM-1", "session_over", state.status.name(), "a session that will still sell"));
    }
    let open = state.offers.iter().filter(|(_, expires_at)| *expires_at > now).count();
    if open >= MAX_OFFERS || state.terminals.len() >= MAX_TERMINALS {
        return Err(rule(
            "TRM-2",
            "too_many_terminals",
            format!("{open} open offers"),
            "48 open offers and 200 terminals",
        ));
    }
    Ok(vec![PairingOffered { code_digest, expires_at: now.saturating_add(PAIRING_LIFETIME_MS) }.into()])
}

fn pair(
    state: &State,
    code_digest: Hash,
    terminal: TerminalId,
    name: &str,
    token_digest: Hash,
    now: i64,
) -> Decision {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_TERMINAL_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(rule(
            "TRM-3",
            "name_unusable",
            format!("a name of {chars} characters"),
            "1 to 40 characters on one line",
        ));
    }
    let valid = state.offers.iter().any(|(digest, expires_at)| *digest == code_digest && *expires_at > now);
    if !valid {
        return Err(rule(
            "TRM-4",
            "pairing_code_unusable",
            "a code that was used, expired or never offered",
            "a fresh code from the organizer",
        ));
    }
    if state.terminal(terminal).is_some() {
        return Err(conflict("TRM-4", "terminal_exists", terminal.to_string(), "a fresh id"));
    }
    Ok(vec![TerminalPaired { terminal, name: name.to_owned(), code_digest, token_digest }.into()])
}

fn revoke(state: &State, terminal: TerminalId) -> Decision {
    match state.terminal(terminal) {
        None => Err(Rejection::new(
            Refusal::NotFound,
            "TRM-5",
            "terminal_unknown",
            terminal.to_string(),
            "a paired terminal",
        )),
        Some((_, found)) if found.revoked => Ok(Vec::new()),
        Some(_) => Ok(vec![TerminalRevoked { terminal }.into()]),
    }
}

fn selling_terminal(state: &State, actor: &Actor) -> Result<TerminalId, Rejection> {
    let Actor::Terminal(id) = actor else {
        return Err(Rejection::new(
            Refusal::Forbidden,
            "TRM-5",
            "not_a_terminal",
            actor.to_string(),
            "a paired terminal",
        ));
    };
    match state.terminal(*id) {
        Some((_, terminal)) if !terminal.revoked => Ok(*id),
        _ => Err(Rejection::new(
            Refusal::Forbidden,
            "TRM-5",
            "terminal_revoked",
            id.to_string(),
            "a terminal whose pairing holds",
        )),
    }
}

struct Sale<'a> {
    receipt: ReceiptId,
    terminal: TerminalId,
    lines: &'a [AskedLine],
    tenders: &'a [Tender],
    change: Cents,
    occurred_at: i64,
}

fn complete_receipt(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    sale: &Sale<'_>,
    now: i64,
) -> Decision {
    if state.status != SessionStatus::Open {
        return Err(conflict("SAL-1", "session_not_open", state.status.name(), "an open session"));
    }
    if state.receipts.iter().any(|receipt| receipt.id == sale.receipt) {
        return Err(conflict("SAL-2", "receipt_exists", sale.receipt.to_string(), "a fresh receipt id"));
    }
    if sale.lines.is_empty() || sale.lines.len() > MAX_BASKET_LINES {
        return Err(rule("SAL-3", "basket_size", format!("{} lines", sale.lines.len()), "1 to 300 lines"));
    }
    let mut seen = BTreeSet::new();
    let (mut lines, mut priced) = (Vec::new(), Vec::new());
    for asked in sale.lines {
        if !seen.insert(asked.tag) {
            return Err(rule("SAL-4", "tag_twice", asked.tag.grouped(), "each tag once per basket"));
        }
        let (line, price) = sell_line(state, plan, *asked, now)?;
        lines.push(line);
        priced.push(price);
    }
    let totals = Totals::of(&priced).map_err(out_of_range)?;
    check_tenders(sale.tenders, sale.change, totals.total)?;
    Ok(vec![
        ReceiptCompleted {
            receipt: sale.receipt,
            number: u32::try_from(state.receipts.len() + 1).unwrap_or(u32::MAX),
            terminal: sale.terminal,
            occurred_at: sale.occurred_at,
            lines,
            gross: totals.gross,
            tax: totals.tax,
            total: totals.total,
            tenders: sale.tenders.to_vec(),
            change: sale.change,
        }
        .into(),
    ])
}

fn out_of_range(_: OutOfRange) -> Rejection {
    rule("MNY-4", "amount_out_of_range", "an amount that no sale has", "amounts up to 9,999,999.99")
}

fn sell_line(
    state: &State,
    plan: &consignment_event::SessionScheduled,
    asked: AskedLine,
    now: i64,
) -> Result<(Line, PricedLine), Rejection> {
    let slot = state.slot(asked.tag).ok_or_else(|| {
        Rejection::new(
            Refusal::NotFound,
            "SAL-5",
            "item_unknown_here",
            asked.tag.grouped(),
            "items in this session's custody",
        )
    })?;
    if slot.receipt != 0 {
        return Err(already_sold(state, slot));
    }
    let rules = super::basket::PriceRules { tax: plan.tax.clone(), markdown: plan.markdown.clone() };
    let printed = Cents(i64::from(slot.price));
    let priced = rules.line(printed, slot.flags, now).map_err(out_of_range)?;
    if priced.price != asked.price {
        return Err(rule(
            "SAL-7",
            "price_differs",
            format!("{} for {}", asked.price, asked.tag.grouped()),
            priced.price.to_string(),
        ));
    }
    let (tier, shifts) = state.terms_of(slot.consignor);
    let rate = plan.plan.rate(tier, shifts, printed);
    let split = plan.plan.split(priced.price, rate).map_err(out_of_range)?;
    let line = Line {
        tag: asked.tag,
        consignor: slot.consignor,
        printed,
        price: priced.price,
        reduction: priced.reduction,
        tax: priced.tax,
        rate,
        share: split.consignor,
        house: split.house,
        plan: plan.plan.version,
        keyed: asked.keyed,
        not_checked_in: slot.flags.has(ItemFlags::NOT_CHECKED_IN),
    };
    Ok((line, priced))
}

/// Says who sold it when: the cashier has the shopper in front of them.
fn already_sold(state: &State, slot: &Slot) -> Rejection {
    let number = slot.receipt;
    let found = usize::try_from(number - 1).ok().and_then(|at| state.receipts.get(at)).map_or_else(
        || format!("{} was sold on receipt {number}", slot.tag.grouped()),
        |receipt| {
            let terminal = state
                .terminals
                .get(usize::from(receipt.terminal))
                .map_or("another terminal", |terminal| &terminal.name);
            let at = chrono::DateTime::from_timestamp_millis(receipt.recorded_at)
                .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
                .unwrap_or_default();
            format!("{} was sold on receipt {number} by {terminal} at {at}", slot.tag.grouped())
        },
    );
    conflict("SAL-6", "item_already_sold", found, "an unsold item")
}

fn check_tenders(tenders: &[Tender], change: Cents, total: Cents) -> Result<(), Rejection> {
    if tenders.len() > MAX_TENDERS || (tenders.is_empty() && total != Cents::ZERO) {
        return Err(rule("SAL-8", "tender_count", format!("{} tenders", tenders.len()), "1 to 8 tenders"));
    }
    if let Some(tender) =
        tenders.iter().find(|tender| !tender.amount.is_price() || tender.amount == Cents::ZERO)
    {
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

fn close(state: &State, plan: &consignment_event::SessionScheduled) -> Decision {
    if !matches!(state.status, SessionStatus::Open | SessionStatus::Paused) {
        return Err(conflict("SES-9", "session_status", state.status.name(), "open, paused"));
    }
    let items = u32::try_from(state.slots().len()).unwrap_or(u32::MAX);
    Ok(vec![SessionClosing { items }.into(), release(state, plan).into()])
}

fn release(state: &State, plan: &consignment_event::SessionScheduled) -> CustodyReleased {
    let items = state.outcomes(state.released_items, CUSTODY_PAGE_ITEMS);
    let last = state.released_items + items.len() >= state.slots().len();
    CustodyReleased { event: plan.event, page: state.released + 1, last, items }
}

fn confirm_release(state: &State, plan: &consignment_event::SessionScheduled, page: u32) -> Decision {
    if page != state.released || state.status != SessionStatus::Closing {
        return Err(conflict(
            "CUS-2",
            "page_out_of_order",
            format!("page {page}"),
            format!("page {}", state.released),
        ));
    }
    let confirmed = ReleaseConfirmed { page }.into();
    Ok(vec![
        confirmed,
        if state.all_released { SessionClosed {}.into() } else { release(state, plan).into() },
    ])
}
