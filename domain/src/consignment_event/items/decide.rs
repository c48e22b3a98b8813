//! Items in and out of the hall: checked in, rejected, pulled, for sale again, gone.

use std::collections::BTreeSet;

use super::super::decide::Decision;
use super::super::fees::{self, FeeKind, FeesCharged};
use super::super::state::{ItemSlot, State};
use super::list::{for_sale, with_late_page};
use super::{
    Departure, ItemsCheckedIn, ItemsDeparted, ItemsPulled, ItemsReinstated, ItemsRejected, PassedOver,
    PullReason, RejectReason,
};
use crate::ids::ConsignorNumber;
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::organization::Settings;
use crate::rejection::{Refusal, Rejection, not_found, rule};
use crate::tag::Tag;

/// Tags in one command: a cart full of scans; an entry stays far below the 2 MB row limit.
pub const MAX_TAGS: usize = 500;

/// What a command for many does with one item.
pub(super) enum Verdict {
    /// It applies.
    Take,
    /// It is so already.
    Already,
    /// It must not be.
    Refuse(&'static str, &'static str),
}

/// The tags a command applies to, and those it passes over.
pub(super) struct Sorted {
    /// It applies.
    pub taken: Vec<Tag>,
    /// It does not.
    pub refused: Vec<PassedOver>,
}

/// Sorts `tags` by `judge`. When the command applies to none, the first refusal is the answer.
pub(super) fn sort(
    state: &State,
    tags: &[Tag],
    judge: impl Fn(&ItemSlot) -> Verdict,
) -> Result<Sorted, Rejection> {
    if tags.is_empty() || tags.len() > MAX_TAGS {
        return Err(rule("ITM-12", "too_many_tags", tags.len().to_string(), "1 to 500 at once"));
    }
    let mut sorted = Sorted { taken: Vec::new(), refused: Vec::new() };
    let mut first: Option<Rejection> = None;
    let mut seen = BTreeSet::new();
    for tag in tags.iter().filter(|tag| seen.insert(**tag)) {
        let verdict = match state.item(*tag) {
            None => Verdict::Refuse("ITM-13", "item_unknown"),
            Some(slot) if slot.status == ItemStatus::OnFloor => {
                Verdict::Refuse("ITM-14", "custody_elsewhere")
            }
            Some(slot) => judge(slot),
        };
        match verdict {
            Verdict::Take => sorted.taken.push(*tag),
            Verdict::Already => {}
            Verdict::Refuse(rule, code) => {
                first.get_or_insert_with(|| refusal(state, *tag, rule, code));
                sorted.refused.push(PassedOver { tag: *tag, rule: rule.to_owned(), code: code.to_owned() });
            }
        }
    }
    match first {
        Some(first) if sorted.taken.is_empty() => Err(first),
        _ => Ok(sorted),
    }
}

/// The refusal for one item.
pub(super) fn refusal(state: &State, tag: Tag, rule: &'static str, code: &'static str) -> Rejection {
    let kind = match code {
        "item_unknown" => Refusal::NotFound,
        "custody_elsewhere" => Refusal::CustodyElsewhere,
        _ => Refusal::Rule,
    };
    let allowed = match code {
        "item_unknown" => "an item of this event",
        "custody_elsewhere" => "items that no session holds",
        _ => "an item of another status",
    };
    let status = state.item(tag).map_or("unknown", |slot| slot.status.name());
    Rejection::new(kind, rule, code, format!("{} is {status}", tag.grouped()), allowed)
}

/// The item, if this event has it and no session does.
pub(super) fn own_item(state: &State, tag: Tag) -> Result<&ItemSlot, Rejection> {
    match state.item(tag) {
        None => Err(not_found("ITM-13", "item_unknown", tag.grouped(), "an item of this event")),
        Some(slot) if slot.status == ItemStatus::OnFloor => {
            Err(refusal(state, tag, "ITM-14", "custody_elsewhere"))
        }
        Some(slot) => Ok(slot),
    }
}

pub(in super::super) fn check_in(state: &State, tags: &[Tag]) -> Decision {
    let during = matches!(state.status, EventStatus::Intake | EventStatus::Selling | EventStatus::Markdown);
    if !during {
        return Err(rule("CHK-1", "no_drop_off", state.status.name(), "intake to markdown"));
    }
    let Sorted { taken, refused } = sort(state, tags, |slot| match slot.status {
        ItemStatus::Listed | ItemStatus::Missing => Verdict::Take,
        ItemStatus::CheckedIn | ItemStatus::Released | ItemStatus::Returned => Verdict::Already,
        ItemStatus::Draft => Verdict::Refuse("CHK-2", "item_incomplete"),
        ItemStatus::Rejected | ItemStatus::Pulled => Verdict::Refuse("CHK-2", "item_withdrawn"),
        ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Donated
        | ItemStatus::PickedUp
        | ItemStatus::Transferred
        | ItemStatus::Retagged => Verdict::Refuse("CHK-2", "item_gone"),
    })?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let late = for_sale(state, &taken);
    Ok(with_late_page(state, ItemsCheckedIn { tags: taken, refused }.into(), late))
}

pub(in super::super) fn reject(
    state: &State,
    rules: &Settings,
    tags: &[Tag],
    reason: RejectReason,
) -> Decision {
    let Sorted { taken, refused } = sort(state, tags, |slot| match slot.status {
        ItemStatus::Listed | ItemStatus::CheckedIn => Verdict::Take,
        ItemStatus::Rejected => Verdict::Already,
        ItemStatus::Draft
        | ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Returned
        | ItemStatus::Released
        | ItemStatus::Pulled
        | ItemStatus::Missing
        | ItemStatus::Donated
        | ItemStatus::PickedUp
        | ItemStatus::Transferred
        | ItemStatus::Retagged => Verdict::Refuse("CHK-3", "not_at_check_in"),
    })?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let fine = rules.fees.rejected;
    let charges: Vec<_> = taken
        .iter()
        .filter(|_| fine.0 > 0)
        .filter_map(|tag| {
            let consignor = state.item(*tag)?.consignor;
            let charge = fees::fee_charge(state, consignor, FeeKind::RejectedItem, fine);
            Some(fees::FeeCharge { tag: Some(*tag), ..charge })
        })
        .collect();
    let rejected = ItemsRejected { tags: taken, reason, refused }.into();
    let fines = (!charges.is_empty()).then(|| FeesCharged { charges }.into());
    Ok(std::iter::once(rejected).chain(fines).collect())
}

pub(in super::super) fn pull(state: &State, rules: &Settings, tags: &[Tag], reason: PullReason) -> Decision {
    let Sorted { taken, refused } = sort(state, tags, |slot| match slot.status {
        ItemStatus::Listed
        | ItemStatus::CheckedIn
        | ItemStatus::Released
        | ItemStatus::Returned
        | ItemStatus::Rejected => Verdict::Take,
        ItemStatus::Pulled => Verdict::Already,
        ItemStatus::Draft
        | ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Missing
        | ItemStatus::Donated
        | ItemStatus::PickedUp
        | ItemStatus::Transferred
        | ItemStatus::Retagged => Verdict::Refuse("ITM-15", "not_for_sale"),
    })?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let charges = pull_fines(state, rules, &taken, reason);
    let pulled = ItemsPulled { tags: taken, reason, refused }.into();
    let fines = (!charges.is_empty()).then(|| FeesCharged { charges }.into());
    Ok(std::iter::once(pulled).chain(fines).collect())
}

/// A fine for each item beyond the consignor's allowance, in the order of the command.
fn pull_fines(state: &State, rules: &Settings, tags: &[Tag], reason: PullReason) -> Vec<fees::FeeCharge> {
    let mut pulled: std::collections::BTreeMap<ConsignorNumber, u32> = std::collections::BTreeMap::new();
    let mut charges = Vec::new();
    for tag in tags {
        let Some(slot) = state.item(*tag).filter(|slot| reason.counts(slot.status)) else { continue };
        let before = state.participations.get(&slot.consignor).map_or(0, |found| found.pulled);
        let count = pulled.entry(slot.consignor).or_insert(before);
        *count = count.saturating_add(1);
        if *count > u32::from(rules.fees.pulled_allowance) && rules.fees.pulled.0 > 0 {
            let charge = fees::fee_charge(state, slot.consignor, FeeKind::PulledItem, rules.fees.pulled);
            charges.push(fees::FeeCharge { tag: Some(*tag), ..charge });
        }
    }
    charges
}

pub(in super::super) fn reinstate(state: &State, tags: &[Tag]) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-16", "sale_over", state.status.name(), "registration to markdown"));
    }
    let Sorted { taken, refused } = sort(state, tags, |slot| match slot.status {
        ItemStatus::Rejected | ItemStatus::Pulled | ItemStatus::Missing => Verdict::Take,
        ItemStatus::Listed | ItemStatus::CheckedIn | ItemStatus::Returned | ItemStatus::Released => {
            Verdict::Already
        }
        ItemStatus::Draft
        | ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Donated
        | ItemStatus::PickedUp
        | ItemStatus::Transferred
        | ItemStatus::Retagged => Verdict::Refuse("ITM-16", "not_withdrawn"),
    })?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let late = for_sale(state, &taken);
    Ok(with_late_page(state, ItemsReinstated { tags: taken, refused }.into(), late))
}

pub(in super::super) fn depart(state: &State, tags: &[Tag], how: Departure) -> Decision {
    let over = matches!(
        state.status,
        EventStatus::Closed
            | EventStatus::Returns
            | EventStatus::Reconciliation
            | EventStatus::Complete
            | EventStatus::Cancelled
    );
    if how == Departure::Donated && !over {
        return Err(rule("CHK-4", "sale_not_over", state.status.name(), "donating after the sale"));
    }
    let Sorted { taken, refused } = sort(state, tags, |slot| match slot.status {
        ItemStatus::Missing if how == Departure::Missing => Verdict::Already,
        // What was missing and turns up is handed out like the rest.
        ItemStatus::CheckedIn
        | ItemStatus::Released
        | ItemStatus::Returned
        | ItemStatus::Rejected
        | ItemStatus::Pulled
        | ItemStatus::Missing => Verdict::Take,
        ItemStatus::PickedUp if how == Departure::PickedUp => Verdict::Already,
        ItemStatus::Donated if how == Departure::Donated => Verdict::Already,
        ItemStatus::Draft
        | ItemStatus::Listed
        | ItemStatus::OnFloor
        | ItemStatus::Sold
        | ItemStatus::Donated
        | ItemStatus::PickedUp
        | ItemStatus::Transferred
        | ItemStatus::Retagged => Verdict::Refuse("CHK-5", "not_in_the_hall"),
    })?;
    Ok(if taken.is_empty() { Vec::new() } else { vec![ItemsDeparted { tags: taken, how, refused }.into()] })
}
