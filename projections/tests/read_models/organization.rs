//! The organization's rows, told one by one: ledgers, referral codes, invitations.

use domain::ids::{InvitationId, PersonId};
use domain::money::Cents;
use domain::organization::{
    Account, InvitationAccepted, InvitationWithdrawn, LedgerEntry, LedgerPosted, LedgerReason, PersonInvited,
    Posting, ReferralCodeIssued, ReferralCodeRetired,
};
use domain::rights::Role;
use domain::stream::StreamId;
use serde_json::json;
use uuid::Uuid;

use super::given::{ANN, BEN, EVENT, ORGANIZATION, given, then, time};

#[test]
fn ledgers_keep_every_line_with_its_balance_and_its_source() {
    let posting = |amount, reason, source| Posting {
        consignor: ANN,
        account: Account::Carried,
        amount: Cents(amount),
        reason,
        source,
        event: None,
        note: None,
    };
    let source =
        domain::organization::Source { stream: StreamId::Event(ORGANIZATION, EVENT), seq: 9, line: 1 };
    let posted = LedgerPosted {
        entries: vec![
            LedgerEntry { posting: posting(250, LedgerReason::Goodwill, None), balance: Cents(250) },
            LedgerEntry {
                posting: posting(-400, LedgerReason::NegativePayout, Some(source.clone())),
                balance: Cents(-150),
            },
        ],
    };
    let database =
        given::<domain::organization::Event>(&StreamId::Organization(ORGANIZATION), &[posted.into()]);
    let sql = "SELECT seq, line, consignor, account, amount_cents, balance_cents, reason, source, posted_at FROM ledger_entry";
    assert_eq!(
        then(&database, sql),
        json!([
            [1, 0, 101, "carried", 250, 250, "goodwill", null, time(1)],
            [1, 1, 101, "carried", -400, -150, "negative_payout", format!("{}#9.1", source.stream), time(1)],
        ])
    );
}

#[test]
fn referral_codes_are_issued_retired_and_issued_again() {
    let issue = |consignor| ReferralCodeIssued { code: "KITE".into(), consignor };
    let stream = StreamId::Organization(ORGANIZATION);
    let sql = "SELECT code, consignor, issued_at, retired_at FROM referral_code";
    let retired = [issue(ANN).into(), ReferralCodeRetired { code: "KITE".into() }.into()];
    assert_eq!(
        then(&given::<domain::organization::Event>(&stream, &retired), sql),
        json!([["KITE", 101, time(1), time(2)]])
    );
    let [first, second] = retired;
    let again = [first, second, issue(BEN).into()];
    assert_eq!(
        then(&given::<domain::organization::Event>(&stream, &again), sql),
        json!([["KITE", 102, time(3), null]])
    );
}

#[test]
fn invitations_are_open_until_somebody_comes_or_they_are_taken_back() {
    let id = |nth| InvitationId(Uuid::from_u128(nth));
    let invited = |nth| PersonInvited { invitation: id(nth), role: Role::Cashier, until: 99 };
    let events = [
        invited(1).into(),
        invited(2).into(),
        invited(3).into(),
        InvitationAccepted { invitation: id(1), person: PersonId("user_kim".into()) }.into(),
        InvitationWithdrawn { invitation: id(2) }.into(),
    ];
    let database = given::<domain::organization::Event>(&StreamId::Organization(ORGANIZATION), &events);
    assert_eq!(
        then(
            &database,
            "SELECT role, status, invited_at, until, person, ended_at FROM invitation ORDER BY invitation"
        ),
        json!([
            ["cashier", "accepted", time(1), 99, "user_kim", time(4)],
            ["cashier", "withdrawn", time(2), 99, null, time(5)],
            ["cashier", "open", time(3), 99, null, null],
        ])
    );
}
