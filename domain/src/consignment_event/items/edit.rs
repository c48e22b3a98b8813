//! Drafts, edits, prices, printed tags and second tags.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::decide::Decision;
use super::super::event::ItemsListed;
use super::super::state::{ItemSlot, State};
use super::decide::{MAX_TAGS, Verdict, own_item, refusal, sort};
use super::list::{item_of, on_its_way, refusal_of, with_late_page};
use super::{
    DraftDiscarded, DraftSaved, Finding, ItemDraft, ItemEdit, ItemRetagged, ItemsEdited, PassedOver,
    PrintedTag, RetagReason, Severity, TagsPrinted, check_draft,
};
use crate::ids::ConsignorNumber;
use crate::lifecycle::ItemStatus;
use crate::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Cents, Rounding};
use crate::organization::{EventFounded, Settings};
use crate::rejection::{Rejection, conflict, rule};
use crate::tag::{MAX_ITEM_NUMBER, Tag};

/// Longest text in a draft's field, in characters: a draft may be unfinished, not endless.
const MAX_DRAFT_CHARS: usize = 200;

/// One rule for many prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceChange {
    /// To this price.
    SetCents(Cents),
    /// Down by this part, to the lower step, never below the lowest price.
    ReduceBp(BasisPoints),
}

fn next_tag(state: &State, founding: &EventFounded) -> Result<Tag, Rejection> {
    let number = u32::try_from(state.items.len()).unwrap_or(u32::MAX).saturating_add(1);
    Tag::new(founding.ordinal, number).map_err(|_| {
        rule("ITM-9", "event_full", "the event's last tag is taken", format!("{MAX_ITEM_NUMBER} items"))
    })
}

fn own_draft(state: &State, tag: Tag, consignor: Option<ConsignorNumber>) -> Result<(), Rejection> {
    let slot = own_item(state, tag)?;
    if slot.status != ItemStatus::Draft {
        return Err(refusal(state, tag, "ITM-17", "not_a_draft"));
    }
    if consignor.is_some_and(|consignor| consignor != slot.consignor) {
        return Err(conflict("ITM-17", "not_the_consignors", tag.grouped(), "a draft of the same consignor"));
    }
    Ok(())
}

pub(in super::super) fn save_draft(
    state: &State,
    founding: &EventFounded,
    tag: Option<Tag>,
    draft: ItemDraft,
) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-8", "listing_closed", state.status.name(), "registration to markdown"));
    }
    let participation = state.active(draft.consignor).ok_or_else(|| {
        rule("ITM-10", "consignor_not_participating", draft.consignor.to_string(), "a participant")
    })?;
    if participation.erased {
        return Err(conflict("ERA-2", "consignor_erased", draft.consignor.to_string(), "another account"));
    }
    let texts = [&draft.category, &draft.title, &draft.size, &draft.condition, &draft.reference];
    if texts.iter().any(|text| text.chars().count() > MAX_DRAFT_CHARS) || !draft.price.is_price() {
        return Err(rule(
            "ITM-17",
            "draft_unusable",
            "a field too long or a price below zero",
            "shorter texts",
        ));
    }
    let tag = match tag {
        Some(tag) => {
            own_draft(state, tag, Some(draft.consignor))?;
            tag
        }
        None => next_tag(state, founding)?,
    };
    Ok(vec![DraftSaved { tag, draft }.into()])
}

pub(in super::super) fn complete_draft(
    state: &State,
    founding: &EventFounded,
    tag: Tag,
    mut draft: ItemDraft,
) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-8", "listing_closed", state.status.name(), "registration to markdown"));
    }
    own_draft(state, tag, Some(draft.consignor))?;
    let others = |(number, slot): (u32, &ItemSlot)| (number != tag.item()).then_some(slot.reference);
    let references: BTreeSet<u64> = (1..).zip(&state.items).filter_map(others).collect();
    if let Some((number, code)) = refusal_of(state, founding, &mut draft, &references) {
        return Err(rule(number, code, tag.grouped(), "a whole and usable item"));
    }
    let item = item_of(draft, tag);
    let late = vec![on_its_way(&item, founding)];
    let listed = ItemsListed { import: None, items: vec![item], refused: Vec::new() };
    Ok(with_late_page(state, listed.into(), late))
}

pub(in super::super) fn discard_draft(state: &State, tag: Tag) -> Decision {
    own_draft(state, tag, None)?;
    Ok(vec![DraftDiscarded { tag }.into()])
}

/// True while an item may be edited: the event decides about it, and it is not gone.
const fn is_editable(status: ItemStatus) -> bool {
    matches!(
        status,
        ItemStatus::Listed
            | ItemStatus::CheckedIn
            | ItemStatus::Released
            | ItemStatus::Returned
            | ItemStatus::Rejected
            | ItemStatus::Pulled
            | ItemStatus::Missing
    )
}

fn judge_edit(slot: &ItemSlot) -> Verdict {
    if is_editable(slot.status) { Verdict::Take } else { Verdict::Refuse("ITM-18", "not_editable") }
}

pub(in super::super) fn edit(state: &State, rules: &Settings, edits: Vec<ItemEdit>) -> Decision {
    if !state.status.takes_items() {
        return Err(rule("ITM-18", "sale_over", state.status.name(), "registration to markdown"));
    }
    let tags: Vec<Tag> = edits.iter().map(|edit| edit.tag).collect();
    if tags.iter().collect::<BTreeSet<_>>().len() < tags.len() {
        return Err(rule("ITM-12", "tag_repeated", "a tag twice", "each tag once"));
    }
    let mut sorted = sort(state, &tags, judge_edit)?;
    let taken: BTreeSet<Tag> = sorted.taken.iter().copied().collect();
    let mut usable = Vec::with_capacity(taken.len());
    let mut first = None;
    for mut edit in edits.into_iter().filter(|edit| taken.contains(&edit.tag)) {
        match put_right(&mut edit, rules) {
            None => usable.push(edit),
            Some(finding) => {
                sorted.refused.push(PassedOver {
                    tag: edit.tag,
                    rule: finding.rule.to_owned(),
                    code: finding.code.to_owned(),
                });
                first.get_or_insert(finding);
            }
        }
    }
    match first {
        Some(finding) if usable.is_empty() => {
            Err(rule(finding.rule, finding.code, finding.found, finding.allowed))
        }
        _ if usable.is_empty() => Ok(Vec::new()),
        _ => Ok(vec![ItemsEdited { edits: usable, refused: sorted.refused }.into()]),
    }
}

/// Checks the fields that an edit names by the rules for drafts, and puts right what can be.
fn put_right(edit: &mut ItemEdit, rules: &Settings) -> Option<Finding> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut draft = ItemDraft {
        row: None,
        consignor: ConsignorNumber(0),
        category: text(&edit.category),
        title: text(&edit.title),
        size: text(&edit.size),
        condition: text(&edit.condition),
        price: edit.price.unwrap_or(rules.items.price_min),
        reduce: false,
        donate: false,
        reference: String::new(),
    };
    let findings = check_draft(&mut draft, &rules.items);
    let named = |field: &str| match field {
        "category" => edit.category.is_some(),
        "title" => edit.title.is_some(),
        "size" => edit.size.is_some(),
        "condition" => edit.condition.is_some(),
        "price" => edit.price.is_some(),
        _ => false,
    };
    let refused =
        findings.into_iter().find(|finding| finding.severity == Severity::Refused && named(finding.field));
    if refused.is_none() {
        edit.category = edit.category.take().map(|_| draft.category);
        edit.title = edit.title.take().map(|_| draft.title);
        edit.size = edit.size.take().map(|_| draft.size);
        edit.condition = edit.condition.take().map(|_| draft.condition);
        edit.price = edit.price.map(|_| draft.price);
    }
    refused
}

pub(in super::super) fn reprice(
    state: &State,
    rules: &Settings,
    tags: Vec<Tag>,
    change: PriceChange,
) -> Decision {
    if let PriceChange::ReduceBp(rate) = change
        && !rate.is_share()
    {
        return Err(rule("ITM-18", "reduction_unusable", rate.to_string(), "at most 100 %"));
    }
    if tags.len() > MAX_TAGS {
        return Err(rule("ITM-12", "too_many_tags", tags.len().to_string(), "1 to 500 at once"));
    }
    let unique: BTreeSet<Tag> = tags.into_iter().collect();
    let edits = unique
        .into_iter()
        .map(|tag| ItemEdit {
            tag,
            category: None,
            title: None,
            size: None,
            condition: None,
            price: Some(match change {
                PriceChange::SetCents(price) => price,
                PriceChange::ReduceBp(rate) => reduced(state, rules, tag, rate),
            }),
            reduce: None,
            donate: None,
        })
        .collect();
    edit(state, rules, edits)
}

fn reduced(state: &State, rules: &Settings, tag: Tag, rate: BasisPoints) -> Cents {
    let price = state.item(tag).map_or(Cents::ZERO, |slot| Cents(i64::from(slot.price)));
    let left = BasisPoints(BASIS_POINTS_IN_WHOLE.saturating_sub(rate.0));
    Rounding::HalfUp.part(price, left).down_to_step(rules.items.price_step).max(rules.items.price_min)
}

/// Prints tags. An item on a floor keeps the price and flags that its session sells it by.
pub(in super::super) fn print(state: &State, tags: Vec<Tag>) -> Decision {
    if tags.is_empty() || tags.len() > MAX_TAGS {
        return Err(rule("ITM-12", "too_many_tags", tags.len().to_string(), "1 to 500 at once"));
    }
    let mut printed = Vec::with_capacity(tags.len());
    let mut seen = BTreeSet::new();
    for tag in tags.into_iter().filter(|tag| seen.insert(*tag)) {
        let Some(slot) = state.item(tag) else { return Err(refusal(state, tag, "ITM-13", "item_unknown")) };
        let (price, flags) = match slot.status {
            ItemStatus::OnFloor => slot.as_printed(),
            status if is_editable(status) => (slot.price, slot.flags),
            _ => return Err(refusal(state, tag, "ITM-19", "not_printable")),
        };
        printed.push(PrintedTag { tag, price: Cents(i64::from(price)), flags });
    }
    Ok(vec![TagsPrinted { tags: printed }.into()])
}

pub(in super::super) fn retag(
    state: &State,
    founding: &EventFounded,
    tag: Tag,
    reason: RetagReason,
) -> Decision {
    let slot = own_item(state, tag)?;
    if !is_editable(slot.status) {
        return Err(refusal(state, tag, "ITM-20", "not_retaggable"));
    }
    Ok(vec![ItemRetagged { old: tag, new: next_tag(state, founding)?, reason }.into()])
}
