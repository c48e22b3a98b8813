//! A platform that is slow, forgetful or dishonest, as a test wants it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use domain::journal::{ExportFooter, Head, RawEntry};

use crate::support;
use crate::support::world::World;

/// What the platform has, and what it answered.
#[derive(Default)]
pub struct Platform {
    /// Entries by stream.
    pub logs: BTreeMap<String, Vec<RawEntry>>,
    /// Answers that break off after so many bytes, one after the other; then whole ones.
    pub cuts: Vec<usize>,
    /// Tokens that count; empty for any.
    pub token: String,
    /// What else it answers with: the items of a list, by its path without the query.
    pub lists: BTreeMap<String, String>,
    /// Paths asked for.
    pub asked: Vec<String>,
}

pub fn entries(world: &World) -> BTreeMap<String, Vec<RawEntry>> {
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

pub fn start(platform: Platform) -> (Arc<Mutex<Platform>>, String) {
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
    if let Some(items) = platform.lists.get(path.split('?').next().unwrap()) {
        return format!(r#"{{"items":{items},"next_cursor":null}}"#);
    }
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
    let entries = log.get(from - 1..).unwrap_or_default();
    let start = match from {
        1 => Head::EMPTY,
        // As the platform has it: beyond its end, a log continues its last entry.
        _ => Head { seq: from as u64 - 1, hash: log[(from - 2).min(log.len() - 1)].hash },
    };
    let mut lines = support::export_lines(&stream, start, entries.iter().cloned());
    if from > log.len() {
        let mut footer: ExportFooter = serde_json::from_str(&lines[1]).unwrap();
        footer.head_seq = log.len() as u64;
        lines[1] = serde_json::to_string(&footer).unwrap();
    }
    String::from_utf8(support::file(&lines)).unwrap()
}
