//! Items that move: into the hall and out of it, to sessions and back.

use domain::claims::ClaimKind;
use domain::consignment_event::claims::ClaimResolution;
use domain::consignment_event::count::{CountDifference, CountedItem};
use domain::consignment_event::items::Departure;
use domain::consignment_event::{CustodyHandedOver, CustodyItem, Event, ItemFlags, ItemsTakenBack, Outcome};
use domain::ids::SessionId;
use domain::lifecycle::ItemStatus;
use domain::tag::Tag;
use serde::Serialize;

use crate::At;
use crate::statement::{Sql, Writes, update};

const STATUS: &Sql = update!(item set (status) where (organization, event, tag));
const CLAIM: &Sql = update!(item set (status, session) where (organization, event, tag));
const HAND_OVER: &Sql = update!(item set (status, session, marked) where (organization, event, tag));

/// An unsold item is again what it was marked as, or else released.
const TAKE_BACK: &Sql = &Sql {
    table: "item",
    text: "UPDATE item SET status = COALESCE(row.value->>'status', item.marked, 'released'),
            session = row.value->>'session', marked = NULL
        FROM json_each(?1) AS row WHERE item.organization = row.value->>'organization'
            AND item.event = row.value->>'event' AND item.tag = row.value->>'tag'",
    joins: false,
};

/// Where an item is now; each statement reads the columns that it sets.
#[derive(Serialize)]
struct Row<'a> {
    organization: &'a str,
    event: &'a str,
    tag: String,
    status: Option<&'static str>,
    session: Option<String>,
    marked: Option<&'static str>,
}

pub(super) fn project(at: &At<'_>, event: &Event, writes: &mut Writes) -> Result<(), serde_json::Error> {
    match event {
        Event::CustodyHandedOver(page) => writes.write(HAND_OVER, handed_over(at, page)),
        Event::ItemsTakenBack(page) => writes.write(TAKE_BACK, taken_back(at, page)),
        Event::DraftDiscarded(draft) => becomes(at, &[draft.tag], ItemStatus::Retagged, writes),
        Event::ItemRetagged(tags) => becomes(at, &[tags.old], ItemStatus::Retagged, writes),
        Event::ItemsCheckedIn(items) => becomes(at, &items.tags, ItemStatus::CheckedIn, writes),
        Event::ItemsReinstated(items) => becomes(at, &items.tags, ItemStatus::CheckedIn, writes),
        Event::ItemsRejected(items) => becomes(at, &items.tags, ItemStatus::Rejected, writes),
        Event::ItemsPulled(items) => becomes(at, &items.tags, ItemStatus::Pulled, writes),
        Event::ItemsDeparted(items) => becomes(at, &items.tags, departed(items.how), writes),
        Event::ItemsTransferred(sent) => {
            let tags: Vec<Tag> = sent.items.iter().map(|item| item.from).collect();
            becomes(at, &tags, ItemStatus::Transferred, writes)
        }
        Event::TransfersReturned(returned) => {
            let tags: Vec<Tag> = returned.refused.iter().map(|item| item.tag).collect();
            becomes(at, &tags, ItemStatus::Released, writes)
        }
        Event::CountCompared(page) => {
            writes.write(STATUS, page.differences.iter().filter_map(|item| counted(at, *item)))
        }
        Event::ClaimAccepted(accepted) => {
            let claim = &accepted.claim;
            writes.write(CLAIM, [claimed(at, claim.session, claim.tag, claim.kind)])
        }
        Event::ClaimResolved(resolved) if resolved.resolution == ClaimResolution::Upheld => {
            writes.write(CLAIM, [claimed(at, resolved.session, resolved.tag, resolved.kind)])
        }
        _ => Ok(()),
    }
}

fn row<'a>(at: &'a At<'_>, tag: Tag, status: Option<ItemStatus>) -> Row<'a> {
    Row {
        organization: &at.organization,
        event: &at.id,
        tag: tag.to_string(),
        status: status.map(ItemStatus::name),
        session: None,
        marked: None,
    }
}

fn becomes(
    at: &At<'_>,
    tags: &[Tag],
    status: ItemStatus,
    writes: &mut Writes,
) -> Result<(), serde_json::Error> {
    writes.write(STATUS, tags.iter().map(|tag| row(at, *tag, Some(status))))
}

fn handed_over<'a>(at: &'a At<'_>, page: &'a CustodyHandedOver) -> impl Iterator<Item = Row<'a>> {
    page.items.iter().map(|item| Row {
        session: Some(page.session.to_string()),
        marked: marked(item).map(ItemStatus::name),
        ..row(at, item.tag, Some(ItemStatus::OnFloor))
    })
}

/// What an item on a floor was known as before.
const fn marked(item: &CustodyItem) -> Option<ItemStatus> {
    if item.flags.has(ItemFlags::REJECTED) {
        Some(ItemStatus::Rejected)
    } else if item.flags.has(ItemFlags::MISSING) {
        Some(ItemStatus::Missing)
    } else {
        None
    }
}

fn taken_back<'a>(at: &'a At<'_>, page: &'a ItemsTakenBack) -> impl Iterator<Item = Row<'a>> {
    page.items.iter().map(|item| {
        let status = match item.outcome {
            Outcome::Sold => Some(ItemStatus::Sold),
            Outcome::Returned => Some(ItemStatus::Returned),
            Outcome::Unsold => None,
        };
        Row { session: Some(page.session.to_string()), ..row(at, item.tag, status) }
    })
}

const fn departed(how: Departure) -> ItemStatus {
    match how {
        Departure::PickedUp => ItemStatus::PickedUp,
        Departure::Donated => ItemStatus::Donated,
        Departure::Missing => ItemStatus::Missing,
    }
}

fn counted<'a>(at: &'a At<'_>, item: CountedItem) -> Option<Row<'a>> {
    let status = match item.difference {
        CountDifference::Missing => ItemStatus::Missing,
        CountDifference::Found | CountDifference::FoundUnchecked => ItemStatus::CheckedIn,
        // Not the count's to decide.
        CountDifference::MissingOnFloor
        | CountDifference::UnexpectedSold
        | CountDifference::UnexpectedWithdrawn
        | CountDifference::UnexpectedDeparted
        | CountDifference::UnexpectedUnknown => return None,
    };
    Some(row(at, item.tag, Some(status)))
}

fn claimed<'a>(at: &'a At<'_>, session: SessionId, tag: Tag, kind: ClaimKind) -> Row<'a> {
    let status = match kind {
        ClaimKind::Sold => ItemStatus::Sold,
        ClaimKind::Returned => ItemStatus::Returned,
    };
    Row { session: Some(session.to_string()), ..row(at, tag, Some(status)) }
}
