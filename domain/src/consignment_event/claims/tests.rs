use super::super::fixture::*;
use super::super::items::Departure;
use super::super::{Command, Event};
use super::*;
use crate::claims::{Claim, ClaimKind};
use crate::ids::{CaseId, ReceiptId, SessionId};
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::money::Cents;
use crate::tag::Tag;
use uuid::Uuid;

const CASE: CaseId = CaseId(Uuid::from_u128(0xCA));

fn claim(tag: Tag, kind: ClaimKind) -> Command {
    Command::TakeClaim(Claim {
        session: SESSION,
        case: CASE,
        receipt: ReceiptId(Uuid::from_u128(1)),
        tag,
        kind,
        price: Cents(1_000),
        occurred_at: NOW,
    })
}

fn resolve(resolution: ClaimResolution) -> Command {
    Command::ResolveClaim { session: SESSION, case: CASE, resolution }
}

/// Items 1 sold and 2 released by a closed session.
fn closed() -> Sale {
    close(open(stocked(settings(), 2).when(Command::CheckIn { tags: tags(&[1, 2]) }), 1), 2, &[1])
}

fn answer(sale: &Sale) -> String {
    let command = sale.deliveries().pop().unwrap().command;
    assert_eq!(command["type"].as_str(), Some("take_claim_answer"));
    command["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn con_11_a_late_sale_of_what_is_still_here_is_taken() {
    let sale = closed().by(session_log()).when(claim(tag(2), ClaimKind::Sold));
    sale.then_kinds(&["claim_accepted"]);
    assert_eq!((status(&sale, 2), answer(&sale).as_str()), (ItemStatus::Sold, "accepted"));
}

#[test]
fn con_12_a_late_return_brings_the_sold_item_back() {
    let sale = closed().by(session_log()).when(claim(tag(1), ClaimKind::Returned));
    sale.then_kinds(&["claim_accepted"]);
    assert_eq!(status(&sale, 1), ItemStatus::Returned);
    closed().by(session_log()).when(claim(tag(2), ClaimKind::Returned)).then_kinds(&["claim_contested"]);
}

#[test]
fn con_13_a_claim_that_contradicts_the_record_is_contested_never_refused() {
    let gone = closed().when(Command::DepartItems { tags: tags(&[2]), how: Departure::PickedUp });
    for (sale, tag) in [(closed(), tag(1)), (gone, tag(2)), (closed(), Tag::new(2, 1).unwrap())] {
        let sale = sale.by(session_log()).when(claim(tag, ClaimKind::Sold));
        sale.then_kinds(&["claim_contested"]);
        assert_eq!(answer(&sale), "contested");
    }
    closed().when(claim(tag(2), ClaimKind::Sold)).then_refused("CUS-1", "not_the_session");
    let sale = closed().by(session_log()).when(claim(tag(1), ClaimKind::Sold));
    let [Event::ClaimContested(contested)] = sale.appended() else { panic!("contested") };
    assert_eq!((contested.found, contested.holder), (Some(ItemStatus::Sold), Some(SESSION)));
}

#[test]
fn con_5_a_contested_claim_is_resolved_once() {
    let contested = || {
        closed()
            .when(Command::DepartItems { tags: tags(&[2]), how: Departure::PickedUp })
            .by(session_log())
            .when(claim(tag(2), ClaimKind::Sold))
            .by(olivia())
    };
    let upheld = contested().when(resolve(ClaimResolution::Upheld));
    assert_eq!((status(&upheld, 2), answer(&upheld).as_str()), (ItemStatus::Sold, "accepted"));
    upheld.when(resolve(ClaimResolution::Dismissed)).then_refused("CON-5", "no_open_claim");
    let dismissed = contested().when(resolve(ClaimResolution::Dismissed));
    assert_eq!((status(&dismissed, 2), answer(&dismissed).as_str()), (ItemStatus::PickedUp, "dismissed"));
}

#[test]
fn con_6_nothing_is_upheld_about_an_item_on_another_floor_or_of_no_event() {
    let other = SessionId(Uuid::from_u128(0x5F));
    let sale = closed()
        .when(Command::ScheduleSession {
            session: other,
            name: "Sunday".into(),
            channels: vec![super::super::Channel::Floor],
        })
        .when(Command::OpenSession { session: other })
        .by(session_log())
        .when(claim(tag(2), ClaimKind::Sold));
    sale.then_kinds(&["claim_contested"]);
    let [Event::ClaimContested(contested)] = sale.appended() else { panic!("contested") };
    assert_eq!(contested.holder, Some(other));
    sale.by(olivia()).when(resolve(ClaimResolution::Upheld)).then_refused("CON-6", "custody_elsewhere");
    let unknown =
        closed().by(session_log()).when(claim(Tag::new(2, 1).unwrap(), ClaimKind::Sold)).by(olivia());
    unknown.when(resolve(ClaimResolution::Upheld)).then_refused("CON-6", "item_unknown");
}

#[test]
fn ses_16_a_planned_session_can_be_called_off_by_itself_or_with_its_event() {
    let planned = || {
        stocked(settings(), 1).when(Command::ScheduleSession {
            session: SESSION,
            name: "Saturday".into(),
            channels: vec![super::super::Channel::Floor],
        })
    };
    let cancel = Command::CancelSession { session: SESSION };
    let sale = planned().when(cancel.clone());
    assert_eq!(sale.deliveries().pop().unwrap().command["type"].as_str(), Some("cancel"));
    sale.when(cancel.clone()).then_kinds(&[]);
    planned().when(to(EventStatus::Cancelled)).then_kinds(&["status_changed", "session_cancelled"]);
    open(stocked(settings(), 1), 1).when(cancel).then_refused("SES-6", "session_not_scheduled");
}
