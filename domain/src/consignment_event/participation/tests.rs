use super::super::fees::{FeeKind, FeeMethod, WaiverReason};
use super::super::fixture::*;
use super::super::{Command, Event};
use super::*;
use crate::commission::Tier;
use crate::ids::{Actor, ConsignorNumber};
use crate::lifecycle::EventStatus;
use crate::money::Cents;
use crate::organization::Enrolment;
use crate::rights::Role;
use crate::scenario::person;
use proptest::prelude::*;

fn registration(consignor: u32) -> Registration {
    Registration {
        consignor: number(consignor),
        tier: Tier::Regular,
        method: FeeMethod::Payout,
        referral: None,
        terms: 0,
    }
}

fn register(consignor: u32) -> Command {
    Command::Register(registration(consignor))
}

fn referred(consignor: u32, by: Option<u32>) -> Command {
    let referral = Some(Referral { source: ReferralSource::Consignor, by: by.map(ConsignorNumber) });
    Command::Register(Registration { referral, ..registration(consignor) })
}

fn places(capacity: u32) -> Command {
    Command::PlanRegistration(RegistrationPlanned { capacity: Some(capacity), ..Default::default() })
}

fn leave(consignor: u32) -> Command {
    Command::CancelParticipation { consignor: number(consignor), reason: LeaveReason::OwnWish, note: None }
}

fn sale() -> Sale {
    registering(settings())
}

fn standing(sale: &Sale, consignor: u32) -> Standing {
    sale.state().participations[&number(consignor)].standing
}

#[test]
fn par_1_to_6_refusals() {
    let plan = |plan| Command::PlanRegistration(plan);
    let many = |n: u32| Command::JoinConsignors {
        consignors: (1..=n).map(|n| Enrolment { number: number(n), tier: Tier::Regular }).collect(),
    };
    let period = RegistrationPlanned { opens_at: Some(NOW + 1), ..Default::default() };
    let over = RegistrationPlanned { closes_at: Some(NOW), ..Default::default() };
    let reversed = RegistrationPlanned { opens_at: Some(2), closes_at: Some(2), ..Default::default() };
    let terms = RegistrationPlanned { terms: 3, ..Default::default() };
    let source = Registration {
        referral: Some(Referral { source: ReferralSource::Search, by: Some(number(1)) }),
        ..registration(9)
    };
    refused(vec![
        ("too many", sale().when(many(1_001)), "PAR-1", "too_many_joining"),
        ("draft", created(settings()).when(register(9)), "PAR-2", "registration_closed"),
        ("draft, join", created(settings()).when(many(1)), "PAR-2", "registration_closed"),
        ("early", sale().when(plan(period)).when(register(9)), "PAR-3", "outside_period"),
        ("late", sale().when(plan(over)).when(register(9)), "PAR-3", "outside_period"),
        ("reversed", sale().when(plan(reversed)), "PAR-3", "period_reversed"),
        ("terms", sale().when(plan(terms)).when(register(9)), "PAR-4", "terms_not_accepted"),
        ("self", sale().when(referred(9, Some(9))), "PAR-5", "referrer_unusable"),
        ("nobody", sale().when(referred(9, None)), "PAR-5", "referrer_unusable"),
        (
            "circle",
            sale().when(referred(8, Some(9))).when(referred(9, Some(8))),
            "PAR-5",
            "referrer_unusable",
        ),
        ("source", sale().when(Command::Register(source)), "PAR-5", "referrer_unusable"),
        (
            "ledger",
            sale().when(Command::Register(Registration { method: FeeMethod::Ledger, ..registration(9) })),
            "PAR-5",
            "method_unusable",
        ),
        ("twice", sale().when(register(1)), "PAR-6", "registered_already"),
        ("below", sale().when(places(1)), "PAR-7", "capacity_below_taken"),
        ("stranger", sale().when(leave(9)), "PAR-8", "not_participating"),
        ("no offer", sale().when(Command::AcceptPlace { consignor: number(1) }), "PAR-8", "no_place_offered"),
        (
            "late change",
            open(stocked(settings(), 1), 1).when(Command::ChangeParticipation {
                consignor: number(1),
                tier: Tier::Super,
                method: FeeMethod::Door,
            }),
            "PAR-9",
            "too_late_to_change",
        ),
        ("late leave", open(stocked(settings(), 1), 1).when(leave(2)), "PAR-10", "too_late_to_leave"),
        (
            "items",
            stocked(settings(), 1).when(Command::CheckIn { tags: tags(&[1]) }).when(leave(1)),
            "PAR-10",
            "items_in_hall",
        ),
    ]);
}

#[test]
fn par_7_who_comes_when_all_places_are_taken_waits_and_gets_the_next_free_one_in_order() {
    let full = sale().when(places(2)).when(register(3)).when(register(4));
    full.then_kinds(&["consignor_queued"]);
    let sale = full.when(leave(1));
    sale.then_kinds(&["fee_waived", "participation_cancelled", "place_offered"]);
    assert_eq!(standing(&sale, 3), Standing::Offered);
    // A newcomer does not overtake.
    let sale = sale.when(register(5));
    sale.then_kinds(&["consignor_queued"]);
    let sale = sale.when(Command::AcceptPlace { consignor: number(3) });
    sale.then_kinds(&["consignor_registered", "fees_charged"]);
    assert_eq!(sale.state().queue, [number(4), number(5)]);
    // A larger hall: both get an offer.
    let sale = sale.when(places(4));
    sale.then_kinds(&["registration_planned", "place_offered", "place_offered"]);
}

#[test]
fn par_8_an_offer_that_is_not_taken_up_goes_to_the_next() {
    let sale = sale().when(places(2)).when(register(3)).when(register(4)).when(leave(1));
    let end = NOW + 24 * HOUR;
    assert_eq!(sale.state().next_due(NOW), Some(end));
    let sale = sale.at(end).when(Command::AcceptPlace { consignor: number(3) });
    sale.then_refused("PAR-8", "no_place_offered");
    let sale = sale.by(timer()).when(Command::RunTimers);
    sale.then_kinds(&["place_offer_expired", "place_offered"]);
    assert_eq!((standing(&sale, 3), standing(&sale, 4)), (Standing::Left, Standing::Offered));
    sale.at(end - 1).when(Command::RunTimers).then_kinds(&[]);
}

#[test]
fn par_9_another_tier_charges_the_difference_or_lets_it_fall_away() {
    let change = |consignor, tier| Command::ChangeParticipation {
        consignor: number(consignor),
        tier,
        method: FeeMethod::Payout,
    };
    let raised = sale().when(change(1, Tier::Super));
    raised.then_kinds(&["participation_changed", "fees_charged"]);
    assert_eq!(raised.state().participations[&number(1)].open(FeeKind::Participation), Cents(2_500));
    let lowered = sale().when(change(2, Tier::Regular));
    lowered.then_kinds(&["participation_changed", "fee_waived"]);
    assert_eq!(lowered.state().participations[&number(2)].open(FeeKind::Participation), Cents(1_500));
    sale().when(change(1, Tier::Regular)).then_kinds(&[]);
}

#[test]
fn par_10_leaving_pulls_what_was_only_listed_and_lets_the_open_fee_fall_away() {
    let sale = stocked(settings(), 3).when(leave(1));
    sale.then_kinds(&["items_pulled", "fee_waived", "participation_cancelled"]);
    let found = &sale.state().participations[&number(1)];
    assert_eq!((found.open(FeeKind::Participation), found.pulled), (Cents(0), 0));
    // Coming back is charged again, once.
    let sale = sale.when(register(1));
    sale.then_kinds(&["consignor_registered", "fees_charged"]);
    assert_eq!(sale.state().participations[&number(1)].open(FeeKind::Participation), Cents(1_500));
}

#[test]
fn par_11_participations_are_told_to_the_organization_and_untold() {
    let sale = sale().when(register(3)).when(leave(3));
    let commands: Vec<String> = sale
        .deliveries()
        .iter()
        .map(|delivery| delivery.command["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(commands, ["count_participations", "count_participations", "uncount_participation"]);
    // Somebody who only waited was never counted.
    let waited = sale.when(places(2)).when(register(4)).when(leave(4));
    assert_eq!(waited.deliveries().len(), 3);
}

#[test]
fn par_12_a_free_participation_waives_the_fee_even_when_it_was_paid() {
    let free = |sale: Sale| {
        sale.by(organization()).when(Command::GrantLoyalty { consignors: vec![number(1), number(9)] })
    };
    let sale = free(sale());
    let [Event::FeeWaived(waived)] = sale.appended() else { panic!("one waiver") };
    assert_eq!((waived.amount, waived.reason), (Cents(1_500), WaiverReason::Loyalty));
    free(sale).then_kinds(&[]);
    self::sale()
        .when(Command::GrantLoyalty { consignors: vec![number(1)] })
        .then_refused("RGT-2", "not_the_organization");
}

#[test]
fn era_4_an_erased_consignor_keeps_numbers_and_figures_and_takes_part_no_more() {
    let erase = || Command::EraseConsignor { consignor: number(1) };
    let before = registering(settings()).by(organization()).when(erase());
    before.then_kinds(&["consignor_erased", "fee_waived", "participation_cancelled"]);
    let during = open(stocked(settings(), 2), 1).by(organization()).when(erase());
    during.then_kinds(&["consignor_erased"]);
    assert_eq!(during.state().item(tag(1)).unwrap().consignor, number(1));
    during.when(erase()).then_kinds(&[]);
    before.by(olivia()).when(register(1)).then_refused("ERA-2", "consignor_erased");
    let listed = stocked(settings(), 1).when(Command::CheckIn { tags: tags(&[1]) });
    let sale = listed.by(organization()).when(erase()).by(olivia());
    let sale = sale.when(Command::ListItems { import: None, items: vec![draft(1, "new")] });
    let [Event::ItemsListed(items)] = sale.appended() else { panic!("one listing") };
    assert_eq!(items.refused[0].rule, "ERA-2");
}

#[test]
fn rgt_3_a_revoked_person_is_refused_here_and_the_organization_knows() {
    let know = |roles: Vec<Role>, seq| Command::KnowRights { person: person("user_olivia"), roles, seq };
    let sale = sale().by(organization()).when(know(vec![Role::Volunteer], 7)).by(olivia());
    let acknowledged = sale.deliveries().pop().unwrap().command;
    assert_eq!(
        (acknowledged["type"].as_str(), acknowledged["seq"].as_u64()),
        (Some("acknowledge_rights"), Some(7))
    );
    let sale = sale.when(to(EventStatus::Intake));
    sale.then_refused("RGT-3", "rights_revoked");
    // What the person may still do goes on; others are not touched.
    let sale = sale.when(Command::StartCount { count: crate::ids::CountId(uuid::Uuid::nil()) });
    sale.then_refused("CNT-1", "nothing_in_hall");
    let sale = sale.by(Actor::Person(person("user_ed"))).when(to(EventStatus::Intake));
    sale.then_kinds(&["status_changed"]);
    // Older news changes nothing; newer does.
    let sale = sale.by(organization()).when(know(Vec::new(), 6));
    sale.then_kinds(&[]);
    let sale = sale.when(know(vec![Role::OrganizationAdmin], 8)).by(olivia());
    sale.when(to(EventStatus::Selling)).then_kinds(&["status_changed"]);
}

#[test]
fn rgt_1_actors_of_the_wrong_kind_are_refused() {
    let terminal = Actor::Terminal(crate::ids::TerminalId(uuid::Uuid::nil()));
    for (actor, command) in [
        (terminal.clone(), to(EventStatus::Intake)),
        (session_log(), register(9)),
        (olivia(), Command::RunTimers),
        (
            Actor::System("import".into()),
            Command::Adjust {
                consignor: number(1),
                amount: Cents(1),
                reason: super::super::fees::AdjustmentReason::Goodwill,
                tag: None,
                note: None,
            },
        ),
    ] {
        sale().by(actor).when(command).then_refused("RGT-1", "wrong_kind_of_actor");
    }
    sale()
        .when(Command::KnowRights { person: person("x"), roles: vec![], seq: 1 })
        .then_refused("RGT-2", "not_the_organization");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn par_7_places_are_never_overbooked(capacity in 2_u32..6, steps in proptest::collection::vec((0_u8..4, 1_u32..10), 1..60)) {
        let mut sale = sale().when(places(capacity));
        let mut now = NOW;
        for (what, consignor) in steps {
            now += HOUR * 5;
            sale = sale.at(now);
            sale = match what {
                0 => sale.when(register(consignor)),
                1 => sale.when(leave(consignor)),
                2 => sale.when(Command::AcceptPlace { consignor: number(consignor) }),
                _ => sale.by(timer()).when(Command::RunTimers).by(olivia()),
            };
            let state = sale.state();
            prop_assert!(state.places_taken() <= usize::try_from(capacity).unwrap());
            // Nobody both waits and has a place.
            for waiting in &state.queue {
                prop_assert_eq!(state.participations[waiting].standing, Standing::Waiting);
            }
        }
    }
}
