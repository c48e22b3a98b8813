//! What-if: a past event under another commission plan or rounding. The same fold, said to be a recalculation.

use domain::commission::CommissionPlan;
use domain::money::BasisPoints;
use domain::settlement::{Method, Pin, PlanOf, TrialBalance, WhatIf, compare};
use serde::Serialize;

use crate::logs::Logs;
use crate::settle::{Chosen, SettleError, heads, pins_here, read_recorded, settle};
use crate::timeline::{At, fold};

/// Changes to the event's own plan; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Base share of regular consignors.
    pub regular: Option<BasisPoints>,
    /// Base share of super consignors.
    pub super_: Option<BasisPoints>,
    /// Points per completed shift.
    pub shift_points: Option<BasisPoints>,
    /// Cap on the total share.
    pub cap: Option<BasisPoints>,
}

impl Wishes {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn applied_to(&self, plan: &CommissionPlan) -> CommissionPlan {
        let mut plan = plan.clone();
        plan.regular.base = self.regular.unwrap_or(plan.regular.base);
        plan.super_.base = self.super_.unwrap_or(plan.super_.base);
        if let Some(points) = self.shift_points {
            plan.shift_points = points;
            plan.shift_steps.clear();
        }
        plan.cap = self.cap.unwrap_or(plan.cap);
        plan
    }
}

/// Both settlements, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct SideBySide {
    /// The event's name.
    pub event: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Number of the settlement on record whose pins are read; none for the heads at hand.
    pub settlement: Option<u16>,
    /// What was read.
    pub pins: Vec<Pin>,
    /// The plan that the event was founded with.
    pub plan: CommissionPlan,
    /// The plan that was tried.
    pub plan_if: CommissionPlan,
    /// Consignor by consignor, and in total.
    #[serde(flatten)]
    pub compared: WhatIf,
    /// By the rules.
    pub balance: TrialBalance,
    /// Under the other method.
    pub balance_if: TrialBalance,
    /// What could not be told, and why.
    pub gaps: Vec<String>,
}

/// Settles the event twice: by the rules, and by `method` with `wishes` on its plan.
///
/// # Errors
/// [`SettleError`], also for a plan that no organization could have.
pub fn what_if(
    logs: &Logs,
    chosen: &Chosen<'_>,
    method: Method,
    wishes: &Wishes,
    workers: usize,
) -> Result<SideBySide, SettleError> {
    let recorded = read_recorded(chosen.source, workers)?;
    let current = recorded.current();
    let (pins, missing) = if let Some(settlement) = current {
        (pins_here(logs, &settlement.pins, workers)?, Vec::new())
    } else {
        let heads = heads(logs, chosen, workers)?;
        (heads.pins, heads.missing)
    };
    let state =
        fold::<domain::consignment_event::ConsignmentEvent>(&chosen.source.path, At::End, workers)?.state;
    let Some(founding) = state.founding else {
        return Err(SettleError::Unknown(format!("the log of {:?} has no beginning", chosen.name)));
    };
    let plan = founding.settings.plan;
    let mut gaps: Vec<String> = missing
        .iter()
        .map(|stream| format!("the log of {stream} is not here: what it sold is not counted"))
        .collect();
    let mut method = method;
    if !wishes.is_nothing() {
        method.plan = Some(wishes.applied_to(method.plan.as_ref().unwrap_or(&plan)));
    }
    if method.plan.is_some() && founding.settings.settlement.plan_of == PlanOf::Sale {
        gaps.push(
            "every sale is recalculated under the tried plan, whichever version it was made under".to_owned(),
        );
    }
    let plan_if = method.applied_to(&plan);
    let problems = plan_if.problems();
    if !problems.is_empty() {
        return Err(SettleError::Unknown(format!(
            "no organization can have this plan: {}",
            problems.join(", ")
        )));
    }
    let by_the_rules = settle(logs, &pins, Method::by_the_rules(), workers)?;
    let otherwise = by_the_rules.by_method(method);
    let (now, then) = (by_the_rules.statements()?, otherwise.statements()?);
    Ok(SideBySide {
        event: chosen.name.clone(),
        currency: chosen.currency.clone(),
        settlement: current.map(|settlement| settlement.number),
        pins,
        plan,
        plan_if,
        compared: compare(&now, &then).map_err(domain::settlement::FoldError::from)?,
        balance: by_the_rules.trial_balance(&now)?,
        balance_if: otherwise.trial_balance(&then)?,
        gaps,
    })
}
