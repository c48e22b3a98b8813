//! Checking a draft against the organization's item rules. Pure, so that the importer can report row by row
//! before anything is sent, and the event can decide by the same words.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::ConsignorNumber;
use crate::money::Cents;
use crate::organization::ItemRules;

/// Longest size text, in characters.
pub const MAX_SIZE_CHARS: usize = 20;

/// Longest reference of a consignor's own, in characters.
pub const MAX_REFERENCE_CHARS: usize = 40;

/// An item before it has a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDraft {
    /// Row of the import; from 1.
    #[serde(default)]
    pub row: Option<u32>,
    /// Whose it is.
    pub consignor: ConsignorNumber,
    /// Category code.
    pub category: String,
    /// What it is.
    pub title: String,
    /// Size, as on the label; may be empty.
    pub size: String,
    /// Condition code.
    pub condition: String,
    /// Price.
    pub price: Cents,
    /// May be reduced.
    pub reduce: bool,
    /// To be donated if unsold.
    pub donate: bool,
    /// The consignor's own reference; unique per consignor and event unless empty.
    pub reference: String,
}

/// What a finding means for the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The draft was put right; it can be listed.
    Adjusted,
    /// The draft cannot be listed.
    Refused,
}

/// One thing about a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// The field, as in the CSV's header.
    pub field: &'static str,
    /// Adjusted or refused.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// What is allowed (or what it became).
    pub allowed: String,
}

/// Checks `draft`, putting right what can be put right without guessing: spaces, letter case of codes, and a
/// price between two steps, which goes down to the lower one.
#[must_use]
pub fn check_draft(draft: &mut ItemDraft, rules: &ItemRules) -> Vec<Finding> {
    let mut findings = Vec::new();
    tidy(&mut draft.title);
    tidy(&mut draft.size);
    tidy(&mut draft.reference);
    check_texts(draft, rules, &mut findings);
    check_price(draft, rules, &mut findings);
    findings
}

fn tidy(text: &mut String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let tidied = words.join(" ");
    if tidied != *text {
        *text = tidied;
    }
}

fn check_texts(draft: &mut ItemDraft, rules: &ItemRules, findings: &mut Vec<Finding>) {
    let mut refuse = |rule, code, field, found: String, allowed: String| {
        findings.push(Finding { rule, code, field, severity: Severity::Refused, found, allowed });
    };
    let chars = draft.title.chars().count();
    if chars == 0 || chars > usize::from(rules.title_max_chars) || draft.title.chars().any(char::is_control) {
        refuse(
            "ITM-1",
            "title_unusable",
            "title",
            format!("{chars} characters"),
            format!("1 to {} characters", rules.title_max_chars),
        );
    }
    if draft.size.chars().count() > MAX_SIZE_CHARS {
        refuse(
            "ITM-2",
            "size_too_long",
            "size",
            draft.size.clone(),
            format!("at most {MAX_SIZE_CHARS} characters"),
        );
    }
    if draft.reference.chars().count() > MAX_REFERENCE_CHARS {
        refuse(
            "ITM-3",
            "reference_too_long",
            "reference",
            draft.reference.clone(),
            format!("at most {MAX_REFERENCE_CHARS} characters"),
        );
    }
    draft.category = code_of(&draft.category);
    if !rules.categories.contains(&draft.category) {
        refuse("ITM-4", "category_unknown", "category", draft.category.clone(), rules.categories.join(", "));
    }
    draft.condition = code_of(&draft.condition);
    if !rules.conditions.contains(&draft.condition) {
        refuse(
            "ITM-5",
            "condition_unknown",
            "condition",
            draft.condition.clone(),
            rules.conditions.join(", "),
        );
    }
}

fn code_of(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

fn check_price(draft: &mut ItemDraft, rules: &ItemRules, findings: &mut Vec<Finding>) {
    let mut say = |rule, code, severity, found: Cents, allowed: String| {
        findings.push(Finding { rule, code, field: "price", severity, found: found.to_string(), allowed });
    };
    let asked = draft.price;
    if asked < rules.price_min {
        return say(
            "ITM-6",
            "price_too_low",
            Severity::Refused,
            asked,
            format!("at least {}", rules.price_min),
        );
    }
    if asked > rules.price_max {
        return say(
            "ITM-6",
            "price_too_high",
            Severity::Refused,
            asked,
            format!("at most {}", rules.price_max),
        );
    }
    draft.price = asked.down_to_step(rules.price_step).max(rules.price_min);
    if draft.price != asked {
        say("ITM-7", "price_off_step", Severity::Adjusted, asked, format!("rounded down to {}", draft.price));
    }
}

/// A consignor's reference as the hot state keeps it: the first 64 bits of a digest; 0 for no reference.
#[must_use]
pub fn reference_digest(consignor: ConsignorNumber, reference: &str) -> u64 {
    if reference.is_empty() {
        return 0;
    }
    let digest =
        Sha256::new().chain_update(consignor.0.to_be_bytes()).chain_update(reference.as_bytes()).finalize();
    digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}
