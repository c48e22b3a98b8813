use super::super::fixture::*;
use super::super::{Command, Event};
use super::*;
use crate::ids::{Actor, OrganizationId, ShopId};
use crate::lifecycle::{EventStatus, StatusReason};
use crate::money::Cents;
use crate::organization::Settings;
use crate::stream::StreamId;
use proptest::prelude::*;

fn sale() -> Sale {
    stocked(settings(), 1)
}

fn charge(kind: FeeKind, items: u32) -> Command {
    Command::ChargeFee { consignor: number(1), kind, items }
}

fn pay(amount: i64, reference: &str) -> Command {
    Command::RecordFeePayment {
        consignor: number(1),
        kind: FeeKind::Participation,
        amount: Cents(amount),
        method: FeeMethod::Door,
        reference: reference.into(),
    }
}

fn waive(amount: Option<i64>, reason: WaiverReason) -> Command {
    Command::WaiveFee {
        consignor: number(1),
        kind: FeeKind::Participation,
        amount: amount.map(Cents),
        reason,
        note: None,
    }
}

fn adjust(amount: i64) -> Command {
    Command::Adjust {
        consignor: number(1),
        amount: Cents(amount),
        reason: AdjustmentReason::ItemLost,
        tag: None,
        note: None,
    }
}

fn paid_out(sale: Sale) -> Sale {
    [
        EventStatus::Selling,
        EventStatus::Closed,
        EventStatus::Returns,
        EventStatus::Reconciliation,
        EventStatus::Complete,
    ]
    .into_iter()
    .fold(sale, |sale, status| sale.when(to(status)))
}

fn open_fee(sale: &Sale, kind: FeeKind) -> Cents {
    sale.state().participations[&number(1)].open(kind)
}

fn shop() -> Actor {
    Actor::Stream(
        StreamId::Storefront(OrganizationId(uuid::Uuid::from_u128(0xA)), ShopId(uuid::Uuid::nil()))
            .to_string(),
    )
}

#[test]
fn fee_1_to_6_refusals() {
    let stranger = Command::ChargeFee { consignor: number(9), kind: FeeKind::Sort, items: 0 };
    let other = Command::Adjust {
        consignor: number(2),
        amount: Cents(1),
        reason: AdjustmentReason::ItemLost,
        tag: Some(tag(1)),
        note: None,
    };
    refused(vec![
        ("stranger", sale().when(stranger), "FEE-1", "not_participating"),
        (
            "twice",
            sale().when(charge(FeeKind::Sort, 0)).when(charge(FeeKind::Sort, 0)),
            "FEE-2",
            "charged_already",
        ),
        ("no items", sale().when(charge(FeeKind::Oversize, 0)), "FEE-2", "items_unusable"),
        ("many items", sale().when(charge(FeeKind::Battery, 10_001)), "FEE-2", "items_unusable"),
        ("early", sale().when(charge(FeeKind::MissedPickUp, 0)), "FEE-2", "pick_up_not_over"),
        ("by hand", sale().when(charge(FeeKind::NoShow, 0)), "FEE-2", "follows_from_a_rule"),
        ("overpaid", sale().when(pay(1_501, "r1")), "FEE-3", "more_than_open"),
        ("nothing", sale().when(pay(0, "r1")), "FEE-3", "amount_unusable"),
        ("unnamed", sale().when(pay(1, "")), "FEE-3", "reference_unusable"),
        ("too much", sale().when(waive(Some(1_501), WaiverReason::Goodwill)), "FEE-4", "nothing_to_waive"),
        ("nothing", sale().when(waive(Some(0), WaiverReason::Goodwill)), "FEE-4", "nothing_to_waive"),
        ("a rule's", sale().when(waive(None, WaiverReason::Loyalty)), "FEE-4", "reason_not_manual"),
        ("zero", sale().when(adjust(0)), "FEE-5", "amount_unusable"),
        ("not theirs", sale().when(other), "FEE-5", "not_the_consignors"),
        ("paid out", paid_out(sale()).when(adjust(1)), "FEE-6", "paid_out"),
        ("paid out", paid_out(sale()).when(waive(None, WaiverReason::Goodwill)), "FEE-6", "paid_out"),
        ("another log", sale().by(session_log()).when(pay(1, "r")), "RGT-2", "not_a_storefront"),
    ]);
}

#[test]
fn fee_1_taking_part_charges_the_tiers_fee_as_an_entry_of_its_own() {
    let sale = registering(settings());
    let [Event::ConsignorsJoined(_), Event::FeesCharged(entry)] = sale.appended() else {
        panic!("two entries")
    };
    let charges: Vec<_> = entry.charges.iter().map(|it| (it.consignor.0, it.amount.0, it.method)).collect();
    assert_eq!(charges, [(1, 1_500, FeeMethod::Payout), (2, 2_500, FeeMethod::Payout)]);
}

#[test]
fn fee_2_oversize_lots_begun_count_whole_and_are_not_charged_twice() {
    // The fee cliff: the fifth item is in the first lot, the sixth begins another.
    let mut sale = sale();
    for (items, open) in [(1, 500), (4, 500), (1, 1_000), (4, 1_000), (1, 1_500)] {
        sale = sale.when(charge(FeeKind::Oversize, items));
        assert_eq!(open_fee(&sale, FeeKind::Oversize), Cents(open), "{items} more");
    }
    let sale = sale.when(charge(FeeKind::Battery, 7));
    assert_eq!(open_fee(&sale, FeeKind::Battery), Cents(700));
}

#[test]
fn fee_3_a_payment_counts_once_and_a_storefronts_is_a_fact() {
    let sale = sale().when(pay(1_000, "r1")).when(pay(1_000, "r1"));
    sale.then_kinds(&[]);
    assert_eq!(open_fee(&sale, FeeKind::Participation), Cents(500));
    let sale = sale.by(shop()).when(pay(1_500, "order 7"));
    sale.then_kinds(&["fee_paid"]);
    assert_eq!(open_fee(&sale, FeeKind::Participation), Cents(-1_000));
}

#[test]
fn fee_4_waivers_need_a_reason_and_end_what_is_open() {
    let sale = sale().when(waive(Some(500), WaiverReason::Helper));
    assert_eq!(open_fee(&sale, FeeKind::Participation), Cents(1_000));
    let sale = sale.when(waive(None, WaiverReason::Hardship));
    assert_eq!(open_fee(&sale, FeeKind::Participation), Cents(0));
    sale.when(waive(None, WaiverReason::Hardship)).then_refused("FEE-4", "nothing_to_waive");
}

#[test]
fn fee_5_adjustments_go_either_way_with_a_reason() {
    sale().when(adjust(-300)).then_kinds(&["adjustment_made"]);
    sale().when(adjust(300)).then_kinds(&["adjustment_made"]);
}

#[test]
fn fee_7_what_falls_due_after_the_payout_is_a_linked_debit_in_the_ledger() {
    let sale = paid_out(sale()).when(charge(FeeKind::MissedPickUp, 0));
    let delivery = sale.deliveries().pop().unwrap();
    assert_eq!(delivery.to, StreamId::Organization(OrganizationId(uuid::Uuid::from_u128(0xA))));
    let posting = &delivery.command["postings"][0];
    assert_eq!(posting["amount_cents"].as_i64(), Some(-1_000));
    assert_eq!(posting["reason"].as_str(), Some("fee_after_payout"));
    assert_eq!(posting["source"]["seq"].as_u64(), Some(u64::try_from(sale.log().len()).unwrap()));
    assert_eq!(open_fee(&sale, FeeKind::MissedPickUp), Cents(0));
}

#[test]
fn fee_8_referrers_are_credited_once_where_both_take_part() {
    use super::super::participation::{Referral, ReferralSource, Registration};
    let register = |consignor, by| {
        Command::Register(Registration {
            consignor: number(consignor),
            tier: crate::commission::Tier::Regular,
            method: FeeMethod::Payout,
            referral: Some(Referral { source: ReferralSource::Consignor, by: Some(number(by)) }),
            terms: 0,
        })
    };
    let mut sale = registering(settings()).when(register(3, 1)).when(register(4, 9)).when(register(5, 2));
    for status in [EventStatus::Intake, EventStatus::Selling, EventStatus::Closed, EventStatus::Returns] {
        sale = sale.when(to(status));
    }
    let sale = sale.when(to(EventStatus::Reconciliation));
    let [_, Event::ReferralsCredited(credited)] = sale.appended() else { panic!("credits") };
    let pairs: Vec<_> =
        credited.credits.iter().map(|it| (it.referrer.0, it.referred.0, it.amount.0)).collect();
    assert_eq!(pairs, [(1, 3, 500), (2, 5, 500)]);
    let back = Command::ChangeStatus { to: EventStatus::Returns, reason: Some(StatusReason::LateReturns) };
    sale.when(back).when(to(EventStatus::Reconciliation)).then_kinds(&["status_changed"]);
}

#[test]
fn fee_9_settings_with_unusable_fees_are_no_settings() {
    let mut bad: Settings = settings();
    bad.fees.oversize_lot = 0;
    bad.fees.sort = Cents(-1);
    bad.schedule.shift_minutes = 0;
    bad.registration.referral = Cents(-1);
    assert_eq!(bad.problems().len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn fee_10_what_is_open_is_what_was_charged_less_paid_less_waived(steps in proptest::collection::vec((0_u8..5, 1_i64..2_000), 1..40)) {
        let mut sale = sale();
        for (at, (what, amount)) in steps.into_iter().enumerate() {
            sale = match what {
                0 => sale.when(pay(amount, &format!("r{at}"))),
                1 => sale.by(shop()).when(pay(amount, &format!("r{at}"))).by(olivia()),
                2 => sale.when(waive(Some(amount), WaiverReason::Goodwill)),
                3 => sale.when(waive(None, WaiverReason::Goodwill)),
                _ => sale.when(charge(FeeKind::Oversize, u32::try_from(amount).unwrap())),
            };
            let (mut charged, mut settled) = (0, 0);
            for event in sale.log() {
                match event {
                    Event::FeesCharged(it) => charged += it.charges.iter().filter(|it| it.consignor == number(1)).map(|it| it.amount.0).sum::<i64>(),
                    Event::FeePaid(it) => settled += it.amount.0,
                    Event::FeeWaived(it) => settled += it.amount.0,
                    _ => {}
                }
            }
            let open: i64 = FeeKind::ALL.iter().map(|kind| open_fee(&sale, *kind).0).sum();
            prop_assert_eq!(open, charged - settled);
        }
    }

    #[test]
    fn fee_2_lots_cost_the_same_in_any_portions(portions in proptest::collection::vec(1_u32..9, 1..12)) {
        let total: u32 = portions.iter().sum();
        let bit_by_bit = portions.iter().fold(sale(), |sale, items| sale.when(charge(FeeKind::Oversize, *items)));
        let at_once = sale().when(charge(FeeKind::Oversize, total));
        prop_assert_eq!(open_fee(&bit_by_bit, FeeKind::Oversize), open_fee(&at_once, FeeKind::Oversize));
    }
}
