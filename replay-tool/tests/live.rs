//! `log --stream`, `log --follow` and `doctor --live`: what is asked of a platform that is running.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

#[path = "support/platform.rs"]
mod platform;
mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use platform::{Platform, entries, start};
use support::world::{SMALL, Size, World};

fn tool(arguments: &[&str], address: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_replay-tool"))
        .args(arguments)
        .args(["--api", address])
        .env_remove("HANGTAG_TOKEN")
        .env_remove("HANGTAG_TOKEN_COMMAND")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Does something to the platform once it has been asked `times` times for a log.
fn then(platform: &Arc<Mutex<Platform>>, times: usize, act: impl FnOnce(&mut Platform) + Send + 'static) {
    let platform = Arc::clone(platform);
    thread::spawn(move || {
        loop {
            let mut platform = platform.lock().unwrap();
            if platform.asked.iter().filter(|path| path.contains("/log/")).count() >= times {
                return act(&mut platform);
            }
            drop(platform);
            thread::sleep(Duration::from_millis(20));
        }
    });
}

#[test]
fn entries_are_read_straight_from_the_platform() {
    let logs = entries(&World::new(1, SMALL));
    let stream = logs.keys().next_back().unwrap().clone();
    let (_, address) = start(Platform { logs, ..Platform::default() });
    let asked = ["log", "--stream", &stream, "--kind", "receipt_*", "--from", "9", "-n", "2", "--follow"];
    let output = tool(&asked, &address);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("     9  2027-04-17 08:01:08 EDT  receipt_completed"), "{told}");
}

#[test]
fn entries_that_come_later_are_followed_each_once() {
    let mut logs = entries(&World::new(1, SMALL));
    let (stream, log) = logs.pop_last().unwrap();
    let last = log.len();
    logs.insert(stream.clone(), log[..last - 2].to_vec());
    let (platform, address) = start(Platform { logs, ..Platform::default() });
    let name = stream.clone();
    then(&platform, 1, move |platform| {
        platform.logs.insert(name, log);
    });
    let from = (last - 2).to_string();
    let output =
        tool(&["log", "--stream", &stream, "--follow", "--from", &from, "-n", "3", "--json"], &address);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let seqs: Vec<u64> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, [last as u64 - 2, last as u64 - 1, last as u64]);
}

#[test]
fn a_log_that_is_rewritten_while_it_is_followed_is_a_difference() {
    let logs = entries(&World::new(1, SMALL));
    let stream = logs.keys().next_back().unwrap().clone();
    let (platform, address) = start(Platform { logs, ..Platform::default() });
    then(&platform, 1, |platform| platform.logs = entries(&World::new(2, Size { receipts: 6, ..SMALL })));
    let output = tool(&["log", "--stream", &stream, "--follow"], &address);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("the log was rewritten"), "{}", told(&output));
}

#[test]
fn an_entry_that_does_not_exist_yet_is_no_fault_and_is_waited_for() {
    let mut logs = entries(&World::new(1, SMALL));
    let (stream, log) = logs.pop_last().unwrap();
    let last = log.len();
    logs.insert(stream.clone(), log[..last - 2].to_vec());
    let (platform, address) = start(Platform { logs, ..Platform::default() });
    let from = last.to_string();
    let early = tool(&["log", "--stream", &stream, "--from", &from], &address);
    assert_eq!(early.status.code(), Some(0), "{}", told(&early));
    assert!(told(&early).contains(&format!("there is no entry {last} yet")), "{}", told(&early));
    let name = stream.clone();
    then(&platform, 2, move |platform| {
        platform.logs.insert(name, log);
    });
    let output = tool(&["log", "--stream", &stream, "--from", &from, "--follow", "-n", "1"], &address);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("receipt_completed"), "{}", told(&output));
}

#[test]
fn following_needs_a_stream() {
    let output = tool(&["log", "--follow", "."], "http://spring.localhost:9");
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
}

/// A platform whose rows follow its logs, and a folder with these logs.
fn healthy(name: &str) -> (Platform, PathBuf) {
    let world = World::new(1, SMALL);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("live").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, lines) in world.exports() {
        fs::write(folder.join(name), support::file(&lines)).unwrap();
    }
    let logs = entries(&world);
    let streams: Vec<String> =
        logs.iter().map(|(stream, log)| follows(stream, log.len(), log.len(), 0)).collect();
    let mut lists = std::collections::BTreeMap::new();
    let mut answer = |path: &str, items: String| lists.insert(path.to_owned(), items);
    answer("/api/v1/operations/streams", format!("[{}]", streams.join(",")));
    answer("/api/v1/operations/parked-streams", "[]".to_owned());
    answer("/api/v1/operations/dead-letters", "[]".to_owned());
    let session = world.session_id.to_string();
    let session = session.rsplit('/').next().unwrap();
    answer(&format!("/api/v1/sessions/{session}/conflicts"), "[]".to_owned());
    (Platform { logs, lists, ..Platform::default() }, folder)
}

fn follows(stream: &str, head: usize, projected: usize, lag_ms: u64) -> String {
    let lag = head - projected;
    format!(
        r#"{{"stream":"{stream}","head_seq":{head},"projected_seq":{projected},"lag_entries":{lag},"lag_ms":{lag_ms},"diverged":false,"parked":false}}"#
    )
}

fn doctor(platform: Platform, folder: &str, json: bool) -> Output {
    let (_, address) = start(platform);
    let mut asked = vec!["doctor", "--live"];
    asked.extend((!folder.is_empty()).then_some(folder));
    asked.extend(json.then_some("--json"));
    tool(&asked, &address)
}

#[test]
fn a_healthy_platform_is_called_healthy_with_or_without_logs_at_hand() {
    let (platform, folder) = healthy("healthy");
    let folder = folder.display().to_string();
    let lists = platform.lists.clone();
    let with = doctor(platform, &folder, false);
    assert_eq!(with.status.code(), Some(0), "{}", told(&with));
    assert!(
        told(&with).contains("3 streams, 0 entries without rows; 0 parked, 0 dead letters"),
        "{}",
        told(&with)
    );
    let without = doctor(Platform { lists, ..Platform::default() }, "", true);
    assert_eq!(without.status.code(), Some(0), "{}", told(&without));
    let document: serde_json::Value = serde_json::from_slice(&without.stdout).unwrap();
    assert_eq!((&document["healthy"], &document["platform"]["streams"]), (&true.into(), &3.into()));
}

#[test]
fn what_stands_still_lags_or_was_given_up_is_named() {
    let (mut platform, _) = healthy("trouble");
    let (stream, log) =
        platform.logs.iter().next_back().map(|(stream, log)| (stream.clone(), log.len())).unwrap();
    let session = stream.rsplit('/').next().unwrap().to_owned();
    let mut answer = |path: &str, items: String| platform.lists.insert(path.to_owned(), items);
    answer("/api/v1/operations/streams", format!("[{}]", follows(&stream, log, log - 3, 90_000)));
    answer(
        "/api/v1/operations/parked-streams",
        format!(
            r#"[{{"stream":"{stream}","seq":4,"kind":"receipt_completed","error":"no such column","parked_at":"2027-04-17T12:00:00.000Z"}}]"#
        ),
    );
    answer(
        "/api/v1/operations/dead-letters",
        format!(
            r#"[{{"letter":"l-1","queue":"hangtag-log-advanced-dead","stream":"{stream}","died_at":"2027-04-17T12:00:00.000Z"}}]"#
        ),
    );
    answer(
        &format!("/api/v1/sessions/{session}/conflicts"),
        r#"[{"case":"c-1","kind":"double_sale","opened_seq":9,"opened_at":"2027-04-17T12:00:00.000Z"}]"#
            .to_owned(),
    );
    let output = doctor(platform, "", false);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for words in [
        "behind for 90 s",
        "stands still at entry 4 (receipt completed)",
        "gave up on a message",
        "conflict c-1 (double sale)",
        "2 problems",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn logs_that_the_platform_has_otherwise_are_a_problem_and_newer_entries_a_word() {
    let (mut platform, folder) = healthy("otherwise");
    let folder = folder.display().to_string();
    platform.logs = entries(&World::new(2, Size { receipts: 6, ..SMALL }));
    let streams: Vec<String> =
        platform.logs.iter().map(|(stream, log)| follows(stream, log.len(), log.len(), 0)).collect();
    platform.lists.insert("/api/v1/operations/streams".to_owned(), format!("[{}]", streams.join(",")));
    let output = doctor(platform, &folder, false);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("is another log on the platform"), "{}", told(&output));

    let (mut platform, folder) = healthy("newer");
    let folder = folder.display().to_string();
    platform.logs = entries(&World::new(1, Size { close: true, ..SMALL }));
    let streams: Vec<String> =
        platform.logs.iter().map(|(stream, log)| follows(stream, log.len(), log.len(), 0)).collect();
    platform.lists.insert("/api/v1/operations/streams".to_owned(), format!("[{}]", streams.join(",")));
    let output = doctor(platform, &folder, false);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("newer entries of"), "{}", told(&output));
}
