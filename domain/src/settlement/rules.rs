//! How a tenant settles, and how one calculation is to be made.

use serde::{Deserialize, Serialize};

use crate::commission::CommissionPlan;
use crate::money::{Cents, Rounding, RoundingScope};

/// Which version of the commission plan a line is settled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOf {
    /// The version the line was sold under (the default).
    #[default]
    Sale,
    /// The version the event was founded with.
    Event,
}

/// A tenant's rules for settlement and payouts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SettlementRules {
    /// Amounts below this are not paid but carried forward as a credit; 0 pays everything.
    pub minimum_payout: Cents,
    /// Two different persons must approve.
    pub two_persons: bool,
    /// Which version of the plan lines are settled by.
    pub plan_of: PlanOf,
}

impl SettlementRules {
    /// What is wrong with the rules, in words.
    #[must_use]
    pub fn problems(&self) -> Vec<&'static str> {
        if self.minimum_payout.is_price() { Vec::new() } else { vec!["a minimum payout that is no amount"] }
    }
}

/// How one calculation is made. The real one follows the event's rules; a what-if says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Method {
    /// Another plan for every line, instead of the version that the rules name.
    pub plan: Option<CommissionPlan>,
    /// Another rounding, instead of the plan's.
    pub rounding: Option<Rounding>,
    /// Another scope of rounding, instead of the plan's.
    pub scope: Option<RoundingScope>,
}

impl Method {
    /// The event's own rules: the only method whose result can be approved.
    #[must_use]
    pub fn by_the_rules() -> Self {
        Self::default()
    }

    /// True when it follows the event's own rules.
    #[must_use]
    pub const fn is_by_the_rules(&self) -> bool {
        self.plan.is_none() && self.rounding.is_none() && self.scope.is_none()
    }

    /// `plan` with this method's wishes put in.
    #[must_use]
    pub fn applied_to(&self, plan: &CommissionPlan) -> CommissionPlan {
        let mut plan = self.plan.as_ref().unwrap_or(plan).clone();
        plan.rounding = self.rounding.unwrap_or(plan.rounding);
        plan.scope = self.scope.unwrap_or(plan.scope);
        plan
    }
}
