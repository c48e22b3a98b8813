//! Custody between an event and its session, cut between every two steps.

use std::collections::BTreeSet;

use domain::journal::RawEntry;
use serde_json::Value;

use super::hall::{Hall, SESSION, Step, entries, submit};

fn of_kind(log: &[RawEntry], kind: &str) -> Vec<Value> {
    log.iter()
        .filter(|entry| entry.kind == kind)
        .map(|entry| serde_json::from_str(&entry.payload).unwrap())
        .collect()
}

fn tags(log: &[RawEntry], kind: &str) -> Vec<String> {
    let items = |page: Value| page["items"].as_array().unwrap().clone();
    let pages = of_kind(log, kind).into_iter().flat_map(items);
    pages.map(|item| item["tag"].as_str().unwrap().to_owned()).collect()
}

fn kinds(log: &[RawEntry]) -> Vec<&str> {
    log.iter().map(|entry| entry.kind.as_str()).collect()
}

/// Opens the session and closes it again, the world ending at step `cut` and going on from what was stored;
/// answers the logs and how many steps there were.
fn there_and_back(hall: &Hall, cut: Option<usize>) -> (Vec<RawEntry>, Vec<RawEntry>, usize) {
    let hall = hall.copy();
    let mut steps = 0;
    let mut at = |_: Step| {
        steps += 1;
        Some(steps - 1) == cut
    };
    let mut settle = |hall: &Hall| {
        loop {
            let mut ended = false;
            let more = hall.deliver(&mut |step| {
                ended = at(step);
                ended
            });
            if ended {
                hall.forget();
            }
            if !more.unwrap() {
                return;
            }
        }
    };
    let open = serde_json::json!({"type": "open_session", "session": SESSION});
    hall.tell_event("open", &open);
    settle(&hall);
    submit(&hall.session, "close", hall.now, &serde_json::json!({"type": "close"}));
    settle(&hall);
    (entries(&hall.event), entries(&hall.session), steps)
}

fn agree(event: &[RawEntry], session: &[RawEntry], items: usize) {
    let given = tags(event, "custody_handed_over");
    assert_eq!(given.len(), items);
    assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), items, "each item once");
    assert_eq!(tags(session, "custody_taken"), given);
    assert_eq!(tags(session, "custody_released").len(), items);
    assert_eq!(tags(event, "items_taken_back"), tags(session, "custody_released"));
}

/// Two pages of custody: enough to have a first one and a last one.
const ITEMS: u32 = 501;

#[test]
fn cut_between_any_two_steps_both_logs_are_what_they_would_have_been() {
    let hall = Hall::stocked(ITEMS);
    let (event, session, steps) = there_and_back(&hall, None);
    agree(&event, &session, 501);
    // Two pages there, two back, each handed over, taken, settled, and the confirmations of those there.
    assert!(steps >= 3 * 6, "only {steps} steps");
    for cut in 0..steps {
        let (event_cut, session_cut, _) = there_and_back(&hall, Some(cut));
        agree(&event_cut, &session_cut, 501);
        assert_eq!(kinds(&event_cut), kinds(&event), "cut at step {cut}");
        assert_eq!(kinds(&session_cut), kinds(&session), "cut at step {cut}");
    }
}

#[test]
fn many_pages_go_over_and_come_back() {
    let (event, session, _) = there_and_back(&Hall::stocked(10_000), Some(21));
    agree(&event, &session, 10_000);
}

#[test]
#[ignore = "a minute without optimisation; the size of a large sale: cargo test -p hangtag --release -- --ignored"]
fn a_hundred_thousand_items_go_over_and_come_back() {
    let (event, session, _) = there_and_back(&Hall::stocked(100_000), Some(101));
    agree(&event, &session, 100_000);
}
