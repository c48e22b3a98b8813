use uuid::Uuid;

use super::*;
use crate::ids::{CaseId, RemoteId, RunId};
use crate::scenario::Scenario;
use crate::tag::Tag;

fn line(id: i64, quantity: u32, price: i64, tax: i64) -> LineView {
    LineView { tag: None, line: RemoteId(id), quantity, price: Cents(price), tax: Cents(tax) }
}

fn order(lines: Vec<LineView>, refunds: Vec<(i64, i64, i64)>, total: i64) -> OrderView {
    let refund = |(id, total, adjustment): (i64, i64, i64)| RefundView {
        refund: RemoteId(id),
        total: Cents(total),
        adjustment: Cents(adjustment),
    };
    OrderView {
        order: RemoteId(1),
        deleted: false,
        edited: false,
        lines,
        refunds: refunds.into_iter().map(refund).collect(),
        total: Cents(total),
        evidence: Evidence::default(),
    }
}

/// Classes found, with the cents each is about; they always add up to the difference of the totals.
fn found(ours: &OrderView, theirs: &OrderView) -> Vec<(Class, i64)> {
    let findings = compare_orders(Some(ours), Some(theirs)).unwrap();
    let sum: i64 = findings.iter().map(|finding| finding.difference.0).sum();
    assert_eq!(sum, theirs.total.0 - ours.total.0, "{findings:?}");
    findings.iter().map(|finding| (finding.class, finding.difference.0)).collect()
}

#[test]
fn rec_3_each_class_is_found_once_and_explains_its_cents() {
    use Class::{Amount, Edited, PartialRefundWithAdjustment, Price, Quantity, Refund, Tax};
    let two = || order(vec![line(1, 1, 1_000, 70), line(2, 1, 500, 35)], vec![], 1_605);
    assert_eq!(found(&two(), &two()), []);
    let table = [
        (order(vec![line(1, 1, 900, 70), line(2, 1, 500, 35)], vec![], 1_505), vec![(Price, -100)]),
        (order(vec![line(1, 1, 1_000, 80), line(2, 1, 500, 35)], vec![], 1_615), vec![(Tax, 10)]),
        (order(vec![line(1, 1, 1_000, 70), line(2, 0, 500, 35)], vec![], 1_070), vec![(Quantity, -535)]),
        (
            order(vec![line(1, 1, 1_000, 70), line(2, 0, 500, 35)], vec![(9, 535, 0)], 1_070),
            vec![(Refund, -535)],
        ),
        (
            order(vec![line(1, 1, 1_000, 70), line(2, 1, 500, 35)], vec![(9, 200, 200)], 1_405),
            vec![(PartialRefundWithAdjustment, -200)],
        ),
        (order(vec![line(1, 1, 1_000, 70)], vec![], 1_070), vec![(Edited, -535)]),
        (
            order(vec![line(1, 1, 1_000, 70), line(2, 1, 500, 35), line(3, 1, 300, 0)], vec![], 1_905),
            vec![(Edited, 300)],
        ),
        (order(vec![line(1, 1, 1_000, 70), line(2, 1, 500, 35)], vec![], 1_600), vec![(Amount, -5)]),
        (
            order(vec![line(1, 1, 900, 63), line(2, 1, 500, 35)], vec![], 1_500),
            vec![(Price, -100), (Tax, -7), (Amount, 2)],
        ),
    ];
    for (theirs, expected) in table {
        assert_eq!(found(&two(), &theirs), expected);
        let mirrored: Vec<_> = expected.iter().map(|(class, cents)| (*class, -cents)).collect();
        assert_eq!(found(&theirs, &two()), mirrored, "seen from the other side");
    }
}

#[test]
fn rec_3_whole_orders_are_missing_here_or_there_or_deleted() {
    let one = order(vec![line(1, 1, 1_000, 0)], vec![], 1_000);
    let deleted = OrderView { deleted: true, ..one.clone() };
    let class = |ours: Option<&OrderView>, theirs: Option<&OrderView>| {
        let findings = compare_orders(ours, theirs).unwrap();
        findings.iter().map(|finding| (finding.class, finding.difference.0)).collect::<Vec<_>>()
    };
    assert_eq!(class(None, Some(&one)), [(Class::MissingHere, 1_000)]);
    assert_eq!(class(Some(&one), None), [(Class::MissingThere, -1_000)]);
    assert_eq!(class(Some(&one), Some(&deleted)), [(Class::Deleted, -1_000)]);
    assert_eq!(class(None, Some(&deleted)), []);
    assert_eq!(class(None, None), []);
}

#[test]
fn rec_4_listings_and_subscriptions_are_compared_too() {
    let tag = Tag::new(1, 1).unwrap();
    let item =
        |quantity, price| ItemView { tag, quantity, price: Cents(price), evidence: Evidence::default() };
    let classes = |ours: &ItemView, theirs: Option<&ItemView>| {
        compare_items(ours, theirs).iter().map(|finding| finding.class).collect::<Vec<_>>()
    };
    assert_eq!(classes(&item(1, 500), Some(&item(1, 500))), []);
    assert_eq!(classes(&item(1, 500), Some(&item(0, 450))), [Class::Quantity, Class::Price]);
    assert_eq!(classes(&item(0, 500), Some(&item(0, 450))), []);
    assert_eq!(classes(&item(0, 500), Some(&item(1, 500))), [Class::Quantity]);
    assert_eq!(classes(&item(1, 500), None), [Class::Deleted]);
    assert_eq!(classes(&item(0, 500), None), []);
    let topics = compare_topics(&["orders/create", "refunds/create"], &["refunds/create"]);
    assert_eq!(topics[0].subject, Subject::Topic("orders/create".into()));
    assert_eq!(topics.len(), 1);
}

fn run(n: u128) -> RunId {
    RunId(Uuid::from_u128(n))
}

fn started() -> Scenario<Reconciliation> {
    Scenario::new().when(Command::StartRun { run: run(1), kind: RunKind::Full })
}

fn finding(order: i64, difference: i64) -> Finding {
    let at = |changed_at| Evidence { changed_at: Some(changed_at), ..Evidence::default() };
    Finding {
        class: Class::Amount,
        subject: Subject::Order(RemoteId(order)),
        part: None,
        ours: 0,
        theirs: difference,
        difference: Cents(difference),
        our_evidence: at(1),
        their_evidence: at(2),
    }
}

fn record(n: u128, compared: &[i64], findings: Vec<Finding>) -> Command {
    let compared = compared.iter().map(|order| Subject::Order(RemoteId(*order))).collect();
    Command::Record { run: run(n), compared, findings }
}

fn case_of(scenario: &Scenario<Reconciliation>) -> CaseId {
    *scenario.state().open.keys().next().unwrap()
}

#[test]
fn rec_1_one_run_at_a_time_and_one_that_hangs_gives_way() {
    started().when(Command::StartRun { run: run(1), kind: RunKind::Full }).then_kinds(&[]);
    started()
        .when(Command::StartRun { run: run(2), kind: RunKind::Full })
        .then_refused("REC-1", "run_under_way");
    started()
        .at(1_800_000_000_000 + RUN_STALE_MS)
        .when(Command::StartRun { run: run(2), kind: RunKind::Changes })
        .then_kinds(&["run_abandoned", "run_started"]);
    started().when(record(2, &[], vec![])).then_refused("REC-1", "run_not_under_way");
    started().when(Command::FinishRun { run: run(2) }).then_refused("REC-1", "run_not_under_way");
    started()
        .when(Command::FinishRun { run: run(1) })
        .when(record(1, &[], vec![]))
        .then_refused("REC-1", "run_not_under_way");
}

#[test]
fn rec_2_a_page_is_bounded_and_speaks_of_what_it_compared() {
    started().when(record(1, &[2], vec![finding(1, 5)])).then_refused("REC-2", "finding_not_compared");
    started().when(record(1, &vec![1; MAX_COMPARED + 1], vec![])).then_refused("REC-2", "page_too_large");
    started()
        .when(record(1, &[1], vec![finding(1, 5); MAX_FINDINGS + 1]))
        .then_refused("REC-2", "page_too_large");
}

#[test]
fn rec_5_a_difference_is_found_once_and_resolved_once() {
    let found = started().when(record(1, &[1, 2], vec![finding(1, 5), finding(1, 5)]));
    found.then_kinds(&["discrepancy_found"]);
    let case = case_of(&found);
    let again = found.when(record(1, &[1], vec![finding(1, 5)]));
    again.then_kinds(&[]);
    let resolve = |reason| Command::Resolve { case, resolution: Resolution::Explained, reason, note: None };
    let resolved = again.when(resolve(ResolutionReason::Trifle));
    resolved.then_kinds(&["discrepancy_resolved"]);
    let repeated = resolved.when(record(1, &[1], vec![finding(1, 5)]));
    repeated.then_kinds(&[]);
    repeated.when(resolve(ResolutionReason::Trifle)).then_refused("REC-5", "case_resolved");
    let unknown = CaseId(Uuid::from_u128(99));
    let resolution = Resolution::Explained;
    let command = Command::Resolve { case: unknown, resolution, reason: ResolutionReason::Other, note: None };
    started().when(command).then_refused("REC-5", "case_unknown");
    let own = started().when(record(1, &[1], vec![finding(1, 5)]));
    let case = case_of(&own);
    let reason = ResolutionReason::MostRecent;
    own.when(Command::Resolve { case, resolution, reason, note: None })
        .then_refused("REC-6", "reason_is_the_policys");
}

#[test]
fn rec_7_a_difference_that_changed_or_went_away_vanishes() {
    let found = || started().when(record(1, &[1], vec![finding(1, 5)]));
    found().when(record(1, &[1], vec![])).then_kinds(&["discrepancy_vanished"]);
    found()
        .when(record(1, &[1], vec![finding(1, 6)]))
        .then_kinds(&["discrepancy_vanished", "discrepancy_found"]);
    found().when(record(1, &[2], vec![])).then_kinds(&[]);
    let finished = found().when(record(1, &[1], vec![])).when(Command::FinishRun { run: run(1) });
    let [Event::RunFinished(finished)] = finished.appended() else { panic!("one entry") };
    assert_eq!((finished.found, finished.vanished), (1, 1));
}

#[test]
fn rec_6_most_recent_wins_where_both_sides_say_when_they_changed() {
    let policy = |policy| Command::ChoosePolicy { policy };
    let by_policy = || started().when(policy(Policy::MostRecentWins));
    by_policy().when(policy(Policy::MostRecentWins)).then_kinds(&[]);
    let resolved = by_policy().when(record(1, &[1], vec![finding(1, 5)]));
    let [_, Event::DiscrepancyResolved(event)] = resolved.appended() else { panic!("found and resolved") };
    assert_eq!((event.resolution, event.by_policy), (Resolution::StoreIsRight, true));
    let mut ours = finding(1, 5);
    ours.our_evidence.changed_at = Some(3);
    let resolved = by_policy().when(record(1, &[1], vec![ours.clone()]));
    let [_, Event::DiscrepancyResolved(event)] = resolved.appended() else { panic!("found and resolved") };
    assert_eq!(event.resolution, Resolution::LogsAreRight);
    for changed_at in [None, Some(2)] {
        ours.our_evidence.changed_at = changed_at;
        by_policy().when(record(1, &[1], vec![ours.clone()])).then_kinds(&["discrepancy_found"]);
    }
}

#[test]
fn rec_8_the_state_survives_a_snapshot() {
    let found = started().when(record(1, &[1], vec![finding(1, 5)]));
    let bytes = bincode::serde::encode_to_vec(found.state(), bincode::config::standard()).unwrap();
    let (read, _): (State, usize) =
        bincode::serde::decode_from_slice(&bytes, bincode::config::standard()).unwrap();
    assert_eq!(read, *found.state());
}
