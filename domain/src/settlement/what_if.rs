//! A what-if: the same logs settled by another method, side by side.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::statement::{Statement, StatementTotals};
use crate::ids::ConsignorNumber;
use crate::money::{Cents, OutOfRange};

/// One consignor under both methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Who.
    pub consignor: ConsignorNumber,
    /// Share by the rules.
    #[serde(rename = "share_cents")]
    pub share: Cents,
    /// Share under the other method.
    #[serde(rename = "share_if_cents")]
    pub share_if: Cents,
    /// Due by the rules.
    #[serde(rename = "due_cents")]
    pub due: Cents,
    /// Due under the other method.
    #[serde(rename = "due_if_cents")]
    pub due_if: Cents,
}

/// All consignors under both methods. A recalculation: what shoppers would have bought does not change with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// By consignor.
    pub consignors: Vec<Compared>,
    /// Sum of shares under the other method, less those by the rules.
    #[serde(rename = "shares_differ_by_cents")]
    pub shares_differ_by: Cents,
    /// The same for the house: the two add up to zero.
    #[serde(rename = "house_differs_by_cents")]
    pub house_differs_by: Cents,
}

/// Compares two settlements of the same pins.
///
/// # Errors
/// [`OutOfRange`] for sums that no event can reach.
pub fn compare(by_the_rules: &[Statement], otherwise: &[Statement]) -> Result<WhatIf, OutOfRange> {
    let mut pairs: BTreeMap<ConsignorNumber, [StatementTotals; 2]> = BTreeMap::new();
    for (side, statements) in [by_the_rules, otherwise].into_iter().enumerate() {
        for statement in statements {
            pairs.entry(statement.consignor).or_default()[side] = statement.totals;
        }
    }
    let differ = |of: fn(&StatementTotals) -> Cents| {
        let sum = |side: usize| Cents::total(pairs.values().map(|pair| of(&pair[side])));
        sum(1)?.minus(sum(0)?)
    };
    Ok(WhatIf {
        shares_differ_by: differ(|totals| totals.share)?,
        house_differs_by: differ(|totals| totals.house)?,
        consignors: pairs
            .iter()
            .map(|(consignor, [now, then])| Compared {
                consignor: *consignor,
                share: now.share,
                share_if: then.share,
                due: now.due,
                due_if: then.due,
            })
            .collect(),
    })
}
