//! `fetch` against a platform that is slow, forgetful, or dishonest.
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
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use platform::{Platform, entries, start};
use support::world::{SMALL, Size, World};

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fetch").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn tool(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay-tool"));
    command
        .args(arguments)
        .arg("--into")
        .arg(folder)
        .env_remove("HANGTAG_TOKEN")
        .env_remove("HANGTAG_TOKEN_COMMAND")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn verified(folder: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_replay-tool")).arg("verify").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn an_event_is_fetched_whole_and_then_only_what_is_new() {
    let small = World::new(1, SMALL);
    let (platform, address) = start(Platform { logs: entries(&small), ..Platform::default() });
    let folder = folder("whole");
    let first = tool(&["fetch", "spring", "--api", &address], &folder);
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    verified(&folder);

    platform.lock().unwrap().logs = entries(&World::new(1, Size { receipts: 5, close: true, ..SMALL }));
    platform.lock().unwrap().asked.clear();
    let second = tool(&["fetch", "1", "--api", &address, "--json"], &folder);
    assert_eq!(second.status.code(), Some(0), "{}", told(&second));
    verified(&folder);
    let asked = platform.lock().unwrap().asked.join("\n");
    assert!(asked.contains("?from=12") && !asked.contains("?from=1\n"), "{asked}");
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn answers_that_break_off_are_continued() {
    let cuts = vec![3, 700, 2_500, 900];
    let (platform, address) =
        start(Platform { logs: entries(&World::new(1, SMALL)), cuts, ..Platform::default() });
    let folder = folder("cut");
    let output = tool(&["fetch", "e-1", "--api", &address], &folder);
    // Four answers to the first stream were cut, so the tool gave up, and said how to go on.
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("the same command continues there"), "{}", told(&output));
    let output = tool(&["fetch", "e-1", "--api", &address], &folder);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    verified(&folder);
    let asked = platform.lock().unwrap().asked.clone();
    assert!(asked.iter().any(|path| path.contains("?from=") && !path.ends_with("?from=1")), "{asked:?}");
}

#[test]
fn another_history_under_the_same_name_is_a_difference() {
    let (platform, address) = start(Platform { logs: entries(&World::new(1, SMALL)), ..Platform::default() });
    let folder = folder("rewritten");
    assert_eq!(tool(&["fetch", "e-1", "--api", &address], &folder).status.code(), Some(0));
    platform.lock().unwrap().logs = entries(&World::new(2, Size { receipts: 6, ..SMALL }));
    let output = tool(&["fetch", "e-1", "--api", &address], &folder);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("does not continue the one here"), "{}", told(&output));
}

#[test]
fn entries_that_do_not_hold_are_not_kept() {
    let mut logs = entries(&World::new(1, SMALL));
    let platform = Platform { logs: logs.clone(), ..Platform::default() };
    let (platform, address) = start(platform);
    let session = logs.keys().next_back().unwrap().clone();
    let log = logs.get_mut(&session).unwrap();
    // Sealed anew from here on, the answer itself holds; it is the continuation that does not.
    log.truncate(5);
    platform.lock().unwrap().logs.insert(session.clone(), log.clone());
    let folder = folder("tampered");
    assert_eq!(tool(&["fetch", "e-1", "--api", &address], &folder).status.code(), Some(0));
    let file = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let file = file.max().unwrap();
    let text = fs::read_to_string(&file).unwrap().replacen("session_opened", "session_opensd", 1);
    fs::write(&file, text).unwrap();
    // A file that was damaged here is taken back to where it holds, and fetched again from there.
    let output = tool(&["fetch", "e-1", "--api", &address], &folder);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    verified(&folder);
}

#[test]
fn tokens_come_from_a_command_and_a_lack_of_them_is_explained() {
    let token = "t-2".to_owned();
    let (_, address) = start(Platform { logs: entries(&World::new(1, SMALL)), token, ..Platform::default() });
    let folder = folder("token");
    let without = tool(&["fetch", "e-1", "--api", &address], &folder);
    assert_eq!(without.status.code(), Some(2));
    assert!(told(&without).contains("give a token with --token"), "{}", told(&without));
    let with = tool(&["fetch", "e-1", "--api", &address, "--token-command", "echo t-2"], &folder);
    assert_eq!(with.status.code(), Some(0), "{}", told(&with));
    let unclear = tool(&["fetch", "--api", &address, "--token", "t-2"], &folder);
    assert_eq!(unclear.status.code(), Some(2));
    assert!(told(&unclear).contains("which event?") && told(&unclear).contains("Fall"), "{}", told(&unclear));
}

#[test]
fn nobody_there_is_said_plainly() {
    let folder = folder("nobody");
    let output = tool(&["fetch", "e-1", "--api", "http://spring.localhost:9"], &folder);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("spring.localhost:9 does not answer"), "{}", told(&output));
}
