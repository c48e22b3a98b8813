use uuid::Uuid;

use super::*;
use crate::commission::Tier;
use crate::ids::{Actor, EventId, OrganizationId, WebhookId};
use crate::journal::Hash;
use crate::scenario::{Scenario, person};

pub(super) fn created() -> Scenario<Organization> {
    Scenario::<Organization>::new().when(Command::Create {
        slug: "demo".into(),
        name: "Demo Kids’ Sale".into(),
        currency: "USD".into(),
        time_zone: "America/New_York".into(),
        first_admin: person("user_olivia"),
    })
}

pub(super) fn found_event(id: u128, name: &str) -> Command {
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
        .then_refused("ORG-1", "organization_exists");
    Scenario::<Organization>::new()
        .when(found_event(1, "Spring"))
        .then_refused("ORG-1", "organization_unknown");
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
            .then_refused("ORG-3", "slug_unusable");
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
        .then_refused("ORG-8", "last_admin");
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
    created()
        .when(Command::ChangeSettings { settings: Box::new(settings.clone()) })
        .then_refused("ORG-5", "settings_version");
    settings.version = 2;
    created()
        .when(Command::ChangeSettings { settings: Box::new(settings) })
        .then_kinds(&["settings_changed"]);
}

fn event_log(id: u128) -> Actor {
    Actor::Stream(
        StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EventId(Uuid::from_u128(id))).to_string(),
    )
}

fn enrolled() -> Scenario<Organization> {
    created().when(Command::EnrolConsignors {
        consignors: (1..=3).map(|n| Enrolment { number: ConsignorNumber(n), tier: Tier::Regular }).collect(),
    })
}

fn revoke(id: &str) -> Command {
    Command::RevokeRole { person: person(id), role: Role::EventAdmin }
}

fn staffed() -> Scenario<Organization> {
    created()
        .when(found_event(1, "Spring"))
        .when(found_event(2, "Autumn"))
        .by(event_log(2))
        .when(Command::EndEvent { event: EventId(Uuid::from_u128(2)) })
        .by(Actor::Person(person("user_olivia")))
        .when(Command::GrantRole { person: person("user_ed"), role: Role::EventAdmin })
        .when(Command::GrantRole { person: person("user_ed"), role: Role::Volunteer })
}

#[test]
fn rgt_5_a_revocation_is_pushed_to_the_running_events_and_acknowledged() {
    let sale = staffed();
    let before = sale.deliveries().len();
    let sale = sale.when(revoke("user_ed"));
    let told = &sale.deliveries()[before..];
    assert_eq!(told.len(), 1, "the ended event is not told");
    assert_eq!(told[0].command["roles"], serde_json::json!(["volunteer"]));
    let seq = told[0].command["seq"].as_u64().unwrap();
    let acknowledge = |seq| Command::AcknowledgeRights {
        person: person("user_ed"),
        event: EventId(Uuid::from_u128(1)),
        seq,
    };
    assert_eq!(sale.state().unacknowledged.len(), 1);
    let sale = sale.when(acknowledge(seq));
    sale.then_refused("RGT-2", "not_the_event");
    let sale = sale.by(event_log(1)).when(acknowledge(seq - 1));
    assert_eq!(sale.state().unacknowledged.len(), 1, "older news is not enough");
    let sale = sale.when(acknowledge(seq));
    assert!(sale.state().unacknowledged.is_empty());
    sale.when(acknowledge(seq)).then_kinds(&[]);
}

#[test]
fn rgt_6_a_right_given_back_is_told_to_those_who_know_of_the_revocation() {
    let sale = staffed().when(revoke("user_ed"));
    let before = sale.deliveries().len();
    let sale = sale.when(Command::GrantRole { person: person("user_ed"), role: Role::EventAdmin });
    assert_eq!(sale.deliveries().len(), before + 1);
    sale.when(Command::GrantRole { person: person("user_sue"), role: Role::Support }).deliveries().len();
}

#[test]
fn rgt_4_only_the_platform_suspends_and_reinstates() {
    let suspend = || Command::Suspend { reason: SuspensionReason::Unpaid, note: None };
    created().when(suspend()).then_refused("RGT-4", "not_the_platform");
    let sale = created().by(Actor::Person(person("user_super"))).when(suspend());
    sale.then_kinds(&["organization_suspended"]);
    let sale = sale.when(suspend());
    sale.then_kinds(&[]);
    let sale = sale.by(Actor::Person(person("user_olivia")));
    for (command, rule) in [
        (found_event(1, "Spring"), "ORG-13"),
        (Command::GrantRole { person: person("x"), role: Role::Support }, "ORG-13"),
        (Command::Reinstate, "RGT-4"),
    ] {
        let refusal = {
            let sale = created().by(Actor::Person(person("user_super"))).when(suspend());
            sale.by(Actor::Person(person("user_olivia"))).when(command).refusal().rule.clone()
        };
        assert_eq!(refusal, rule);
    }
    // Rights can still be taken away.
    let sale =
        sale.when(Command::RevokeRole { person: person("user_olivia"), role: Role::OrganizationAdmin });
    sale.then_refused("ORG-8", "last_admin");
    let sale = sale.by(Actor::Person(person("user_super"))).when(Command::Reinstate);
    sale.then_kinds(&["organization_reinstated"]);
    sale.by(Actor::Person(person("user_olivia")))
        .when(found_event(1, "Spring"))
        .then_kinds(&["event_founded"]);
}

#[test]
fn rgt_7_the_platform_helps_on_record_and_for_a_while() {
    let open = |minutes| Command::OpenSupport { reason: SupportReason::Asked, minutes, note: None };
    created().when(open(30)).then_refused("RGT-4", "not_the_platform");
    let by = |sale: Scenario<Organization>, id: &str| sale.by(Actor::Person(person(id)));
    by(created(), "user_super").when(open(0)).then_refused("RGT-7", "support_too_long");
    by(created(), "user_super").when(open(MAX_SUPPORT_MINUTES + 1)).then_refused("RGT-7", "support_too_long");
    created().by(Actor::System("timer".into())).when(open(30)).then_refused("RGT-7", "nobody_to_help");
    let sale = by(created(), "user_super").when(open(30));
    sale.then_kinds(&["support_opened"]);
    let asked = |sale: &Scenario<Organization>, id: &str| {
        Organization::answer(sale.state(), &Query::Caller { person: person(id) })
    };
    let Answer::Caller { roles, suspended: false, support_until: Some(_) } = asked(&sale, "user_super")
    else {
        panic!("may read here")
    };
    assert!(roles.is_empty());
    assert!(matches!(asked(&sale, "user_olivia"), Answer::Caller { support_until: None, .. }));
    // The organization itself can end it, a stranger cannot.
    let close = || Command::CloseSupport { person: person("user_super") };
    let sale = by(sale, "user_olivia").when(close());
    sale.then_kinds(&["support_closed"]);
    sale.when(close()).then_kinds(&[]);
}

#[test]
fn org_20_an_organization_answers_at_its_own_host_names() {
    let add = |host: &str| Command::AddHost { host: host.into() };
    let sale = created().when(add("Sale.Example.ORG."));
    sale.then_kinds(&["host_added"]);
    assert!(sale.state().hosts.contains("sale.example.org"));
    let sale = sale.when(add("sale.example.org"));
    sale.then_kinds(&[]);
    let sale = sale.when(Command::RemoveHost { host: "sale.example.org".into() });
    sale.then_kinds(&["host_removed"]);
    sale.when(Command::RemoveHost { host: "sale.example.org".into() }).then_refused("ORG-20", "host_unknown");
    created().when(add("127.0.0.1")).then_refused("ORG-20", "host_unusable");
    let many = (0..MAX_HOSTS).fold(created(), |sale, n| sale.when(add(&format!("h{n}.example.org"))));
    many.when(add("one.more.example.org")).then_refused("ORG-20", "too_many_hosts");
}

#[test]
fn org_10_to_17_refusals() {
    let tier = |n| Command::ChangeTier { consignor: ConsignorNumber(n), tier: Tier::Super };
    let link = |n, id: &str| Command::LinkAccount { consignor: ConsignorNumber(n), person: person(id) };
    let code =
        |code: &str, n| Command::IssueReferralCode { code: code.into(), consignor: ConsignorNumber(n) };
    let hook = |id, topics| Command::RegisterWebhook {
        webhook: WebhookId(Uuid::from_u128(id)),
        url_digest: Hash([0; 32]),
        topics,
    };
    let erased = || enrolled().when(Command::EraseConsignor { consignor: ConsignorNumber(1) });
    let hooks = (0..20).fold(created(), |sale, id| sale.when(hook(id, vec![Topic::Sales])));
    for (sale, rule, wanted) in [
        (enrolled().when(tier(9)), "ORG-10", "consignor_unknown"),
        (enrolled().when(link(1, "a")).when(link(2, "a")), "ORG-11", "person_linked"),
        (enrolled().when(code("ab", 1)), "ORG-12", "code_unusable"),
        (enrolled().when(code("ABCD", 1)).when(code("abcd", 2)), "ORG-12", "code_taken"),
        (enrolled().when(Command::RetireReferralCode { code: "ABCD".into() }), "ORG-12", "code_unknown"),
        (
            created().by(event_log(9)).when(Command::EndEvent { event: EventId(Uuid::from_u128(9)) }),
            "ORG-14",
            "event_unknown",
        ),
        (created().when(hook(1, vec![])), "ORG-16", "no_topic"),
        (
            created().when(hook(1, vec![Topic::Sales])).when(hook(1, vec![Topic::Sales])),
            "ORG-16",
            "webhook_exists",
        ),
        (hooks.when(hook(99, vec![Topic::Sales])), "ORG-16", "too_many_webhooks"),
        (
            created().when(Command::RemoveWebhook { webhook: WebhookId(Uuid::from_u128(1)) }),
            "ORG-16",
            "webhook_unknown",
        ),
        (created().when(found_event(1, "A")).when(found_event(1, "B")), "ORG-6", "event_exists"),
        (erased().when(tier(1)), "ERA-2", "consignor_erased"),
        (erased().when(code("ABCD", 1)), "ERA-2", "consignor_erased"),
        (erased().when(link(1, "a")), "ERA-2", "consignor_erased"),
    ] {
        let refusal = sale.refusal();
        assert_eq!((refusal.rule.as_str(), refusal.code.as_str()), (rule, wanted));
    }
    hooks_can_be_removed(created().when(hook(1, vec![Topic::Sales, Topic::Sales])));
}

fn hooks_can_be_removed(sale: Scenario<Organization>) {
    let sale = sale.when(Command::RemoveWebhook { webhook: WebhookId(Uuid::from_u128(1)) });
    sale.then_kinds(&["webhook_removed"]);
}

#[test]
fn org_11_accounts_are_linked_marked_and_known_by_their_codes() {
    let one = ConsignorNumber(1);
    let sale = enrolled()
        .when(Command::LinkAccount { consignor: one, person: person("user_cora") })
        .when(Command::IssueReferralCode { code: "cora7".into(), consignor: one })
        .when(Command::FlagAccount { consignor: one, flag: AccountFlag::Barred, on: true })
        .when(Command::ChangeTier { consignor: one, tier: Tier::Super });
    let ask = |query: &Query| Organization::answer(sale.state(), query);
    assert_eq!(
        ask(&Query::AccountOf { person: person("user_cora") }),
        Answer::AccountOf { number: Some(one) }
    );
    assert_eq!(
        ask(&Query::ReferralCode { code: " Cora7 ".into() }),
        Answer::ReferralCode { number: Some(one) }
    );
    let Answer::Account { account: Some(account) } = ask(&Query::Account { number: one }) else {
        panic!("known")
    };
    assert!(account.barred && account.tier == Tier::Super && !account.erased);
    // An erasure unlinks the person and ends the codes.
    let sale = sale.when(Command::EraseConsignor { consignor: one });
    assert!(sale.state().links.is_empty() && sale.state().codes.is_empty());
    assert_eq!(sale.state().tier_of(one), Some(Tier::Super), "numbers and figures stay");
}

#[test]
fn org_15_heads_go_forward_and_a_rewritten_log_shows() {
    let stream = StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EventId(Uuid::from_u128(1)));
    let see = |seq, hash| Command::Witness { stream: stream.clone(), seq, hash: Hash([hash; 32]) };
    let sale = created().by(Actor::System("witness".into())).when(see(5, 1));
    sale.then_kinds(&["head_witnessed"]);
    let sale = sale.when(see(5, 1));
    sale.then_kinds(&[]);
    let sale = sale.when(see(4, 1));
    sale.then_refused("ORG-15", "head_goes_back");
    let sale = sale.when(see(5, 2));
    sale.then_kinds(&["head_contradicted"]);
    // What was seen first stands.
    let sale = sale.when(see(5, 1));
    sale.then_kinds(&[]);
    let sale = sale.by(event_log(1)).when(see(6, 3));
    sale.then_kinds(&["head_witnessed"]);
    sale.by(event_log(2)).when(see(7, 3)).then_refused("RGT-2", "not_the_log");
}

#[test]
fn org_18_every_nth_participation_is_free() {
    let mut settings = created().state().settings.clone().unwrap();
    settings.version = 2;
    settings.registration.loyalty_every = 2;
    let mut sale = enrolled().when(Command::ChangeSettings { settings: Box::new(settings) });
    let count = |event: u128| Command::CountParticipations {
        consignors: vec![ConsignorNumber(1), ConsignorNumber(99)],
        event: EventId(Uuid::from_u128(event)),
    };
    let mut free = Vec::new();
    for event in 1..=4 {
        sale = sale.by(event_log(event)).when(count(event)).when(count(event));
        sale.then_kinds(&[]);
        let Some(Event::ParticipationsCounted(counted)) = sale.log().last() else { panic!("counted") };
        free.push(counted.counts[0].free);
    }
    assert_eq!(free, [false, true, false, true]);
    let loyal = sale.deliveries().iter().filter(|it| it.command["type"] == "grant_loyalty").count();
    assert_eq!(loyal, 2);
    // Given up, it counts no more; the next is free instead.
    let give_up =
        Command::UncountParticipation { consignor: ConsignorNumber(1), event: EventId(Uuid::from_u128(4)) };
    let sale = sale.when(give_up.clone());
    assert_eq!(sale.state().account(ConsignorNumber(1)).unwrap().participations, 3);
    sale.when(give_up).then_kinds(&[]);
    enrolled().by(event_log(2)).when(count(1)).then_refused("RGT-2", "not_the_event");
}

#[test]
fn era_1_running_events_are_told_of_an_erasure_and_it_happens_once() {
    let erase = || Command::EraseConsignor { consignor: ConsignorNumber(1) };
    let sale = enrolled().when(found_event(1, "Spring")).when(erase());
    assert_eq!(sale.deliveries().pop().unwrap().command["type"].as_str(), Some("erase_consignor"));
    sale.when(erase()).then_kinds(&[]);
}

#[test]
fn org_19_the_state_survives_a_snapshot() {
    let sale = staffed().when(revoke("user_ed")).by(Actor::System("witness".into())).when(Command::Witness {
        stream: StreamId::Organization(OrganizationId(Uuid::from_u128(0xA))),
        seq: 1,
        hash: Hash([1; 32]),
    });
    let snapshot = bincode::serde::encode_to_vec(sale.state(), bincode::config::standard()).unwrap();
    let (back, _): (State, usize) =
        bincode::serde::decode_from_slice(&snapshot, bincode::config::standard()).unwrap();
    assert_eq!(&back, sale.state());
}
