//! Doing the sums again: what the rules say about a receipt, beside what the log says.

use domain::money::{BasisPoints, Cents};
use domain::sale_session::basket::{PricedLine, Totals};
use domain::sale_session::{Line, OverrideReason, ReceiptCompleted, Standing, State, Variance};

/// Checks a receipt against the state in which it was completed, with the same rules that decided about it.
/// Each difference is a sentence; none means that everything was confirmed.
#[must_use]
pub fn receipt(state: &State, receipt: &ReceiptCompleted, recorded_at: i64) -> Vec<String> {
    let mut found = Vec::new();
    let mut priced = Vec::new();
    for line in &receipt.lines {
        // Where a line is as it was charged, not as the rules say, the log names why.
        let named = receipt.offline.is_some() || line.expected.is_some() || line.overridden.is_some();
        match check_line(state, line, (!named).then_some(recorded_at), &mut found) {
            Some(price) => priced.push(price),
            None => found.push(format!("{}: its price cannot be worked out again", line.tag.grouped())),
        }
    }
    priced.extend(receipt.unlisted.iter().filter_map(|line| as_charged(state, line.price, line.tax)));
    if priced.len() == receipt.lines.len() + receipt.unlisted.len() {
        let totals = Totals::of(&priced).unwrap_or_default();
        differ(&mut found, "the sum of its prices", receipt.gross, totals.gross);
        differ(&mut found, "the sum of its taxes", receipt.tax, totals.tax);
        differ(&mut found, "its total", receipt.total, totals.total);
    }
    let paid = Cents::total(receipt.tenders.iter().map(|tender| tender.amount));
    if let Ok(paid) = paid.and_then(|paid| paid.minus(receipt.change)) {
        let named = receipt.variances.iter().any(|found| found.variance == Variance::TenderMismatch);
        if !named {
            differ(&mut found, "what was paid, less change", paid, receipt.total);
        }
    }
    let number = state.receipts.len() + 1;
    if usize::try_from(receipt.number).ok() != Some(number) {
        found.push(format!("its number is {}, but it is receipt {number} of its session", receipt.number));
    }
    found
}

fn differ(found: &mut Vec<String>, what: &str, stated: Cents, expected: Cents) {
    if stated != expected {
        found.push(format!("{what}: the log says {stated}, the rules say {expected}"));
    }
}

/// A line whose price stands as it was charged.
fn as_charged(state: &State, price: Cents, tax: Cents) -> Option<PricedLine> {
    let payable = state.price_rules()?.tax.payable(price, tax).ok()?;
    Some(PricedLine { price, reduction: BasisPoints(0), tax, payable })
}

/// `rules_at`: the moment by which the rules price the line; none where its price stands as it was charged.
fn check_line(
    state: &State,
    line: &Line,
    rules_at: Option<i64>,
    found: &mut Vec<String>,
) -> Option<PricedLine> {
    let tag = line.tag.grouped();
    let contested = line.standing != Standing::Credited;
    let Some(slot) = state.slot(line.tag) else {
        found.push(format!("{tag} was sold without being in the session's custody"));
        return None;
    };
    if slot.receipt != 0 && !contested {
        found.push(format!("{tag} had been sold before, on receipt {}", slot.receipt));
    }
    if slot.consignor != line.consignor {
        found.push(format!(
            "{tag} belongs to consignor {}, but was credited to {}",
            slot.consignor, line.consignor
        ));
    }
    if line.overridden != Some(OverrideReason::PrintedTag) {
        differ(found, &format!("{tag}, the printed price"), line.printed, Cents(i64::from(slot.price)));
    }
    let plan = &state.plan.as_ref()?.plan;
    let (tier, shifts) = state.terms_of(slot.consignor);
    let rate = plan.rate(tier, shifts, line.printed);
    if rate != line.rate {
        found.push(format!("{tag}, the rate: the log says {}, the rules say {rate}", line.rate));
    }
    let split = plan.split(line.price, rate).ok()?;
    differ(found, &format!("{tag}, the consignor's share"), line.share, split.consignor);
    differ(found, &format!("{tag}, the house's share"), line.house, split.house);
    let Some(at) = rules_at else { return as_charged(state, line.price, line.tax) };
    let priced = state.price_rules()?.line(line.printed, slot.flags, at).ok()?;
    differ(found, &format!("{tag}, the price"), line.price, priced.price);
    differ(found, &format!("{tag}, the tax"), line.tax, priced.tax);
    Some(priced)
}
