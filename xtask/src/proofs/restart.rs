//! Kills the runtime between and during commands, starts it again, and compares what is there with what was
//! acknowledged. Local queues live in memory and die with the runtime, so this also shows that the read
//! models catch up from the logs alone.

use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::{Order, Verdict};
use crate::{
    http::{Body, Client},
    platform::{self, Environment, Platform, Settings},
    seed,
};

/// Commands go out for this long before each kill, give or take what the seed says.
const ROUND: Duration = Duration::from_millis(700);

/// The longest that the read models may take to catch up after a restart.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(30);

/// How often we look whether they have.
const CATCH_UP_POLL: Duration = Duration::from_millis(200);

/// The largest page that a list gives.
const PAGE: usize = 100;

/// What the platform has said so far.
#[derive(Default)]
struct Ledger {
    /// Acknowledged commands: idempotency key to the id in the answer.
    acknowledged: BTreeMap<String, String>,
    /// Commands without an answer: they may have happened or not, once.
    unanswered: Vec<String>,
    /// Findings against the claim.
    refuted: Vec<String>,
    kills: u64,
    repeats: u64,
}

/// Carries the proof out.
///
/// # Errors
/// When the platform cannot be started, or not be asked.
pub fn run(order: &Order<'_>) -> Result<Verdict> {
    crate::artifacts::ensure(order.workspace, crate::artifacts::Artifact::All)?;
    let state = order.workspace.tooling("proof-restart");
    if state.exists() {
        fs::remove_dir_all(&state).context("the last proof's state cannot be removed")?;
    }
    let mut platform = Platform::start(
        order.workspace,
        Settings { port: platform::free_ports()?, state, environment: Environment::Test },
    )?;
    seed::organizations(&platform)?;
    let mut ledger = Ledger::default();
    let mut chance = order.seed;
    let end = Instant::now() + Duration::from_secs(order.seconds);
    while ledger.kills == 0 || Instant::now() < end {
        chance = next(chance);
        order.step.detail(&format!(
            "{} commands acknowledged, {} kills",
            ledger.acknowledged.len(),
            ledger.kills
        ));
        commands_until_killed(
            order,
            &mut platform,
            &mut ledger,
            ROUND + Duration::from_millis(chance % 400),
        )?;
        let client = seed::olivia(&platform)?;
        repeat(&client, &mut ledger);
    }
    let caught_up = compare(&platform, &mut ledger)?;
    Ok(verdict(&ledger, caught_up))
}

/// Sends commands from one thread while another waits and kills: the kill lands inside a command as a rule.
fn commands_until_killed(
    order: &Order<'_>,
    platform: &mut Platform,
    ledger: &mut Ledger,
    after: Duration,
) -> Result<()> {
    let client = seed::olivia(platform)?;
    let round = ledger.kills;
    let stop = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| -> Result<_> {
        let sender = scope.spawn(|| send(&client, round, &stop));
        std::thread::sleep(after);
        let restarted = platform.crash_and_restart(order.workspace);
        stop.store(true, Ordering::Relaxed);
        let sent = sender.join().ok().context("the sending thread broke down")?;
        restarted.map(|()| sent)
    })?;
    for (key, id) in sent {
        match id {
            Some(id) => drop(ledger.acknowledged.insert(key, id)),
            None => ledger.unanswered.push(key),
        }
    }
    ledger.kills += 1;
    Ok(())
}

/// Commands one after the other until one gets no answer.
fn send(client: &Client, round: u64, stop: &AtomicBool) -> Vec<(String, Option<String>)> {
    let mut sent = Vec::new();
    for number in 0_u64.. {
        let key = format!("restart-{round}-{number}");
        let id = create(client, &key);
        let answered = id.is_some();
        sent.push((key, id));
        if !answered || stop.load(Ordering::Relaxed) {
            break;
        }
    }
    sent
}

fn create(client: &Client, key: &str) -> Option<String> {
    let answer = client.post("/api/v1/events", key, Body::Json(&json!({"name": key}))).ok()?;
    answer["id"].as_str().map(str::to_owned)
}

/// Sends the newest acknowledged command and all unanswered ones again.
fn repeat(client: &Client, ledger: &mut Ledger) {
    if let Some((key, id)) = ledger.acknowledged.iter().next_back() {
        let again = create(client, key);
        if again.as_ref() != Some(id) {
            ledger.refuted.push(format!("{key} was answered with {id}, and repeated with {again:?}"));
        }
        ledger.repeats += 1;
    }
    let mut left = Vec::new();
    for key in std::mem::take(&mut ledger.unanswered) {
        ledger.repeats += 1;
        match create(client, &key) {
            Some(id) => drop(ledger.acknowledged.insert(key, id)),
            None => left.push(key),
        }
    }
    ledger.unanswered = left;
}

/// Waits until the read model shows every acknowledged event exactly once; what is missing or double at the
/// end refutes the claim. Returns how long it took.
fn compare(platform: &Platform, ledger: &mut Ledger) -> Result<Duration> {
    let started = Instant::now();
    loop {
        let shown = shown(&seed::olivia(platform)?)?;
        let wrong: Vec<String> = ledger
            .acknowledged
            .iter()
            .filter(|(key, id)| shown.get(*key).is_none_or(|ids| ids.len() != 1 || ids[0] != **id))
            .map(|(key, id)| format!("{key} was acknowledged as {id}; the list shows {:?}", shown.get(key)))
            .collect();
        if wrong.is_empty() || started.elapsed() >= CATCH_UP_LIMIT {
            ledger.refuted.extend(wrong);
            return Ok(started.elapsed());
        }
        std::thread::sleep(CATCH_UP_POLL);
    }
}

/// Every event in the list: name to ids.
fn shown(client: &Client) -> Result<BTreeMap<String, Vec<String>>> {
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/api/v1/events?limit={PAGE}{cursor}"))?;
        for event in page["items"].as_array().into_iter().flatten() {
            let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            shown.entry(text("name")).or_default().push(text("id"));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(shown),
        }
    }
}

fn verdict(ledger: &Ledger, caught_up: Duration) -> Verdict {
    let figures = json!({
        "kills": ledger.kills,
        "acknowledged": ledger.acknowledged.len(),
        "repeated": ledger.repeats,
        "refuted": ledger.refuted.len(),
        "caught_up_ms": u64::try_from(caught_up.as_millis()).unwrap_or(u64::MAX),
    });
    let mut summary = format!(
        "{} kills, {} commands acknowledged, {} repeated; the read model had caught up {} ms after the last restart",
        ledger.kills,
        ledger.acknowledged.len(),
        ledger.repeats,
        caught_up.as_millis()
    );
    for line in &ledger.refuted {
        summary = format!("{summary}\n{line}");
    }
    let figures = if let Value::Object(figures) = figures { figures } else { Map::new() };
    Verdict { holds: ledger.refuted.is_empty() && !ledger.acknowledged.is_empty(), figures, summary }
}

/// The next number of a small generator (SplitMix64): enough to vary when the kill comes.
fn next(state: u64) -> u64 {
    let mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 27)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_acknowledged_commands_and_no_refutation() {
        let mut ledger = Ledger::default();
        assert!(!verdict(&ledger, Duration::ZERO).holds, "nothing was tried");
        ledger.acknowledged.insert("restart-0-0".into(), "an id".into());
        assert!(verdict(&ledger, Duration::ZERO).holds);
        ledger.refuted.push("gone".into());
        assert!(!verdict(&ledger, Duration::ZERO).holds);
    }

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        assert_eq!(next(1), next(1));
        assert_ne!(next(1), next(2));
    }
}
