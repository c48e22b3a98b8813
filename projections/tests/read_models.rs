//! The read models against an independent oracle, on SQLite, over logs made by the domain itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

#[path = "read_models/beside.rs"]
mod beside;
#[path = "read_models/claims.rs"]
mod claims;
#[path = "read_models/consignment_event.rs"]
mod consignment_event;
#[path = "read_models/given.rs"]
mod given;
#[path = "read_models/kinds.rs"]
mod kinds;
#[path = "read_models/organization.rs"]
mod organization;
#[path = "read_models/reconciliation.rs"]
mod reconciliation;
mod support;

use std::collections::BTreeMap;

use domain::journal::{Head, RawEntry};
use domain::stream::StreamId;
use projections::{ProjectionError, Writes, checkpoint, project, wipe};
use support::database::Database;
use support::oracle;
use support::world::{Chance, Plan, World, made_by_chance};

const PLAN: Plan = Plan { events: 2, items: 240, sessions: 2, receipts: 25 };

/// Read models whose entries the made-up world does not make: the modules beside tell what their rows are, one by one.
const TOLD_ONE_BY_ONE: [&str; 16] = [
    "claim",
    "referral_code",
    "invitation",
    "ledger_entry",
    "registration_plan",
    "slot",
    "booking",
    "stock_count",
    "count_difference",
    "settlement",
    "statement",
    "statement_part",
    "payout",
    "carried_forward",
    "reconciliation_run",
    "discrepancy",
];

fn whole(database: &Database, world: &World) {
    for (stream, log) in world.logs() {
        database.advance(&stream, Head::EMPTY, log).unwrap();
    }
}

#[test]
fn rows_equal_the_oracles() {
    for seed in 1..=4 {
        let world = made_by_chance(seed, &PLAN);
        let database = Database::migrated();
        whole(&database, &world);
        let rows = database.rows();
        let expected = oracle::rows(&world.logs(), &rows);
        for (table, found) in &rows {
            if TOLD_ONE_BY_ONE.contains(&table.as_str()) {
                continue;
            }
            assert!(!found.is_empty(), "{table} is empty: the world is too small to say anything about it");
            let (more, fewer): (Vec<_>, Vec<_>) =
                (found.difference(&expected[table]).collect(), expected[table].difference(found).collect());
            assert!(
                more.is_empty() && fewer.is_empty(),
                "{table}, seed {seed}: {more:#?} instead of {fewer:#?}"
            );
        }
    }
}

/// Every cent that was charged and not given back is credited to somebody, or held for a case.
#[test]
fn every_cent_of_a_session_is_somewhere() {
    for seed in 1..=4 {
        let world = made_by_chance(seed, &PLAN);
        let database = Database::migrated();
        whole(&database, &world);
        let sessions: (i64, i64) = database.0.query_row(
            "SELECT count(*), sum(gross_cents - refunded_gross_cents = share_cents + house_cents + held_cents)
             FROM sale_session", [], |row| Ok((row.get(0)?, row.get(1)?)),
        ).unwrap();
        assert_eq!(sessions.0, sessions.1, "seed {seed}");
        assert!(world.books().all(|(_, books)| books.balance()));
        let apart: i64 = database
            .0
            .query_row(
                "SELECT count(*) FROM sale_session s WHERE s.share_cents <>
                (SELECT coalesce(sum(e.share_cents), 0) FROM share_estimate e WHERE e.session = s.session)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(apart, 0, "seed {seed}");
    }
}

#[test]
fn the_made_up_world_is_worth_testing_on() {
    let world = made_by_chance(1, &PLAN);
    let kinds =
        |kind: &str| world.logs().iter().flat_map(|(_, log)| *log).filter(|entry| entry.kind == kind).count();
    assert!(world.refused < world.taken / 4, "{} of {} refused", world.refused, world.taken);
    for kind in [
        "receipt_completed",
        "custody_released",
        "session_closed",
        "settings_changed",
        "role_revoked",
        "return_recorded",
        "receipt_voided",
        "conflict_opened",
        "conflict_resolved",
        "items_edited",
        "tags_printed",
        "items_rejected",
        "items_departed",
        "item_retagged",
    ] {
        assert!(kinds(kind) > 0, "no {kind}");
    }
}

/// Pages of any size and any interleaving of the streams make the same rows.
#[test]
fn neither_pages_nor_the_interleaving_of_streams_matter() {
    let world = made_by_chance(7, &PLAN);
    let expected = {
        let database = Database::migrated();
        whole(&database, &world);
        database.rows()
    };
    for seed in 0..12 {
        let mut chance = Chance(seed);
        let database = Database::migrated();
        let mut left: Vec<(StreamId, Head, &[RawEntry])> =
            world.logs().into_iter().map(|(stream, log)| (stream, Head::EMPTY, log)).collect();
        while !left.is_empty() {
            let at = chance.below(left.len());
            let (stream, head, log) = &mut left[at];
            let (page, rest) = log.split_at(chance.below(log.len().min(40)) + 1);
            *head = database.advance(stream, *head, page).unwrap();
            *log = rest;
            if rest.is_empty() {
                left.swap_remove(at);
            }
        }
        assert_eq!(database.rows(), expected, "seed {seed}");
    }
}

#[test]
fn a_batch_onto_a_moved_checkpoint_fails_as_a_whole() {
    let world = made_by_chance(3, &PLAN);
    let database = Database::migrated();
    let (stream, log) = world.logs().remove(0);
    let (first, rest) = log.split_at(2);
    let head = database.advance(&stream, Head::EMPTY, first).unwrap();
    let before = database.rows();
    for wrong in
        [Head::EMPTY, Head { seq: 1, ..head }, Head { seq: 2, hash: log[0].hash }, Head { seq: 9, ..head }]
    {
        let error = database.advance(&stream, wrong, rest).unwrap_err();
        assert!(error.contains(checkpoint::MOVED_ERROR), "{error}");
        assert_eq!((database.rows(), database.head(&stream)), (before.clone(), 2));
    }
    database.advance(&stream, head, rest).unwrap();
    assert_eq!(database.head(&stream), u64::try_from(log.len()).unwrap());
}

#[test]
fn a_stream_that_was_never_projected_has_no_other_place_than_the_beginning() {
    let world = made_by_chance(3, &PLAN);
    let database = Database::migrated();
    let (stream, log) = world.logs().remove(0);
    let head = Head { seq: 1, hash: log[0].hash };
    assert!(database.advance(&stream, head, &log[1..2]).unwrap_err().contains(checkpoint::MOVED_ERROR));
}

#[test]
fn wiping_a_stream_takes_its_rows_and_no_others_and_a_rebuild_makes_them_again() {
    let world = made_by_chance(5, &PLAN);
    let database = Database::migrated();
    whole(&database, &world);
    let complete = database.rows();
    let logs: BTreeMap<_, _> = world.logs().into_iter().collect();
    for (stream, log) in &logs {
        let last = log.last().unwrap();
        let head = Head { seq: last.seq, hash: last.hash };
        let mut batch = checkpoint::advance(&stream.to_string(), head, Head::EMPTY, 0).unwrap();
        batch.extend(wipe(stream).unwrap());
        database.batch(&batch).unwrap();
        let others: Vec<_> = world.logs().into_iter().filter(|(other, _)| other != stream).collect();
        assert_eq!(database.rows(), oracle::rows(&others, &complete), "{stream}");
        database.advance(stream, Head::EMPTY, log).unwrap();
        assert_eq!(database.rows(), complete, "{stream}");
    }
}

#[test]
fn parking_is_remembered_and_resuming_forgets_it() {
    let database = Database::migrated();
    let park = checkpoint::park("a/organization", 7, "strange", "unknown event kind", 1).unwrap();
    database.batch(&park).unwrap();
    let read = || {
        let key = [projections::GENERATION, "a/organization"];
        database.0.query_row(checkpoint::READ_PARKED, key, |row| row.get::<_, i64>(0)).ok()
    };
    assert_eq!(read(), Some(7));
    database.batch(&checkpoint::unpark("a/organization").unwrap()).unwrap();
    assert_eq!(read(), None);
}

#[test]
fn an_entry_of_an_unknown_kind_or_version_is_refused() {
    let world = made_by_chance(2, &PLAN);
    let (stream, log) = world.logs().remove(0);
    for strange in [
        RawEntry { kind: "from_the_future".to_owned(), ..log[0].clone() },
        RawEntry { version: 99, ..log[0].clone() },
        RawEntry { payload: "{}".to_owned(), ..log[0].clone() },
    ] {
        let refused = project(&stream, &strange, &mut Writes::default());
        assert!(matches!(refused, Err(ProjectionError::Decode(_))), "{refused:?}");
    }
}
