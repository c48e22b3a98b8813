//! The contract on plain SQLite and in memory; the integration tests run it inside an object.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::journal::{Head, RawEntry};
use domain::rejection::Rejection;
use rusqlite::Connection;

use super::contract::{LogStore, SCENARIOS};
use super::database::StoreError;
use super::store::{Append, KnownCommand, Place, Store};

/// The simplest store that there can be: what the contract asks for, and nothing else.
#[derive(Default)]
struct Memory(RefCell<Kept>);

#[derive(Default, Clone)]
struct Kept {
    made: bool,
    entries: Vec<RawEntry>,
    commands: BTreeMap<String, KnownCommand>,
    keys: BTreeMap<String, u64>,
}

impl Kept {
    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, |entry| Head { seq: entry.seq, hash: entry.hash })
    }

    fn append(&mut self, append: &Append<'_>) -> Result<(), StoreError> {
        if self.head() != append.onto {
            return Err(StoreError::HeadDiffers { decided: append.onto.seq, stored: self.head().seq });
        }
        self.entries.extend_from_slice(append.entries);
        let known = KnownCommand {
            body_hash: append.body_hash.to_owned(),
            first_seq: append.onto.seq + 1,
            last_seq: self.head().seq,
            refusal: None,
        };
        if self.commands.insert(append.command_id.to_owned(), known).is_some() {
            return Err(StoreError::CommandKnown);
        }
        self.keys.extend(append.keys.iter().cloned());
        Ok(())
    }
}

impl LogStore for Memory {
    fn exists(&self) -> Result<bool, StoreError> {
        Ok(self.0.borrow().made)
    }

    fn create(&self) -> Result<(), StoreError> {
        self.0.borrow_mut().made = true;
        Ok(())
    }

    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.0.borrow().head())
    }

    fn page(&self, from: u64, limit: u32) -> Result<Vec<RawEntry>, StoreError> {
        let kept = self.0.borrow();
        let behind = kept.entries.iter().filter(|entry| entry.seq >= from);
        Ok(behind.take(usize::try_from(limit).unwrap()).cloned().collect())
    }

    fn append(&self, append: &Append<'_>) -> Result<(), StoreError> {
        let mut changed = self.0.borrow().clone();
        changed.append(append)?;
        self.0.replace(changed);
        Ok(())
    }

    fn command(&self, id: &str) -> Result<Option<KnownCommand>, StoreError> {
        Ok(self.0.borrow().commands.get(id).cloned())
    }

    fn refuse(&self, id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError> {
        let known = KnownCommand {
            body_hash: body_hash.to_owned(),
            first_seq: 0,
            last_seq: 0,
            refusal: Some(refusal.clone()),
        };
        self.0.borrow_mut().commands.insert(id.to_owned(), known);
        Ok(())
    }

    fn places(&self, keys: &[String]) -> Result<Vec<Place>, StoreError> {
        let kept = self.0.borrow();
        let found = |key: &String| kept.keys.get(key).map(|seq| (key.clone(), *seq));
        let mut places: Vec<Place> = keys.iter().filter_map(found).collect();
        places.sort_by_key(|(_, seq)| *seq);
        Ok(places)
    }
}

#[test]
fn plain_sqlite_keeps_the_contract() {
    for (name, scenario) in SCENARIOS {
        let connection = Connection::open_in_memory().unwrap();
        assert_eq!(scenario(&Store::new(&connection)), Ok(()), "{name}");
    }
}

#[test]
fn memory_keeps_the_contract() {
    for (name, scenario) in SCENARIOS {
        assert_eq!(scenario(&Memory::default()), Ok(()), "{name}");
    }
}

/// Writes what it should not: the suite must notice.
struct Careless(Memory);

impl LogStore for Careless {
    fn exists(&self) -> Result<bool, StoreError> {
        self.0.exists()
    }

    fn create(&self) -> Result<(), StoreError> {
        self.0.create()
    }

    fn head(&self) -> Result<Head, StoreError> {
        self.0.head()
    }

    fn page(&self, from: u64, limit: u32) -> Result<Vec<RawEntry>, StoreError> {
        self.0.page(from, limit)
    }

    fn append(&self, append: &Append<'_>) -> Result<(), StoreError> {
        // No going back: what was written before the failure stays.
        self.0.0.borrow_mut().append(append)
    }

    fn command(&self, id: &str) -> Result<Option<KnownCommand>, StoreError> {
        self.0.command(id)
    }

    fn refuse(&self, id: &str, body_hash: &str, refusal: &Rejection) -> Result<(), StoreError> {
        self.0.refuse(id, body_hash, refusal)
    }

    fn places(&self, keys: &[String]) -> Result<Vec<Place>, StoreError> {
        self.0.places(keys)
    }
}

#[test]
fn a_store_without_transactions_does_not_pass() {
    let missed = SCENARIOS.iter().filter(|(_, scenario)| scenario(&Careless(Memory::default())).is_err());
    assert_eq!(
        missed.map(|(name, _)| *name).collect::<Vec<_>>(),
        ["an append that fails half way changes nothing", "a command that was refused is not taken"]
    );
}
