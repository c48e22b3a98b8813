//! Timers on plain SQLite: set from the state, served once, repeated after failures; the daily witness; silence.

use std::cell::{Cell, RefCell};

use domain::aggregate::Aggregate;
use domain::consignment_event::{Command, ConsignmentEvent};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use super::database::Database;
use super::hall::{Hall, SESSION, Stored, entries, pair};
use super::limits::{DAY_MS, LISTENER_SILENT_MS, MINUTE_MS, RETRY_MAX_MS};
use super::store::Store;
use super::timers::{self, Surroundings};
use super::wire::{Accepted, SubmitError};

const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The object around a log: an outage that can be switched on, and a socket that can ping.
struct Around<'a, A: Aggregate> {
    log: &'a Stored<A>,
    now: Cell<i64>,
    out: Cell<bool>,
    pinged_at: Cell<Option<i64>>,
    taken: RefCell<Vec<String>>,
    planned: Cell<Option<domain::journal::Head>>,
}

impl<'a, A: Aggregate> Around<'a, A> {
    fn new(log: &'a Stored<A>, now: i64) -> Self {
        Self {
            log,
            now: Cell::new(now),
            out: Cell::new(false),
            pinged_at: Cell::new(None),
            taken: RefCell::default(),
            planned: Cell::new(None),
        }
    }

    /// One alarm at `now`.
    fn alarm(&self, now: i64) -> Option<i64> {
        self.now.set(now);
        timers::round(self.log, self, &self.planned, now).unwrap()
    }

    fn kinds(&self) -> Vec<String> {
        entries(self.log).into_iter().map(|entry| entry.kind).collect()
    }
}

impl<A: Aggregate> Surroundings for Around<'_, A> {
    fn take(&self, body: &str) -> Result<Accepted, SubmitError> {
        if self.out.get() {
            return Err(SubmitError::Unavailable("the disk is gone".into()));
        }
        let accepted = self.log.submit(body, self.now.get(), Uuid::nil())?;
        self.taken.borrow_mut().push(body.to_owned());
        Ok(accepted)
    }

    fn heard_at(&self, _listener: &str) -> Option<i64> {
        self.pinged_at.get()
    }
}

/// Two places, three who want one, one who leaves: the third has an offer for a day.
fn offered() -> Hall {
    let hall = Hall::registering(1);
    let plan =
        json!({"type": "plan_registration", "opens_at": null, "closes_at": null, "capacity": 1, "terms": 0});
    hall.tell_event("places", &plan);
    for consignor in [2, 3] {
        let register =
            json!({"type": "register", "consignor": consignor, "tier": "regular", "method": "payout"});
        hall.tell_event(&format!("register{consignor}"), &register);
    }
    hall.tell_event("leave", &json!({"type": "cancel_participation", "consignor": 1, "reason": "own_wish"}));
    hall
}

fn rows(store: &Store<&'static Connection>) -> Vec<(String, i64)> {
    let timers = store.due_timers(i64::MAX, 100).unwrap();
    timers.into_iter().map(|timer| (timer.name, timer.due_at)).collect()
}

fn schedule_due(hall: &Hall) -> Option<i64> {
    rows(hall.event.store()).into_iter().find(|(name, _)| name == "schedule").map(|(_, due)| due)
}

#[test]
fn an_offer_expires_by_itself_and_the_next_in_line_gets_it() {
    let hall = offered();
    let around = Around::new(&hall.event, hall.now);
    let due = hall.now + 24 * HOUR_MS;
    around.alarm(hall.now).unwrap();
    assert_eq!(schedule_due(&hall), Some(due));
    around.alarm(due - 1);
    assert!(around.taken.borrow().is_empty());
    around.alarm(due);
    let kinds = around.kinds();
    assert_eq!(kinds[kinds.len() - 2..], ["place_offer_expired", "place_offered"]);
    assert!(around.taken.borrow()[0].contains(&format!("timer/schedule/{due}")));
    assert_eq!(schedule_due(&hall), Some(due + 24 * HOUR_MS), "the next offer expires too");
}

#[test]
fn a_crash_between_the_append_and_the_clearing_serves_a_timer_once() {
    let hall = offered();
    let due = hall.now + 24 * HOUR_MS;
    Around::new(&hall.event, hall.now).alarm(hall.now);
    let crashed = Around::new(&hall.event, hall.now);
    let stale = hall.event.store().due_timers(due, 10).unwrap();
    crashed.alarm(due);
    let length = crashed.kinds().len();
    hall.forget();
    stale.iter().filter(|timer| timer.command.is_some()).for_each(|timer| {
        hall.event.store().set_timer(timer).unwrap();
    });
    let revived = Around::new(&hall.event, hall.now);
    revived.alarm(due + 1);
    assert_eq!(revived.taken.borrow().len(), 1, "it was sent again");
    assert_eq!(revived.kinds().len(), length, "and recognised");
    assert_eq!(schedule_due(&hall), Some(due + 24 * HOUR_MS));
}

#[test]
fn an_object_that_fails_for_days_keeps_its_timer_and_serves_it_when_it_can() {
    let hall = offered();
    let around = Around::new(&hall.event, hall.now);
    let mut now = hall.now + 24 * HOUR_MS;
    around.alarm(hall.now);
    around.out.set(true);
    for _ in 0..60 {
        let next = around.alarm(now).unwrap();
        assert!(next > now, "no busy loop");
        assert!(next - now <= RETRY_MAX_MS.max(DAY_MS));
        now = next;
    }
    assert!(schedule_due(&hall).is_some());
    around.out.set(false);
    around.alarm(now + RETRY_MAX_MS);
    assert!(around.kinds().contains(&"place_offer_expired".to_owned()));
}

#[test]
fn a_timer_whose_reason_is_gone_is_taken_away() {
    let hall = offered();
    let around = Around::new(&hall.event, hall.now);
    around.alarm(hall.now);
    assert!(schedule_due(&hall).is_some());
    hall.tell_event("accept", &json!({"type": "accept_place", "consignor": 2}));
    around.alarm(hall.now + 1);
    assert_eq!(schedule_due(&hall), None);
}

#[test]
fn a_timer_that_leads_nowhere_is_asked_ever_more_slowly() {
    let hall = offered();
    let around = Around::new(&hall.event, hall.now);
    around.alarm(hall.now);
    // A rule that always says “now” and then finds nothing to do.
    let store = hall.event.store();
    let mut now = hall.now;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let idle = super::store::SetTimer {
            name: "idle".into(),
            due_at: now,
            command: Some(serde_json::to_string(&Command::RunTimers).unwrap()),
        };
        store.set_timer(&idle).unwrap();
        around.alarm(now);
        let patience = super::patience::Patience::load(store, "timers").unwrap();
        let next = patience.not_before().unwrap_or(now);
        waits.push(next - now);
        now = next;
    }
    assert_eq!(waits[..4], [500, 1_000, 2_000, 4_000]);
}

#[test]
fn once_a_day_a_log_that_grew_is_witnessed_in_the_organizations_log() {
    let hall = offered();
    let around = Around::new(&hall.event, hall.now);
    around.alarm(hall.now);
    let due = |hall: &Hall| rows(hall.event.store()).into_iter().find(|(name, _)| name == "witness");
    let (_, first) = due(&hall).unwrap();
    assert!(first > hall.now && first <= hall.now + DAY_MS);
    hall.tell_event("more", &json!({"type": "accept_place", "consignor": 2}));
    around.alarm(hall.now + 1);
    assert_eq!(due(&hall).unwrap().1, first, "a later entry does not put it off");
    around.alarm(first);
    hall.deliver_all();
    let head = hall.event.head().unwrap();
    let last = entries(&hall.organization).pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.actor.as_str()),
        ("head_witnessed", &*format!("stream:{}", hall.event.stream()))
    );
    let said: serde_json::Value = serde_json::from_str(&last.payload).unwrap();
    assert_eq!(
        (said["seq"].as_u64(), said["hash"].as_str()),
        (Some(head.seq), Some(&*head.hash.to_string()))
    );
    assert_eq!(due(&hall), None, "a log that rests is left in peace");
    hall.tell_event(
        "tier",
        &json!({"type": "register", "consignor": 9, "tier": "regular", "method": "payout"}),
    );
    around.alarm(first + 1);
    assert_eq!(due(&hall).unwrap().1, first + DAY_MS);
}

#[test]
fn the_organizations_own_log_has_no_witness_above_it() {
    let hall = offered();
    let around = Around::new(&hall.organization, hall.now);
    assert_eq!(around.alarm(hall.now), None);
    assert_eq!(rows(hall.organization.store()), []);
}

fn selling() -> (Hall, String) {
    let hall = Hall::stocked(3);
    hall.tell_event("open", &json!({"type": "open_session", "session": SESSION}));
    hall.deliver_all();
    let till = pair(&hall);
    (hall, till)
}

#[test]
fn a_terminal_that_falls_silent_is_reported_once_and_one_that_pings_is_not() {
    let (hall, till) = selling();
    let around = Around::new(&hall.session, hall.now);
    timers::expect_listener(hall.session.store(), &till, hall.now).unwrap();
    let mut now = hall.now;
    for _ in 0..3 {
        let next = around.alarm(now).unwrap();
        assert!(next - now >= LISTENER_SILENT_MS && next - now <= LISTENER_SILENT_MS + MINUTE_MS);
        around.pinged_at.set(Some(next - 1_000));
        now = next - 1_000;
        around.alarm(next);
    }
    assert!(!around.kinds().contains(&"terminal_reported".to_owned()));
    let silent = around.alarm(now).unwrap().max(now + 2 * LISTENER_SILENT_MS);
    around.pinged_at.set(None);
    around.alarm(silent);
    let count = || around.kinds().iter().filter(|kind| *kind == "terminal_reported").count();
    assert_eq!(count(), 1);
    around.alarm(silent + DAY_MS);
    assert_eq!(count(), 1);
    assert!(rows(hall.session.store()).iter().all(|(name, _)| !name.starts_with("listener/")));
}

#[test]
fn people_come_and_go_unnoticed() {
    let (hall, _) = selling();
    for listener in ["person:user_a", "unnamed", "system:x"] {
        timers::expect_listener(hall.session.store(), listener, hall.now).unwrap();
    }
    assert!(rows(hall.session.store()).iter().all(|(name, _)| !name.starts_with("listener/")));
}

#[test]
fn an_object_made_by_an_older_build_gets_its_table() {
    let hall = offered();
    let store = hall.event.store();
    store.set_note("schema", "3").unwrap();
    drop_timers(&hall.event);
    assert!(store.next_timers().is_err());
    store.update().unwrap();
    assert_eq!(store.next_timers().unwrap(), [None, None]);
    let around = Around::new(&hall.event, hall.now);
    around.alarm(hall.now);
    assert!(schedule_due(&hall).is_some());
}

fn drop_timers(log: &Stored<ConsignmentEvent>) {
    log.store().database().run("DROP TABLE timers", &[]).unwrap();
}
