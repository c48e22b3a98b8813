//! A tenant's settings: every rate and limit that the rules use, with the defaults of the field.

use serde::{Deserialize, Serialize};

use super::fees::{FeeRules, RegistrationRules, ScheduleRules};
use crate::commission::CommissionPlan;
use crate::markdown::MarkdownSchedule;
use crate::money::{Cents, MAX_AMOUNT};
use crate::settlement::SettlementRules;
use crate::tax::TaxRule;

/// Longest text a setting may have, in characters; names are read at a glance.
pub const MAX_NAME_CHARS: usize = 120;

/// Most categories an organization may have; items keep a small number for theirs.
pub const MAX_CATEGORIES: usize = 200;

/// What an item must be like to be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRules {
    /// Prices are multiples of this.
    pub price_step: Cents,
    /// Lowest price.
    pub price_min: Cents,
    /// Highest price.
    pub price_max: Cents,
    /// Longest title, in characters: what fits on a label.
    pub title_max_chars: u16,
    /// Category codes.
    pub categories: Vec<String>,
    /// Condition codes.
    pub conditions: Vec<String>,
}

/// Settings in force; a change makes a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// From 1.
    pub version: u32,
    /// ISO 4217 code; one per organization.
    pub currency: String,
    /// IANA zone in which days begin and end.
    pub time_zone: String,
    /// Commission plan in force.
    pub plan: CommissionPlan,
    /// Tax rule in force.
    pub tax: TaxRule,
    /// Markdown rule that new events start with.
    pub markdown: MarkdownSchedule,
    /// What items must be like.
    pub items: ItemRules,
    /// Fees and fines.
    #[serde(default)]
    pub fees: FeeRules,
    /// Who takes part.
    #[serde(default)]
    pub registration: RegistrationRules,
    /// Shifts and slots.
    #[serde(default)]
    pub schedule: ScheduleRules,
    /// How events are settled and paid out.
    #[serde(default)]
    pub settlement: SettlementRules,
}

impl Settings {
    /// The defaults, for `currency` and `time_zone`.
    #[must_use]
    pub fn new(currency: &str, time_zone: &str) -> Self {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Self {
            version: 1,
            currency: currency.to_owned(),
            time_zone: time_zone.to_owned(),
            plan: CommissionPlan::default(),
            tax: TaxRule::default(),
            markdown: MarkdownSchedule { steps: Vec::new(), step: Cents(25), floor: Cents(25) },
            items: ItemRules {
                price_step: Cents(25),
                price_min: Cents(50),
                price_max: Cents(100_000),
                title_max_chars: 60,
                categories: codes(&[
                    "baby",
                    "boys",
                    "girls",
                    "maternity",
                    "shoes",
                    "outerwear",
                    "toys",
                    "books",
                    "games",
                    "gear",
                    "furniture",
                    "sports",
                    "costumes",
                    "accessories",
                    "other",
                ]),
                conditions: codes(&["new", "like_new", "good", "fair"]),
            },
            fees: FeeRules::default(),
            registration: RegistrationRules::default(),
            schedule: ScheduleRules::default(),
            settlement: SettlementRules::default(),
        }
    }

    /// What is wrong with the settings, in words; empty when they can be used.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        let mut problems = self.plan.problems();
        problems.extend(self.fees.problems());
        problems.extend(self.registration.problems());
        problems.extend(self.schedule.problems());
        problems.extend(self.settlement.problems());
        let items = &self.items;
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            problems.push("a currency that is no ISO 4217 code");
        }
        if self.time_zone.is_empty() || self.time_zone.chars().count() > MAX_NAME_CHARS {
            problems.push("a time zone without a name");
        }
        if items.price_step.0 <= 0
            || items.price_min.0 <= 0
            || items.price_max > MAX_AMOUNT
            || items.price_min > items.price_max
        {
            problems.push("price limits that exclude every price");
        }
        if !self.tax.rate.is_share() {
            problems.push("a tax rate above 100 %");
        }
        if items.categories.is_empty() || items.categories.len() > MAX_CATEGORIES {
            problems.push("no categories, or more than 200");
        }
        problems
    }
}
