//! The domain's tag check and pricing for sale-floor terminals, as a small wasm: JSON in, JSON out.
//!
//! No money rule exists in TypeScript; what a terminal shows is computed here, by the code that the session
//! decides with.

use domain::consignment_event::ItemFlags;
use domain::money::Cents;
use domain::sale_session::basket::{PriceRules, PricedLine, Totals};
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;

/// A checked tag, or why it is none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum TagCheck {
    Good { tag: Tag, grouped: String },
    Bad { error: &'static str, message: String },
}

/// Reads what was keyed or scanned. `{"tag":"0010001234","grouped":"001-000123-4"}`, or
/// `{"error":"check_digit"|"not_digits"|"too_long"|"out_of_range","message":…}`.
#[wasm_bindgen]
#[must_use]
pub fn check_tag(text: &str) -> String {
    use domain::tag::TagError;
    let check = match Tag::parse(text) {
        Ok(tag) => TagCheck::Good { tag, grouped: tag.grouped() },
        Err(error) => TagCheck::Bad {
            error: match error {
                TagError::NotDigits => "not_digits",
                TagError::TooLong => "too_long",
                TagError::CheckDigit => "check_digit",
                TagError::OutOfRange => "out_of_range",
            },
            message: error.to_string(),
        },
    };
    to_json(&check)
}

/// A basket to be priced.
#[derive(Debug, Deserialize)]
struct Basket {
    rules: PriceRules,
    now: i64,
    lines: Vec<BasketLine>,
    #[serde(default)]
    tendered: Vec<BasketTender>,
}

#[derive(Debug, Deserialize)]
struct BasketLine {
    printed_cents: Cents,
    #[serde(default)]
    flags: ItemFlags,
}

#[derive(Debug, Deserialize)]
struct BasketTender {
    cash: bool,
    amount_cents: Cents,
}

#[derive(Debug, Serialize)]
struct Priced {
    lines: Vec<PricedJson>,
    gross_cents: Cents,
    tax_cents: Cents,
    total_cents: Cents,
    /// What is still to be paid; 0 once the tenders cover it.
    due_cents: Cents,
    /// What goes back: from cash only.
    change_cents: Cents,
    /// True when tenders less change are exactly the total.
    settled: bool,
}

#[derive(Debug, Serialize)]
struct PricedJson {
    price_cents: Cents,
    reduction_bp: u32,
    tax_cents: Cents,
    payable_cents: Cents,
}

/// Prices a basket: `{"rules":{"tax":…,"markdown":…},"now":ms,"lines":[{"printed_cents":n,"flags":bits}],
/// "tendered":[{"cash":bool,"amount_cents":n}]}` to lines, totals, what is due and what goes back; or
/// `{"error":…}`.
#[wasm_bindgen]
#[must_use]
pub fn price_basket(json: &str) -> String {
    let priced =
        serde_json::from_str(json).map_err(|error| error.to_string()).and_then(|basket| price(&basket));
    match priced {
        Ok(priced) => to_json(&priced),
        Err(error) => to_json(&serde_json::json!({ "error": error })),
    }
}

fn price(basket: &Basket) -> Result<Priced, String> {
    let words = |error: domain::money::OutOfRange| error.to_string();
    let lines: Vec<PricedLine> = basket
        .lines
        .iter()
        .map(|line| basket.rules.line(line.printed_cents, line.flags, basket.now))
        .collect::<Result<_, _>>()
        .map_err(words)?;
    let totals = Totals::of(&lines).map_err(words)?;
    let paid = Cents::total(basket.tendered.iter().map(|tender| tender.amount_cents)).map_err(words)?;
    let cash =
        Cents::total(basket.tendered.iter().filter(|tender| tender.cash).map(|tender| tender.amount_cents))
            .map_err(words)?;
    let difference = paid.minus(totals.total).map_err(words)?;
    let change = difference.clamp(Cents::ZERO, cash.max(Cents::ZERO));
    Ok(Priced {
        lines: lines
            .iter()
            .map(|line| PricedJson {
                price_cents: line.price,
                reduction_bp: line.reduction.0,
                tax_cents: line.tax,
                payable_cents: line.payable,
            })
            .collect(),
        gross_cents: totals.gross,
        tax_cents: totals.tax,
        total_cents: totals.total,
        due_cents: Cents(difference.0.min(0).saturating_neg()),
        change_cents: change,
        settled: difference == change,
    })
}

fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|_| r#"{"error":"the answer could not be written"}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_1_checks_what_is_keyed() {
        let tag = Tag::new(1, 123).map(|tag| tag.to_string()).unwrap_or_default();
        assert!(check_tag(&tag).contains(r#""grouped":"001-000123-"#));
        assert!(check_tag("0010001231").contains(r#""error":"check_digit""#));
    }

    #[test]
    fn mny_5_change_comes_from_cash_and_nothing_else() {
        let basket = |tendered: &str| {
            price_basket(&format!(
                r#"{{"rules":{{"tax":{{"rate":725,"inclusive":false,"exempt":[]}},"markdown":{{"steps":[],"step":25,"floor":25}}}},"now":0,"lines":[{{"printed_cents":1000}}],"tendered":{tendered}}}"#
            ))
        };
        assert!(
            basket("[]").contains(r#""total_cents":1073,"due_cents":1073,"change_cents":0,"settled":false"#)
        );
        assert!(
            basket(r#"[{"cash":true,"amount_cents":2000}]"#)
                .contains(r#""due_cents":0,"change_cents":927,"settled":true"#)
        );
        assert!(
            basket(r#"[{"cash":false,"amount_cents":2000}]"#).contains(r#""change_cents":0,"settled":false"#)
        );
        assert!(price_basket("{").contains("error"));
    }
}
