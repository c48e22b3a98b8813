use chrono::NaiveDate;

use super::super::settlement::tests::{approved, in_reconciliation};
use super::*;
use crate::aggregate::Delivery;
use crate::consignment_event::{Command, ConsignmentEvent, Event};
use crate::ids::{Actor, ConsignorNumber};
use crate::money::Cents;
use crate::organization::{self, Account, LedgerReason, Posting};
use crate::scenario::Scenario;
use crate::settlement::SettlementRules;

fn settled(statements: &[(u32, i64, i64, i64)]) -> Scenario<ConsignmentEvent> {
    let rules = SettlementRules { minimum_payout: Cents(300), ..SettlementRules::default() };
    approved(in_reconciliation(rules), 1, statements)
}

fn payouts(scenario: &Scenario<ConsignmentEvent>) -> Vec<PayoutsCalculated> {
    let page = |event: &Event| match event {
        Event::PayoutsCalculated(page) => Some(page.clone()),
        _ => None,
    };
    scenario.appended().iter().filter_map(page).collect()
}

fn postings(deliveries: &[Delivery]) -> Vec<(u32, Account, i64, LedgerReason)> {
    let postings = |delivery: &Delivery| -> Vec<Posting> {
        match serde_json::from_value(delivery.command.clone()) {
            Ok(organization::Command::Post { postings }) => postings,
            _ => Vec::new(),
        }
    };
    let all = deliveries.iter().flat_map(postings);
    all.map(|posting| (posting.consignor.0, posting.account, posting.amount.0, posting.reason)).collect()
}

fn paid(payout: u32, method: PayoutMethod, reference: &str) -> Command {
    let paid_on = NaiveDate::from_ymd_opt(2027, 5, 3).unwrap();
    Command::Pay(PayCommand::MarkPaid { payout, method, reference: reference.into(), paid_on })
}

fn pay(command: PayCommand) -> Command {
    Command::Pay(command)
}

#[test]
fn pay_1_paid_carried_or_nothing_and_what_was_carried_in_leaves_the_ledger() {
    let scenario = settled(&[
        (1, 5_000, 0, 0),
        (2, -900, 0, 0),
        (3, 299, 0, 0),
        (4, 300, 0, 0),
        (5, 0, 0, 0),
        (6, 1_000, -400, 0),
        (7, 400, -400, 0),
    ]);
    let page = &payouts(&scenario)[0];
    let made: Vec<_> =
        page.payouts.iter().map(|made| (made.payout, made.consignor.0, made.amount.0)).collect();
    assert_eq!(made, [(1, 1, 5_000), (2, 4, 300), (3, 6, 600)]);
    assert_eq!(
        postings(&scenario.deliveries()),
        [
            (6, Account::Carried, 400, LedgerReason::TakenIntoSettlement),
            (7, Account::Carried, 400, LedgerReason::TakenIntoSettlement),
            (2, Account::Carried, -900, LedgerReason::NegativePayout),
            (3, Account::Carried, 299, LedgerReason::BelowMinimum),
        ]
    );
}

#[test]
fn pay_1_many_consignors_come_in_pages_that_a_ledger_takes_at_once() {
    let statements: Vec<_> = (1..=200).map(|number| (number, 1_000, 0, 0)).collect();
    assert_eq!(payouts(&settled(&statements)).len(), 1);
    // Known when it is built: a page fits one command to the ledger.
    const { assert!(PAYOUT_PAGE_CONSIGNORS * 2 <= organization::MAX_POSTINGS) };
}

#[test]
fn pay_6_less_earned_after_the_payout_is_a_debit_and_the_paid_record_stays() {
    let first = settled(&[(1, 1_000, 0, 0)]).when(pay(PayCommand::Approve { payouts: vec![1] })).when(paid(
        1,
        PayoutMethod::Cheque,
        "1001",
    ));
    let amended = approved(first, 2, &[(1, 425, 0, 1_000)]);
    let carried = &payouts(&amended)[0].carried;
    assert_eq!(
        carried[..],
        [CarriedForward {
            consignor: ConsignorNumber(1),
            amount: Cents(-575),
            reason: CarryReason::AfterPayout
        }]
    );
    assert_eq!(amended.state().payouts.by_number[&1].status, PayoutStatus::Paid(PayoutMethod::Cheque));
    let last = postings(&amended.deliveries());
    assert_eq!(last, [(1, Account::Carried, -575, LedgerReason::ReturnAfterPayout)]);
    // More earned is one more payout.
    let more = approved(settled(&[(1, 1_000, 0, 0)]), 2, &[(1, 1_600, 0, 1_000)]);
    assert_eq!(
        payouts(&more)[0].payouts[0],
        CalculatedPayout { payout: 2, consignor: ConsignorNumber(1), amount: Cents(600) }
    );
}

#[test]
fn pay_2_to_5_a_payout_goes_its_way_step_by_step() {
    let calculated = || settled(&[(1, 1_000, 0, 0)]);
    let approve = || pay(PayCommand::Approve { payouts: vec![1] });
    let void = || pay(PayCommand::Void { payout: 1, reason: VoidReason::Lost, note: None });
    calculated().when(paid(1, PayoutMethod::Cheque, "1001")).then_refused("PAY-3", "payout_status");
    calculated().when(pay(PayCommand::Approve { payouts: vec![] })).then_refused("PAY-2", "payouts_approved");
    calculated().when(pay(PayCommand::Approve { payouts: vec![2] })).then_refused("PAY-2", "payout_unknown");
    calculated().when(approve()).when(approve()).then_refused("PAY-2", "payout_status");
    let ready = || calculated().when(approve());
    ready().when(void()).then_refused("PAY-4", "payout_status");
    for reference in ["", "  ", "a;b", "Jürgen", &"9".repeat(41)] {
        ready().when(paid(1, PayoutMethod::Bank, reference)).then_refused("PAY-3", "reference_unusable");
    }
    ready().when(paid(1, PayoutMethod::Cash, "")).then_kinds(&["payout_paid"]);
    let made = || ready().when(paid(1, PayoutMethod::Cheque, "1001"));
    made().when(paid(1, PayoutMethod::Cheque, "1002")).then_refused("PAY-3", "payout_status");
    made().when(pay(PayCommand::Reissue { payout: 1 })).then_refused("PAY-5", "payout_status");
    let voided = || made().when(void());
    voided().when(void()).then_refused("PAY-4", "payout_status");
    let again = voided().when(pay(PayCommand::Reissue { payout: 1 }));
    let [Event::PayoutReissued(reissued)] = again.appended() else { panic!("one entry") };
    assert_eq!((reissued.payout, reissued.replaces, reissued.amount), (2, 1, Cents(1_000)));
    again.when(paid(2, PayoutMethod::Cheque, "1002")).then_kinds(&["payout_paid"]);
    voided()
        .when(pay(PayCommand::Reissue { payout: 1 }))
        .when(pay(PayCommand::Reissue { payout: 1 }))
        .then_refused("PAY-5", "payout_status");
    let carried = voided().when(pay(PayCommand::Carry { payout: 1 }));
    assert_eq!(postings(&carried.deliveries()), [(1, Account::Carried, 1_000, LedgerReason::PayoutVoided)]);
    carried.when(pay(PayCommand::Reissue { payout: 1 })).then_refused("PAY-5", "payout_status");
}

#[test]
fn pay_7_store_credit_is_a_ledger_of_its_own() {
    let kept = settled(&[(1, 1_000, 0, 0)]).when(pay(PayCommand::Approve { payouts: vec![1] })).when(paid(
        1,
        PayoutMethod::StoreCredit,
        "",
    ));
    assert_eq!(
        postings(&kept.deliveries()),
        [(1, Account::StoreCredit, 1_000, LedgerReason::PayoutAsStoreCredit)]
    );
    let voided = kept.when(pay(PayCommand::Void { payout: 1, reason: VoidReason::Other, note: None }));
    assert_eq!(
        postings(&voided.deliveries())[1],
        (1, Account::StoreCredit, -1_000, LedgerReason::PayoutVoided)
    );
}

#[test]
fn pay_8_money_is_decided_by_persons() {
    let scenario = settled(&[(1, 1_000, 0, 0)]).by(Actor::System("timer".into()));
    scenario.when(pay(PayCommand::Approve { payouts: vec![1] })).then_refused("RGT-1", "wrong_kind_of_actor");
}
