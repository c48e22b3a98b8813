use proptest::prelude::*;
use uuid::Uuid;

use super::super::{Command, Enrolment, Event, Organization};
use super::*;
use crate::commission::Tier;
use crate::ids::{Actor, OrganizationId};
use crate::rejection::Rejection;
use crate::scenario::{Scenario, person};

fn event() -> StreamId {
    StreamId::Event(OrganizationId(Uuid::from_u128(0xA)), EventId(Uuid::from_u128(1)))
}

fn founded() -> Scenario<Organization> {
    Scenario::<Organization>::new()
        .when(Command::Create {
            slug: "demo".into(),
            name: "Demo".into(),
            currency: "USD".into(),
            time_zone: "UTC".into(),
            first_admin: person("user_olivia"),
        })
        .when(Command::EnrolConsignors {
            consignors: (1..=3)
                .map(|n| Enrolment { number: ConsignorNumber(n), tier: Tier::Regular })
                .collect(),
        })
}

fn by_hand(amount: i64, reason: LedgerReason) -> Posting {
    Posting {
        consignor: ConsignorNumber(1),
        account: Account::Carried,
        amount: Cents(amount),
        reason,
        source: None,
        event: None,
        note: None,
    }
}

fn delivered(consignor: u32, amount: i64, seq: u64, line: u32) -> Posting {
    Posting {
        consignor: ConsignorNumber(consignor),
        source: Some(Source { stream: event(), seq, line }),
        ..by_hand(amount, LedgerReason::NegativePayout)
    }
}

fn post(postings: Vec<Posting>) -> Command {
    Command::Post { postings }
}

fn log() -> Actor {
    Actor::Stream(event().to_string())
}

#[test]
fn ldg_1_to_5_refusals() {
    let refusal = |actor: Option<Actor>, posting: Vec<Posting>| -> Rejection {
        let sale = founded().by(actor.unwrap_or(Actor::Person(person("user_olivia"))));
        sale.when(post(posting)).refusal().clone()
    };
    let manual = |amount| by_hand(amount, LedgerReason::Correction);
    let stranger = Posting { consignor: ConsignorNumber(9), ..manual(1) };
    for (rejection, rule, code) in [
        (refusal(None, vec![]), "LDG-1", "too_many_postings"),
        (refusal(None, vec![manual(1); 501]), "LDG-1", "too_many_postings"),
        (refusal(None, vec![manual(0)]), "LDG-2", "amount_unusable"),
        (refusal(None, vec![manual(-1_000_000_000)]), "LDG-2", "amount_unusable"),
        (refusal(None, vec![stranger]), "LDG-3", "consignor_unknown"),
        (refusal(None, vec![by_hand(1, LedgerReason::NegativePayout)]), "LDG-4", "reason_not_manual"),
        (refusal(None, vec![delivered(1, 1, 1, 0)]), "LDG-4", "reason_not_manual"),
        (refusal(Some(log()), vec![manual(1)]), "LDG-5", "not_the_source"),
        (refusal(Some(Actor::System("x".into())), vec![manual(1)]), "LDG-5", "not_the_source"),
        (
            refusal(Some(Actor::Stream("other".into())), vec![delivered(1, 1, 1, 0)]),
            "LDG-5",
            "not_the_source",
        ),
    ] {
        assert_eq!((rejection.rule.as_str(), rejection.code.as_str()), (rule, code));
    }
}

#[test]
fn ldg_6_an_entry_of_another_log_is_posted_once_whatever_the_balance_becomes() {
    let sale = founded().by(log()).when(post(vec![delivered(1, -500, 7, 0), delivered(1, -300, 7, 1)]));
    assert_eq!(sale.state().balance(ConsignorNumber(1), Account::Carried), Cents(-800));
    let sale = sale.when(post(vec![delivered(1, -500, 7, 0)]));
    sale.then_kinds(&[]);
    let sale =
        sale.when(post(vec![delivered(1, -500, 7, 0), delivered(2, 100, 8, 0), delivered(2, 100, 8, 0)]));
    let [Event::LedgerPosted(posted)] = sale.appended() else { panic!("one entry") };
    assert_eq!((posted.entries.len(), posted.entries[0].balance), (1, Cents(100)));
}

#[test]
fn ldg_7_store_credit_is_a_balance_of_its_own() {
    let credit = Posting { account: Account::StoreCredit, ..by_hand(400, LedgerReason::Goodwill) };
    let sale = founded().when(post(vec![credit, by_hand(-150, LedgerReason::Correction)]));
    let state = sale.state();
    assert_eq!(state.balance(ConsignorNumber(1), Account::StoreCredit), Cents(400));
    assert_eq!(state.balance(ConsignorNumber(1), Account::Carried), Cents(-150));
    assert_eq!(state.balance(ConsignorNumber(9), Account::Carried), Cents(0));
}

#[test]
fn era_3_nobody_is_erased_while_money_is_owed_to_them() {
    let erase = || Command::EraseConsignor { consignor: ConsignorNumber(1) };
    let owed = founded().when(post(vec![by_hand(1, LedgerReason::Goodwill)]));
    owed.when(erase()).then_refused("ERA-3", "money_owed");
    // Debts are no reason to keep the data; the figures stay.
    let owing = founded().when(post(vec![by_hand(-1, LedgerReason::Correction)])).when(erase());
    owing.then_kinds(&["consignor_erased"]);
    assert_eq!(owing.state().balance(ConsignorNumber(1), Account::Carried), Cents(-1));
    owing.by(log()).when(post(vec![delivered(1, -5, 1, 0)])).then_kinds(&["ledger_posted"]);
}

proptest! {
    #[test]
    fn ldg_8_a_balance_is_the_sum_of_its_entries_in_any_order(amounts in proptest::collection::vec((1_u32..4, -5_000_i64..5_000, 1_u64..30), 1..60), cut in 1_usize..10) {
        let mut distinct = std::collections::BTreeMap::new();
        let postings: Vec<Posting> = amounts.into_iter().filter(|(_, amount, _)| *amount != 0).map(|(who, amount, seq)| delivered(who, amount, seq, 0)).collect();
        for posting in &postings {
            distinct.entry(posting.source.clone().unwrap().seq).or_insert((posting.consignor, posting.amount.0));
        }
        let mut sale = founded().by(log());
        for chunk in postings.chunks(cut) {
            sale = sale.when(post(chunk.to_vec()));
        }
        for who in 1..=3 {
            let expected: i64 = distinct.values().filter(|(consignor, _)| consignor.0 == who).map(|(_, amount)| amount).sum();
            prop_assert_eq!(sale.state().balance(ConsignorNumber(who), Account::Carried), Cents(expected));
        }
    }
}
