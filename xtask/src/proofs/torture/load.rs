//! The load of one round, with its faults: clients that say everything three times, race and have objects panic; a
//! queue at its worst; alarms given up; and in the middle of it the kill.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{
    STREAMS, Torture, Victim,
    chance::Chance,
    doors::{Doors, Ending},
    world::onto,
};

/// How often every client says everything.
pub const TIMES: usize = 3;

/// Senders to each stream: enough for its commands to meet.
const SENDERS: u64 = 2;

/// Commands go out for this long at least before each kill.
const ROUND_MS: u64 = 400;

/// And for as much longer as chance has it, below this.
const ROUND_MORE_MS: u64 = 3_000;

/// A client that got so many commands in a row not answered waits for the restart: the runtime is gone, and not only
/// an object that panicked.
const SILENCES_MAX: u32 = 6;

/// How long a client waits after a command without an answer.
const SILENCE: Duration = Duration::from_millis(25);

/// One command in so many has its object panic behind it.
const ONE_PANIC_IN: u64 = 40;

/// One command in so many is only to be taken onto the head that its sender knows.
const ONE_RACE_IN: u64 = 10;

/// One queue batch in so many comes with an alarm given up.
const ONE_LOST_ALARM_IN: u64 = 4;

/// Lanes of choices that one round uses up.
const LANES: u64 = 1_000;

/// What was done to the platform.
#[derive(Debug, Default)]
pub struct Faults {
    pub panics: AtomicU64,
    pub races: AtomicU64,
    pub queue_batches: AtomicU64,
    pub alarms_lost: AtomicU64,
    pub repeats: AtomicU64,
}

/// A command that was sent: to which victim, and how it ended.
type Sent = (usize, Value, Ending);

impl Torture<'_> {
    /// Clients send and troublemakers make trouble until the runtime is killed at a random moment; returns once it
    /// runs again.
    pub fn load_until_killed(&mut self, chance: &mut Chance) -> Result<Vec<Sent>> {
        let stop = &AtomicBool::new(false);
        let (seed, first_lane) = (self.order.seed, (self.kills + 1) * LANES);
        let after = Duration::from_millis(ROUND_MS + chance.below(ROUND_MORE_MS));
        let Self { victims, doors, faults, platform, order, .. } = self;
        let (victims, doors, faults) = (&*victims, &*doors, &*faults);
        let sent = std::thread::scope(|scope| -> Result<_> {
            let mut senders = Vec::new();
            for lane in 0..STREAMS * SENDERS {
                let mut chance = Chance::new(seed, first_lane + lane);
                let at = usize::try_from(lane % STREAMS).unwrap_or_default();
                senders.push((at, scope.spawn(move || send(doors, &victims[at], faults, &mut chance, stop))));
            }
            let mut chance = Chance::new(seed, first_lane + LANES - 1);
            scope.spawn(move || trouble(doors, victims, faults, &mut chance, stop));
            std::thread::sleep(after);
            let restarted = platform.crash_and_restart(order.workspace);
            stop.store(true, Ordering::Relaxed);
            let mut sent = Vec::new();
            for (at, sender) in senders {
                let lane = sender.join().ok().context("a sending thread broke down")?;
                sent.extend(lane.into_iter().map(|(envelope, ending)| (at, envelope, ending)));
            }
            restarted.map(|()| sent)
        })?;
        self.kills += 1;
        Ok(sent)
    }
}

/// One client.
fn send(
    doors: &Doors,
    victim: &Victim,
    faults: &Faults,
    chance: &mut Chance,
    stop: &AtomicBool,
) -> Vec<(Value, Ending)> {
    let mut sent = Vec::new();
    let mut head = victim.ledger.seen();
    let mut silent = 0;
    while silent < SILENCES_MAX && !stop.load(Ordering::Relaxed) {
        let Some(mut envelope) = victim.stream.draw() else { break };
        if chance.once_in(ONE_RACE_IN) {
            faults.races.fetch_add(1, Ordering::Relaxed);
            envelope = onto(&envelope, head);
        }
        if chance.once_in(ONE_PANIC_IN) {
            faults.panics.fetch_add(1, Ordering::Relaxed);
            let ending = doors.send(&victim.stream.name, "panic", &envelope);
            sent.push((envelope.clone(), ending));
        }
        for time in 0..TIMES {
            let ending = doors.send(&victim.stream.name, "command", &envelope);
            faults.repeats.fetch_add(u64::from(time > 0), Ordering::Relaxed);
            if let Ending::Taken { last, .. } = &ending {
                head = *last;
            }
            let unanswered = ending == Ending::Unknown;
            silent = if unanswered { silent + 1 } else { 0 };
            sent.push((envelope.clone(), ending));
            if unanswered {
                std::thread::sleep(SILENCE);
                break;
            }
        }
    }
    sent
}

/// The queue at its worst, and alarms given up; what does not get through, the kill has stopped.
fn trouble(doors: &Doors, victims: &[Victim], faults: &Faults, chance: &mut Chance, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        if doors.nudge(&batch(victims, chance)).is_ok() {
            faults.queue_batches.fetch_add(1, Ordering::Relaxed);
        }
        if chance.once_in(ONE_LOST_ALARM_IN) && doors.lose_alarm(&any(victims, chance).stream.name).is_ok() {
            faults.alarms_lost.fetch_add(1, Ordering::Relaxed);
        }
        std::thread::sleep(Duration::from_millis(50 + chance.below(300)));
    }
}

/// Nudges in any order, late by any number of entries, some of them again.
fn batch(victims: &[Victim], chance: &mut Chance) -> Vec<(String, u64)> {
    let mut messages = Vec::new();
    for _ in 0..=chance.below(8) {
        let ledger = &any(victims, chance).ledger;
        let late = chance.below(ledger.seen().max(1));
        for _ in 0..=chance.below(3) {
            messages.push((ledger.stream.clone(), ledger.seen() - late));
        }
    }
    messages
}

fn any<'a>(victims: &'a [Victim], chance: &mut Chance) -> &'a Victim {
    &victims[usize::try_from(chance.below(victims.len() as u64)).unwrap_or_default()]
}
