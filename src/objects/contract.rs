//! What a store of a log must do, as scenarios that run on any: in memory, on plain SQLite, inside an object (through
//! a test door). Each begins on an empty store and says what it missed.

use domain::journal::{Hash, Head, RawEntry};
use domain::rejection::{Refusal, Rejection};

use super::database::{Database, StoreError};
use super::store::{Append, KnownCommand, Place, Store};

/// A store of one log, as far as the engine relies on it.
pub trait LogStore {
    /// Whether anything was ever written.
    fn exists(&self) -> Result<bool, StoreError>;
    /// Makes room for the first append.
    fn create(&self) -> Result<(), StoreError>;
    /// The last entry.
    fn head(&self) -> Result<Head, StoreError>;
    /// At most `limit` entries from `from` on.
    fn page(&self, from: u64, limit: u32) -> Result<Vec<RawEntry>, StoreError>;
    /// Writes a command with all that it leaves, or nothing.
    fn append(&self, append: &Append<'_>) -> Result<(), StoreError>;
    /// What is known of a command.
    fn command(&self, id: &str) -> Result<Option<KnownCommand>, StoreError>;
    /// Keeps a refusal as a command's first reply.
    fn refuse(&self, id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError>;
    /// Where the entries under these keys are, in order of the log; what is not there is left out.
    fn places(&self, keys: &[String]) -> Result<Vec<Place>, StoreError>;
}

impl<D: Database> LogStore for Store<D> {
    fn exists(&self) -> Result<bool, StoreError> {
        Self::exists(self)
    }

    fn create(&self) -> Result<(), StoreError> {
        Self::create(self)
    }

    fn head(&self) -> Result<Head, StoreError> {
        Self::head(self).map(|(head, _)| head)
    }

    fn page(&self, from: u64, limit: u32) -> Result<Vec<RawEntry>, StoreError> {
        Self::page(self, from, limit)
    }

    fn append(&self, append: &Append<'_>) -> Result<(), StoreError> {
        Self::append(self, append)
    }

    fn command(&self, id: &str) -> Result<Option<KnownCommand>, StoreError> {
        Self::command(self, id)
    }

    fn refuse(&self, id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError> {
        Self::refuse(self, id, body_hash, refusal)
    }

    fn places(&self, keys: &[String]) -> Result<Vec<Place>, StoreError> {
        Self::places(self, keys)
    }
}

/// A scenario with its name.
pub type Scenario = (&'static str, fn(&dyn LogStore) -> Result<(), String>);

/// Every scenario.
pub const SCENARIOS: &[Scenario] = &[
    ("a store that nobody wrote to does not exist", untouched),
    ("what is appended is read back, in order, byte by byte", read_back),
    ("pages together make the log", pages),
    ("an append onto another head changes nothing", another_head),
    ("an append that fails half way changes nothing", half_way),
    ("a command is found with its entries' place", commands),
    ("a command that left no entries is known all the same", no_entries),
    ("a command's id is taken once", taken_once),
    ("a refusal is kept", refusals),
    ("a command that was refused is not taken", refused_before),
    ("under a key the last entry is found that has it", keys),
];

const STREAM: &str = "contract";

/// When everything here was recorded, ms since 1970 UTC: any moment will do, early in 2027 is what logs will hold.
const RECORDED_AT: i64 = 1_800_000_000_000;

type Outcome = Result<(), String>;

#[expect(clippy::needless_pass_by_value, reason = "used as a function value in map_err")]
fn said(error: StoreError) -> String {
    error.to_string()
}

fn expect(holds: bool, what: &str) -> Outcome {
    if holds { Ok(()) } else { Err(format!("expected: {what}")) }
}

fn entry(onto: &Head, command_id: &str, payload: &str) -> RawEntry {
    let unsealed = RawEntry {
        seq: 0,
        recorded_at: RECORDED_AT,
        command_id: command_id.to_owned(),
        actor: "person:user_a".to_owned(),
        kind: "said".to_owned(),
        version: 1,
        payload: payload.to_owned(),
        hash: Hash::default(),
    };
    RawEntry::seal(STREAM, onto, unsealed)
}

/// Entries of one command, sealed onto `onto`.
fn sealed(mut onto: Head, command_id: &str, payloads: &[&str]) -> Vec<RawEntry> {
    payloads
        .iter()
        .map(|payload| {
            let entry = entry(&onto, command_id, payload);
            onto = Head { seq: entry.seq, hash: entry.hash };
            entry
        })
        .collect()
}

fn append(store: &dyn LogStore, id: &str, payloads: &[&str], keys: &[Place]) -> Result<(), StoreError> {
    if !store.exists()? {
        store.create()?;
    }
    let onto = store.head()?;
    let entries = sealed(onto, id, payloads);
    store.append(&Append { onto, entries: &entries, command_id: id, body_hash: "b", keys, deliveries: &[] })
}

fn untouched(store: &dyn LogStore) -> Outcome {
    expect(!store.exists().map_err(said)?, "nothing there")?;
    store.create().map_err(said)?;
    expect(store.exists().map_err(said)?, "it is there once made")?;
    expect(store.head().map_err(said)? == Head::EMPTY, "an empty head")?;
    expect(store.page(1, 10).map_err(said)?.is_empty(), "no entries")
}

fn read_back(store: &dyn LogStore) -> Outcome {
    let odd = [
        "{}",
        r#"{"text":"quote \" and \\ and ü 🧷"}"#,
        "{\"text\":\"\u{7f}\\u0000 ' ; --\"}",
        " {\"a\" : 1.0}",
    ];
    append(store, "c", &odd, &[]).map_err(said)?;
    let expected = sealed(Head::EMPTY, "c", &odd);
    expect(store.page(1, 10).map_err(said)? == expected, "the entries that were sealed")?;
    let last = expected.last().map(|entry| Head { seq: entry.seq, hash: entry.hash });
    expect(Some(store.head().map_err(said)?) == last, "the last entry as head")
}

fn pages(store: &dyn LogStore) -> Outcome {
    for command in 0..7 {
        append(store, &format!("c{command}"), &["1", "2", "3"], &[]).map_err(said)?;
    }
    let mut seqs = Vec::new();
    while let Some(last) = store.page(seqs.len() as u64 + 1, 4).map_err(said)?.last().map(|entry| entry.seq) {
        expect(last - seqs.len() as u64 <= 4, "at most as many as asked for")?;
        seqs.extend(seqs.len() as u64 + 1..=last);
    }
    expect(seqs == (1..=21).collect::<Vec<u64>>(), "21 entries without a gap")?;
    expect(store.page(22, 4).map_err(said)?.is_empty(), "nothing behind the head")
}

fn another_head(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    let head = store.head().map_err(said)?;
    for onto in [Head::EMPTY, Head { seq: 1, hash: Hash::default() }, Head { seq: 2, hash: head.hash }] {
        let entries = sealed(onto, "c2", &["2"]);
        let refused = store.append(&Append {
            onto,
            entries: &entries,
            command_id: "c2",
            body_hash: "b",
            keys: &[],
            deliveries: &[],
        });
        expect(matches!(refused, Err(StoreError::HeadDiffers { .. })), "a refusal that names the heads")?;
    }
    expect(store.head().map_err(said)? == head, "the head as it was")?;
    expect(store.command("c2").map_err(said)?.is_none(), "no trace of the command")
}

fn half_way(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    let head = store.head().map_err(said)?;
    let key = [("k".to_owned(), 2)];
    // The command's own row comes behind its entries: its id is taken, so the append fails in the middle.
    expect(
        matches!(append(store, "c1", &["2", "3"], &key), Err(StoreError::CommandKnown)),
        "a refusal that says why",
    )?;
    expect(store.head().map_err(said)? == head, "the head as it was")?;
    expect(store.page(1, 10).map_err(said)?.len() == 1, "one entry")?;
    expect(store.places(&["k".to_owned()]).map_err(said)?.is_empty(), "no key")?;
    append(store, "c2", &["2"], &key).map_err(said)?;
    expect(store.head().map_err(said)?.seq == 2, "the next append goes on")
}

fn commands(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    append(store, "c2", &["2", "3"], &[]).map_err(said)?;
    let known = store.command("c2").map_err(said)?;
    let expected = KnownCommand { body_hash: "b".to_owned(), first_seq: 2, last_seq: 3, refusal: None };
    expect(known == Some(expected), "entries 2 to 3")?;
    expect(store.command("c3").map_err(said)?.is_none(), "nothing of another")
}

fn no_entries(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    append(store, "c2", &[], &[]).map_err(said)?;
    let known = store.command("c2").map_err(said)?;
    expect(
        known.is_some_and(|known| (known.first_seq, known.last_seq) == (2, 1)),
        "a place without entries",
    )?;
    expect(store.head().map_err(said)?.seq == 1, "the head as it was")
}

fn taken_once(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    let again = append(store, "c1", &["1"], &[]);
    expect(matches!(again, Err(StoreError::CommandKnown)), "a refusal that says why")?;
    expect(append(store, "C1", &["1"], &[]).is_ok(), "letter case tells ids apart")
}

fn refusals(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    let refusal = Rejection::new(Refusal::Conflict, "R-1", "no", "this", "that");
    store.refuse("c2", "b", &refusal).map_err(said)?;
    let known = store.command("c2").map_err(said)?.and_then(|known| known.refusal);
    expect(known == Some(refusal), "the refusal as it was")?;
    expect(store.head().map_err(said)?.seq == 1, "no entry")
}

fn refused_before(store: &dyn LogStore) -> Outcome {
    append(store, "c1", &["1"], &[]).map_err(said)?;
    let refusal = Rejection::new(Refusal::Conflict, "R-1", "no", "this", "that");
    store.refuse("c2", "b", &refusal).map_err(said)?;
    for payloads in [&["2"][..], &["2", "3"], &[]] {
        let taken = append(store, "c2", payloads, &[]);
        expect(matches!(taken, Err(StoreError::CommandKnown)), "a refusal that says why")?;
    }
    expect(store.head().map_err(said)?.seq == 1, "no entry")?;
    append(store, "c3", &["2"], &[]).map_err(said)
}

fn keys(store: &dyn LogStore) -> Outcome {
    let place = |key: &str, seq: u64| (key.to_owned(), seq);
    append(store, "c1", &["1"], &[place("a", 1), place("b", 1)]).map_err(said)?;
    append(store, "c2", &["2", "3"], &[place("c", 2), place("b", 3)]).map_err(said)?;
    let found = store.places(&["b", "a", "z", "c"].map(str::to_owned)).map_err(said)?;
    expect(found == [place("a", 1), place("c", 2), place("b", 3)], "each in its place, b in the newer one")
}
