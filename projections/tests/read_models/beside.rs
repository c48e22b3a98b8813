//! Rows made anew beside the live ones, over logs made by the domain itself.

use std::collections::BTreeMap;

use domain::journal::Head;
use domain::stream::StreamId;
use projections::beside::{self, Column, Finding, Query};
use projections::{Side, Writes, checkpoint, project_on};
use rusqlite::params_from_iter;

use crate::support::database::Database;
use crate::support::world::{Plan, World, made_by_chance};
use crate::{PLAN, whole};

fn head_of(world: &World, stream: &StreamId) -> Head {
    let logs = world.logs();
    let last = logs.iter().find(|(of, _)| of == stream).unwrap().1.last().unwrap();
    Head { seq: last.seq, hash: last.hash }
}

/// Folds every log beside, in pages.
fn fold_beside(database: &Database, world: &World) {
    for (stream, log) in world.logs() {
        let mut from = Head::EMPTY;
        for page in log.chunks(50) {
            let mut writes = Writes::default();
            for entry in page {
                project_on(Side::Beside, &stream, entry, &mut writes).unwrap();
            }
            let last = page.last().unwrap();
            let to = Head { seq: last.seq, hash: last.hash };
            let mut batch =
                checkpoint::advance_on(Side::Beside, &stream.to_string(), from, to, last.recorded_at)
                    .unwrap();
            batch.extend(writes.into_statements());
            database.batch(&batch).unwrap();
            from = to;
        }
    }
}

fn run(database: &Database, queries: &[Query]) -> Result<(), String> {
    database.0.execute_batch("BEGIN").unwrap();
    let done = queries.iter().try_for_each(|query| {
        let run = database.0.execute(&query.text, params_from_iter(&query.parameters));
        run.map(drop).map_err(|error| format!("{}: {error}", query.text))
    });
    database.0.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
    done
}

/// Differences by table, and how many rows were compared in all.
fn compared(database: &Database, stream: &StreamId) -> (BTreeMap<&'static str, Vec<Finding>>, u64) {
    let (mut apart, mut rows) = (BTreeMap::new(), 0);
    for part in beside::parts(stream).unwrap() {
        let mut columns = database.0.prepare(beside::COLUMNS).unwrap();
        let columns: Vec<Column> = columns
            .query_map([part.table], |row| Ok(Column { name: row.get(0)?, pk: row.get(1)? }))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let query = beside::compare(stream, &part, &columns);
        let mut statement = database.0.prepare(&query.text).unwrap();
        let findings = statement.query_map(params_from_iter(&query.parameters), |row| {
            let rows = u64::try_from(row.get::<_, i64>(1)?).unwrap();
            Ok(Finding { how: row.get(0)?, rows, keys: row.get(2)? })
        });
        for finding in findings.unwrap().map(Result::unwrap) {
            match finding.how.as_str() {
                "live" => rows += finding.rows,
                "beside" => {}
                _ => apart.entry(part.table).or_insert_with(Vec::new).push(finding),
            }
        }
    }
    (apart, rows)
}

#[test]
fn rows_folded_beside_are_the_live_ones_and_triggers_keep_them_apart() {
    let world = made_by_chance(3, &PLAN);
    let database = Database::migrated();
    whole(&database, &world);
    let live = database.rows();
    fold_beside(&database, &world);
    let mut rows = 0;
    for (stream, _) in &world.logs() {
        let (apart, compared) = compared(&database, stream);
        assert!(apart.is_empty(), "{stream}: {apart:#?}");
        rows += compared;
    }
    assert_eq!(
        rows,
        u64::try_from(live.values().map(std::collections::BTreeSet::len).sum::<usize>()).unwrap()
    );
    for (stream, _) in &world.logs() {
        database.batch(&beside::discard(stream).unwrap()).unwrap();
    }
    assert_eq!(database.rows(), live, "nothing is left of them, and nothing else went");
}

#[test]
fn every_difference_is_found_and_named_and_the_switch_ends_it() {
    let world = made_by_chance(5, &Plan { sessions: 1, ..PLAN });
    let database = Database::migrated();
    whole(&database, &world);
    let expected = database.rows();
    fold_beside(&database, &world);
    let find = |kind: &str| world.logs().into_iter().find(|(stream, _)| stream.kind() == kind).unwrap().0;
    let (session, event) = (find("session"), find("event"));
    let tag = |at: u32| -> String {
        let of = event.to_string().rsplit('/').next().unwrap().to_owned();
        let sql = "SELECT tag FROM item WHERE event = ?1 AND length(organization) = 36 ORDER BY tag LIMIT 1 OFFSET ?2";
        database.0.query_row(sql, (of, at), |row| row.get(0)).unwrap()
    };
    let (gone, other) = (tag(0), tag(1));
    let wreck = |sql: &str, with: &str| {
        assert!(database.0.execute(sql, [with]).unwrap() > 0, "{sql} did nothing");
    };
    wreck("DELETE FROM item WHERE tag = ?1 AND length(organization) = 36", &gone);
    wreck(
        "UPDATE item SET price_cents = price_cents + 1 WHERE tag = ?1 AND length(organization) = 36",
        &other,
    );
    let (apart, _) = compared(&database, &event);
    let finding = |how: &str, tag: &str| Finding {
        how: how.into(),
        rows: 1,
        keys: serde_json::json!([[event.to_string().rsplit('/').next().unwrap(), tag]]).to_string(),
    };
    assert_eq!(apart["item"], [finding("changed", &other), finding("missing", &gone)]);
    assert_eq!(apart.keys().copied().collect::<Vec<_>>(), ["item"]);

    // More than what was sold, and a share that nobody earned.
    database
        .0
        .execute_batch(
            "UPDATE share_estimate SET share_cents = share_cents + 500 WHERE length(organization) = 36;
             INSERT INTO pairing SELECT organization, session, 'nobody', expires_at, offered_at, NULL FROM pairing
                 WHERE length(organization) = 36 LIMIT 1;",
        )
        .unwrap();
    let (apart, _) = compared(&database, &session);
    assert_eq!(apart["pairing"][0].how, "surplus");
    assert_eq!(apart["share_estimate"][0].how, "changed");

    for (stream, _) in &world.logs() {
        let head = head_of(&world, stream);
        let elsewhere = Head { seq: head.seq - 1, ..head };
        for (live, beside) in [(elsewhere, head), (head, elsewhere)] {
            let refused = run(&database, &beside::switch(stream, live, beside, 0).unwrap());
            assert!(refused.unwrap_err().contains(checkpoint::MOVED_ERROR), "{stream}");
        }
        run(&database, &beside::switch(stream, head, head, 0).unwrap()).unwrap();
    }
    assert_eq!(database.rows(), expected, "every row is as the logs say, and nothing is left beside");
}
