//! Snapshot and tail make the same state as the whole log, for every aggregate; an unfit snapshot costs nothing
//! but time.

use domain::aggregate::Aggregate;
use domain::consignment_event::ConsignmentEvent;
use domain::organization::Organization;
use domain::sale_session::SaleSession;
use domain::stream::StreamId;
use rusqlite::Connection;
use uuid::Uuid;

use super::limits::SNAPSHOT_AFTER_ENTRIES;
use super::log::Log;
use super::store::Store;
use super::store_tests::{CREATE, NOW, ORGANIZATION, body, grant};
use super::wire::SubmitError;

const EVENT: &str = "0190a000-0000-7000-8000-0000000000e1";
const SESSION: &str = "0190a000-0000-7000-8000-0000000000f1";

/// One object: its database outlives the engine over it.
struct Object {
    stream: StreamId,
    connection: Connection,
}

impl Object {
    fn new(path: &str) -> Self {
        Self {
            stream: format!("{ORGANIZATION}/{path}").parse().unwrap(),
            connection: Connection::open_in_memory().unwrap(),
        }
    }

    fn log<A: Aggregate>(&self) -> Log<A, &Connection> {
        Log::new(self.stream.clone(), Store::new(&self.connection))
    }

    /// The state that a waking instance arrives at, as bytes.
    fn wakes_to<A: Aggregate>(&self) -> Vec<u8> {
        let log = self.log::<A>();
        log.head().unwrap();
        log.state_bytes().unwrap()
    }

    fn scrap_snapshot(&self) {
        self.connection
            .execute_batch("DELETE FROM meta WHERE key = 'snapshot'; DELETE FROM snapshot")
            .unwrap();
    }
}

fn send<A: Aggregate>(log: &Log<A, &Connection>, id: &str, command: &str) {
    log.submit(&body(id, "person:user_a", command), NOW, Uuid::nil()).unwrap();
}

/// Hands what waits in `from` to `to`.
fn deliver<A: Aggregate, B: Aggregate>(from: &Log<A, &Connection>, to: &Log<B, &Connection>) {
    for delivery in from.store().pending_deliveries(1_000).unwrap() {
        if delivery.target == to.stream() {
            let body = body(&delivery.command_id, &format!("stream:{}", from.stream()), &delivery.command);
            to.submit(&body, NOW, Uuid::nil()).unwrap();
            from.store().settle_delivery(delivery.number, true, "{}").unwrap();
        }
    }
}

fn items(from: u32) -> String {
    let item = |number: u32| {
        format!(
            r#"{{"row":{number},"consignor":{},"category":"toys","title":"Thing {number}","size":"","condition":"good","price":{},"reduce":true,"donate":false,"reference":"r{number}"}}"#,
            number % 5 + 1,
            100 + number % 40 * 25
        )
    };
    let items: Vec<_> = (from..from + 200).map(item).collect();
    format!(r#"{{"type":"list_items","import":null,"items":[{}]}}"#, items.join(","))
}

/// An organization, an event with 1,200 items, an open session that sold some of them.
fn sale() -> (Object, Object, Object) {
    let objects = (
        Object::new("organization"),
        Object::new(&format!("event/{EVENT}")),
        Object::new(&format!("session/{SESSION}")),
    );
    let tenant = objects.0.log::<Organization>();
    let event = objects.1.log::<ConsignmentEvent>();
    let session = objects.2.log::<SaleSession>();
    send(&tenant, "c", CREATE);
    let found = format!(
        r#"{{"type":"found_event","event":"{EVENT}","name":"Spring","starts_on":"2027-04-01","ends_on":null}}"#
    );
    send(&tenant, "f", &found);
    deliver(&tenant, &event);
    let consignors: Vec<_> =
        (1..=5).map(|number| format!(r#"{{"number":{number},"tier":"super"}}"#)).collect();
    send(&event, "r", r#"{"type":"change_status","to":"registration","reason":null}"#);
    send(&event, "j", &format!(r#"{{"type":"join_consignors","consignors":[{}]}}"#, consignors.join(",")));
    for batch in 0..6 {
        send(&event, &format!("l{batch}"), &items(1 + batch * 200));
    }
    send(&event, "i", r#"{"type":"change_status","to":"intake","reason":null}"#);
    send(&event, "s", r#"{"type":"change_status","to":"selling","reason":null}"#);
    let schedule = format!(
        r#"{{"type":"schedule_session","session":"{SESSION}","name":"Friday","channels":["floor"]}}"#
    );
    send(&event, "p", &schedule);
    send(&event, "o", &format!(r#"{{"type":"open_session","session":"{SESSION}"}}"#));
    for _ in 0..5 {
        deliver(&event, &session);
        deliver(&session, &event);
    }
    ring_up(&session);
    drop((tenant, event, session));
    objects
}

fn ring_up(session: &Log<SaleSession, &Connection>) {
    let digest = "ab".repeat(32);
    send(session, "offer", &format!(r#"{{"type":"offer_pairing","code_digest":"{digest}"}}"#));
    let till = "0190a000-0000-7000-8000-0000000000b1";
    let pair = format!(
        r#"{{"type":"pair","code_digest":"{digest}","terminal":"{till}","name":"Till","token_digest":"{digest}"}}"#
    );
    session.submit(&body("pair", &format!("terminal:{till}"), &pair), NOW, Uuid::nil()).unwrap();
    for number in 1..=30_u32 {
        let tag = domain::tag::Tag::new(1, number).unwrap();
        let price = 100 + number % 40 * 25;
        let receipt = Uuid::from_u128(u128::from(number));
        let command = format!(
            r#"{{"type":"complete_receipt","receipt":"{receipt}","lines":[{{"tag":"{tag}","price_cents":{price}}}],"tenders":[{{"kind":"cash","amount_cents":{price}}}],"change_cents":0,"occurred_at":{NOW}}}"#
        );
        session
            .submit(&body(&receipt.to_string(), &format!("terminal:{till}"), &command), NOW, Uuid::nil())
            .unwrap();
    }
}

fn snapshot_and_replay_agree<A: Aggregate>(object: &Object, more: impl FnOnce(&Log<A, &Connection>)) {
    let whole = object.wakes_to::<A>();
    let log = object.log::<A>();
    log.head().unwrap();
    log.snapshot().unwrap();
    assert_eq!(object.wakes_to::<A>(), whole, "{}: the snapshot alone", object.stream);
    more(&log);
    let with_tail = object.wakes_to::<A>();
    assert_ne!(with_tail, whole, "{}: the tail changes something", object.stream);
    object.scrap_snapshot();
    assert_eq!(object.wakes_to::<A>(), with_tail, "{}: snapshot and tail", object.stream);
}

#[test]
fn snapshot_and_tail_equal_the_whole_log_for_every_aggregate() {
    let (tenant, event, session) = sale();
    snapshot_and_replay_agree::<Organization>(&tenant, |log| send(log, "g", &grant("user_g")));
    snapshot_and_replay_agree::<ConsignmentEvent>(&event, |log| send(log, "more", &items(5_001)));
    snapshot_and_replay_agree::<SaleSession>(&session, |log| send(log, "pause", r#"{"type":"pause"}"#));
}

#[test]
fn an_unfit_snapshot_is_passed_over() {
    let (tenant, _, _) = sale();
    let whole = tenant.wakes_to::<Organization>();
    for damage in [
        "UPDATE snapshot SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB)",
        "DELETE FROM snapshot",
        "UPDATE meta SET value = replace(value, '\"state_version\":1', '\"state_version\":0') WHERE key = 'snapshot'",
        "UPDATE meta SET value = replace(value, '\"seq\":2', '\"seq\":1') WHERE key = 'snapshot'",
        "UPDATE meta SET value = replace(value, '\"seq\":2', '\"seq\":99') WHERE key = 'snapshot'",
        "UPDATE meta SET value = '{}' WHERE key = 'snapshot'",
    ] {
        let log = tenant.log::<Organization>();
        log.head().unwrap();
        log.snapshot().unwrap();
        assert!(tenant.connection.execute(damage, []).unwrap() > 0, "{damage}");
        assert_eq!(tenant.wakes_to::<Organization>(), whole, "{damage}");
    }
}

#[test]
fn a_long_tail_is_worth_a_snapshot_and_a_short_one_is_not() {
    let object = Object::new("organization");
    let log = object.log::<Organization>();
    assert!(!log.snapshot_if_due().unwrap());
    send(&log, "c", CREATE);
    for number in 1..SNAPSHOT_AFTER_ENTRIES {
        assert!(!log.snapshot_if_due().unwrap());
        send(&log, &format!("g{number}"), &grant(&format!("user_{number}")));
    }
    assert!(log.snapshot_if_due().unwrap());
    assert!(!log.snapshot_if_due().unwrap());
    let replayed = object.wakes_to::<Organization>();
    object.scrap_snapshot();
    assert_eq!(object.wakes_to::<Organization>(), replayed);
}

#[test]
fn an_object_of_an_older_build_gets_the_tables_it_lacks() {
    let (tenant, _, _) = sale();
    tenant.connection.execute_batch("DROP TABLE snapshot; DELETE FROM meta WHERE key = 'schema'").unwrap();
    let log = tenant.log::<Organization>();
    log.head().unwrap();
    log.snapshot().unwrap();
}

#[test]
fn an_object_that_kept_copies_of_receipts_finds_the_receipts_themselves() {
    let (.., session) = sale();
    session.connection
        .execute_batch(
            "DROP TABLE entry_keys; DROP VIEW effect; CREATE TABLE facts (key TEXT PRIMARY KEY, json TEXT NOT NULL);
            CREATE VIEW effect AS SELECT NULL AS command_id; UPDATE meta SET value = '6' WHERE key = 'schema'",
        )
        .unwrap();
    let log = session.log::<SaleSession>();
    let void = |receipt: u128| {
        let receipt = Uuid::from_u128(receipt);
        format!(r#"{{"type":"void_receipt","receipt":"{receipt}","reason":"mistake"}}"#)
    };
    send(&log, "void", &void(30));
    let unknown = log.submit(&body("none", "person:user_a", &void(31)), NOW, Uuid::nil());
    assert!(matches!(unknown, Err(SubmitError::Rejected(_))), "{unknown:?}");
    let left = "SELECT count(*) FROM sqlite_master WHERE name = 'facts'";
    assert_eq!(session.connection.query_row(left, [], |row| row.get::<_, i64>(0)), Ok(0));
}
