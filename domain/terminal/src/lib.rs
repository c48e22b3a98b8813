//! The domain's tag check and pricing for sale-floor terminals, as a small wasm: JSON in, JSON out.
//!
//! `check_tag` reads what was scanned or keyed, `price_basket` prices it (with overrides), and `build_receipt`
//! (in `receipt`) makes of a paid basket what is sent to the session, now or after an outage. `price_return` (in
//! `returns`) says what goes back for lines that are brought back.
//!
//! No money rule exists in TypeScript; what a terminal shows is computed here, by the code that the session
//! decides with.

mod receipt;
mod returns;

use domain::consignment_event::ItemFlags;
use domain::money::{BasisPoints, Cents, OutOfRange};
use domain::sale_session::OverrideReason;
use domain::sale_session::basket::{AskedPrice, Judged, PriceFault, PriceRules, PricedLine, Totals};
use domain::tag::Tag;
use domain::tax::TaxRule;
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
    unlisted: Vec<BasketUnlisted>,
    #[serde(default)]
    tendered: Vec<BasketTender>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct BasketLine {
    printed_cents: Cents,
    #[serde(default)]
    flags: ItemFlags,
    /// The price asked for; none for the rules' price.
    #[serde(default)]
    asked_cents: Option<Cents>,
    /// Why it is another price.
    #[serde(default, rename = "override")]
    overridden: Option<OverrideReason>,
    /// What the tag in hand says, when that is the reason.
    #[serde(default)]
    tag_says_cents: Option<Cents>,
}

impl BasketLine {
    /// The line at the price asked for: the rules' price, if none is.
    fn judge(&self, rules: &PriceRules, now: i64) -> Result<Judged, String> {
        let words = |error: OutOfRange| error.to_string();
        let by_rules = || rules.line(self.tag_says_cents.unwrap_or(self.printed_cents), self.flags, now);
        let price = self.asked_cents.map_or_else(|| by_rules().map(|line| line.price), Ok).map_err(words)?;
        let asked = AskedPrice { price, overridden: self.overridden, printed: self.tag_says_cents };
        rules.judge(self.printed_cents, self.flags, asked, now).map_err(words)
    }
}

/// Something without an item behind it, at a price agreed on.
#[derive(Debug, Clone, Copy, Deserialize)]
struct BasketUnlisted {
    price_cents: Cents,
    #[serde(default)]
    tax_exempt: bool,
}

impl BasketUnlisted {
    fn priced(self, tax: &TaxRule) -> Result<PricedLine, OutOfRange> {
        let amount = tax.on_line(self.price_cents, self.tax_exempt);
        let payable = tax.payable(self.price_cents, amount)?;
        Ok(PricedLine { price: self.price_cents, reduction: BasisPoints(0), tax: amount, payable })
    }
}

#[derive(Debug, Deserialize)]
struct BasketTender {
    cash: bool,
    amount_cents: Cents,
}

#[derive(Debug, Serialize)]
struct Priced {
    lines: Vec<PricedJson>,
    unlisted: Vec<PricedJson>,
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
    /// The rules' price, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_cents: Option<Cents>,
    /// `price_differs` or `reason_does_not_cover`: the session would refuse the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'static str>,
}

/// The code under which the session would refuse the price.
fn fault_code(fault: PriceFault) -> &'static str {
    match fault {
        PriceFault::Differs => "price_differs",
        PriceFault::ReasonDoesNotCover => "reason_does_not_cover",
    }
}

/// Prices a basket: `{"rules":{"tax":…,"markdown":…},"now":ms,"lines":[{"printed_cents":n,"flags":bits}],
/// "unlisted":[{"price_cents":n,"tax_exempt":bool}],"tendered":[{"cash":bool,"amount_cents":n}]}` to lines, totals, what is due and what goes back; or
/// `{"error":…}`. A line may ask for another price: `"asked_cents":n,"override":"damaged"`, or
/// `"override":"printed_tag","tag_says_cents":n`.
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
    let words = |error: OutOfRange| error.to_string();
    let judged: Vec<Judged> =
        basket.lines.iter().map(|line| line.judge(&basket.rules, basket.now)).collect::<Result<_, _>>()?;
    let unlisted: Vec<PricedLine> = basket
        .unlisted
        .iter()
        .map(|line| line.priced(&basket.rules.tax))
        .collect::<Result<_, _>>()
        .map_err(words)?;
    let all: Vec<PricedLine> =
        judged.iter().map(|judged| judged.line).chain(unlisted.iter().copied()).collect();
    let totals = Totals::of(&all).map_err(words)?;
    let paid = Cents::total(basket.tendered.iter().map(|tender| tender.amount_cents)).map_err(words)?;
    let cash =
        Cents::total(basket.tendered.iter().filter(|tender| tender.cash).map(|tender| tender.amount_cents))
            .map_err(words)?;
    let difference = paid.minus(totals.total).map_err(words)?;
    let change = difference.clamp(Cents::ZERO, cash.max(Cents::ZERO));
    Ok(Priced {
        lines: judged.iter().map(PricedJson::judged).collect(),
        unlisted: unlisted.iter().map(PricedJson::plain).collect(),
        gross_cents: totals.gross,
        tax_cents: totals.tax,
        total_cents: totals.total,
        due_cents: Cents(difference.0.min(0).saturating_neg()),
        change_cents: change,
        settled: difference == change,
    })
}

impl PricedJson {
    const fn plain(line: &PricedLine) -> Self {
        Self {
            price_cents: line.price,
            reduction_bp: line.reduction.0,
            tax_cents: line.tax,
            payable_cents: line.payable,
            expected_cents: None,
            fault: None,
        }
    }

    fn judged(judged: &Judged) -> Self {
        Self {
            expected_cents: judged.expected,
            fault: judged.fault.map(fault_code),
            ..Self::plain(&judged.line)
        }
    }
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

    #[test]
    fn sal_13_what_has_no_tag_is_taxed_and_summed_with_the_rest() {
        let priced = price_basket(
            r#"{"rules":{"tax":{"rate":1000,"inclusive":false,"exempt":[]},"markdown":{"steps":[],"step":25,"floor":25}},"now":0,"lines":[{"printed_cents":1000}],"unlisted":[{"price_cents":500},{"price_cents":300,"tax_exempt":true}]}"#,
        );
        assert!(priced.contains(r#""gross_cents":1800,"tax_cents":150,"total_cents":1950"#), "{priced}");
    }

    #[test]
    fn sal_12_overrides_are_priced_and_judged_as_the_session_does() {
        let line = |line: &str| {
            price_basket(&format!(
                r#"{{"rules":{{"tax":{{"rate":0,"inclusive":false,"exempt":[]}},"markdown":{{"steps":[],"step":25,"floor":25}}}},"now":0,"lines":[{{"printed_cents":1000,{line}}}]}}"#
            ))
        };
        assert!(line(r#""asked_cents":700,"override":"damaged""#).contains(r#""expected_cents":1000}"#));
        assert!(line(r#""asked_cents":700"#).contains(r#""fault":"price_differs""#));
        assert!(line(r#""asked_cents":1700,"override":"bundle""#).contains("reason_does_not_cover"));
        let by_tag = line(r#""override":"printed_tag","tag_says_cents":1200"#);
        assert!(by_tag.contains(r#""total_cents":1200"#) && !by_tag.contains("fault"), "{by_tag}");
    }
}
