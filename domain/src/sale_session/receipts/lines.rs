//! A line of a receipt from what was asked and what the session knows.

use super::super::basket::Judged;
use super::super::state::{Slot, State};
use super::event::{Line, Marked, OverrideReason, Standing};
use crate::consignment_event::{ItemFlags, SessionScheduled};
use crate::money::{Cents, OutOfRange};

/// A line's price, judged.
#[derive(Debug, Clone, Copy)]
pub(in crate::sale_session) struct Priced {
    pub tax: Cents,
    pub keyed: bool,
    pub overridden: Option<OverrideReason>,
    pub judged: Judged,
}

/// What stands against selling the item at any till.
pub(in crate::sale_session) fn mark_of(slot: &Slot) -> Option<Marked> {
    let marks = [
        (slot.has(Slot::RETURNED), Marked::Returned),
        (slot.flags.has(ItemFlags::MISSING), Marked::Missing),
        (slot.flags.has(ItemFlags::REJECTED), Marked::Rejected),
    ];
    marks.into_iter().find(|(set, _)| *set).map(|(_, mark)| mark)
}

/// The line, credited; the share is estimated by the consignor's terms as known now.
pub(in crate::sale_session) fn line_of(
    state: &State,
    plan: &SessionScheduled,
    slot: &Slot,
    priced: &Priced,
) -> Result<Line, OutOfRange> {
    let (tier, shifts) = state.terms_of(slot.consignor);
    let judged = &priced.judged;
    let rate = plan.plan.rate(tier, shifts, judged.printed);
    let split = plan.plan.split(judged.line.price, rate)?;
    Ok(Line {
        tag: slot.tag,
        consignor: slot.consignor,
        printed: judged.printed,
        price: judged.line.price,
        reduction: judged.line.reduction,
        tax: priced.tax,
        rate,
        share: split.consignor,
        house: split.house,
        plan: plan.plan.version,
        keyed: priced.keyed,
        not_checked_in: slot.flags.has(ItemFlags::NOT_CHECKED_IN),
        expected: judged.expected,
        overridden: priced.overridden,
        marked: mark_of(slot),
        standing: Standing::Credited,
    })
}
