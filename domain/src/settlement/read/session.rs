//! What a settlement reads in a session's log: receipts with their estimates, and what became of their lines.

use crate::claims::Verdict;
use crate::commission::Tier;
use crate::ids::{ConsignorNumber, ReceiptId};
use crate::money::{Cents, OutOfRange};
use crate::sale_session::{
    ClaimAnswered, ConflictOpened, ConflictResolved, Event, Line, LineFigures, OnlineLineBack,
    OnlineOrderTaken, ReceiptCompleted, Standing, UnlistedLine,
};
use crate::settlement::balance::{Books, Cash, Later};
use crate::settlement::fact::Fate;
use crate::settlement::pins::SourceRef;
use crate::settlement::sale::SoldLine;

#[expect(clippy::too_many_lines, reason = "one arm per kind of entry, so that a new kind must be placed")]
pub(super) fn take(books: &mut Books, event: &Event, source: SourceRef) {
    match event {
        Event::SessionScheduled(scheduled) => {
            if scheduled.0.tax.inclusive {
                books.inclusive.insert(source.pin);
            }
            books.session_plans.insert(source.pin, scheduled.0.plan.version);
            books.plans.insert(scheduled.0.plan.version, scheduled.0.plan.clone());
        }
        Event::CustodyTaken(taken) => learn(books, &taken.terms, source),
        Event::TermsUpdated(updated) => learn(books, &updated.terms, source),
        Event::ReceiptCompleted(receipt) => completed(books, receipt, source),
        Event::OnlineOrderTaken(order) => ordered(books, order, source),
        Event::ReceiptVoided(voided) => {
            Cash::add(&mut books.cash.refunded, voided.total);
            for line in &voided.lines {
                books.say(line.at.receipt, line.at.line, Later::Fell(Fate::Voided(source)), source);
            }
        }
        Event::ReturnRecorded(returned) => {
            Cash::add(&mut books.cash.refunded, returned.total);
            for (number, line) in (1..).zip(&returned.lines) {
                let (at, source) = (line.line.at, source.at_line(number));
                let (fate, price, tax) = (Fate::Returned(source), line.line.price, line.line.tax);
                books.say(at.receipt, at.line, Later::CameBack { fate, price, tax }, source);
            }
        }
        Event::OnlineOrderCancelled(cancelled) => {
            Cash::add(&mut books.cash.refunded, cancelled.total);
            books.cash.bear(Cents::ZERO, cancelled.covered);
            given_back(books, &cancelled.lines, source);
        }
        Event::OnlineRefunded(refunded) => {
            Cash::add(&mut books.cash.refunded, refunded.total);
            books.cash.bear(refunded.adjustment, refunded.covered);
            given_back(books, &refunded.lines, source);
        }
        Event::LineIdentified(identified) => {
            credited(
                books,
                &identified.line,
                Learnt { plan: Some(identified.plan), ..Learnt::default() },
                source,
            );
        }
        Event::ConflictOpened(opened) => conflict_opened(books, opened, source),
        Event::ConflictResolved(resolved) => conflict_resolved(books, resolved, source),
        Event::ClaimSent(sent) => {
            books.open_conflicts.insert(sent.claim.case);
        }
        Event::ClaimAnswered(answered) => claim_answered(books, answered, source),
        // Custody, terminals, drawers and parked baskets: no sale comes from them. Whether an order is paid for
        // yet, the store knows; what it owes stands on the order.
        Event::OnlineOrderUpdated(_)
        | Event::SessionOpened(_)
        | Event::SessionPaused(_)
        | Event::SessionResumed(_)
        | Event::SessionClosing(_)
        | Event::SessionClosed(_)
        | Event::SessionCancelled(_)
        | Event::CustodyReleased(_)
        | Event::ReleaseConfirmed(_)
        | Event::PairingOffered(_)
        | Event::TerminalPaired(_)
        | Event::TerminalRevoked(_)
        | Event::TerminalRightsSet(_)
        | Event::TerminalAcknowledged(_)
        | Event::TerminalReported(_)
        | Event::DrawerOpened(_)
        | Event::CashMoved(_)
        | Event::DrawerClosed(_)
        | Event::BasketParked(_)
        | Event::BasketRecalled(_)
        | Event::ReceiptMailAsked(_) => {}
    }
}

fn learn(books: &mut Books, terms: &[crate::consignment_event::Terms], source: SourceRef) {
    for terms in terms {
        books.session_terms.insert((source.pin, terms.consignor), (terms.tier, terms.shifts));
    }
}

/// A receipt of the floor: tenders less change came in; what they are more than the total is a variance, which
/// only receipts made without a connection can have.
fn completed(books: &mut Books, receipt: &ReceiptCompleted, source: SourceRef) {
    let tendered = Cents::total(receipt.tenders.iter().map(|tender| tender.amount));
    let paid = tendered.and_then(|sum| sum.minus(receipt.change)).unwrap_or(receipt.total);
    received(books, paid, receipt.total);
    let inclusive = books.inclusive.contains(&source.pin);
    enter(books, receipt.receipt, (&receipt.lines, &receipt.unlisted), inclusive, source);
}

/// An order of the store: what it comes to counts as received, and as given back when it is cancelled.
fn ordered(books: &mut Books, order: &OnlineOrderTaken, source: SourceRef) {
    received(books, order.total, order.total);
    enter(books, order.receipt, (&order.lines, &order.unlisted), order.tax_included, source);
}

fn received(books: &mut Books, paid: Cents, total: Cents) {
    Cash::add(&mut books.cash.received, paid);
    Cash::add(&mut books.cash.variance, difference(paid, total).unwrap_or(Cents::ZERO));
}

fn difference(more: Cents, less: Cents) -> Result<Cents, OutOfRange> {
    more.minus(less)
}

fn enter(
    books: &mut Books,
    receipt: ReceiptId,
    (lines, unlisted): (&[Line], &[UnlistedLine]),
    inclusive: bool,
    source: SourceRef,
) {
    let listed = (1..).zip(lines).map(|(number, line)| {
        let source = source.at_line(number);
        let blank = blank(books, receipt, line.standing, inclusive, source);
        let credited = line.standing == Standing::Credited;
        let (tier, shifts) = terms(books, source.pin, line.consignor);
        SoldLine {
            tag: Some(line.tag),
            consignor: Some(line.consignor),
            printed: line.printed,
            price: line.price,
            tax: line.tax,
            // What is credited to nobody yet was never estimated to anybody.
            share: if credited { line.share } else { Cents::ZERO },
            plan: line.plan,
            tier,
            shifts,
            ..blank
        }
    });
    let first = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(1);
    let unlisted = (first..).zip(unlisted).map(|(number, line)| {
        let source = source.at_line(number);
        let blank = blank(books, receipt, line.standing, inclusive, source);
        SoldLine { tag: line.tag, printed: line.price, price: line.price, tax: line.tax, ..blank }
    });
    let sold: Vec<SoldLine> = listed.chain(unlisted).collect();
    for line in sold {
        books.sold(line);
    }
}

fn blank(
    books: &Books,
    receipt: ReceiptId,
    standing: Standing,
    inclusive: bool,
    source: SourceRef,
) -> SoldLine {
    SoldLine {
        source,
        receipt,
        tag: None,
        consignor: None,
        printed: Cents::ZERO,
        price: Cents::ZERO,
        tax: Cents::ZERO,
        price_back: Cents::ZERO,
        tax_back: Cents::ZERO,
        back: None,
        inclusive,
        share: Cents::ZERO,
        plan: books.session_plans.get(&source.pin).copied().unwrap_or_default(),
        tier: Tier::default(),
        shifts: 0,
        credited: None,
        fate: match standing {
            Standing::Credited => Fate::Stands,
            Standing::Contested | Standing::Claimed => Fate::Contested(source),
        },
    }
}

fn terms(books: &Books, pin: u16, consignor: ConsignorNumber) -> (Tier, u8) {
    books.session_terms.get(&(pin, consignor)).copied().unwrap_or_default()
}

/// What an entry that credits a line tells besides.
#[derive(Clone, Copy, Default)]
struct Learnt {
    plan: Option<u32>,
    terms: Option<(Tier, u8)>,
    printed: Option<Cents>,
}

fn credited(books: &mut Books, line: &LineFigures, learnt: Learnt, source: SourceRef) {
    let terms = learnt
        .terms
        .or_else(|| line.consignor.map(|consignor| terms(books, source.pin, consignor)))
        .unwrap_or_default();
    let later = Later::Credited {
        consignor: line.consignor,
        share: line.share,
        tag: line.tag,
        plan: learnt.plan,
        printed: learnt.printed,
        terms,
    };
    books.say(line.at.receipt, line.at.line, later, source);
}

fn given_back(books: &mut Books, lines: &[OnlineLineBack], source: SourceRef) {
    for (number, back) in (1..).zip(lines) {
        let (at, source) = (back.line.at, source.at_line(number));
        // The money went back in any case; where the item is back too, the line is no sale any more.
        let later = if back.returned {
            Later::CameBack { fate: Fate::Returned(source), price: back.line.price, tax: back.line.tax }
        } else {
            Later::GivenBack { price: back.line.price, tax: back.line.tax }
        };
        books.say(at.receipt, at.line, later, source);
    }
}

fn conflict_opened(books: &mut Books, opened: &ConflictOpened, source: SourceRef) {
    books.open_conflicts.insert(opened.case);
    if let Some(second) = opened.second {
        let later = Later::Fell(Fate::Contested(source));
        books.say(second.at.receipt, second.at.line, later, source);
    }
}

fn conflict_resolved(books: &mut Books, resolved: &ConflictResolved, source: SourceRef) {
    books.open_conflicts.remove(&resolved.case);
    Cash::add(&mut books.cash.refunded, resolved.refund);
    for line in &resolved.refunded {
        let later = Later::CameBack { fate: Fate::Overruled(source), price: line.price, tax: line.tax };
        books.say(line.at.receipt, line.at.line, later, source);
    }
    for line in &resolved.credited {
        credited(books, line, Learnt::default(), source);
    }
    if let Some(dropped) = &resolved.dropped {
        let less = |amount: Cents| Cents(amount.0.saturating_neg());
        received(books, less(dropped.paid), less(dropped.total));
        for line in 0..books.lines_of(dropped.receipt) {
            books.say(dropped.receipt, line, Later::Fell(Fate::Voided(source)), source);
        }
    }
}

fn claim_answered(books: &mut Books, answered: &ClaimAnswered, source: SourceRef) {
    let learnt = match &answered.answer.verdict {
        Verdict::Contested { .. } => return,
        Verdict::Dismissed => Learnt::default(),
        Verdict::Accepted { item, terms } => {
            Learnt { plan: None, terms: Some((terms.tier, terms.shifts)), printed: Some(item.price) }
        }
    };
    books.open_conflicts.remove(&answered.answer.case);
    if let Some(line) = &answered.credited {
        credited(books, line, learnt, source);
    }
}
