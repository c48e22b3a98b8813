use uuid::Uuid;

use super::*;
use crate::commission::Tier;
use crate::ids::EventId;
use crate::scenario::{Scenario, person};

fn created() -> Scenario<Organization> {
    Scenario::<Organization>::new().when(Command::Create {
        slug: "demo".into(),
        name: "Demo Kids’ Sale".into(),
        currency: "USD".into(),
        time_zone: "America/New_York".into(),
        first_admin: person("user_olivia"),
    })
}

fn found_event(id: u128, name: &str) -> Command {
    Command::FoundEvent {
        event: EventId(Uuid::from_u128(id)),
        name: name.into(),
        starts_on: None,
        ends_on: None,
    }
}

#[test]
fn org_1_is_created_once() {
    created().then_kinds(&["organization_created"]);
    created()
        .when(Command::Create {
            slug: "again".into(),
            name: "Again".into(),
            currency: "USD".into(),
            time_zone: "UTC".into(),
            first_admin: person("user_x"),
        })
        .then_refused("ORG-1");
    Scenario::<Organization>::new().when(found_event(1, "Spring")).then_refused("ORG-1");
}

#[test]
fn org_3_slugs_fit_in_a_host_name() {
    for slug in ["", "a", "-ab", "ab-", "Ab", "a b", "a.b", &"a".repeat(41)] {
        Scenario::<Organization>::new()
            .when(Command::Create {
                slug: slug.into(),
                name: "X".into(),
                currency: "USD".into(),
                time_zone: "UTC".into(),
                first_admin: person("user_x"),
            })
            .then_refused("ORG-3");
    }
}

#[test]
fn org_6_events_get_ordinals_in_order_and_are_delivered_to_their_own_log() {
    let scenario = created().when(found_event(1, "Spring")).when(found_event(2, "Autumn"));
    let ordinals: Vec<u16> = scenario
        .log()
        .iter()
        .filter_map(
            |event| if let Event::EventFounded(founded) = event { Some(founded.ordinal) } else { None },
        )
        .collect();
    assert_eq!(ordinals, [1, 2]);
    let deliveries = scenario.deliveries();
    assert_eq!(deliveries.len(), 2);
    assert_ne!(deliveries[0].command_id, deliveries[1].command_id);
}

#[test]
fn org_8_the_last_admin_stays() {
    created()
        .when(Command::RevokeRole { person: person("user_olivia"), role: Role::OrganizationAdmin })
        .then_refused("ORG-8");
    created()
        .when(Command::GrantRole { person: person("user_ed"), role: Role::OrganizationAdmin })
        .when(Command::RevokeRole { person: person("user_olivia"), role: Role::OrganizationAdmin })
        .then_kinds(&["role_revoked"]);
}

#[test]
fn org_9_enrolling_twice_gives_one_account() {
    let enrol = || Command::EnrolConsignors {
        consignors: vec![
            Enrolment { number: ConsignorNumber(7), tier: Tier::Super },
            Enrolment { number: ConsignorNumber(7), tier: Tier::Regular },
        ],
    };
    let scenario = created().when(enrol()).when(enrol());
    scenario.then_kinds(&[]);
    assert_eq!(scenario.state().tier_of(ConsignorNumber(7)), Some(Tier::Super));
}

#[test]
fn org_5_settings_change_version_by_version() {
    let scenario = created();
    let mut settings = scenario.state().settings.clone().unwrap();
    settings.version = 3;
    created().when(Command::ChangeSettings { settings: Box::new(settings.clone()) }).then_refused("ORG-5");
    settings.version = 2;
    created()
        .when(Command::ChangeSettings { settings: Box::new(settings) })
        .then_kinds(&["settings_changed"]);
}
