//! Given entries, then rows: what the read models are told and asked, one by one.

use domain::consignment_event::Event;
use domain::ids::{ConsignorNumber, EventId, OrganizationId};
use domain::journal::{EventCodec, Hash, Head, RawEntry};
use domain::stream::StreamId;
use serde_json::Value;
use uuid::Uuid;

use crate::support::database::Database;

pub(super) const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(1));
pub(super) const EVENT: EventId = EventId(Uuid::from_u128(2));
pub(super) const ANN: ConsignorNumber = ConsignorNumber(101);
pub(super) const BEN: ConsignorNumber = ConsignorNumber(102);

/// When the entry at `seq` was recorded.
pub(super) fn time(seq: i64) -> i64 {
    1_800_000_000_000 + seq * 1_000
}

/// A database that has seen `events` of `stream`, by Olivia, one second apart.
pub(super) fn given<E: EventCodec>(stream: &StreamId, events: &[E]) -> Database {
    let mut head = Head::EMPTY;
    let mut log = Vec::new();
    for (event, at) in events.iter().zip(1..) {
        let unsealed = RawEntry {
            seq: 0,
            recorded_at: time(at),
            command_id: format!("command-{at}"),
            actor: "person:user_olivia".into(),
            kind: event.kind().to_owned(),
            version: event.version(),
            payload: event.to_payload().unwrap(),
            hash: Hash::default(),
        };
        let entry = RawEntry::seal(&stream.to_string(), &head, unsealed);
        head = Head { seq: entry.seq, hash: entry.hash };
        log.push(entry);
    }
    let database = Database::migrated();
    database.advance(stream, Head::EMPTY, &log).unwrap();
    database
}

pub(super) fn given_event(events: &[Event]) -> Database {
    given(&StreamId::Event(ORGANIZATION, EVENT), events)
}

/// What `sql` finds, each row as a list of its columns.
pub(super) fn then(database: &Database, sql: &str) -> Value {
    let mut statement = database.0.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| {
            (0..columns)
                .map(|column| {
                    Ok(match row.get_ref(column)? {
                        rusqlite::types::ValueRef::Null => Value::Null,
                        rusqlite::types::ValueRef::Integer(number) => number.into(),
                        rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                        other => panic!("{other:?}"),
                    })
                })
                .collect::<Result<Value, _>>()
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

pub(super) fn id(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}
