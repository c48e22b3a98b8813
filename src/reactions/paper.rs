//! A receipt as it is printed, in plain text: the same lines as on paper.

use std::fmt::Write as _;

use domain::money::Cents;
use domain::sale_session::TenderKind;
use domain::tag::Tag;

use crate::http::api::receipts::ReceiptView;

/// Width of a line, characters: what an 80 mm printer has, and a phone shows without breaking.
const WIDTH: usize = 40;

/// Characters that an amount takes at most, with the space before it.
const AMOUNT_CHARS: usize = 14;

/// Where the receipt was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The event's name.
    pub event: String,
    /// The session's name.
    pub session: String,
    /// ISO 4217 code of its amounts.
    pub currency: String,
    /// When, as the hall's clock showed it.
    pub moment: String,
}

/// The receipt's lines.
#[must_use]
pub fn paper(heading: &Heading, receipt: &ReceiptView) -> String {
    let mut text = String::new();
    let till = receipt.terminal_name.as_deref().unwrap_or_default();
    let number = format!("Receipt {}", receipt.number);
    let number = if till.is_empty() { number } else { format!("{number} · {till}") };
    for line in [heading.event.as_str(), &heading.session, &number, &heading.moment, ""] {
        push(&mut text, line);
    }
    for line in &receipt.lines {
        push_amount(&mut text, line.title.as_deref().unwrap_or("Item"), line.price_cents);
        let tag = Tag::parse(&line.tag).map(Tag::grouped);
        if let Ok(tag) = tag {
            push(&mut text, &format!("  {tag}"));
        }
    }
    push(&mut text, "");
    push_amount(&mut text, "Subtotal", receipt.gross_cents);
    push_amount(&mut text, "Tax", receipt.tax_cents);
    push_amount(&mut text, &format!("Total {}", heading.currency), receipt.total_cents);
    for tender in &receipt.tenders {
        push_amount(&mut text, tender_words(tender.kind), tender.amount_cents);
    }
    if receipt.change_cents > 0 {
        push_amount(&mut text, "Change", receipt.change_cents);
    }
    push(&mut text, "");
    text.push_str(&receipt.receipt);
    text
}

const fn tender_words(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "Cash",
        TenderKind::Card => "Card",
        TenderKind::Cheque => "Cheque",
        TenderKind::StoreCredit => "Store credit",
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A label and, at the right margin, an amount; a label that is too long is cut.
fn push_amount(text: &mut String, label: &str, cents: i64) {
    let room = WIDTH - AMOUNT_CHARS;
    let label: String = if label.chars().count() > room {
        label.chars().take(room.saturating_sub(1)).chain(['…']).collect()
    } else {
        label.to_owned()
    };
    // Writing to a text does not fail.
    let _ = writeln!(text, "{label:<room$}{:>AMOUNT_CHARS$}", Cents(cents).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::api::receipts::{LineView, TenderView};
    use crate::http::command::Position;

    fn line(tag: &str, title: Option<&str>, price_cents: i64) -> LineView {
        LineView {
            tag: tag.into(),
            title: title.map(str::to_owned),
            consignor: 1,
            printed_cents: price_cents,
            price_cents,
            reduction_bp: 0,
            tax_cents: 0,
            rate_bp: 0,
            share_estimate_cents: 0,
            house_estimate_cents: 0,
            keyed: false,
            not_checked_in: false,
        }
    }

    #[test]
    fn a_receipt_reads_as_on_paper() {
        let receipt = ReceiptView {
            receipt: "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b".into(),
            number: 12,
            session: "s".into(),
            terminal: "t".into(),
            terminal_name: Some("Till 1".into()),
            occurred_at: "2027-03-27T10:05:00.000Z".into(),
            recorded_at: "2027-03-27T10:05:01.000Z".into(),
            lines: vec![
                line("0010000012", Some("Wooden train with three wagons & rails"), 1_250),
                line("", None, 300),
            ],
            gross_cents: 1_550,
            tax_cents: 128,
            total_cents: 1_678,
            tenders: vec![TenderView { kind: TenderKind::Cash, amount_cents: 2_000 }],
            change_cents: 322,
            position: Position { stream: "x".into(), seq: 1 },
        };
        let heading = Heading {
            event: "Spring sale".into(),
            session: "Saturday".into(),
            currency: "USD".into(),
            moment: "2027-03-27 05:05".into(),
        };
        let expected = "\
Spring sale
Saturday
Receipt 12 · Till 1
2027-03-27 05:05

Wooden train with three w…         12.50
  001-000001-2
Item                                3.00

Subtotal                           15.50
Tax                                 1.28
Total USD                          16.78
Cash                               20.00
Change                              3.22

0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b";
        assert_eq!(paper(&heading, &receipt), expected);
    }
}
