//! What the rows about sales should be: lines as the session itself has them at the end of its log.

use std::collections::BTreeMap;

use domain::aggregate::Aggregate;
use domain::ids::ConsignorNumber;
use domain::journal::Entry;
use domain::sale_session::{
    Books, Event, Line, LineAt, Now, ReceiptCompleted, ReceiptKind, SaleSession, Standing, State,
    UnlistedLine,
};
use serde_json::{Value, json};

use super::text;

pub struct Sums {
    pub books: Books,
    pub lines: usize,
}

fn end(log: &[Entry<Event>]) -> State {
    let mut state = State::default();
    for entry in log {
        SaleSession::evolve(&mut state, &entry.event, entry.recorded_at);
    }
    state
}

fn sales(log: &[Entry<Event>]) -> impl Iterator<Item = (&Entry<Event>, &ReceiptCompleted)> {
    log.iter().filter_map(|entry| match &entry.event {
        Event::ReceiptCompleted(sale) => Some((entry, sale)),
        _ => None,
    })
}

pub fn sums(log: &[Entry<Event>]) -> Sums {
    Sums {
        books: end(log).books,
        lines: sales(log).map(|(_, sale)| sale.lines.len() + sale.unlisted.len()).sum(),
    }
}

/// Rows of receipts, lines and estimates.
pub fn rows(organization: &str, session: &str, log: &[Entry<Event>]) -> Vec<(&'static str, Value)> {
    let state = end(log);
    let mut rows = Vec::new();
    let mut estimates: BTreeMap<ConsignorNumber, [i64; 5]> = BTreeMap::new();
    for (entry, sale) in sales(log) {
        let standing = match state.stub(sale.number).unwrap().kind {
            ReceiptKind::Voided => "voided",
            ReceiptKind::Dropped => "dropped",
            _ => "stands",
        };
        rows.push((
            "receipt",
            json!({
                "organization": organization, "session": session, "receipt": sale.receipt, "number": sale.number,
                "seq": entry.seq, "terminal": sale.terminal, "occurred_at": sale.occurred_at,
                "recorded_at": entry.recorded_at, "lines": sale.lines.len() + sale.unlisted.len(),
                "gross_cents": sale.gross, "tax_cents": sale.tax, "total_cents": sale.total,
                "change_cents": sale.change, "tenders": text(&sale.tenders), "standing": standing,
                "corrected_at": sale.offline.map(|offline| offline.corrected_at),
                "offline": i64::from(sale.offline.is_some()), "variances": text(&sale.variances), "shop": null,
                "online_order": null, "paid": null, "fulfilled": null, "cancelled": null,
            }),
        ));
        let listed = sale.lines.iter().map(as_listed);
        let unlisted = sale.unlisted.iter().map(as_unlisted);
        for (index, mut row) in (0_u16..).zip(listed.chain(unlisted)) {
            let at = LineAt { number: sale.number, line: index };
            now(&state, at, &mut row);
            if was_credited(log, at, &row) {
                let of: Option<u32> = row["consignor"].as_u64().map(|number| number.try_into().unwrap());
                count(&mut estimates, of.map(ConsignorNumber), &row);
            }
            row["organization"] = organization.into();
            row["session"] = session.into();
            row["receipt"] = sale.receipt.to_string().into();
            row["line"] = (index + 1).into();
            rows.push(("receipt_line", row));
        }
    }
    for (consignor, [lines, gross, tax, share, house]) in estimates {
        rows.push((
            "share_estimate",
            json!({
                "organization": organization, "session": session, "consignor": consignor, "lines": lines,
                "gross_cents": gross, "tax_cents": tax, "share_cents": share, "house_cents": house,
            }),
        ));
    }
    rows
}

fn cents(row: &Value, column: &str) -> i64 {
    row[column].as_i64().unwrap()
}

fn count(estimates: &mut BTreeMap<ConsignorNumber, [i64; 5]>, of: Option<ConsignorNumber>, row: &Value) {
    let Some(consignor) = of else { return };
    let sums = estimates.entry(consignor).or_default();
    if row["standing"] != "credited" {
        return;
    }
    let left = |whole, part| cents(row, whole) - cents(row, part);
    let more = [
        1,
        left("price_cents", "refunded_cents"),
        left("tax_cents", "refunded_tax_cents"),
        cents(row, "share_cents"),
        cents(row, "house_cents"),
    ];
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// True when the line counts for its consignor, or once did: their row exists from then on.
fn was_credited(log: &[Entry<Event>], at: LineAt, row: &Value) -> bool {
    row["standing"] == "credited"
        || sales(log).any(|(_, sale)| {
            sale.number == at.number
                && sale
                    .lines
                    .get(usize::from(at.line))
                    .is_some_and(|line| line.standing == Standing::Credited)
        })
}

fn as_listed(line: &Line) -> Value {
    let counts = i64::from(line.standing == Standing::Credited);
    json!({
        "tag": line.tag, "read_tag": line.tag, "consignor": line.consignor, "printed_cents": line.printed,
        "price_cents": line.price, "reduction_bp": line.reduction, "tax_cents": line.tax, "rate_bp": line.rate,
        "share_cents": line.share.0 * counts, "house_cents": line.house.0 * counts, "plan_version": line.plan,
        "keyed": i64::from(line.keyed), "not_checked_in": i64::from(line.not_checked_in),
        "standing": line.standing, "refunded_cents": 0, "refunded_tax_cents": 0, "unlisted": null,
        "overridden": line.overridden, "expected_cents": line.expected, "marked": line.marked,
    })
}

fn as_unlisted(line: &UnlistedLine) -> Value {
    json!({
        "tag": line.tag, "read_tag": line.tag, "consignor": null, "printed_cents": null,
        "price_cents": line.price, "reduction_bp": 0, "tax_cents": line.tax, "rate_bp": 0, "share_cents": 0,
        "house_cents": line.price, "plan_version": null, "keyed": i64::from(line.keyed), "not_checked_in": 0,
        "standing": line.standing, "refunded_cents": 0, "refunded_tax_cents": 0, "unlisted": line.why,
        "overridden": null, "expected_cents": null, "marked": null,
    })
}

/// What the session remembers of the line.
fn now(state: &State, at: LineAt, row: &mut Value) {
    let Some(line) = state.lines.get(&at) else { return };
    let figures = line.figures;
    let credited = line.now == Now::Credited;
    row["standing"] = match line.now {
        Now::Credited => "credited",
        Now::Contested => "contested",
        Now::Claimed => "claimed",
        Now::Gone => "gone",
    }
    .into();
    row["share_cents"] = if credited { figures.share.0 } else { 0 }.into();
    row["house_cents"] = if credited { figures.house.0 } else { 0 }.into();
    row["refunded_cents"] = (cents(row, "price_cents") - figures.price.0).into();
    row["refunded_tax_cents"] = (cents(row, "tax_cents") - figures.tax.0).into();
    if credited {
        row["tag"] = json!(figures.tag);
        row["consignor"] = json!(figures.consignor);
        row["rate_bp"] = json!(figures.rate);
    }
}
