//! `fetch` against a platform that is slow, forgetful, or dishonest.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use domain::journal::{Head, RawEntry};
use support::world::{SMALL, Size, World};

/// What the platform has, and what it answered.
#[derive(Default)]
struct Platform {
    /// Entries by stream.
    logs: BTreeMap<String, Vec<RawEntry>>,
    /// Answers that break off after so many bytes, one after the other; then whole ones.
    cuts: Vec<usize>,
    /// Tokens that count; empty for any.
    token: String,
    /// Paths asked for.
    asked: Vec<String>,
}

fn entries(world: &World) -> BTreeMap<String, Vec<RawEntry>> {
    world
        .exports()
        .into_values()
        .map(|lines| {
            let header: domain::journal::ExportHeader = serde_json::from_str(&lines[0]).unwrap();
            let entries = lines[1..lines.len() - 1].iter().map(|line| serde_json::from_str(line).unwrap());
            (header.stream, entries.collect())
        })
        .collect()
}

fn start(platform: Platform) -> (Arc<Mutex<Platform>>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://spring.localhost:{}", listener.local_addr().unwrap().port());
    let platform = Arc::new(Mutex::new(platform));
    let shared = Arc::clone(&platform);
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &shared);
        }
    });
    (platform, address)
}

fn answer(mut stream: TcpStream, platform: &Mutex<Platform>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim().to_lowercase());
    }
    let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)).map(str::to_owned) else { return };
    assert!(head.iter().any(|line| line.starts_with("host: spring.localhost:")), "{head:?}");
    let mut platform = platform.lock().unwrap();
    platform.asked.push(path.clone());
    let allowed = head.contains(&format!("authorization: bearer {}", platform.token));
    let (status, body) = if platform.token.is_empty() || allowed {
        ("200 OK", respond(&path, &platform))
    } else {
        let problem = r#"{"type":"urn:hangtag:problem:unauthenticated","title":"Sign in","status":401,"code":"unauthenticated","detail":"No valid token.","request_id":"r-1"}"#;
        ("401 Unauthorized", problem.to_owned())
    };
    let sent = if path.contains("/log/") && !platform.cuts.is_empty() {
        platform.cuts.remove(0)
    } else {
        body.len()
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body.as_bytes()[..sent.min(body.len())]);
}

fn respond(path: &str, platform: &Platform) -> String {
    if path == "/api/v1/configuration" {
        return r#"{"organization":{"time_zone":"America/Toronto"}}"#.to_owned();
    }
    if path == "/api/v1/events" {
        return r#"{"items":[{"id":"e-1","ordinal":1,"name":"Spring"},{"id":"e-2","ordinal":2,"name":"Fall"}],"next_cursor":null}"#.to_owned();
    }
    if path == "/api/v1/events/e-1/streams" {
        let rows: Vec<String> = platform
            .logs
            .iter()
            .map(|(stream, log)| {
                format!(r#"{{"stream":"{stream}","kind":"k","title":"t","seq":{}}}"#, log.len())
            })
            .collect();
        return format!(r#"{{"items":[{}],"next_cursor":null}}"#, rows.join(","));
    }
    let (stream, from) = path.strip_prefix("/api/v1/log/").unwrap().split_once("?from=").unwrap();
    let stream = stream.replace("%2f", "/");
    let from: usize = from.parse().unwrap();
    let log = &platform.logs[&stream];
    let start = match from {
        1 => Head::EMPTY,
        _ => Head { seq: from as u64 - 1, hash: log[from - 2].hash },
    };
    let lines = support::export_lines(&stream, start, log[from - 1..].iter().cloned());
    String::from_utf8(support::file(&lines)).unwrap()
}

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
fn entries_are_read_straight_from_the_platform() {
    let logs = entries(&World::new(1, SMALL));
    let stream = logs.keys().next_back().unwrap().clone();
    let (_, address) = start(Platform { logs, ..Platform::default() });
    let output = Command::new(env!("CARGO_BIN_EXE_replay-tool"))
        .args([
            "log",
            "--stream",
            &stream,
            "--api",
            &address,
            "--kind",
            "receipt_*",
            "--from",
            "9",
            "-n",
            "2",
            "--follow",
        ])
        .env_remove("HANGTAG_TOKEN")
        .env_remove("HANGTAG_TOKEN_COMMAND")
        .output()
        .unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("     9  2027-04-17 08:01:08 EDT  receipt_completed"), "{told}");
}

#[test]
fn nobody_there_is_said_plainly() {
    let folder = folder("nobody");
    let output = tool(&["fetch", "e-1", "--api", "http://spring.localhost:9"], &folder);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("spring.localhost:9 does not answer"), "{}", told(&output));
}
