//! Golden statements, worked out by hand: from the shares to what is due, with charges and credits, what the ledger
//! carries, and what was settled before.

use super::logs::{Logs, consignor};
use crate::commission::Tier;
use crate::consignment_event::fees::{
    AdjustmentMade, AdjustmentReason, FeeKind, FeeMethod, FeePaid, FeeWaived, ReferralCredit,
    ReferralsCredited, WaiverReason,
};
use crate::consignment_event::payouts::PayoutsCalculated;
use crate::consignment_event::settlement::{SettlementApproved, StatementsCalculated};
use crate::ids::{PersonId, SettlementId};
use crate::money::Cents;
use crate::organization::{Account, LedgerEntry, LedgerPosted, LedgerReason, Posting};
use crate::settlement::parts_of;
use uuid::Uuid;

#[test]
fn stl_8_charges_waivers_payments_and_adjustments_each_have_a_line() {
    let mut logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 10_000)]).charge(
        1,
        FeeKind::Participation,
        1_500,
        None,
    );
    logs = logs.charge(1, FeeKind::Sort, 1_000, None).charge(1, FeeKind::PulledItem, 300, None);
    let logs = logs
        .then_event(FeePaid {
            consignor: consignor(1),
            kind: FeeKind::Participation,
            amount: Cents(1_500),
            method: FeeMethod::Door,
            reference: "d-1".into(),
        })
        .then_event(FeeWaived {
            consignor: consignor(1),
            kind: FeeKind::Sort,
            amount: Cents(400),
            part_of_share: None,
            reason: WaiverReason::Goodwill,
            note: None,
        })
        .then_event(AdjustmentMade {
            consignor: consignor(1),
            amount: Cents(-250),
            reason: AdjustmentReason::Correction,
            tag: None,
            note: None,
        })
        .then_event(ReferralsCredited {
            credits: vec![ReferralCredit {
                referrer: consignor(1),
                referred: consignor(2),
                amount: Cents(500),
            }],
        });
    let statement = logs.statement(1);
    let amounts: Vec<_> = statement.lines.iter().map(|line| (line.amount.0, &*line.rule)).collect();
    assert_eq!(
        amounts,
        [
            (6_000, "STL-4"),
            (-1_500, "STL-8"),
            (-1_000, "STL-8"),
            (-300, "STL-8"),
            (1_500, "STL-8"),
            (400, "STL-8"),
            (-250, "STL-8"),
            (500, "STL-8")
        ]
    );
    assert_eq!((statement.totals.charges, statement.totals.credits), (Cents(2_800), Cents(2_150)));
    assert_eq!(statement.totals.due, Cents(5_350));
}

#[test]
fn stl_9_a_part_of_the_share_is_taken_of_the_final_share() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_010)]).shift(1).charge(
        1,
        FeeKind::NoShow,
        0,
        Some(1_000),
    );
    // 10.10 at 65 % is 6.565 → 6.57; a tenth of it is 0.657 → 0.66.
    let statement = logs.statement(1);
    assert_eq!((statement.totals.share, statement.totals.charges), (Cents(657), Cents(66)));
    assert_eq!(statement.lines[1].rule, "STL-9");
}

#[test]
fn stl_8_a_negative_payout_stays_negative_on_the_statement() {
    let statement = Logs::plain()
        .join(1, Tier::Regular)
        .sell(&[(1, 1_000)])
        .charge(1, FeeKind::Participation, 1_500, None)
        .statement(1);
    assert_eq!(statement.totals.due, Cents(-900));
}

fn posted(number: u32, amount: i64) -> LedgerPosted {
    let posting = Posting {
        consignor: consignor(number),
        account: Account::Carried,
        amount: Cents(amount),
        reason: LedgerReason::NegativePayout,
        source: None,
        event: None,
        note: None,
    };
    LedgerPosted { entries: vec![LedgerEntry { posting, balance: Cents(amount) }] }
}

#[test]
fn stl_10_what_the_ledger_carries_comes_in_once() {
    let logs = Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]).then_organization(posted(1, -900));
    let statement = logs.clone().then_organization(posted(1, 100)).statement(1);
    assert_eq!((statement.totals.carried_in, statement.totals.due), (Cents(-800), Cents(-200)));
    let approved = approve(logs);
    assert_eq!(approved.statement(1).totals.carried_in, Cents::ZERO);
}

/// The settlement as it stands, recorded and approved.
fn approve(logs: Logs) -> Logs {
    let settlement = SettlementId(Uuid::from_u128(logs.event.len() as u128));
    let parts = logs.settle().statements().unwrap().into_iter().flat_map(parts_of).collect();
    logs.then_event(StatementsCalculated { settlement, page: 1, parts })
        .then_event(SettlementApproved {
            settlement,
            by: PersonId("user_olivia".into()),
            complete: true,
            despite: None,
            note: None,
        })
        .then_event(PayoutsCalculated { settlement, payouts: vec![], carried: vec![], taken: vec![] })
}

#[test]
fn stl_11_an_amendment_settles_only_what_changed_since() {
    let logs = approve(Logs::plain().join(1, Tier::Regular).join(2, Tier::Regular).sell(&[
        (1, 1_000),
        (1, 500),
        (2, 700),
    ]));
    let unchanged = logs.statement(1);
    assert_eq!((unchanged.totals.settled_before, unchanged.totals.due), (Cents(900), Cents::ZERO));
    // A return after the payout, and a late shift: 5.00 at 65 % = 3.25, so 5.75 was paid too much.
    let returned = logs.returned(1, 0, 1_000);
    let amended = logs.then_session(returned).shift(1);
    assert_eq!(amended.statement(1).totals.due, Cents(-575));
    assert_eq!(amended.statement(2).totals.due, Cents::ZERO);
    let again = approve(amended).statement(1);
    assert_eq!((again.totals.settled_before, again.totals.due), (Cents(325), Cents::ZERO));
}

#[test]
fn stl_11_a_debit_posted_by_the_event_itself_is_not_counted_twice() {
    // A fee after the payout goes to the ledger directly: no amendment sees it.
    let mut logs = approve(Logs::plain().join(1, Tier::Regular).sell(&[(1, 1_000)]));
    logs = logs.charge(1, FeeKind::MissedPickUp, 1_000, None);
    if let Some(crate::consignment_event::Event::FeesCharged(charged)) = logs.event.last_mut() {
        charged.charges[0].method = FeeMethod::Ledger;
    }
    assert_eq!(logs.then_organization(posted(1, -1_000)).statement(1).totals.due, Cents::ZERO);
}
