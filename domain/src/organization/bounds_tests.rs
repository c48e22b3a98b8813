use chrono::NaiveDate;
use uuid::Uuid;

use super::settings::MAX_NAME_CHARS;
use super::tests::{created, found_event};
use super::*;
use crate::commission::Tier;
use crate::ids::EventId;
use crate::money::BasisPoints;
use crate::scenario::{Scenario, person};

fn settings(change: impl FnOnce(&mut Settings)) -> Command {
    let mut settings = created().state().settings.clone().unwrap();
    settings.version += 1;
    change(&mut settings);
    Command::ChangeSettings { settings: Box::new(settings) }
}

fn create(name: &str, currency: &str) -> Command {
    Command::Create {
        slug: "demo".into(),
        name: name.into(),
        currency: currency.into(),
        time_zone: "America/New_York".into(),
        first_admin: person("user_olivia"),
    }
}

fn enrol(numbers: impl IntoIterator<Item = u32>) -> Command {
    let enrolment = |number| Enrolment { number: ConsignorNumber(number), tier: Tier::Regular };
    Command::EnrolConsignors { consignors: numbers.into_iter().map(enrolment).collect() }
}

#[test]
fn org_2_names_fit_on_one_line() {
    for name in ["", "   ", "two\nlines", &"x".repeat(MAX_NAME_CHARS + 1)] {
        let new = Scenario::<Organization>::new();
        new.when(create(name, "USD")).then_refused("ORG-2", "name_unusable");
        created().when(found_event(1, name)).then_refused("ORG-2", "name_unusable");
    }
    created().when(found_event(1, &"x".repeat(MAX_NAME_CHARS))).then_kinds(&["event_founded"]);
}

#[test]
fn org_4_settings_that_contradict_themselves_are_refused_from_the_start_and_later() {
    let new = Scenario::<Organization>::new();
    new.when(create("Demo", "dollars")).then_refused("ORG-4", "settings_unusable");
    let over = settings(|settings| settings.plan.cap = BasisPoints(10_001));
    created().when(over).then_refused("ORG-4", "settings_unusable");
}

#[test]
fn org_5_the_currency_stays() {
    let euros = settings(|settings| settings.currency = "EUR".into());
    created().when(euros).then_refused("ORG-5", "currency_fixed");
}

#[test]
fn org_6_the_last_ordinal_is_999() {
    let many = created().given_state(|state| {
        state.events.extend((1..999).map(|id| EventId(Uuid::from_u128(id))));
    });
    let full = many.when(found_event(999, "The last"));
    full.then_kinds(&["event_founded"]);
    full.when(found_event(1_000, "One more")).then_refused("ORG-6", "too_many_events");
}

#[test]
fn org_7_the_last_day_is_not_before_the_first() {
    let founded = |starts, ends| Command::FoundEvent {
        event: EventId(Uuid::from_u128(1)),
        name: "Spring".into(),
        starts_on: NaiveDate::from_ymd_opt(2027, 4, starts),
        ends_on: NaiveDate::from_ymd_opt(2027, 4, ends),
    };
    created().when(founded(15, 14)).then_refused("ORG-7", "dates_reversed");
    created().when(founded(15, 15)).then_kinds(&["event_founded"]);
}

#[test]
fn org_9_numbers_and_portions_are_bounded() {
    created().when(enrol([0])).then_refused("ORG-9", "consignor_number");
    created().when(enrol([10_000_000])).then_refused("ORG-9", "consignor_number");
    created().when(enrol([1, 9_999_999])).then_kinds(&["consignors_enrolled"]);
    created().when(enrol(1..=1_001)).then_refused("ORG-9", "too_many_enrolments");
    created().when(enrol(1..=1_000)).then_kinds(&["consignors_enrolled"]);
}

#[test]
fn org_17_at_most_ten_thousand_people_hold_roles() {
    let grant = |id: &str, role| Command::GrantRole { person: person(id), role };
    // Olivia is the ten thousandth.
    let crowd = || {
        created().given_state(|state| {
            let support = |n| (person(&format!("user_{n}")), vec![Role::Support]);
            state.roles.extend((1..10_000).map(support));
        })
    };
    crowd().when(grant("user_new", Role::Support)).then_refused("ORG-17", "too_many_people");
    crowd().when(grant("user_1", Role::EventAdmin)).then_kinds(&["role_granted"]);
}
