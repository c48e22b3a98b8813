//! Items that get a tag: listed, drafted, received from an earlier event, retagged.

use domain::consignment_event::Event;
use domain::consignment_event::items::{DraftSaved, ItemRetagged, ListedItem};
use domain::lifecycle::ItemStatus;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, insert};

/// A draft has its tag already when it is listed at last.
const LIST: &Sql = insert!(item (organization, event, tag, consignor, category, title, size, condition, price_cents,
    reduce, donate, reference, status, session, import, import_row, listed_at, transfers)
    "ON CONFLICT (organization, event, tag) DO UPDATE SET consignor = excluded.consignor,
        category = excluded.category, title = excluded.title, size = excluded.size,
        condition = excluded.condition, price_cents = excluded.price_cents, reduce = excluded.reduce,
        donate = excluded.donate, reference = excluded.reference, status = excluded.status,
        session = excluded.session, import = excluded.import, import_row = excluded.import_row,
        listed_at = excluded.listed_at, transfers = excluded.transfers,
        printed_cents = NULL, printed_reduce = NULL, printed_donate = NULL, marked = NULL");

/// The item goes on as it is, but its new tag is not printed yet.
const RETAG: &Sql = &Sql {
    table: "item",
    text: "INSERT INTO item (organization, event, tag, consignor, category, title, size, condition, price_cents,
            reduce, donate, reference, status, session, import, import_row, listed_at, transfers, marked)
        SELECT item.organization, item.event, row.value->>'new', consignor, category, title, size, condition,
            price_cents, reduce, donate, reference, status, session, import, import_row, listed_at, transfers, marked
        FROM json_each(?1) AS row JOIN item ON item.organization = row.value->>'organization'
            AND item.event = row.value->>'event' AND item.tag = row.value->>'old'",
    joins: false,
};

#[derive(Serialize)]
struct Listed<'a> {
    organization: &'a str,
    event: &'a str,
    tag: String,
    consignor: u32,
    category: &'a str,
    title: &'a str,
    size: &'a str,
    condition: &'a str,
    price_cents: i64,
    reduce: u8,
    donate: u8,
    reference: &'a str,
    status: &'static str,
    session: Option<&'a str>,
    import: Option<String>,
    import_row: Option<u32>,
    listed_at: i64,
    transfers: u8,
}

#[derive(Serialize)]
struct RetaggedRow<'a> {
    organization: &'a str,
    event: &'a str,
    old: String,
    new: String,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ItemsListed(listed) => {
            let import = listed.import.map(|import| import.to_string());
            let rows = listed.items.iter().map(|item| Listed {
                import: import.clone(),
                import_row: item.row,
                ..row(at, item)
            });
            writes.write(LIST, rows)
        }
        Event::TransfersReceived(received) => {
            let rows =
                received.items.iter().map(|item| Listed { transfers: item.transfers, ..row(at, &item.item) });
            writes.write(LIST, rows)
        }
        Event::DraftSaved(saved) => writes.write(LIST, [draft(at, saved)]),
        Event::ItemRetagged(retagged) => writes.write(RETAG, [renamed(at, retagged)]),
        _ => Ok(()),
    }
}

fn row<'a>(at: &'a At<'_>, item: &'a ListedItem) -> Listed<'a> {
    Listed {
        organization: &at.organization,
        event: &at.id,
        tag: item.tag.to_string(),
        consignor: item.consignor.0,
        category: &item.category,
        title: &item.title,
        size: &item.size,
        condition: &item.condition,
        price_cents: item.price.0,
        reduce: item.reduce.into(),
        donate: item.donate.into(),
        reference: &item.reference,
        status: ItemStatus::Listed.name(),
        session: None,
        import: None,
        import_row: None,
        listed_at: at.entry.recorded_at,
        transfers: 0,
    }
}

fn draft<'a>(at: &'a At<'_>, saved: &'a DraftSaved) -> Listed<'a> {
    let draft = &saved.draft;
    Listed {
        organization: &at.organization,
        event: &at.id,
        tag: saved.tag.to_string(),
        consignor: draft.consignor.0,
        category: &draft.category,
        title: &draft.title,
        size: &draft.size,
        condition: &draft.condition,
        price_cents: draft.price.0,
        reduce: draft.reduce.into(),
        donate: draft.donate.into(),
        reference: &draft.reference,
        status: ItemStatus::Draft.name(),
        session: None,
        import: None,
        import_row: None,
        listed_at: at.entry.recorded_at,
        transfers: 0,
    }
}

fn renamed<'a>(at: &'a At<'_>, retagged: &ItemRetagged) -> RetaggedRow<'a> {
    RetaggedRow {
        organization: &at.organization,
        event: &at.id,
        old: retagged.old.to_string(),
        new: retagged.new.to_string(),
    }
}
