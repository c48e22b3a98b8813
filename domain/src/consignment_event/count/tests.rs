use super::super::fixture::*;
use super::super::items::{Departure, PullReason};
use super::super::{Command, Event};
use super::*;
use crate::ids::CountId;
use crate::lifecycle::{EventStatus, ItemStatus};
use crate::tag::Tag;
use uuid::Uuid;

const COUNT: CountId = CountId(Uuid::from_u128(0xC));

fn start() -> Command {
    Command::StartCount { count: COUNT }
}

fn seen(tags: Vec<Tag>) -> Command {
    Command::CountItems { count: COUNT, tags }
}

fn compare() -> Command {
    Command::CompareCount { count: COUNT }
}

fn sale(items: u32) -> Sale {
    let all: Vec<u32> = (1..=items).collect();
    all.chunks(500)
        .fold(stocked(settings(), items), |sale, chunk| sale.when(Command::CheckIn { tags: tags(chunk) }))
}

#[test]
fn cnt_1_to_4_refusals() {
    let foreign: Vec<Tag> = (1..=500).map(|n| Tag::new(2, n).unwrap()).collect();
    refused(vec![
        ("twice", sale(1).when(start()).when(start()), "CNT-1", "count_running"),
        ("early", registering(settings()).when(start()), "CNT-1", "nothing_in_hall"),
        ("unknown", sale(1).when(seen(tags(&[1]))), "CNT-1", "count_unknown"),
        ("unknown", sale(1).when(compare()), "CNT-1", "count_unknown"),
        ("open", open(sale(1), 1).when(start()), "CNT-2", "session_open"),
        ("many", sale(1).when(start()).when(seen(vec![])), "ITM-12", "too_many_tags"),
        (
            "foreign",
            sale(1).when(start()).when(seen(foreign)).when(seen(vec![Tag::new(3, 1).unwrap()])),
            "CNT-4",
            "too_many_unknown",
        ),
        (
            "comparing",
            sale(501).when(start()).when(compare()).when(seen(tags(&[1]))),
            "CNT-3",
            "comparing_already",
        ),
        (
            "comparing",
            sale(501).when(start()).when(compare()).when(Command::AbandonCount { count: COUNT }),
            "CNT-3",
            "comparing_already",
        ),
    ]);
}

#[test]
fn cnt_5_every_difference_is_an_entry_with_its_reason() {
    let sale = stocked(settings(), 8).when(Command::CheckIn { tags: tags(&[1, 2, 3, 4, 5, 6]) });
    let sale = close(open(sale, 1), 8, &[3]);
    let sale = sale
        .when(Command::PullItems { tags: tags(&[4]), reason: PullReason::Damaged })
        .when(Command::DepartItems { tags: tags(&[5]), how: Departure::PickedUp })
        .when(Command::DepartItems { tags: tags(&[6]), how: Departure::Missing })
        .when(Command::ListItems { import: None, items: vec![draft(1, "late")] })
        .when(start())
        .when(seen(tags(&[2, 3, 4])))
        .when(seen(tags(&[2, 5, 6, 8, 9])))
        .when(seen(vec![Tag::new(2, 1).unwrap()]))
        .when(compare());
    let [Event::CountCompared(page), Event::CountFinished(finished)] = sale.appended() else {
        panic!("two entries")
    };
    let found: Vec<_> =
        page.differences.iter().map(|it| (it.tag.event(), it.tag.item(), it.difference)).collect();
    assert_eq!(
        found,
        [
            (1, 1, CountDifference::Missing),
            (1, 3, CountDifference::UnexpectedSold),
            (1, 4, CountDifference::UnexpectedWithdrawn),
            (1, 5, CountDifference::UnexpectedDeparted),
            (1, 6, CountDifference::Found),
            (1, 7, CountDifference::Missing),
            (1, 9, CountDifference::FoundUnchecked),
            (2, 1, CountDifference::UnexpectedUnknown),
        ]
    );
    assert_eq!((finished.counted, finished.differences), (8, 8));
    let statuses: Vec<_> = (1..=9).map(|n| status(&sale, n)).collect();
    assert_eq!(
        statuses,
        [
            ItemStatus::Missing,
            ItemStatus::Released,
            ItemStatus::Sold,
            ItemStatus::Pulled,
            ItemStatus::PickedUp,
            ItemStatus::CheckedIn,
            ItemStatus::Missing,
            ItemStatus::Released,
            ItemStatus::CheckedIn,
        ]
    );
    assert!(sale.state().count.is_none());
}

#[test]
fn cnt_6_a_large_comparison_goes_page_by_page_and_finds_each_item_once() {
    let mut sale = sale(1_200).when(start()).when(seen(tags(&[7, 1_100]))).when(compare());
    sale.then_kinds(&["count_compared"]);
    let mut pages = 1;
    while sale.state().count.is_some() {
        sale = sale.when(compare());
        pages += 1;
    }
    assert_eq!(pages, 3);
    let missing = sale.state().items.iter().filter(|slot| slot.status == ItemStatus::Missing).count();
    assert_eq!(missing, 1_198);
    let Some(Event::CountFinished(finished)) = sale.log().last() else { panic!("finished") };
    assert_eq!(finished.differences, 1_198);
}

#[test]
fn cnt_7_a_count_given_up_changes_nothing() {
    let sale = sale(2).when(start()).when(Command::AbandonCount { count: COUNT });
    assert_eq!((status(&sale, 1), sale.state().count.is_none()), (ItemStatus::CheckedIn, true));
    sale.when(to(EventStatus::Selling)).when(start()).then_kinds(&["count_started"]);
}

#[test]
fn cnt_5_each_difference_belongs_to_one_class() {
    use CountDifference as D;
    for (difference, class) in [
        (D::Missing, "missing"),
        (D::MissingOnFloor, "missing"),
        (D::Found, "found"),
        (D::FoundUnchecked, "found"),
        (D::UnexpectedSold, "unexpected"),
        (D::UnexpectedWithdrawn, "unexpected"),
        (D::UnexpectedDeparted, "unexpected"),
        (D::UnexpectedUnknown, "unexpected"),
    ] {
        assert_eq!(difference.class(), class);
    }
    assert_eq!(decide::difference(ItemStatus::OnFloor, false), Some(D::MissingOnFloor));
    assert_eq!(decide::difference(ItemStatus::OnFloor, true), None);
}
