//! A reconciliation's rows, told one by one: runs, and what they find.

use domain::ids::{CaseId, RemoteId, RunId};
use domain::money::Cents;
use domain::reconciliation::{
    Class, DiscrepancyFound, DiscrepancyResolved, DiscrepancyVanished, Evidence, Finding, Resolution,
    ResolutionReason, RunFinished, RunKind, RunStarted, Subject,
};
use domain::stream::StreamId;
use serde_json::json;
use uuid::Uuid;

use super::given::{EVENT, ORGANIZATION, given, id, then, time};

#[test]
fn discrepancies_are_found_vanish_and_are_resolved() {
    let (run, gone, open) =
        (RunId(Uuid::from_u128(3)), CaseId(Uuid::from_u128(4)), CaseId(Uuid::from_u128(5)));
    let subject = Subject::Order(RemoteId(77));
    let found = |case, class| DiscrepancyFound {
        case,
        run,
        finding: Finding {
            class,
            subject: subject.clone(),
            part: None,
            ours: 100,
            theirs: 150,
            difference: Cents(50),
            our_evidence: Evidence::default(),
            their_evidence: Evidence::default(),
        },
    };
    let database = given::<domain::reconciliation::Event>(
        &StreamId::Reconciliation(ORGANIZATION, EVENT),
        &[
            RunStarted { run, kind: RunKind::Full }.into(),
            found(gone, Class::Amount).into(),
            found(open, Class::Tax).into(),
            DiscrepancyVanished { case: gone, run }.into(),
            RunFinished { run, found: 2, vanished: 1 }.into(),
            DiscrepancyResolved {
                case: open,
                resolution: Resolution::StoreIsRight,
                reason: ResolutionReason::Evidence,
                by_policy: false,
                subject,
                note: None,
            }
            .into(),
        ],
    );
    assert_eq!(
        then(&database, "SELECT run, kind, status, found, vanished, ended_at FROM reconciliation_run"),
        json!([[id(3), "full", "finished", 2, 1, time(5)]])
    );
    assert_eq!(
        then(&database, "SELECT discrepancy, class, subject_kind, subject, difference_cents, status, resolution, actor, closed_at
            FROM discrepancy ORDER BY discrepancy"),
        json!([
            [id(4), "amount", "order", "77", 50, "vanished", null, null, time(4)],
            [id(5), "tax", "order", "77", 50, "resolved", "store_is_right", "person:user_olivia", time(6)],
        ])
    );
}
