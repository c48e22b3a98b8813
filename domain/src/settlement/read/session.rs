//! What a settlement reads in a session's log: receipts with their estimates, and what became of their lines.

use crate::money::Cents;
use crate::sale_session::{Event, Line, ReceiptCompleted};
use crate::settlement::balance::{Books, Cash};
use crate::settlement::fact::Fate;
use crate::settlement::pins::SourceRef;
use crate::settlement::sale::SoldLine;

pub(super) fn take(books: &mut Books, event: &Event, source: SourceRef) {
    match event {
        Event::SessionScheduled(scheduled) => {
            if scheduled.0.tax.inclusive {
                books.inclusive.insert(source.pin);
            }
            books.plans.insert(scheduled.0.plan.version, scheduled.0.plan.clone());
        }
        Event::CustodyTaken(taken) => {
            for terms in &taken.terms {
                books.session_terms.insert((source.pin, terms.consignor), (terms.tier, terms.shifts));
            }
        }
        Event::ReceiptCompleted(receipt) => completed(books, receipt, source),
        _ => {}
    }
}

fn completed(books: &mut Books, receipt: &ReceiptCompleted, source: SourceRef) {
    let cash = &mut books.cash;
    for tender in &receipt.tenders {
        Cash::add(&mut cash.received, tender.amount);
    }
    Cash::add(&mut cash.received, Cents(receipt.change.0.saturating_neg()));
    for (number, line) in (1..).zip(&receipt.lines) {
        let sold = sold_line(books, receipt, line, source.at_line(number));
        books.sold(sold);
    }
}

fn sold_line(books: &Books, receipt: &ReceiptCompleted, line: &Line, source: SourceRef) -> SoldLine {
    let (tier, shifts) = books.session_terms.get(&(source.pin, line.consignor)).copied().unwrap_or_default();
    SoldLine {
        source,
        receipt: receipt.receipt,
        tag: Some(line.tag),
        consignor: Some(line.consignor),
        printed: line.printed,
        price: line.price,
        tax: line.tax,
        price_back: Cents::ZERO,
        tax_back: Cents::ZERO,
        back: None,
        inclusive: books.inclusive.contains(&source.pin),
        share: line.share,
        plan: line.plan,
        tier,
        shifts,
        credited: None,
        fate: Fate::Stands,
    }
}
