//! What the platform has said about one stream, held against what its log says.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::doors::{Doors, Ending};

/// Counts rows of the commands and entries that do not belong together: half of something.
const HALVES: &str = "SELECT \
    (SELECT count(*) FROM log l LEFT JOIN commands c ON c.command_id = l.command_id \
        WHERE c.command_id IS NULL OR l.seq NOT BETWEEN c.first_seq AND c.last_seq) \
    + (SELECT count(*) FROM commands c WHERE c.first_seq <= c.last_seq AND c.last_seq - c.first_seq + 1 <> \
        (SELECT count(*) FROM log l WHERE l.seq BETWEEN c.first_seq AND c.last_seq AND l.command_id = c.command_id)) \
    + (SELECT max(seq) - count(*) FROM log)";

/// Where a command's entries stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    first: u64,
    last: u64,
    entries: u64,
}

/// Findings against the claim.
#[derive(Debug, Default)]
pub struct Findings {
    /// Acknowledged commands that are not in the log where the answer said.
    pub lost: u64,
    /// Commands that are there more than once.
    pub doubled: u64,
    /// Logs that hold a part of a command without the others.
    pub halves: u64,
    /// Each in words.
    pub told: Vec<String>,
}

/// One stream's book.
#[derive(Debug)]
pub struct Ledger {
    /// The stream.
    pub stream: String,
    /// Acknowledged commands, with the first and last seq that the answers said.
    acknowledged: HashMap<String, (u64, u64)>,
    /// Commands without an answer.
    unknown: Vec<Value>,
    /// Where the log has which command.
    places: HashMap<String, Place>,
    seen: u64,
    hash: String,
    lines: PathBuf,
    /// Acknowledged commands that the log has not been asked about yet.
    unchecked: Vec<String>,
}

impl Ledger {
    /// An empty book, whose log is copied to a file in `folder`.
    ///
    /// # Errors
    /// When that file cannot be made.
    pub fn new(stream: &str, folder: &Path) -> Result<Self> {
        let lines = folder.join(format!("{}.lines", stream.replace('/', "_")));
        File::create(&lines).with_context(|| format!("{} cannot be written", lines.display()))?;
        Ok(Self {
            stream: stream.to_owned(),
            acknowledged: HashMap::new(),
            unknown: Vec::new(),
            places: HashMap::new(),
            seen: 0,
            hash: "0".repeat(64),
            lines,
            unchecked: Vec::new(),
        })
    }

    /// How many commands were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// The head's seq when last looked at.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Notes what a sender was told. Two answers to one command must be the same.
    pub fn note(&mut self, envelope: &Value, ending: &Ending, findings: &mut Findings) {
        let id = envelope["command_id"].as_str().unwrap_or_default();
        match ending {
            Ending::Taken { first, last } => match self.acknowledged.insert(id.to_owned(), (*first, *last)) {
                None => self.unchecked.push(id.to_owned()),
                Some(before) if before != (*first, *last) => {
                    findings.doubled += 1;
                    findings.told.push(format!("{id} was answered {before:?}, then ({first}, {last})"));
                }
                Some(_) => {}
            },
            Ending::Unknown => self.unknown.push(envelope.clone()),
            Ending::Refused(_) => {}
        }
    }

    /// Commands that nobody knows about, to be sent again.
    pub fn take_unknown(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.unknown)
    }

    /// Reads what is new in the log and holds it against the answers.
    ///
    /// # Errors
    /// When the log cannot be read, has a gap, or has changed behind us.
    pub fn examine(&mut self, doors: &Doors, findings: &mut Findings) -> Result<()> {
        self.read_on(doors, findings)?;
        self.check(findings);
        let halves = doors.sql(&self.stream, HALVES)?;
        if halves != ["[Integer(0)]"] {
            findings.halves += 1;
            findings.told.push(format!("{}: halves of commands: {halves:?}", self.stream));
        }
        Ok(())
    }

    fn check(&mut self, findings: &mut Findings) {
        for id in std::mem::take(&mut self.unchecked) {
            let Some((first, last)) = self.acknowledged.get(&id).copied() else { continue };
            let there = self.places.get(&id);
            let said = Place { first, last, entries: (last + 1).saturating_sub(first) };
            if said.entries > 0 && there != Some(&said) {
                findings.lost += 1;
                findings
                    .told
                    .push(format!("{}: {id} was acknowledged as {said:?}, found {there:?}", self.stream));
            }
        }
    }

    fn read_on(&mut self, doors: &Doors, findings: &mut Findings) -> Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.lines)?;
        loop {
            let page = doors.page(&self.stream, self.seen)?;
            if page["previous"].as_str() != Some(&self.hash) {
                bail!("{}: what stood before entry {} has changed", self.stream, self.seen + 1);
            }
            let entries = page["entries"].as_array().map_or(&[][..], Vec::as_slice);
            for entry in entries {
                self.take(entry, findings)?;
                writeln!(file, "{}", line(entry)?)?;
            }
            if page["head"]["seq"].as_u64() <= Some(self.seen) {
                return Ok(());
            }
            if entries.is_empty() {
                bail!("{}: the log ends before its head", self.stream);
            }
        }
    }

    fn take(&mut self, entry: &Value, findings: &mut Findings) -> Result<()> {
        let seq = entry["seq"].as_u64().context("an entry without seq")?;
        if seq != self.seen + 1 {
            bail!("{}: entry {seq} follows entry {}", self.stream, self.seen);
        }
        self.seen = seq;
        entry["hash"].as_str().unwrap_or_default().clone_into(&mut self.hash);
        let id = entry["command_id"].as_str().unwrap_or_default();
        match self.places.get_mut(id) {
            None => {
                self.places.insert(id.to_owned(), Place { first: seq, last: seq, entries: 1 });
            }
            Some(place) if place.last + 1 == seq => {
                place.last = seq;
                place.entries += 1;
            }
            Some(place) => {
                findings.doubled += 1;
                findings.told.push(format!("{}: {id} stands at {place:?} and again at {seq}", self.stream));
            }
        }
        Ok(())
    }

    /// Writes what was read as an export that the replay tool verifies.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn export(&self, folder: &Path) -> Result<()> {
        let header = format!(
            r#"{{"format":"hangtag.log.export.v1","stream":{},"from":1,"previous":"{}","exported_at":0}}"#,
            json!(self.stream),
            "0".repeat(64)
        );
        let digest = Sha256::digest(header.as_bytes());
        let digest = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let footer = format!(
            r#"{{"entries":{0},"head_seq":{0},"head_hash":"{1}","header_hash":"{digest}"}}"#,
            self.seen, self.hash
        );
        let entries = fs::read_to_string(&self.lines)?;
        let file = folder.join(format!("{}.ndjson", self.stream.replace('/', "_")));
        fs::write(&file, format!("{header}\n{entries}{footer}\n"))
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}

/// An entry as an export has it: its fields in this order, nothing else.
fn line(entry: &Value) -> Result<String> {
    const FIELDS: [&str; 8] =
        ["seq", "recorded_at", "command_id", "actor", "kind", "version", "payload", "hash"];
    if entry.as_object().map(serde_json::Map::len) != Some(FIELDS.len()) {
        bail!("an entry with other fields than an export has: {entry}");
    }
    let fields = FIELDS.map(|field| format!("\"{field}\":{}", entry[field]));
    Ok(format!("{{{}}}", fields.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(name: &str) -> Ledger {
        Ledger::new(name, &std::env::temp_dir()).expect("a book")
    }

    fn entry(seq: u64, id: &str) -> Value {
        json!({"seq": seq, "command_id": id, "hash": format!("{seq:064x}")})
    }

    #[test]
    fn a_command_that_stands_twice_is_doubled_and_a_gap_is_an_error() {
        let (mut ledger, mut findings) = (ledger("torture-test-1"), Findings::default());
        for (seq, id) in [(1, "a"), (2, "b"), (3, "b"), (4, "a")] {
            ledger.take(&entry(seq, id), &mut findings).expect("in order");
        }
        assert_eq!(findings.doubled, 1, "{:?}", findings.told);
        assert!(ledger.take(&entry(6, "c"), &mut findings).is_err());
    }

    #[test]
    fn an_acknowledged_command_that_is_not_where_the_answer_said_is_lost() {
        let (mut ledger, mut findings) = (ledger("torture-test-2"), Findings::default());
        ledger.take(&entry(1, "a"), &mut findings).expect("in order");
        ledger.note(&json!({"command_id": "a"}), &Ending::Taken { first: 1, last: 1 }, &mut findings);
        ledger.note(&json!({"command_id": "b"}), &Ending::Taken { first: 2, last: 2 }, &mut findings);
        ledger.note(&json!({"command_id": "c"}), &Ending::Unknown, &mut findings);
        ledger.check(&mut findings);
        assert_eq!(findings.lost, 1, "{:?}", findings.told);
        assert_eq!(ledger.take_unknown().len(), 1);
    }

    #[test]
    fn two_different_answers_to_one_command_are_a_finding() {
        let (mut ledger, mut findings) = (ledger("torture-test-3"), Findings::default());
        let envelope = json!({"command_id": "a"});
        ledger.note(&envelope, &Ending::Taken { first: 1, last: 1 }, &mut findings);
        ledger.note(&envelope, &Ending::Taken { first: 1, last: 1 }, &mut findings);
        assert_eq!((findings.doubled, ledger.acknowledged()), (0, 1));
        ledger.note(&envelope, &Ending::Taken { first: 2, last: 2 }, &mut findings);
        assert_eq!(findings.doubled, 1);
    }
}
