//! Items whose texts, price or tag change.

use domain::consignment_event::items::{ItemEdit, PrintedTag};
use domain::consignment_event::{Event, ItemFlags};
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, update};

/// What an edit leaves out stays.
const EDIT: &Sql = &Sql {
    table: "item",
    text: "UPDATE item SET
            category = COALESCE(row.value->>'category', item.category),
            title = COALESCE(row.value->>'title', item.title),
            size = COALESCE(row.value->>'size', item.size),
            condition = COALESCE(row.value->>'condition', item.condition),
            price_cents = COALESCE(row.value->>'price_cents', item.price_cents),
            reduce = COALESCE(row.value->>'reduce', item.reduce),
            donate = COALESCE(row.value->>'donate', item.donate)
        FROM json_each(?1) AS row WHERE item.organization = row.value->>'organization'
            AND item.event = row.value->>'event' AND item.tag = row.value->>'tag'",
    joins: false,
};
const PRINT: &Sql = update!(item set (printed_cents, printed_reduce, printed_donate)
    where (organization, event, tag));

#[derive(Serialize)]
struct EditedRow<'a> {
    organization: &'a str,
    event: &'a str,
    tag: String,
    category: Option<&'a str>,
    title: Option<&'a str>,
    size: Option<&'a str>,
    condition: Option<&'a str>,
    price_cents: Option<i64>,
    reduce: Option<u8>,
    donate: Option<u8>,
}

#[derive(Serialize)]
struct PrintedRow<'a> {
    organization: &'a str,
    event: &'a str,
    tag: String,
    printed_cents: i64,
    printed_reduce: u8,
    printed_donate: u8,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ItemsEdited(edited) => writes.write(EDIT, edited.edits.iter().map(|edit| change(at, edit))),
        Event::TagsPrinted(tags) => writes.write(PRINT, tags.tags.iter().map(|tag| printed(at, tag))),
        _ => Ok(()),
    }
}

fn change<'a>(at: &'a At<'_>, edit: &'a ItemEdit) -> EditedRow<'a> {
    EditedRow {
        organization: &at.organization,
        event: &at.id,
        tag: edit.tag.to_string(),
        category: edit.category.as_deref(),
        title: edit.title.as_deref(),
        size: edit.size.as_deref(),
        condition: edit.condition.as_deref(),
        price_cents: edit.price.map(|price| price.0),
        reduce: edit.reduce.map(u8::from),
        donate: edit.donate.map(u8::from),
    }
}

fn printed<'a>(at: &'a At<'_>, tag: &PrintedTag) -> PrintedRow<'a> {
    PrintedRow {
        organization: &at.organization,
        event: &at.id,
        tag: tag.tag.to_string(),
        printed_cents: tag.price.0,
        printed_reduce: tag.flags.has(ItemFlags::REDUCE).into(),
        printed_donate: tag.flags.has(ItemFlags::DONATE).into(),
    }
}
