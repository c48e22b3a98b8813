use uuid::Uuid;

use super::*;
use crate::commission::Tier;
use crate::consignment_event::{Command, ConsignmentEvent, Event};
use crate::ids::{Actor, ConsignorNumber, EventId, OrganizationId, SessionId, SettlementId};
use crate::journal::Hash;
use crate::lifecycle::{EventStatus, StatusReason};
use crate::money::Cents;
use crate::organization::{EventFounded, Settings};
use crate::scenario::{Scenario, person};
use crate::settlement::{Checks, Pin, SettlementRules, StatementPart, StatementTotals, TrialBalance};
use crate::stream::StreamId;

pub(in super::super) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(0xA));
const EVENT: EventId = EventId(Uuid::from_u128(0xE));
const SESSION: SessionId = SessionId(Uuid::from_u128(0x5E));

pub(in super::super) fn id(n: u128) -> SettlementId {
    SettlementId(Uuid::from_u128(n))
}

fn platform() -> Actor {
    Actor::System("settlement".into())
}

pub(in super::super) fn by(name: &str) -> Actor {
    Actor::Person(person(name))
}

fn organization() -> Actor {
    Actor::Stream(StreamId::Organization(ORGANIZATION).to_string())
}

fn settle(command: SettleCommand) -> Command {
    Command::Settle(Box::new(command))
}

pub(in super::super) fn in_reconciliation(rules: SettlementRules) -> Scenario<ConsignmentEvent> {
    let founded = EventFounded {
        event: EVENT,
        ordinal: 1,
        name: "Spring".into(),
        starts_on: None,
        ends_on: None,
        settings: Settings { settlement: rules, ..Settings::new("USD", "UTC") },
    };
    let scenario =
        Scenario::new().by(organization()).when(Command::Create(Box::new(founded))).by(by("user_olivia"));
    let path = [
        EventStatus::Registration,
        EventStatus::Intake,
        EventStatus::Selling,
        EventStatus::Closed,
        EventStatus::Returns,
        EventStatus::Reconciliation,
    ];
    path.into_iter().fold(scenario, |scenario, to| scenario.when(Command::ChangeStatus { to, reason: None }))
}

fn pin_of(stream: StreamId) -> Pin {
    Pin { stream, seq: 3, hash: Hash([3; 32]) }
}

fn pins() -> Vec<Pin> {
    vec![pin_of(StreamId::Event(ORGANIZATION, EVENT)), pin_of(StreamId::Organization(ORGANIZATION))]
}

pub(in super::super) fn pin(settlement: u128) -> Command {
    settle(SettleCommand::Pin { settlement: id(settlement), pins: pins() })
}

/// A statement of charges or credits only: `earned`, after `carried_in` and `settled_before`.
fn part(number: u32, earned: i64, carried_in: i64, settled_before: i64) -> StatementPart {
    let totals = StatementTotals {
        credits: Cents(earned.max(0)),
        charges: Cents((-earned).max(0)),
        earned: Cents(earned),
        carried_in: Cents(carried_in),
        settled_before: Cents(settled_before),
        due: Cents(earned + carried_in - settled_before),
        ..StatementTotals::default()
    };
    let line = |amount: i64| crate::settlement::StatementLine {
        about: crate::settlement::LineAbout::CarriedIn,
        amount: Cents(amount),
        rule: "STL-10".into(),
        sources: vec![(0, 1, 0).into()],
    };
    StatementPart {
        consignor: ConsignorNumber(number),
        tier: Tier::Regular,
        shifts: 0,
        lines: vec![line(earned), line(carried_in)],
        totals: Some(totals),
    }
}

fn record(page: u32, parts: Vec<StatementPart>) -> Command {
    settle(SettleCommand::Record { settlement: id(1), page, parts })
}

fn close(balance: TrialBalance, checks: Checks) -> Command {
    settle(SettleCommand::Close { settlement: id(1), balance, checks })
}

fn approve(settlement: u128, despite: Option<DespiteReason>) -> Command {
    settle(SettleCommand::Approve { settlement: id(settlement), despite, note: None })
}

fn balance(earned: i64) -> TrialBalance {
    TrialBalance { earned: Cents(earned), charges: Cents(-earned), ..TrialBalance::default() }
}

/// Everything up to approval, with one statement per (consignor, earned, carried in, settled before).
pub(in super::super) fn calculated(
    scenario: Scenario<ConsignmentEvent>,
    settlement: u128,
    statements: &[(u32, i64, i64, i64)],
) -> Scenario<ConsignmentEvent> {
    let parts =
        statements.iter().map(|(n, earned, carried, before)| part(*n, *earned, *carried, *before)).collect();
    let earned = statements.iter().map(|(_, earned, ..)| earned).sum();
    scenario
        .by(by("user_olivia"))
        .when(pin(settlement))
        .by(platform())
        .when(settle(SettleCommand::Record { settlement: id(settlement), page: 1, parts }))
        .when(settle(SettleCommand::Close {
            settlement: id(settlement),
            balance: balance(earned),
            checks: Checks::default(),
        }))
        .by(by("user_olivia"))
}

pub(in super::super) fn approved(
    scenario: Scenario<ConsignmentEvent>,
    settlement: u128,
    statements: &[(u32, i64, i64, i64)],
) -> Scenario<ConsignmentEvent> {
    calculated(scenario, settlement, statements).when(approve(settlement, None))
}

fn reconciling() -> Scenario<ConsignmentEvent> {
    in_reconciliation(SettlementRules::default())
}

#[test]
fn stl_14_an_event_is_settled_in_reconciliation_or_later() {
    let scenario = reconciling().when(pin(1));
    scenario.then_kinds(&["settlement_pinned"]);
    scenario.when(pin(1)).then_refused("STL-14", "settlement_exists");
    reconciling()
        .when(Command::ChangeStatus { to: EventStatus::Returns, reason: Some(StatusReason::LateReturns) })
        .when(pin(1))
        .then_refused("STL-14", "not_in_reconciliation");
    let sixty = (1..=60).fold(reconciling(), |scenario, n| scenario.when(pin(n)));
    sixty.then_kinds(&["settlement_pinned"]);
    sixty.when(pin(61)).then_refused("STL-14", "too_many_settlements");
}

#[test]
fn stl_1_every_session_that_sold_is_pinned_and_nothing_foreign() {
    let pin_with = |extra: Vec<StreamId>| {
        let pins = pins().into_iter().chain(extra.into_iter().map(pin_of)).collect();
        settle(SettleCommand::Pin { settlement: id(1), pins })
    };
    let session = StreamId::Session(ORGANIZATION, SESSION);
    let sold = || {
        reconciling().given_state(|state| {
            let status = crate::lifecycle::SessionStatus::Closed;
            state.sessions.push(crate::consignment_event::SessionRef {
                id: SESSION,
                status,
                page: 1,
                confirmed: 1,
                taken_back: 1,
                handed_over: true,
            });
        })
    };
    sold().when(pin_with(vec![])).then_refused("STL-1", "session_not_pinned");
    sold().when(pin_with(vec![session.clone()])).then_kinds(&["settlement_pinned"]);
    reconciling().when(pin_with(vec![session.clone()])).then_refused("STL-1", "pins_foreign");
    reconciling()
        .when(pin_with(vec![StreamId::Organization(ORGANIZATION)]))
        .then_refused("STL-1", "pins_unusable");
    let other = EventId(Uuid::from_u128(0xEE));
    reconciling()
        .when(pin_with(vec![StreamId::Reconciliation(ORGANIZATION, other)]))
        .then_refused("STL-1", "pins_foreign");
    reconciling()
        .when(pin_with(vec![StreamId::Reconciliation(ORGANIZATION, EVENT)]))
        .then_kinds(&["settlement_pinned"]);
}

#[test]
fn stl_15_statements_come_from_the_platform_page_by_page_and_add_up() {
    let pinned = || reconciling().when(pin(1)).by(platform());
    pinned()
        .by(by("user_olivia"))
        .when(record(1, vec![part(1, 100, 0, 0)]))
        .then_refused("RGT-1", "wrong_kind_of_actor");
    pinned().when(record(2, vec![part(1, 100, 0, 0)])).then_refused("STL-15", "page_out_of_order");
    pinned().when(record(1, vec![])).then_refused("STL-15", "page_size");
    pinned()
        .when(record(1, vec![part(2, 100, 0, 0), part(1, 100, 0, 0)]))
        .then_refused("STL-15", "statements_out_of_order");
    pinned()
        .when(record(1, vec![part(1, 100, 0, 0), part(1, 100, 0, 0)]))
        .then_refused("STL-15", "statements_out_of_order");
    let mut wrong = part(1, 100, 0, 0);
    wrong.lines[0].amount = Cents(99);
    pinned().when(record(1, vec![wrong])).then_refused("STL-15", "statement_does_not_add_up");
    let mut wrong = part(1, 100, 0, 0);
    wrong.totals.as_mut().unwrap().due = Cents(101);
    pinned().when(record(1, vec![wrong])).then_refused("STL-15", "statement_does_not_add_up");
    let many = vec![part(1, 1, 0, 0); MAX_PAGE_PARTS + 1];
    pinned().when(record(1, many)).then_refused("STL-15", "page_size");
    // A statement in two parts, over two pages.
    let whole = part(1, 100, 0, 0);
    let mut first = StatementPart { totals: None, ..whole.clone() };
    first.lines.truncate(1);
    let mut second = whole;
    second.lines.remove(0);
    let scenario = pinned().when(record(1, vec![first])).when(record(2, vec![second.clone()]));
    scenario.then_kinds(&["statements_calculated"]);
    let halves = |then: Vec<StatementPart>| {
        let mut first = part(1, 100, 0, 0);
        first.totals = None;
        pinned().when(record(1, vec![first])).when(record(2, then))
    };
    halves(vec![part(2, 1, 0, 0)]).then_refused("STL-15", "statements_out_of_order");
    halves(vec![part(1, 100, 0, 0)]).then_refused("STL-15", "statement_does_not_add_up");
}

#[test]
fn stl_12_the_trial_balance_is_of_these_statements_and_zero() {
    let recorded = || reconciling().when(pin(1)).by(platform()).when(record(1, vec![part(1, 100, 0, 0)]));
    recorded().when(close(balance(101), Checks::default())).then_refused("STL-12", "balance_is_not_of_these");
    let off = TrialBalance { difference: Cents(1), ..balance(100) };
    let closed = recorded().when(close(off, Checks::default()));
    closed.then_kinds(&["settlement_calculated"]);
    closed.by(by("user_olivia")).when(approve(1, None)).then_refused("STL-12", "trial_balance");
    let twice =
        recorded().when(close(balance(100), Checks::default())).when(close(balance(100), Checks::default()));
    twice.then_kinds(&[]);
    twice.when(record(2, vec![part(2, 1, 0, 0)])).then_refused("STL-15", "page_out_of_order");
}

#[test]
fn stl_16_approval_needs_a_person_whole_statements_and_nothing_open_without_a_reason() {
    let recorded = || reconciling().when(pin(1)).by(platform()).when(record(1, vec![part(1, 100, 0, 0)]));
    recorded().by(by("user_olivia")).when(approve(1, None)).then_refused("STL-16", "not_calculated");
    let open = Checks { open_conflicts: 1, ..Checks::default() };
    let open = || recorded().when(close(balance(100), open)).by(by("user_olivia"));
    open().when(approve(1, None)).then_refused("STL-16", "matters_open");
    open()
        .when(approve(1, Some(DespiteReason::ComesLater)))
        .then_kinds(&["settlement_approved", "payouts_calculated"]);
    open()
        .by(platform())
        .when(approve(1, Some(DespiteReason::Trifle)))
        .then_refused("RGT-1", "wrong_kind_of_actor");
}

#[test]
fn stl_16_two_different_persons_where_the_organization_says_so() {
    let rules = SettlementRules { two_persons: true, ..SettlementRules::default() };
    let first = calculated(in_reconciliation(rules), 1, &[(1, 500, 0, 0)]).when(approve(1, None));
    first.then_kinds(&["settlement_approved"]);
    assert!(!first.state().settlements.is_settled());
    let again = first.when(approve(1, None));
    again.then_refused("STL-16", "approved_already");
    let second = again.by(by("user_ed")).when(approve(1, None));
    second.then_kinds(&["settlement_approved", "payouts_calculated"]);
    assert!(second.state().is_paid_out());
}

#[test]
fn stl_17_a_new_pin_replaces_what_nobody_approved_and_amends_what_was() {
    let replaced = calculated(reconciling(), 1, &[(1, 500, 0, 0)]).when(pin(2));
    replaced.then_kinds(&["settlement_pinned"]);
    replaced.when(approve(1, None)).then_refused("STL-17", "settlement_not_current");
    let amending = approved(reconciling(), 1, &[(1, 500, 0, 0)]).when(pin(2));
    let [Event::SettlementPinned(pinned)] = amending.appended() else { panic!("one entry") };
    assert_eq!((pinned.number, pinned.amends), (2, Some(id(1))));
}
