//! Transcripts: commands in, output out, on the logs of a made-up event.
//!
//! `tests/transcripts/*.md` hold blocks of `$ command` lines, each followed by what it writes (both channels)
//! and, unless it is 0, by `? ` and its exit code. `[..]` stands for anything within a line.
//! `TRANSCRIPTS=update cargo test -p replay-tool --test transcripts` writes down what is said today.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::journal::{Checkpoint, SigningSecret};
use support::world::{SMALL, Size, World};

/// A world in which a line with a share of 4.50 is sold.
const SETTLED_SEED: u64 = 2;

/// The made-up event, in every state of repair.
fn fixtures(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    let world = World::new(1, SMALL);
    write(&folder.join("spring"), &world.exports());
    let closed = World::new(2, Size { close: true, receipts: 2, ..SMALL });
    write(&folder.join("closed"), &closed.exports());

    let mut trouble = World::new(1, SMALL);
    trouble.trouble();
    write(&folder.join("trouble"), &trouble.exports());

    settled(folder);

    let mut tampered = world.exports();
    let session = tampered.values_mut().next_back().unwrap();
    session[9] = session[9].replace("\\\"price_cents\\\":1", "\\\"price_cents\\\":9");
    write(&folder.join("tampered"), &tampered);

    // A dishonest platform: the price is changed and the whole chain sealed anew. Only the rules notice.
    let mut resealed = world.exports();
    let entries: Vec<_> = world.session_log().to_vec();
    let forged = entries.into_iter().map(|mut entry| {
        entry.payload = entry.payload.replace("\"share_cents\":1121", "\"share_cents\":621");
        entry
    });
    let lines = support::export_lines(&world.session_id.to_string(), domain::journal::Head::EMPTY, forged);
    *resealed.values_mut().next_back().unwrap() = lines;
    write(&folder.join("resealed"), &resealed);

    with_a_store(folder);
    witnessed(folder);

    let mut missing = world.exports();
    missing.retain(|name, _| !name.starts_with("event"));
    write(&folder.join("missing"), &missing);

    fs::create_dir_all(folder.join("odd")).unwrap();
    let whole = support::file(world.exports().values().next_back().unwrap());
    fs::write(folder.join("odd/cut.ndjson"), &whole[..whole.len() / 2]).unwrap();
    fs::write(folder.join("odd/letter.ndjson"), "Dear support,\n\u{1b}[31mit is broken.\n").unwrap();
    fs::write(folder.join("odd/nothing.ndjson"), "").unwrap();
}

/// A world that was settled and paid, and the same with a payout that nobody calculated.
fn settled(folder: &Path) {
    let mut settled = World::new(SETTLED_SEED, Size { consignors: 4, items: 24, receipts: 7, ..SMALL });
    settled.fees(3);
    settled.shift(2);
    settled.close();
    settled.late_return();
    settled.settle();
    write(&folder.join("settled"), &settled.exports());
    write(&folder.join("logs"), &settled.exports());
    // A statement that pays one cent more, and a chain sealed anew over it: only the fold notices.
    let mut forged = settled.exports();
    let entries = settled.event_log().iter().cloned().map(|mut entry| {
        entry.payload = entry.payload.replace("\"amount_cents\":870", "\"amount_cents\":871");
        entry
    });
    let lines = support::export_lines(&settled.event_id.to_string(), domain::journal::Head::EMPTY, entries);
    *forged.values_mut().next().unwrap() = lines;
    write(&folder.join("forged"), &forged);
}

/// A world that sells online too, and the exports of its store: as they should be, and odd ones.
fn with_a_store(folder: &Path) {
    let mut online = World::new(3, Size { items: 12, receipts: 2, online: true, ..SMALL });
    let mut orders = online.online();
    write(&folder.join("online"), &online.exports());
    let store = folder.join("store");
    fs::create_dir_all(&store).unwrap();
    fs::write(store.join("orders.jsonl"), support::store::bulk(&orders)).unwrap();
    fs::write(store.join("orders.csv"), support::store::csv(&orders)).unwrap();
    // A price that was changed, a refund that nobody told us of, and an order that never came.
    orders[0].agreements[0].sales[0].amount.0 += 100;
    let refund = orders[1].agreements[1].clone();
    orders[1].agreements.push(domain::storefront::Agreement {
        agreement: domain::ids::RemoteId(503),
        refund: Some(domain::ids::RemoteId(703)),
        sales: vec![domain::storefront::AgreedSale {
            kind: domain::storefront::SaleKind::Adjustment,
            line: None,
            tag: None,
            quantity: 0,
            amount: domain::money::Cents(-150),
            tax: domain::money::Cents(0),
            restock: false,
        }],
        ..refund
    });
    let unknown = online.order(7, &online.unsold()[..1]);
    orders.push(unknown);
    fs::write(store.join("odd.jsonl"), support::store::bulk(&orders)).unwrap();
    let cut = support::store::bulk(&orders).replace("\"ORDER\"", "\"ORDER");
    fs::write(store.join("broken.jsonl"), cut).unwrap();
}

/// A world whose heads were witnessed and signed, the same rewritten, and checkpoints of friends and strangers.
fn witnessed(folder: &Path) {
    let mut world = World::new(1, SMALL);
    world.witness();
    write(&folder.join("witnessed"), &world.exports());
    let mut rewritten = world.exports();
    let forged = world.session_log().iter().cloned().map(|mut entry| {
        entry.payload = entry.payload.replace("\"share_cents\":1121", "\"share_cents\":621");
        entry
    });
    *rewritten.values_mut().next_back().unwrap() =
        support::export_lines(&world.session_id.to_string(), domain::journal::Head::EMPTY, forged);
    write(&folder.join("rewritten"), &rewritten);

    let [.., (pin, _)] = world.logs();
    let checkpoint =
        Checkpoint { stream: pin.stream.to_string(), head: pin.head(), issued_at: 1_792_500_000_000 };
    let (platform, stranger) = (SigningSecret::from_seed(&[7; 32]), SigningSecret::from_seed(&[8; 32]));
    let signed = |secret| serde_json::to_string(&checkpoint.clone().sign(secret)).unwrap();
    let signs = folder.join("signed");
    fs::create_dir_all(&signs).unwrap();
    fs::write(signs.join("checkpoint.json"), signed(&platform)).unwrap();
    fs::write(signs.join("strangers.json"), signed(&stranger)).unwrap();
    let keys =
        format!(r#"{{"keys":[{{"key":"{}","algorithm":"Ed25519","current":true}}]}}"#, platform.public_key());
    fs::write(signs.join("hangtag-keys.json"), keys).unwrap();
}

fn write(folder: &Path, files: &std::collections::BTreeMap<String, Vec<String>>) {
    fs::create_dir_all(folder).unwrap();
    for (name, lines) in files {
        fs::write(folder.join(name), support::file(lines)).unwrap();
    }
}

/// Runs `command` in a shell, with the tool on its path.
fn run(command: &str, folder: &Path) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_replay-tool")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("( {command} ) 2>&1")])
        .env("PATH", path)
        .env_remove("NO_COLOR")
        .env_remove("HANGTAG_TOKEN")
        .current_dir(folder)
        .output()
        .unwrap();
    let mut said = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => {}
        code => said.extend(["? ", &code.unwrap_or(-1).to_string(), "\n"]),
    }
    said
}

fn matches(expected: &str, actual: &str) -> bool {
    let parts: Vec<&str> = expected.split("[..]").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return expected == actual };
    let Some(mut rest) = actual.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    middle.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// What is said today, in the words of the transcript where they fit.
fn retold(expected: &[&str], actual: &str) -> Vec<String> {
    actual
        .lines()
        .map(|line| expected.iter().find(|known| matches(known, line)).map_or(line, |known| known).to_owned())
        .collect()
}

fn replay(transcript: &Path, folder: &Path, update: bool) -> Vec<String> {
    let text = fs::read_to_string(transcript).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (mut told, mut differences, mut at) = (Vec::new(), Vec::new(), 0);
    while at < lines.len() {
        told.push(lines[at].to_owned());
        let Some(command) = lines[at].strip_prefix("$ ") else {
            at += 1;
            continue;
        };
        let end = (at + 1..lines.len()).find(|n| lines[*n].starts_with("$ ") || lines[*n] == "```").unwrap();
        let expected = &lines[at + 1..end];
        let expected = match expected {
            [rest @ .., ""] if lines[end] != "```" => rest,
            all => all,
        };
        let actual = run(command, folder);
        let said: Vec<&str> = actual.lines().collect();
        let same = said.len() == expected.len() && expected.iter().zip(&said).all(|(e, a)| matches(e, a));
        if !same {
            differences
                .push(format!("$ {command}\n--- expected\n{}\n--- said\n{actual}", expected.join("\n")));
        }
        told.extend(retold(expected, &actual));
        if lines[end] != "```" {
            told.push(String::new());
        }
        at = end;
    }
    if update {
        fs::write(transcript, told.join("\n") + "\n").unwrap();
        return Vec::new();
    }
    differences
}

#[test]
fn transcripts_hold() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("transcripts");
    fixtures(&folder);
    let update = std::env::var("TRANSCRIPTS").is_ok_and(|value| value == "update");
    let mut transcripts: Vec<PathBuf> =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
    transcripts.sort();
    transcripts.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/support-story.md"));
    let differences: Vec<String> =
        transcripts.iter().flat_map(|transcript| replay(transcript, &folder, update)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
