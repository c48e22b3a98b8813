//! What the tests of all subjects begin with.

use uuid::Uuid;

use super::items::ItemDraft;
use super::*;
use crate::commission::Tier;
use crate::ids::{Actor, ConsignorNumber, EventId, OrganizationId, SessionId};
use crate::lifecycle::{EventStatus, StatusReason};
use crate::money::Cents;
use crate::organization::{Enrolment, EventFounded, Settings};
use crate::scenario::{Scenario, person};
use crate::stream::StreamId;
use crate::tag::Tag;

pub(crate) type Sale = Scenario<ConsignmentEvent>;

pub(crate) const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));
pub(crate) const NOW: i64 = 1_800_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) fn organization() -> Actor {
    Actor::Stream(StreamId::Organization(OrganizationId(Uuid::from_u128(0xA))).to_string())
}

pub(crate) fn session_log() -> Actor {
    Actor::Stream(StreamId::Session(OrganizationId(Uuid::from_u128(0xA)), SESSION).to_string())
}

pub(crate) fn event_log(id: u128) -> Actor {
    Actor::Stream(
        StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EventId(Uuid::from_u128(id))).to_string(),
    )
}

pub(crate) fn olivia() -> Actor {
    Actor::Person(person("user_olivia"))
}

pub(crate) fn timer() -> Actor {
    Actor::System("timer".into())
}

pub(crate) fn created(settings: Settings) -> Sale {
    let founded = EventFounded {
        event: EventId(Uuid::from_u128(0xE)),
        ordinal: 1,
        name: "Spring 2027".into(),
        starts_on: None,
        ends_on: None,
        settings,
    };
    Scenario::new().by(organization()).when(Command::Create(Box::new(founded))).by(olivia())
}

pub(crate) fn settings() -> Settings {
    Settings::new("USD", "America/New_York")
}

pub(crate) fn to(status: EventStatus) -> Command {
    let reason = (status == EventStatus::Cancelled).then_some(StatusReason::Venue);
    Command::ChangeStatus { to: status, reason }
}

pub(crate) fn number(consignor: u32) -> ConsignorNumber {
    ConsignorNumber(consignor)
}

pub(crate) fn tag(item: u32) -> Tag {
    Tag::new(1, item).unwrap()
}

pub(crate) fn tags(items: &[u32]) -> Vec<Tag> {
    items.iter().copied().map(tag).collect()
}

/// In registration, with consignors 1 (regular) and 2 (super).
pub(crate) fn registering(settings: Settings) -> Sale {
    created(settings).when(to(EventStatus::Registration)).when(Command::JoinConsignors {
        consignors: vec![
            Enrolment { number: number(1), tier: Tier::Regular },
            Enrolment { number: number(2), tier: Tier::Super },
        ],
    })
}

pub(crate) fn draft(consignor: u32, reference: &str) -> ItemDraft {
    ItemDraft {
        row: None,
        consignor: number(consignor),
        category: "toys".into(),
        title: "Wooden train".into(),
        size: String::new(),
        condition: "good".into(),
        price: Cents(1_000),
        reduce: true,
        donate: false,
        reference: reference.into(),
    }
}

/// In intake, with `items` items of consignor 1.
pub(crate) fn stocked(settings: Settings, items: u32) -> Sale {
    let drafts: Vec<ItemDraft> = (1..=items).map(|n| draft(1, &format!("R{n}"))).collect();
    let mut sale = registering(settings);
    for chunk in drafts.chunks(500) {
        sale = sale.when(Command::ListItems { import: None, items: chunk.to_vec() });
    }
    sale.when(to(EventStatus::Intake))
}

/// Opens a session over all items; `pages` pages are confirmed.
pub(crate) fn open(sale: Sale, pages: u32) -> Sale {
    let mut sale = sale
        .when(to(EventStatus::Selling))
        .when(Command::ScheduleSession {
            session: SESSION,
            name: "Saturday".into(),
            channels: vec![Channel::Floor],
        })
        .when(Command::OpenSession { session: SESSION })
        .by(session_log());
    for page in 1..=pages {
        sale = sale.when(Command::ConfirmCustody { session: SESSION, page });
    }
    sale.by(olivia())
}

/// Takes all items back; those of `sold` as sold.
pub(crate) fn close(sale: Sale, items: u32, sold: &[u32]) -> Sale {
    let outcome = |n: u32| if sold.contains(&n) { Outcome::Sold } else { Outcome::Unsold };
    sale.by(session_log())
        .when(Command::TakeBack(ItemsTakenBack {
            session: SESSION,
            page: 1,
            last: true,
            items: (1..=items).map(|n| ItemOutcome { tag: tag(n), outcome: outcome(n) }).collect(),
        }))
        .by(olivia())
}

pub(crate) fn status(sale: &Sale, item: u32) -> crate::lifecycle::ItemStatus {
    sale.state().item(tag(item)).unwrap().status
}

/// Refusals as a table: what was asked, the rule, the code.
pub(crate) fn refused(table: Vec<(&str, Sale, &str, &str)>) {
    for (what, sale, rule, code) in table {
        let refusal = sale.refusal();
        assert_eq!((refusal.rule.as_str(), refusal.code.as_str()), (rule, code), "{what}");
    }
}
