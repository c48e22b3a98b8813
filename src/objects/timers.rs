//! Timers: rows that say what is to be done when, served by the object's one alarm.
//!
//! A due timer of the aggregate is a command like any other, under an id made from its name and its instant: a
//! crash between the append and the clearing of the row repeats it, and the repetition is recognised. The host
//! has timers of its own: the daily [`super::witness`], the [`super::archive`]'s, and one for each terminal that may
//! fall silent.

use std::cell::Cell;

use domain::aggregate::{Aggregate, Timer};
use domain::ids::Actor;
use domain::journal::Head;
use serde_json::value::RawValue;

use super::database::{Database, StoreError};
use super::limits::{LISTENER_SILENT_MS, MINUTE_MS, TIMERS_PER_ALARM};
use super::log::Log;
use super::patience::Patience;
use super::store::{SetTimer, Store};
use super::wire::{Accepted, Envelope, SubmitError};
use super::{archive, witness};

/// The note under which rounds that led nowhere are counted.
const NOTE: &str = "timers";

/// Names of the host's timers for listeners begin so.
const LISTENER: &str = "listener/";

/// Who asks when a timer does.
fn timer() -> Actor {
    Actor::System("timer".to_owned())
}

/// What serving timers needs of the object around the log.
pub trait Surroundings {
    /// Takes a command's envelope and tells everybody who listens.
    fn take(&self, body: &str) -> Result<Accepted, SubmitError>;
    /// When a listener gave its last sign of life, ms since 1970 UTC.
    fn heard_at(&self, listener: &str) -> Option<i64>;
}

/// Serves what is due at `now` and sets what the log wants done later; answers when to come again, ms since
/// 1970 UTC. `planned` is the head that this instance last set timers for.
///
/// # Errors
/// [`StoreError`]; whatever was served until then is served.
pub fn round<A: Aggregate, D: Database>(
    log: &Log<A, D>,
    around: &impl Surroundings,
    planned: &Cell<Option<Head>>,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    let store = log.store();
    let mut patience = Patience::load(store, NOTE)?;
    let mut served = false;
    for due in store.due_timers(now, TIMERS_PER_ALARM)? {
        if archive::is_ours(&due.name) {
            // Served beside the others: writing to the archive takes its time.
        } else if due.name == witness::TIMER {
            witness::bear(log, due.due_at)?;
        } else if let Some(listener) = due.name.strip_prefix(LISTENER) {
            mind(log, around, listener, due.due_at, now)?;
        } else if patience.not_before().is_none_or(|later| later <= now) {
            let led_on = send(log, around, &due)?;
            patience = patience.note(store, NOTE, now, !led_on)?;
            served = true;
        }
    }
    let head = store.head()?.0;
    if served || planned.get() != Some(head) {
        if A::TIMED {
            set(store, log.timers(now)?, now)?;
        }
        witness::plan(log, head.seq, now)?;
        planned.set(Some(head));
    }
    let [host, aggregate] = store.next_timers()?;
    let aggregate = aggregate.map(|due| patience.not_before().map_or(due, |later| later.max(due)));
    Ok([host, aggregate].into_iter().flatten().min())
}

/// Sends a timer's command; true when it led on. One that could not be taken keeps its place.
fn send<A: Aggregate, D: Database>(
    log: &Log<A, D>,
    around: &impl Surroundings,
    due: &SetTimer,
) -> Result<bool, StoreError> {
    let SetTimer { name, due_at, command } = due;
    let command = RawValue::from_string(command.clone().unwrap_or_default())?;
    let envelope =
        Envelope { command_id: format!("timer/{name}/{due_at}"), actor: timer(), if_match: None, command };
    let led_on = match around.take(&serde_json::to_string(&envelope)?) {
        Ok(accepted) => accepted.repeated || accepted.seq >= accepted.first_seq,
        Err(SubmitError::Unavailable(error)) => {
            tracing::warn!(stream = log.stream(), name, error, "timer not served, will be repeated");
            return Ok(false);
        }
        Err(refusal) => {
            tracing::error!(stream = log.stream(), name, %refusal, "timer refused");
            false
        }
    };
    log.store().clear_timer(name, *due_at)?;
    Ok(led_on)
}

/// Sets the aggregate's timers to those that it wants.
fn set<C: serde::Serialize, D: Database>(
    store: &Store<D>,
    wanted: Vec<Timer<C>>,
    now: i64,
) -> Result<(), StoreError> {
    let there = store.command_timers()?;
    let gone = there.iter().filter(|set| wanted.iter().all(|timer| timer.name != set.name));
    gone.into_iter().try_for_each(|set| store.clear_timer(&set.name, set.due_at))?;
    for Timer { name, due_at, command } in wanted {
        let timer = SetTimer {
            name: name.to_owned(),
            due_at: due_at.max(now),
            command: Some(serde_json::to_string(&command)?),
        };
        // One that is overdue keeps its instant, and with it the command's id.
        let stands = there.iter().any(|set| {
            let same_time = set.due_at == due_at || set.due_at.max(due_at) <= now;
            set.name == timer.name && set.command == timer.command && same_time
        });
        if !stands {
            store.set_timer(&timer)?;
        }
    }
    Ok(())
}

/// Sets the timer that notices when `listener` falls silent, if it is a terminal: people come and go.
///
/// # Errors
/// [`StoreError`].
pub fn expect_listener<D: Database>(store: &Store<D>, listener: &str, now: i64) -> Result<(), StoreError> {
    if !matches!(listener.parse(), Ok(Actor::Terminal(_))) || !store.exists()? {
        return Ok(());
    }
    store.set_timer(&SetTimer {
        name: format!("{LISTENER}{listener}"),
        due_at: silent_at(now),
        command: None,
    })
}

/// When a listener heard of at `heard_at` counts as silent: on a full minute, so that one alarm serves a hall.
fn silent_at(heard_at: i64) -> i64 {
    let at = heard_at.saturating_add(LISTENER_SILENT_MS);
    at.saturating_add(MINUTE_MS - at.rem_euclid(MINUTE_MS))
}

/// Waits on for a listener that gave a sign of life, records the silence of one that did not.
fn mind<A: Aggregate, D: Database>(
    log: &Log<A, D>,
    around: &impl Surroundings,
    listener: &str,
    due_at: i64,
    now: i64,
) -> Result<(), StoreError> {
    let name = format!("{LISTENER}{listener}");
    let next = around.heard_at(listener).map(silent_at).filter(|due_at| *due_at > now);
    if let Some(due_at) = next {
        return log.store().set_timer(&SetTimer { name, due_at, command: None });
    }
    match log.silenced(listener)? {
        Some(command) => {
            let command = Some(serde_json::to_string(&command)?);
            send(log, around, &SetTimer { name, due_at, command }).map(drop)
        }
        None => log.store().clear_timer(&name, due_at),
    }
}
