//! `item`: the event's view of its items.

use domain::consignment_event::{CustodyHandedOver, Event, ItemsTakenBack, Outcome};
use domain::lifecycle::ItemStatus;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, delete, insert, update};

pub(super) const WIPE: &Sql = delete!(item where (organization, event));

const LIST: &Sql = insert!(item (organization, event, tag, consignor, category, title, size, condition, price_cents,
    reduce, donate, reference, status, session, import, import_row, listed_at) "");
const MOVE: &Sql = update!(item set (status, session) where (organization, event, tag));

#[derive(Serialize)]
struct ListedRow<'a> {
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
    status: &'a str,
    session: Option<&'a str>,
    import: Option<String>,
    import_row: Option<u32>,
    listed_at: i64,
}

#[derive(Serialize)]
struct MovedRow<'a> {
    organization: &'a str,
    event: &'a str,
    tag: String,
    status: &'a str,
    session: String,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::ItemsListed(listed) => {
            let import = listed.import.map(|import| import.to_string());
            writes.write(
                LIST,
                listed.items.iter().map(|item| ListedRow {
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
                    import: import.clone(),
                    import_row: item.row,
                    listed_at: at.entry.recorded_at,
                }),
            )
        }
        Event::CustodyHandedOver(page) => writes.write(MOVE, handed_over(at, page)),
        Event::ItemsTakenBack(page) => writes.write(MOVE, taken_back(at, page)),
        Event::EventCreated(_)
        | Event::StatusChanged(_)
        | Event::ConsignorsJoined(_)
        | Event::SessionScheduled(_)
        | Event::SessionOpening(_)
        | Event::CustodyConfirmed(_) => Ok(()),
    }
}

fn handed_over<'a>(at: &'a At<'_>, page: &'a CustodyHandedOver) -> impl Iterator<Item = MovedRow<'a>> {
    page.items.iter().map(|item| MovedRow {
        organization: &at.organization,
        event: &at.id,
        tag: item.tag.to_string(),
        status: ItemStatus::OnFloor.name(),
        session: page.session.to_string(),
    })
}

fn taken_back<'a>(at: &'a At<'_>, page: &'a ItemsTakenBack) -> impl Iterator<Item = MovedRow<'a>> {
    page.items.iter().map(|item| MovedRow {
        organization: &at.organization,
        event: &at.id,
        tag: item.tag.to_string(),
        status: match item.outcome {
            Outcome::Sold => ItemStatus::Sold.name(),
            Outcome::Unsold => ItemStatus::Released.name(),
        },
        session: page.session.to_string(),
    })
}
