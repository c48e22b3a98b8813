use uuid::Uuid;

use super::items::ItemDraft;
use super::*;
use crate::commission::Tier;
use crate::ids::{Actor, ConsignorNumber, EventId, OrganizationId, SessionId};
use crate::lifecycle::{ItemStatus, SessionStatus, StatusReason};
use crate::money::Cents;
use crate::organization::{Enrolment, EventFounded, Settings};
use crate::scenario::{Scenario, person};

const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));

fn created() -> Scenario<ConsignmentEvent> {
    let founded = EventFounded {
        event: EventId(Uuid::from_u128(0xE)),
        ordinal: 1,
        name: "Spring 2027".into(),
        starts_on: None,
        ends_on: None,
        settings: Settings::new("USD", "America/New_York"),
    };
    Scenario::new()
        .by(Actor::Stream(StreamId::Organization(OrganizationId(Uuid::from_u128(0xA))).to_string()))
        .when(Command::Create(Box::new(founded)))
        .by(Actor::Person(person("user_olivia")))
}

fn to(status: EventStatus) -> Command {
    Command::ChangeStatus { to: status, reason: None }
}

fn registering() -> Scenario<ConsignmentEvent> {
    created().when(to(EventStatus::Registration)).when(Command::JoinConsignors {
        consignors: vec![Enrolment { number: ConsignorNumber(1), tier: Tier::Regular }],
    })
}

fn draft(reference: &str, price: i64) -> ItemDraft {
    ItemDraft {
        row: None,
        consignor: ConsignorNumber(1),
        category: "Toys".into(),
        title: "  Wooden   train ".into(),
        size: String::new(),
        condition: "Like new".into(),
        price: Cents(price),
        reduce: true,
        donate: false,
        reference: reference.into(),
    }
}

fn list(drafts: Vec<ItemDraft>) -> Command {
    Command::ListItems { import: None, items: drafts }
}

fn session_actor() -> Actor {
    Actor::Stream(StreamId::Session(OrganizationId(Uuid::from_u128(0xA)), SESSION).to_string())
}

fn selling(items: usize) -> Scenario<ConsignmentEvent> {
    let mut scenario = registering();
    let drafts: Vec<ItemDraft> = (0..items).map(|n| draft(&format!("R{n}"), 500)).collect();
    for chunk in drafts.chunks(400) {
        scenario = scenario.when(list(chunk.to_vec()));
    }
    scenario.when(to(EventStatus::Intake)).when(to(EventStatus::Selling)).when(Command::ScheduleSession {
        session: SESSION,
        name: "Saturday".into(),
        channels: vec![Channel::Floor],
    })
}

#[test]
fn evt_2_statuses_follow_the_lifecycle_and_some_need_a_reason() {
    created().when(to(EventStatus::Selling)).then_refused("EVT-2", "transition_not_allowed");
    created().when(to(EventStatus::Cancelled)).then_refused("EVT-3", "reason_missing");
    created()
        .when(Command::ChangeStatus { to: EventStatus::Cancelled, reason: Some(StatusReason::Venue) })
        .then_kinds(&["status_changed"]);
    Scenario::<ConsignmentEvent>::new()
        .when(to(EventStatus::Registration))
        .then_refused("EVT-1", "event_unknown");
}

#[test]
fn itm_drafts_are_put_right_or_refused_one_by_one() {
    let scenario = registering().when(list(vec![
        draft("A", 1_010),
        draft("A", 500),
        ItemDraft { category: "weapons".into(), ..draft("B", 500) },
        ItemDraft { consignor: ConsignorNumber(9), ..draft("C", 500) },
        draft("D", 10),
        draft("", 500),
        draft("", 500),
    ]));
    let [Event::ItemsListed(listed)] = scenario.appended() else { panic!("one entry") };
    let titles: Vec<_> =
        listed.items.iter().map(|item| (item.title.as_str(), item.price.0, item.tag.item())).collect();
    assert_eq!(titles, [("Wooden train", 1_000, 1), ("Wooden train", 500, 2), ("Wooden train", 500, 3)]);
    let refused: Vec<_> = listed.refused.iter().map(|item| item.rule.as_str()).collect();
    assert_eq!(refused, ["ITM-11", "ITM-4", "ITM-10", "ITM-6"]);
    scenario.when(list(vec![draft("A", 500)])).then_kinds(&["items_listed"]);
}

#[test]
fn cus_4_custody_moves_page_by_page_until_the_session_is_open() {
    let mut scenario = selling(1_200).when(Command::OpenSession { session: SESSION });
    scenario.then_kinds(&["session_opening", "custody_handed_over"]);
    scenario = scenario.by(session_actor());
    for page in 1..=2 {
        scenario = scenario.when(Command::ConfirmCustody { session: SESSION, page });
        scenario.then_kinds(&["custody_confirmed", "custody_handed_over"]);
    }
    scenario = scenario.when(Command::ConfirmCustody { session: SESSION, page: 3 });
    scenario.then_kinds(&["custody_confirmed"]);
    let state = scenario.state();
    assert!(state.items.iter().all(|slot| slot.status == ItemStatus::OnFloor));
    assert_eq!(state.sessions[0].status, SessionStatus::Open);
    scenario
        .when(Command::ConfirmCustody { session: SESSION, page: 3 })
        .then_refused("CUS-2", "page_out_of_order");
}

#[test]
fn cus_1_and_cus_2_a_page_is_confirmed_once_in_order_and_by_the_session_it_went_to() {
    let confirm = |page| Command::ConfirmCustody { session: SESSION, page };
    let handed = || selling(600).when(Command::OpenSession { session: SESSION });
    let other = StreamId::Session(OrganizationId(Uuid::from_u128(0xA)), SessionId(Uuid::from_u128(0x5F)));
    handed().by(Actor::Stream(other.to_string())).when(confirm(1)).then_refused("CUS-1", "not_the_session");
    for page in [0, 2] {
        handed().by(session_actor()).when(confirm(page)).then_refused("CUS-2", "page_out_of_order");
    }
    let whole = handed().by(session_actor()).when(confirm(1)).when(confirm(2));
    whole.when(confirm(3)).then_refused("CUS-2", "page_out_of_order");
}

#[test]
fn cus_5_items_entered_late_go_to_the_open_session_at_once() {
    let open = selling(1)
        .when(Command::OpenSession { session: SESSION })
        .by(session_actor())
        .when(Command::ConfirmCustody { session: SESSION, page: 1 })
        .by(Actor::Person(person("user_olivia")));
    open.when(list(vec![draft("late", 700)])).then_kinds(&["items_listed", "custody_handed_over"]);
}

#[test]
fn cus_3_only_the_session_that_has_an_item_gives_it_back() {
    let open = || {
        selling(2)
            .when(Command::OpenSession { session: SESSION })
            .by(session_actor())
            .when(Command::ConfirmCustody { session: SESSION, page: 1 })
    };
    let back = |page, items: &[(u32, Outcome)]| {
        Command::TakeBack(ItemsTakenBack {
            session: SESSION,
            page,
            last: true,
            items: items
                .iter()
                .map(|(n, outcome)| ItemOutcome {
                    tag: crate::tag::Tag::new(1, *n).unwrap(),
                    outcome: *outcome,
                })
                .collect(),
        })
    };
    let scenario = open().when(back(1, &[(1, Outcome::Sold), (2, Outcome::Unsold)]));
    let statuses: Vec<_> = scenario.state().items.iter().map(|slot| slot.status).collect();
    assert_eq!(statuses, [ItemStatus::Sold, ItemStatus::Released]);
    open().when(back(1, &[(3, Outcome::Sold)])).then_refused("CUS-3", "not_in_its_custody");
    open().when(back(2, &[])).then_refused("CUS-2", "page_out_of_order");
    open()
        .by(Actor::Person(person("user_olivia")))
        .when(back(1, &[]))
        .then_refused("CUS-1", "not_the_session");
    open()
        .by(Actor::Person(person("user_olivia")))
        .when(to(EventStatus::Closed))
        .then_refused("EVT-4", "session_open");
}

#[test]
fn hot_state_stays_small() {
    // The architecture allows 64 bytes an item.
    assert!(size_of::<ItemSlot>() <= 32, "{}", size_of::<ItemSlot>());
}

#[test]
fn ses_1_and_ses_4_sessions_are_named_on_one_line_and_counted_from_one() {
    let plan = |session: u128, name: &str| Command::ScheduleSession {
        session: SessionId(Uuid::from_u128(session)),
        name: name.into(),
        channels: vec![Channel::Floor],
    };
    let longest = "x".repeat(80);
    for (sale, name, number) in
        [(registering(), longest.as_str(), 1), (registering().when(plan(1, "Saturday")), "Sunday", 2)]
    {
        let sale = sale.when(plan(2, name));
        let [Event::SessionScheduled(planned)] = sale.appended() else { panic!("one entry") };
        assert_eq!((planned.name.as_str(), planned.number), (name, number));
    }
    for name in ["x".repeat(81), "Sat\nSun".into()] {
        registering().when(plan(1, &name)).then_refused("SES-1", "name_unusable");
    }
}

#[test]
fn evt_1_to_4_and_ses_1_to_8_refusals() {
    use super::fixture::{open, organization, refused, registering, settings, stocked};
    let plan = |name: &str, channels: Vec<Channel>| Command::ScheduleSession {
        session: SESSION,
        name: name.into(),
        channels,
    };
    let floor = || plan("Saturday", vec![Channel::Floor]);
    let founded =
        |sale: &Scenario<ConsignmentEvent>| Command::Create(Box::new(sale.state().founding.clone().unwrap()));
    let again = founded(&created());
    let many = (0..99).fold(stocked(settings(), 1), |sale, n| {
        sale.when(Command::ScheduleSession {
            session: SessionId(Uuid::from_u128(1_000 + n)),
            name: "Saturday".into(),
            channels: vec![Channel::Floor],
        })
    });
    let selling = |items| stocked(settings(), items).when(to(EventStatus::Selling));
    let open_session = Command::OpenSession { session: SESSION };
    refused(vec![
        ("again", created().by(organization()).when(again.clone()), "EVT-1", "event_exists"),
        ("by hand", created().when(again), "EVT-1", "not_the_organization"),
        ("jump", created().when(to(EventStatus::Selling)), "EVT-2", "transition_not_allowed"),
        ("silent", created().when(to(EventStatus::Cancelled)), "EVT-3", "reason_missing"),
        ("open", open(stocked(settings(), 1), 1).when(to(EventStatus::Closed)), "EVT-4", "session_open"),
        ("nameless", registering(settings()).when(plan(" ", vec![Channel::Floor])), "SES-1", "name_unusable"),
        ("nowhere", registering(settings()).when(plan("Saturday", vec![])), "SES-2", "no_channel"),
        (
            "over",
            created()
                .when(Command::ChangeStatus {
                    to: EventStatus::Cancelled,
                    reason: Some(StatusReason::Weather),
                })
                .when(floor()),
            "SES-3",
            "event_over",
        ),
        ("twice", selling(1).when(floor()).when(floor()), "SES-4", "session_exists"),
        ("many", many.when(floor()), "SES-4", "too_many_sessions"),
        ("unknown", selling(1).when(open_session.clone()), "SES-5", "session_unknown"),
        (
            "twice",
            open(stocked(settings(), 1), 1).when(open_session.clone()),
            "SES-6",
            "session_not_scheduled",
        ),
        (
            "early",
            stocked(settings(), 1).when(floor()).when(open_session.clone()),
            "SES-7",
            "event_not_selling",
        ),
        ("empty", selling(0).when(floor()).when(open_session), "SES-8", "nothing_to_sell"),
    ]);
}

#[test]
fn itm_1_to_9_refusals() {
    use super::fixture::{created as planned, draft, refused, registering, settings};
    let row = |draft: ItemDraft| {
        let sale = registering(settings()).when(list(vec![draft]));
        let [Event::ItemsListed(listed)] = sale.appended() else { panic!("one entry") };
        (listed.refused[0].rule.clone(), listed.refused[0].code.clone())
    };
    let whole = || draft(1, "A");
    for (item, rule, code) in [
        (ItemDraft { title: " ".into(), ..whole() }, "ITM-1", "title_unusable"),
        (ItemDraft { title: "x".repeat(61), ..whole() }, "ITM-1", "title_unusable"),
        (ItemDraft { size: "x".repeat(21), ..whole() }, "ITM-2", "size_too_long"),
        (ItemDraft { reference: "x".repeat(41), ..whole() }, "ITM-3", "reference_too_long"),
        (ItemDraft { category: "weapons".into(), ..whole() }, "ITM-4", "category_unknown"),
        (ItemDraft { condition: "torn".into(), ..whole() }, "ITM-5", "condition_unknown"),
        (ItemDraft { price: Cents(49), ..whole() }, "ITM-6", "price_too_low"),
        (ItemDraft { price: Cents(100_001), ..whole() }, "ITM-6", "price_too_high"),
        (ItemDraft { consignor: ConsignorNumber(9), ..whole() }, "ITM-10", "consignor_not_participating"),
    ] {
        assert_eq!(row(item), (rule.to_owned(), code.to_owned()));
    }
    refused(vec![
        ("draft", planned(settings()).when(list(vec![whole()])), "ITM-8", "listing_closed"),
        ("none", registering(settings()).when(list(vec![])), "ITM-8", "too_many_items"),
        ("many", registering(settings()).when(list(vec![whole(); 501])), "ITM-8", "too_many_items"),
    ]);
}
