//! What the items' rows should be: status and flags as the event itself has them at the end of its log, words from
//! the entries.

use std::collections::BTreeMap;

use domain::aggregate::Aggregate;
use domain::consignment_event::items::ListedItem;
use domain::consignment_event::{ConsignmentEvent, Event, ItemFlags, State};
use domain::ids::ImportId;
use domain::journal::Entry;
use domain::lifecycle::ItemStatus;
use domain::tag::Tag;
use serde_json::{Value, json};

pub fn rows(organization: &str, event: &str, log: &[Entry<Event>]) -> Vec<Value> {
    let mut state = State::default();
    for entry in log {
        ConsignmentEvent::evolve(&mut state, &entry.event, entry.recorded_at);
    }
    let mut words: BTreeMap<Tag, (ListedItem, i64, Option<ImportId>)> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for entry in log {
        match &entry.event {
            Event::ItemsListed(listed) => words.extend(
                listed.items.iter().map(|item| (item.tag, (item.clone(), entry.recorded_at, listed.import))),
            ),
            Event::ItemsEdited(edited) => {
                for edit in &edited.edits {
                    let (item, ..) = words.get_mut(&edit.tag).unwrap();
                    item.title = edit.title.clone().unwrap_or(item.title.clone());
                }
            }
            Event::ItemRetagged(tags) => {
                let words_of_it = words[&tags.old].clone();
                words.insert(tags.new, words_of_it);
            }
            Event::CustodyHandedOver(page) => {
                places.extend(page.items.iter().map(|item| (item.tag, page.session)));
            }
            _ => {}
        }
    }
    words
        .into_iter()
        .map(|(tag, (item, listed_at, import))| {
            let slot = state.item(tag).unwrap();
            let on_floor = |flag| slot.status == ItemStatus::OnFloor && slot.flags.has(flag);
            let marked = on_floor(ItemFlags::REJECTED)
                .then_some("rejected")
                .or(on_floor(ItemFlags::MISSING).then_some("missing"));
            let printed = (slot.printed > 0).then_some(slot.printed_flags);
            json!({
                "organization": organization, "event": event, "tag": tag, "consignor": slot.consignor,
                "category": item.category, "title": item.title, "size": item.size, "condition": item.condition,
                "price_cents": slot.price, "reduce": i64::from(slot.flags.has(ItemFlags::REDUCE)),
                "donate": i64::from(slot.flags.has(ItemFlags::DONATE)), "reference": item.reference,
                "status": slot.status, "session": places.get(&tag), "import": import, "import_row": item.row,
                "listed_at": listed_at, "marked": marked,
                "printed_cents": printed.map(|_| slot.printed),
                "printed_reduce": printed.map(|flags| i64::from(flags.has(ItemFlags::REDUCE))),
                "printed_donate": printed.map(|flags| i64::from(flags.has(ItemFlags::DONATE))),
                "transfers": slot.transfers,
            })
        })
        .collect()
}
