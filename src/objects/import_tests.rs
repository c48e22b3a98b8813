//! Imports on plain SQLite: a log from its exports is the log that it was, or nothing at all.

use domain::aggregate::Aggregate;
use domain::journal::{Head, RawEntry, write_export};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use super::hall::{Hall, Stored, entries, submit_as};
use super::limits::IMPORT_LINES_MAX;
use super::log::Log;
use super::store::Store;
use super::store_tests::NOW;
use super::wire::{ImportError, SubmitError};

fn fresh<A: Aggregate>(of: &Stored<A>) -> Stored<A> {
    let connection: &'static Connection = Box::leak(Box::new(Connection::open_in_memory().unwrap()));
    Log::new(of.id().clone(), Store::new(connection))
}

fn export(stream: &str, before: Head, entries: &[RawEntry]) -> String {
    String::from_utf8(write_export(stream, before, entries).unwrap()).unwrap()
}

fn whole<A: Aggregate>(log: &Stored<A>) -> String {
    export(log.stream(), Head::EMPTY, &entries(log))
}

fn rows<A: Aggregate>(log: &Stored<A>, sql: &str) -> Vec<String> {
    let mut statement = log.store().database().prepare(sql).unwrap();
    let found = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    found.map(Result::unwrap).collect()
}

const KEYS: &str = "SELECT key || ' ' || seq FROM entry_keys ORDER BY key";
const COMMANDS: &str = "SELECT command_id || ' ' || first_seq || ' ' || last_seq FROM commands
    WHERE last_seq >= first_seq ORDER BY first_seq";
const DELIVERIES: &str = "SELECT seq || target || command_id || command FROM deliveries ORDER BY number";

#[test]
fn log_9_an_imported_log_is_the_log_that_it_was_however_the_pages_are_cut() {
    let hall = Hall::stocked(1_200);
    let text = whole(&hall.event);
    let lines: Vec<&str> = text.lines().collect();
    for page_lines in [1, 3, lines.len() - 1, lines.len()] {
        let log = fresh(&hall.event);
        let mut first_line = 1;
        for page in lines.chunks(page_lines) {
            assert!(first_line == 1 || log.open_imported() == Err(ImportError::NotWhole));
            first_line = log.import(first_line, &page.join("\n")).unwrap().next_line;
            log.forget();
        }
        assert!(log.import_progress().unwrap().whole);
        assert_eq!(entries(&log), entries(&hall.event));
        for sql in [KEYS, COMMANDS, DELIVERIES] {
            assert_eq!(rows(&log, sql), rows(&hall.event, sql), "{page_lines} lines a page: {sql}");
        }
        assert!(log.open_imported().unwrap().open);
        let [ours, theirs] = [&log, &hall.event].map(|log| {
            log.forget();
            log.verified_head().unwrap();
            log.state_bytes().unwrap()
        });
        assert_eq!(ours, theirs);
    }
}

#[test]
fn log_9_the_archives_segments_follow_one_another() {
    let hall = Hall::stocked(20);
    let all = entries(&hall.event);
    let log = fresh(&hall.event);
    let mut before = Head::EMPTY;
    for run in all.chunks(3) {
        let imported = log.import(1, &export(log.stream(), before, run)).unwrap();
        assert!(imported.whole);
        before = imported.head;
    }
    assert_eq!(entries(&log), all);
}

#[test]
fn log_9_a_log_with_entries_of_its_own_is_not_written_over() {
    let hall = Hall::registering(2);
    let text = whole(&hall.event);
    let head = u64::try_from(entries(&hall.event).len()).unwrap();
    assert_eq!(hall.event.import(1, &text), Err(ImportError::NotFresh { head }));
    assert_eq!(hall.event.open_imported(), Err(ImportError::NotFresh { head }));
    let log = fresh(&hall.event);
    log.import(1, &text).unwrap();
    log.open_imported().unwrap();
    assert_eq!(log.import(1, &text), Err(ImportError::NotFresh { head }), "once it was opened");
}

#[test]
fn log_9_a_page_that_does_not_hold_names_its_line_and_leaves_nothing() {
    let hall = Hall::stocked(5);
    let text = whole(&hall.event);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let log = fresh(&hall.event);
    log.import(1, &lines[..3].join("\n")).unwrap();
    let before = (entries(&log), log.import_progress());
    let tampered: Vec<String> =
        lines[3..].iter().map(|line| line.replace("\"version\":1", "\"version\":2")).collect();
    let skipped: Vec<String> = [&lines[3..4], &lines[5..]].concat();
    let cut_short: Vec<String> = [&lines[3..4], &lines[lines.len() - 1..]].concat();
    for (page, line) in [(tampered, 4), (skipped, 5), (cut_short, 5), (vec!["{}".to_owned()], 4)] {
        let refused = log.import(4, &page.join("\n"));
        assert!(matches!(refused, Err(ImportError::Line { line: at, .. }) if at == line), "{refused:?}");
        log.forget();
        assert_eq!((entries(&log), log.import_progress()), before);
    }
    assert_eq!(log.import(6, &lines[5..].join("\n")), Err(ImportError::Gap { expected: 4, found: 6 }));
    let other = text.replace("/event/", "/session/");
    assert!(matches!(fresh(&hall.event).import(1, &other), Err(ImportError::Line { line: 1, .. })));
    let endless = "\n".repeat(IMPORT_LINES_MAX + 1);
    assert!(matches!(log.import(4, &endless), Err(ImportError::TooLarge(_))));
    assert!(log.import(2, &lines[1..].join("\n")).unwrap().whole, "what was taken before is passed over");
}

#[test]
fn log_9_until_it_is_opened_a_log_takes_no_command() {
    let hall = Hall::registering(2);
    let log = fresh(&hall.event);
    log.import(1, &whole(&hall.event)).unwrap();
    let join = json!({"type": "join_consignors", "consignors": [{"number": 3, "tier": "regular"}]});
    let refused = submit_as(&log, "late", "person:user_a", NOW, &join);
    assert!(matches!(refused, Err(SubmitError::Unavailable(_))), "{refused:?}");
    log.forget();
    assert!(submit_as(&log, "late", "person:user_a", NOW, &join).is_err());
    log.open_imported().unwrap();
    assert!(submit_as(&log, "late", "person:user_a", NOW, &join).is_ok());
}

#[test]
fn log_9_a_command_from_before_gets_its_first_reply_from_the_one_who_sent_it() {
    let hall = Hall::registering(2);
    let mut first = entries(&hall.event);
    first.retain(|entry| entry.command_id == "join");
    let log = fresh(&hall.event);
    log.import(1, &whole(&hall.event)).unwrap();
    log.open_imported().unwrap();
    let join = json!({"type": "join_consignors", "consignors": []});
    let again = submit_as(&log, "join", "person:user_a", NOW, &join).unwrap();
    assert_eq!((again.repeated, again.entries), (true, first));
    let stranger = submit_as(&log, "join", "person:user_b", NOW, &join);
    assert_eq!(stranger, Err(SubmitError::CommandIdReused));
    let waiting = log.store().pending_deliveries(100).unwrap();
    for delivery in waiting.iter().filter(|delivery| delivery.target == hall.organization.stream()) {
        let actor = format!("stream:{}", log.stream());
        let body = super::store_tests::body(&delivery.command_id, &actor, &delivery.command);
        let taken = hall.organization.submit(&body, NOW, Uuid::nil());
        assert!(taken.is_ok(), "what was handed over before is handed over again, and known: {taken:?}");
    }
}
