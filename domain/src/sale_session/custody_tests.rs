use super::tests::*;
use super::*;
use crate::commission::Tier;
use crate::consignment_event::{CustodyHandedOver, ItemFlags, Terms};
use crate::ids::ConsignorNumber;
use crate::lifecycle::SessionStatus;
use crate::markdown::MarkdownSchedule;
use crate::money::Cents;
use crate::tax::TaxRule;

#[test]
fn cus_6_a_page_that_arrives_while_the_session_closes_goes_back_with_the_rest() {
    let closing = open().by(olivia()).when(Command::Close).by(event_actor());
    let late = closing.when(page(3, true, vec![item(9, 1, 300, ItemFlags::default())]));
    late.then_kinds(&["custody_taken"]);
    let back = late.when(Command::ConfirmRelease { page: 1 });
    back.then_kinds(&["release_confirmed", "custody_released"]);
    let closed = back.when(Command::ConfirmRelease { page: 2 });
    closed.then_kinds(&["release_confirmed", "session_closed"]);
    check(&closed);
    // And even after the end.
    let later = closed.when(page(4, true, vec![item(8, 1, 300, ItemFlags::default())]));
    later.then_kinds(&["custody_taken", "custody_released"]);
    let confirmed = later.when(Command::ConfirmRelease { page: 3 });
    confirmed.then_kinds(&["release_confirmed"]);
    confirmed.when(Command::ConfirmRelease { page: 3 }).then_refused("CUS-2", "page_out_of_order");
}

#[test]
fn cus_7_every_item_goes_back_once_in_pages() {
    let items = (100..1_300).map(|n| item(n, 1, 300, ItemFlags::default())).collect();
    let mut scenario = scheduled(TaxRule::default(), MarkdownSchedule::default())
        .when(page(1, true, items))
        .by(olivia())
        .when(Command::Close)
        .by(event_actor());
    for page in 1..=3 {
        scenario = scenario.when(Command::ConfirmRelease { page });
    }
    assert_eq!(scenario.state().status, SessionStatus::Closed);
    let pages: Vec<_> = scenario
        .log()
        .iter()
        .filter_map(|event| match event {
            Event::CustodyReleased(page) => Some(page),
            _ => None,
        })
        .collect();
    assert_eq!(pages.iter().map(|page| page.last).collect::<Vec<_>>(), [false, false, true]);
    let mut tags: Vec<_> = pages.iter().flat_map(|page| page.items.iter().map(|item| item.tag)).collect();
    assert_eq!(tags.len(), 1_200);
    tags.dedup();
    assert_eq!(tags.len(), 1_200);
}

#[test]
fn cus_3_an_item_that_has_left_is_not_sold_here() {
    // Two pages in custody, one of them released: the session still knows the item, and who decides about it.
    let closing = open().by(olivia()).when(Command::Close);
    assert!(closing.state().slot(tag(1)).unwrap().has(Slot::RELEASED));
    closing
        .by(till(1))
        .when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0))
        .then_refused("SAL-1", "session_not_open");
}

#[test]
fn ses_13_new_terms_count_for_later_estimates_only() {
    let terms = |shifts| Command::UpdateTerms {
        terms: vec![Terms { consignor: ConsignorNumber(1), tier: Tier::Regular, shifts }],
    };
    let before = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0));
    let after = before.by(event_actor()).when(terms(3)).by(till(2));
    assert_eq!(after.state().books.share, Cents(600));
    let after = after.when(sell(2, &[(4, 500)], &[(TenderKind::Card, 500)], 0));
    assert_eq!(after.state().books.share, Cents(600 + 375), "60 + 3 × 5 %");
    after.when(terms(1)).then_refused("CUS-1", "not_the_event");
    let of_so_many = |count: u32| Command::UpdateTerms {
        terms: (1..=count)
            .map(|n| Terms { consignor: ConsignorNumber(n), tier: Tier::Regular, shifts: 0 })
            .collect(),
    };
    for count in [0, 1_001] {
        open().by(event_actor()).when(of_so_many(count)).then_refused("SES-13", "terms_size");
    }
    open().by(event_actor()).when(of_so_many(1_000)).then_kinds(&["terms_updated"]);
}

#[test]
fn ses_15_a_session_is_called_off_only_before_it_opens() {
    let planned = || scheduled(TaxRule::default(), MarkdownSchedule::default());
    let cancelled = planned().when(Command::Cancel);
    assert_eq!(cancelled.state().status, SessionStatus::Cancelled);
    cancelled.when(page(1, true, vec![])).then_refused("CUS-2", "page_out_of_order");
    planned().by(olivia()).when(Command::Cancel).then_refused("CUS-1", "not_the_event");
    open().by(event_actor()).when(Command::Cancel).then_refused("SES-9", "session_status");
}

#[test]
fn ses_9_pausing_and_closing_follow_the_lifecycle() {
    open().by(olivia()).when(Command::Resume).then_refused("SES-9", "session_status");
    let paused = open().by(olivia()).when(Command::Pause);
    paused.when(Command::Pause).then_refused("SES-9", "session_status");
    let resumed = open().by(olivia()).when(Command::Pause).when(Command::Resume);
    assert_eq!(resumed.state().status, SessionStatus::Open);
    let planned = scheduled(TaxRule::default(), MarkdownSchedule::default()).by(olivia());
    planned.when(Command::Close).then_refused("SES-9", "session_status");
}

#[test]
fn cus_8_an_item_that_comes_again_keeps_its_sale() {
    let sold = open().when(sell(1, &[(1, 1_000)], &[(TenderKind::Card, 1_000)], 0)).by(event_actor());
    let again = sold.when(Command::TakeCustody(CustodyHandedOver {
        session: SESSION,
        page: 3,
        last: true,
        items: vec![item(1, 1, 1_000, ItemFlags::default())],
        terms: vec![],
    }));
    assert_eq!(again.state().slot(tag(1)).unwrap().receipt, 1);
    check(&again);
}
