//! Makes of a paid basket what the session is sent: a sale to decide about, or an offline receipt to record.

use domain::consignment_event::ItemFlags;
use domain::ids::{ReceiptId, TerminalId};
use domain::money::Cents;
use domain::sale_session::basket::PriceRules;
use domain::sale_session::{
    AskedLine, AskedUnlisted, Command, OfflineReceipt, OverrideReason, Tender, TenderKind, UnlistedReason,
};
use domain::tag::Tag;
use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{BasketLine, fault_code, to_json};

/// A paid basket.
#[derive(Debug, Deserialize)]
struct PaidBasket {
    receipt: ReceiptId,
    rules: PriceRules,
    now: i64,
    /// By how much `now` is ahead of the log's clock, as last measured, ms.
    #[serde(default)]
    clock_offset_ms: Option<i64>,
    lines: Vec<PaidLine>,
    #[serde(default)]
    unlisted: Vec<PaidUnlisted>,
    tenders: Vec<Tender>,
    /// Only without a connection.
    #[serde(default)]
    offline: Option<Offline>,
    /// What the session let this terminal do.
    #[serde(default)]
    may_override: bool,
}

#[derive(Debug, Deserialize)]
struct PaidLine {
    tag: Tag,
    #[serde(default)]
    keyed: bool,
    printed_cents: Cents,
    #[serde(default)]
    flags: ItemFlags,
    #[serde(default)]
    asked_cents: Option<Cents>,
    #[serde(default, rename = "override")]
    overridden: Option<OverrideReason>,
    #[serde(default)]
    tag_says_cents: Option<Cents>,
}

#[derive(Debug, Deserialize)]
struct PaidUnlisted {
    why: UnlistedReason,
    #[serde(default)]
    tag: Option<Tag>,
    price_cents: Cents,
    #[serde(default)]
    tax_exempt: bool,
    #[serde(default)]
    keyed: bool,
}

#[derive(Debug, Deserialize)]
struct Offline {
    terminal: TerminalId,
}

/// Builds the session's command from a paid basket. In:
///
/// ```json
/// {"receipt":"…","rules":{},"now":0,"clock_offset_ms":0,"lines":[{"tag":"…","printed_cents":0,"flags":0,"keyed":false}],"unlisted":[],
///  "tenders":[{"kind":"cash","amount_cents":0}],"may_override":false,"offline":{"terminal":"…"}}
/// ```
///
/// with overrides as in `price_basket`. Out: `{"type":"complete_receipt"|"record_offline_receipt",…}`, or
/// `{"error":…}` for a basket that the session would refuse: an override asked for offline without the right is
/// refused here, not afterwards.
#[wasm_bindgen]
#[must_use]
pub fn build_receipt(json: &str) -> String {
    let built = serde_json::from_str(json).map_err(|error| error.to_string()).and_then(build);
    match built {
        Ok(command) => to_json(&command),
        Err(error) => to_json(&serde_json::json!({ "error": error })),
    }
}

fn build(basket: PaidBasket) -> Result<Command, String> {
    let words = |error: domain::money::OutOfRange| error.to_string();
    let mut total = Cents::ZERO;
    let mut lines = Vec::new();
    for line in &basket.lines {
        let (line, payable) = asked(line, &basket)?;
        total = total.plus(payable).map_err(words)?;
        lines.push(line);
    }
    let mut unlisted = Vec::new();
    for line in &basket.unlisted {
        let tax = basket.rules.tax.on_line(line.price_cents, line.tax_exempt);
        total = total.plus(basket.rules.tax.payable(line.price_cents, tax).map_err(words)?).map_err(words)?;
        unlisted.push(AskedUnlisted {
            why: line.why,
            tag: line.tag,
            price: line.price_cents,
            tax_exempt: line.tax_exempt,
            keyed: line.keyed,
            tax: basket.offline.is_some().then_some(tax),
        });
    }
    let change = change(&basket.tenders, total)?;
    let (receipt, tenders, occurred_at) = (basket.receipt, basket.tenders, basket.now);
    let clock_offset_ms = basket.clock_offset_ms;
    Ok(match basket.offline {
        None => Command::CompleteReceipt { receipt, lines, unlisted, tenders, change, occurred_at },
        Some(Offline { terminal }) => Command::RecordOfflineReceipt(Box::new(OfflineReceipt {
            receipt,
            terminal,
            lines,
            unlisted,
            tenders,
            change,
            occurred_at,
            clock_offset_ms,
        })),
    })
}

/// The line as it is sent, and what the shopper pays for it.
fn asked(line: &PaidLine, basket: &PaidBasket) -> Result<(AskedLine, Cents), String> {
    let priced = BasketLine {
        printed_cents: line.printed_cents,
        flags: line.flags,
        asked_cents: line.asked_cents,
        overridden: line.overridden,
        tag_says_cents: line.tag_says_cents,
    };
    // A till goes by its own clock, corrected as far as it knows.
    let offset = basket.clock_offset_ms.unwrap_or(0);
    let judged = priced.judge(&basket.rules, basket.now.saturating_sub(offset))?;
    if let Some(fault) = judged.fault {
        return Err(format!("{}: {}", line.tag.grouped(), fault_code(fault)));
    }
    if line.overridden.is_some() && !basket.may_override {
        return Err(format!("{}: override_not_permitted", line.tag.grouped()));
    }
    let asked = AskedLine {
        tag: line.tag,
        price: judged.line.price,
        keyed: line.keyed,
        overridden: line.overridden,
        printed: line.tag_says_cents,
        tax: basket.offline.is_some().then_some(judged.line.tax),
    };
    Ok((asked, judged.line.payable))
}

/// Change, from cash only.
fn change(tenders: &[Tender], total: Cents) -> Result<Cents, String> {
    let words = |error: domain::money::OutOfRange| error.to_string();
    let paid = Cents::total(tenders.iter().map(|tender| tender.amount)).map_err(words)?;
    let cash = tenders.iter().filter(|tender| tender.kind == TenderKind::Cash).map(|tender| tender.amount);
    let cash = Cents::total(cash).map_err(words)?;
    let change = paid.minus(total).map_err(words)?;
    if change < Cents::ZERO || change > cash {
        return Err(format!("tenders_do_not_pay: {paid} for {total}, of which {cash} cash"));
    }
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basket(lines: &str, rest: &str) -> String {
        let tag = Tag::new(1, 123).map(|tag| tag.to_string()).unwrap_or_default();
        build_receipt(&format!(
            r#"{{"receipt":"00000000-0000-0000-0000-000000000001","rules":{{"tax":{{"rate":725,"inclusive":false,"exempt":[]}},"markdown":{{"steps":[],"step":25,"floor":25}}}},"now":5,"lines":[{{"tag":"{tag}","printed_cents":1000{lines}}}],"tenders":[{{"kind":"cash","amount_cents":2000}}]{rest}}}"#
        ))
    }

    #[test]
    fn off_3_a_paid_basket_becomes_a_command_online_and_offline() {
        let online: Command = serde_json::from_str(&basket("", "")).unwrap();
        let Command::CompleteReceipt { lines, change, .. } = online else { panic!("{online:?}") };
        assert_eq!((lines[0].tax, change), (None, Cents(927)));
        let offline = r#","clock_offset_ms":9,"offline":{"terminal":"00000000-0000-0000-0000-000000000002"}"#;
        let offline: Command = serde_json::from_str(&basket("", offline)).unwrap();
        let Command::RecordOfflineReceipt(receipt) = offline else { panic!("{offline:?}") };
        assert_eq!((receipt.lines[0].tax, receipt.clock_offset_ms), (Some(Cents(73)), Some(9)));
    }

    #[test]
    fn sal_11_an_override_without_the_right_is_refused_at_the_till() {
        let damaged = r#","asked_cents":700,"override":"damaged""#;
        assert!(basket(damaged, "").contains("override_not_permitted"));
        assert!(basket(damaged, r#","may_override":true"#).contains(r#""override":"damaged""#));
        assert!(basket(r#","asked_cents":700"#, r#","may_override":true"#).contains("price_differs"));
        assert!(
            basket("", r#","unlisted":[{"why":"no_tag","price_cents":5000}]"#).contains("tenders_do_not_pay")
        );
        assert!(build_receipt("{").contains("error"));
    }
}
