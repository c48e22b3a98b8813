//! The engine and its tables on plain SQLite: the same statements as in an object, without the runtime.

use std::cell::Cell as Flag;

use domain::journal::Head;
use domain::organization::{Answer, Organization, Query};
use domain::sale_session::SaleSession;
use domain::stream::StreamId;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use uuid::Uuid;

use super::database::{Cell, Database, Param, StoreError};
use super::limits::{PAGE_BYTES_MAX, PAGE_ENTRIES_MAX};
use super::log::Log;
use super::store::Store;
use super::wire::{Accepted, AskError, SubmitError};

pub(super) const NOW: i64 = 1_800_000_000_000;
pub(super) const ORGANIZATION: &str = "0190a000-0000-7000-8000-000000000001";

impl Database for &Connection {
    fn run(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::Database(error.to_string());
        let mut statement = self.prepare(sql).map_err(failed)?;
        let columns = statement.column_count();
        for (index, param) in (1..).zip(params) {
            match param {
                Param::Null => statement.raw_bind_parameter(index, rusqlite::types::Null).map_err(failed)?,
                Param::Integer(number) => statement.raw_bind_parameter(index, number).map_err(failed)?,
                Param::Text(text) => statement.raw_bind_parameter(index, text).map_err(failed)?,
                Param::Blob(bytes) => statement.raw_bind_parameter(index, bytes).map_err(failed)?,
            }
        }
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let cell = |index| match row.get_ref_unwrap(index) {
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).unwrap()),
                ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
                ValueRef::Null => Cell::Null,
                ValueRef::Real(number) => panic!("a fraction: {number}"),
            };
            found.push((0..columns).map(cell).collect());
        }
        Ok(found)
    }

    fn transaction<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.execute_batch("BEGIN").unwrap();
        let outcome = work();
        self.execute_batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
        outcome
    }
}

fn stream() -> StreamId {
    format!("{ORGANIZATION}/organization").parse().unwrap()
}

fn log(connection: &Connection) -> Log<Organization, &Connection> {
    Log::new(stream(), Store::new(connection))
}

pub(super) fn body(id: &str, actor: &str, command: &str) -> String {
    format!(r#"{{"command_id":"{id}","actor":"{actor}","if_match":null,"command":{command}}}"#)
}

pub(super) const CREATE: &str = r#"{"type":"create","slug":"demo","name":"Demo","currency":"USD","time_zone":"UTC","first_admin":"user_a"}"#;

pub(super) fn grant(person: &str) -> String {
    format!(r#"{{"type":"grant_role","person":"{person}","role":"support"}}"#)
}

/// Refused while `user_a` is the only admin.
const REVOKE_ADMIN: &str = r#"{"type":"revoke_role","person":"user_a","role":"organization_admin"}"#;

fn submit(log: &Log<Organization, &Connection>, id: &str, command: &str) -> Result<Accepted, SubmitError> {
    log.submit(&body(id, "person:user_a", command), NOW, Uuid::nil())
}

fn created(connection: &Connection) -> Log<Organization, &Connection> {
    let log = log(connection);
    submit(&log, "create", CREATE).unwrap();
    log
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn roles(log: &Log<Organization, &Connection>, person: &str) -> usize {
    let query =
        serde_json::to_string(&Query::Roles { person: domain::ids::PersonId(person.to_owned()) }).unwrap();
    match log.ask(&query).unwrap() {
        Answer::Roles { roles } => roles.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_object_that_was_only_asked_or_refused_leaves_no_trace() {
    let connection = Connection::open_in_memory().unwrap();
    let log = log(&connection);
    assert_eq!(roles(&log, "user_a"), 0);
    assert!(matches!(submit(&log, "c", &grant("user_b")), Err(SubmitError::Rejected(_))));
    assert_eq!(log.page(1, 10).unwrap().head, Head::EMPTY);
    assert_eq!(count(&connection, "sqlite_master"), 0);
}

#[test]
fn a_late_copy_of_a_refused_command_stays_refused() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let revoke = |id: &str| submit(&log, id, REVOKE_ADMIN);
    let first = revoke("r").unwrap_err();
    assert!(matches!(first, SubmitError::Rejected(_)));
    let again = r#"{"type":"grant_role","person":"user_b","role":"organization_admin"}"#;
    submit(&log, "g", again).unwrap();
    assert_eq!(revoke("r").unwrap_err(), first, "the late copy");
    assert!(revoke("r2").is_ok(), "a new request is decided anew");
}

#[test]
fn a_refused_delivery_is_decided_anew_when_it_comes_again() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let deliver = || log.submit(&body("d", "stream:x/event/y", REVOKE_ADMIN), NOW, Uuid::nil());
    assert!(matches!(deliver(), Err(SubmitError::Rejected(_))));
    let again = r#"{"type":"grant_role","person":"user_b","role":"organization_admin"}"#;
    submit(&log, "g", again).unwrap();
    assert!(deliver().is_ok());
}

#[test]
fn a_repeated_command_gets_its_first_reply_even_from_a_new_instance() {
    let connection = Connection::open_in_memory().unwrap();
    let first = submit(&created(&connection), "g", &grant("user_b")).unwrap();
    assert_eq!((first.first_seq, first.seq, first.repeated), (2, 2, false));
    let again = submit(&log(&connection), "g", &grant("user_b")).unwrap();
    assert_eq!(again, Accepted { repeated: true, ..first });
    assert_eq!(count(&connection, "log"), 2);
}

#[test]
fn a_command_id_stands_for_one_body_and_one_actor() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    submit(&log, "g", &grant("user_b")).unwrap();
    assert_eq!(submit(&log, "g", &grant("user_c")), Err(SubmitError::CommandIdReused));
    let other = log.submit(&body("g", "person:user_z", &grant("user_b")), NOW, Uuid::nil());
    assert_eq!(other, Err(SubmitError::CommandIdReused));
}

#[test]
fn if_match_refuses_a_moved_head_but_not_a_repetition() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let on = |id: &str, seq: u64| {
        let body = body(id, "person:user_a", &grant(id)).replace("null", &seq.to_string());
        log.submit(&body, NOW, Uuid::nil())
    };
    assert_eq!(on("g", 1).unwrap().seq, 2);
    assert_eq!(on("h", 1), Err(SubmitError::HeadMoved { head: 2 }));
    assert!(on("g", 1).unwrap().repeated);
    assert_eq!(on("h", 2).unwrap().seq, 3);
}

#[test]
fn a_failing_append_leaves_neither_entry_nor_command_nor_state() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    connection
        .execute_batch(
            "CREATE TRIGGER broken BEFORE INSERT ON commands WHEN NEW.command_id = 'g'
             BEGIN SELECT RAISE(ABORT, 'injected'); END",
        )
        .unwrap();
    assert!(
        matches!(submit(&log, "g", &grant("user_b")), Err(SubmitError::Unavailable(why)) if why.contains("injected"))
    );
    assert_eq!((count(&connection, "log"), count(&connection, "commands")), (1, 1));
    assert_eq!(roles(&log, "user_b"), 0);
    connection.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(submit(&log, "g", &grant("user_b")).unwrap().seq, 2);
}

#[test]
fn the_logs_clock_never_goes_back() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let early = log.submit(&body("g", "person:user_a", &grant("user_b")), NOW - 5_000, Uuid::nil()).unwrap();
    assert_eq!(early.entries[0].recorded_at, NOW);
    log.forget();
    let early = log.submit(&body("h", "person:user_a", &grant("user_c")), NOW - 1, Uuid::nil()).unwrap();
    assert_eq!(early.entries[0].recorded_at, NOW);
}

#[test]
fn a_changed_entry_is_noticed_on_waking_and_on_reading() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    for person in 0..5 {
        submit(&log, &format!("g{person}"), &grant(&format!("user_{person}"))).unwrap();
    }
    connection
        .execute_batch("UPDATE log SET payload = replace(payload, 'user_2', 'user_9') WHERE seq = 4")
        .unwrap();
    assert!(matches!(log.page(1, 10), Err(AskError::Unavailable(why)) if why.contains("entry 4")));
    log.forget();
    assert!(
        matches!(submit(&log, "h", &grant("user_h")), Err(SubmitError::Unavailable(why)) if why.contains("entry 4"))
    );
}

#[test]
fn an_append_onto_another_head_than_decided_on_is_refused_and_the_log_read_again() {
    let connection = Connection::open_in_memory().unwrap();
    let (one, other) = (created(&connection), log(&connection));
    submit(&other, "x", &grant("user_x")).unwrap();
    let behind = submit(&one, "y", &grant("user_y"));
    assert!(matches!(behind, Err(SubmitError::Unavailable(why)) if why.contains("the head moved")));
    assert_eq!(submit(&one, "y", &grant("user_y")).unwrap().seq, 3);
}

#[test]
fn pages_are_bounded_by_entries_and_by_bytes_and_together_make_the_log() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let many = |from: u32| {
        let consignors: Vec<_> =
            (from..from + 1_000).map(|number| format!(r#"{{"number":{number},"tier":"regular"}}"#)).collect();
        format!(r#"{{"type":"enrol_consignors","consignors":[{}]}}"#, consignors.join(","))
    };
    for batch in 0..60 {
        submit(&log, &format!("e{batch}"), &many(1 + batch * 1_000)).unwrap();
    }
    let mut seen = Vec::new();
    let pages = Flag::new(0);
    while seen.len() < 61 {
        let page = log.page(u64::try_from(seen.len()).unwrap() + 1, PAGE_ENTRIES_MAX).unwrap();
        let bytes: usize = page.entries.iter().map(|entry| entry.payload.len()).sum();
        assert!(i64::try_from(bytes).unwrap() <= PAGE_BYTES_MAX || page.entries.len() == 1);
        assert!(!page.entries.is_empty());
        seen.extend(page.entries.into_iter().map(|entry| entry.seq));
        pages.set(pages.get() + 1);
    }
    assert!(pages.get() > 1);
    assert_eq!(seen, (1..=61).collect::<Vec<_>>());
    assert_eq!(log.page(1, 2).unwrap().entries.len(), 2);
    assert!(log.page(62, 10).unwrap().entries.is_empty());
    let again = submit(&log, "e3", &many(3_001)).unwrap();
    assert_eq!((again.repeated, again.entries.len(), again.entries[0].seq), (true, 1, 5));
}

#[test]
fn what_an_entry_hands_over_is_stored_with_it() {
    let connection = Connection::open_in_memory().unwrap();
    let log = created(&connection);
    let event = "0190a000-0000-7000-8000-0000000000e1";
    let found = format!(
        r#"{{"type":"found_event","event":"{event}","name":"Spring","starts_on":null,"ends_on":null}}"#
    );
    submit(&log, "f", &found).unwrap();
    let waiting = log.store().pending_deliveries(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].target, format!("{ORGANIZATION}/event/{event}"));
    assert!(log.store().has_pending_deliveries().unwrap());
    log.store().settle_delivery(waiting[0].number, true, "{}").unwrap();
    assert!(log.store().pending_deliveries(10).unwrap().is_empty());
    assert!(!log.store().has_pending_deliveries().unwrap());
}

#[test]
fn a_malformed_or_oversized_envelope_is_refused_before_anything_is_read() {
    let connection = Connection::open_in_memory().unwrap();
    let log = log(&connection);
    for bad in ["", "{}", r#"{"command_id":"","actor":"person:a","command":{}}"#] {
        assert!(matches!(log.submit(bad, NOW, Uuid::nil()), Err(SubmitError::Malformed(_))), "{bad}");
    }
    let wordy = body(&"x".repeat(201), "person:user_a", CREATE);
    assert!(matches!(log.submit(&wordy, NOW, Uuid::nil()), Err(SubmitError::Malformed(_))));
    let huge = " ".repeat(super::limits::COMMAND_BYTES_MAX + 1);
    assert!(matches!(log.submit(&huge, NOW, Uuid::nil()), Err(SubmitError::Malformed(_))));
}

#[test]
fn another_aggregates_log_is_not_mistaken_for_ones_own() {
    let connection = Connection::open_in_memory().unwrap();
    created(&connection);
    let stranger = Log::<SaleSession, _>::new(stream(), Store::new(&connection));
    assert!(
        matches!(stranger.head(), Err(AskError::Unavailable(why)) if why.contains("entry 1 cannot be read"))
    );
}
