//! One sold line, from the estimate at the till to the final share.

use serde::{Deserialize, Serialize};

use super::fact::Fate;
use super::pins::SourceRef;
use crate::commission::{CommissionPlan, RateParts, Tier};
use crate::ids::{ConsignorNumber, ReceiptId};
use crate::money::{Cents, OutOfRange};
use crate::tag::Tag;

/// A line as the fold keeps it: about 130 bytes, so that 60,000 of them fit a Worker many times over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldLine {
    /// The receipt's entry and line.
    pub source: SourceRef,
    /// The receipt.
    pub receipt: ReceiptId,
    /// The item; none for something sold without a readable tag.
    pub tag: Option<Tag>,
    /// Whose it is; the house's while nobody knows.
    pub consignor: Option<ConsignorNumber>,
    /// Price on the tag.
    pub printed: Cents,
    /// Price sold at.
    pub price: Cents,
    /// Tax on it.
    pub tax: Cents,
    /// Given back of the price, for a line that stands all the same.
    pub price_back: Cents,
    /// Given back of the tax.
    pub tax_back: Cents,
    /// The entry that gave it back.
    pub back: Option<SourceRef>,
    /// True when the price contains the tax.
    pub inclusive: bool,
    /// The share estimated.
    pub share: Cents,
    /// Version of the plan estimated under.
    pub plan: u32,
    /// Tier as the session knew it at the time.
    pub tier: Tier,
    /// Completed shifts as the session knew them at the time.
    pub shifts: u8,
    /// The entry that said whose it is, where the receipt itself didn't.
    pub credited: Option<SourceRef>,
    /// What became of it.
    pub fate: Fate,
}

impl SoldLine {
    /// True when it counts.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.fate == Fate::Stands
    }

    /// The price less what was given back of it.
    #[must_use]
    pub const fn net(&self) -> Cents {
        Cents(self.price.0 - self.price_back.0)
    }

    /// The tax less what was given back of it.
    #[must_use]
    pub const fn net_tax(&self) -> Cents {
        Cents(self.tax.0 - self.tax_back.0)
    }

    /// What the shopper paid for it and did not get back.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts that no price can have.
    pub fn payable(&self) -> Result<Cents, OutOfRange> {
        if self.inclusive { Ok(self.net()) } else { self.net().plus(self.net_tax()) }
    }
}

/// Why a final share is not the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The line was returned: its share falls away.
    Returned,
    /// Its receipt was voided.
    Voided,
    /// Its conflict or claim is open: nothing is credited yet.
    Contested,
    /// Its conflict was resolved against it.
    Overruled,
    /// A part of the price was given back; the item stayed sold.
    Refunded,
    /// The estimate was not what the rules gave at the time (an offline till with older rules, say).
    Recorded,
    /// Another version of the plan applies.
    Plan,
    /// The consignor's tier changed after the sale.
    Tier,
    /// Shifts were completed (or undone) after the sale.
    Shifts,
    /// The plan rounds the total, not the lines: this line got or gave the remainder.
    Remainder,
}

/// One named step from estimate to final share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Why.
    pub kind: DifferenceKind,
    /// By how much, in the consignor's favour.
    #[serde(rename = "amount_cents")]
    pub amount: Cents,
    /// The entries that caused it, where entries did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceRef>,
}

/// A sold line on a statement. `estimate` plus the differences is the share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// The item; none for something sold without a readable tag and identified later.
    pub tag: Option<Tag>,
    /// Price on the tag.
    #[serde(rename = "printed_cents")]
    pub printed: Cents,
    /// Price sold at.
    #[serde(rename = "price_cents")]
    pub price: Cents,
    /// Given back of it; the share is a part of what is left.
    #[serde(default, rename = "price_back_cents", skip_serializing_if = "Cents::is_zero")]
    pub price_back: Cents,
    /// Version of the plan it is settled by.
    pub plan: u32,
    /// The final rate and what it is made of.
    pub rate: RateParts,
    /// The share estimated at the sale.
    #[serde(rename = "estimate_cents")]
    pub estimate: Cents,
    /// Estimate to final, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// What a consignor's lines are settled by.
pub(super) struct FinalTerms<'a> {
    pub tier: Tier,
    pub shifts: &'a [SourceRef],
}

impl FinalTerms<'_> {
    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.shifts.len()).unwrap_or(u8::MAX)
    }
}

/// The steps from the estimate of a line that stands to its share at the final rate, each line rounded by itself.
pub(super) fn steps_of_standing(
    line: &SoldLine,
    sold_under: &CommissionPlan,
    settled_by: &CommissionPlan,
    terms: &FinalTerms<'_>,
) -> Vec<Difference> {
    let share = |plan: &CommissionPlan, price, tier, shifts| {
        plan.rounding.part(price, plan.rate(tier, shifts, line.printed))
    };
    let net = line.net();
    let stations = [
        (DifferenceKind::Recorded, share(sold_under, line.price, line.tier, line.shifts)),
        (DifferenceKind::Refunded, share(sold_under, net, line.tier, line.shifts)),
        (DifferenceKind::Plan, share(settled_by, net, line.tier, line.shifts)),
        (DifferenceKind::Tier, share(settled_by, net, terms.tier, line.shifts)),
        (DifferenceKind::Shifts, share(settled_by, net, terms.tier, terms.count())),
    ];
    let mut from = line.share;
    let mut steps = Vec::new();
    for (kind, to) in stations {
        if to != from {
            let sources = match kind {
                DifferenceKind::Shifts => terms.shifts.to_vec(),
                DifferenceKind::Refunded => line.back.into_iter().collect(),
                _ => Vec::new(),
            };
            steps.push(Difference { kind, amount: Cents(to.0 - from.0), sources });
        }
        from = to;
    }
    steps
}

/// The one step of a line that does not stand: its whole estimate falls away.
pub(super) fn step_of_fallen(line: &SoldLine) -> Option<Difference> {
    let kind = match line.fate {
        Fate::Stands => return None,
        Fate::Returned(_) => DifferenceKind::Returned,
        Fate::Voided(_) => DifferenceKind::Voided,
        Fate::Contested(_) => DifferenceKind::Contested,
        Fate::Overruled(_) => DifferenceKind::Overruled,
    };
    // A line that was never credited has nothing to fall away.
    (line.share != Cents::ZERO).then(|| Difference {
        kind,
        amount: Cents(line.share.0.saturating_neg()),
        sources: line.fate.source().into_iter().collect(),
    })
}
