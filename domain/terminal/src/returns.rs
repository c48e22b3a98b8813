//! What goes back to a shopper.

use domain::money::{Cents, OutOfRange};
use domain::tax::TaxRule;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::to_json;

/// Lines that a shopper brings back.
#[derive(Debug, Deserialize)]
struct Returning {
    tax: TaxRule,
    lines: Vec<ReturningLine>,
}

#[derive(Debug, Deserialize)]
struct ReturningLine {
    price_cents: Cents,
    tax_cents: Cents,
}

#[derive(Debug, Serialize)]
struct PaidBack {
    #[serde(rename = "gross_cents")]
    gross: Cents,
    #[serde(rename = "tax_cents")]
    tax: Cents,
    /// What the shopper gets back.
    #[serde(rename = "total_cents")]
    total: Cents,
}

/// What goes back for lines as they were charged: `{"tax":…,"lines":[{"price_cents":n,"tax_cents":n}]}` to
/// `{"gross_cents":n,"tax_cents":n,"total_cents":n}`, or `{"error":…}`.
#[wasm_bindgen]
#[must_use]
pub fn price_return(json: &str) -> String {
    let paid = serde_json::from_str(json).map_err(|error| error.to_string()).and_then(|back| pay_back(&back));
    match paid {
        Ok(paid) => to_json(&paid),
        Err(error) => to_json(&serde_json::json!({ "error": error })),
    }
}

fn pay_back(back: &Returning) -> Result<PaidBack, String> {
    let words = |error: OutOfRange| error.to_string();
    let gross = Cents::total(back.lines.iter().map(|line| line.price_cents)).map_err(words)?;
    let tax = Cents::total(back.lines.iter().map(|line| line.tax_cents)).map_err(words)?;
    let total = if back.tax.inclusive { gross } else { gross.plus(tax).map_err(words)? };
    Ok(PaidBack { gross, tax, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ret_6_what_goes_back_is_what_was_paid_with_its_tax() {
        let back = |inclusive: &str| {
            price_return(&format!(
                r#"{{"tax":{{"rate":725,"inclusive":{inclusive},"exempt":[]}},"lines":[{{"price_cents":1000,"tax_cents":73}},{{"price_cents":200,"tax_cents":0}}]}}"#
            ))
        };
        assert!(back("false").contains(r#""total_cents":1273"#));
        assert!(back("true").contains(r#""total_cents":1200"#));
        assert!(price_return("{").contains("error"));
    }
}
