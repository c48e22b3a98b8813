//! Which read models each kind of entry writes. A kind that is not in these tables fails the test until somebody
//! has decided about it; what writes nothing says why.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::database::Database;
use domain::ids::{EventId, OrganizationId, SessionId};
use domain::journal::{EventCodec, Hash, RawEntry};
use domain::stream::StreamId;
use domain::{consignment_event, organization, sale_session};
use projections::{Writes, project};
use serde::Deserialize;
use uuid::Uuid;

/// What a kind writes.
enum Decided {
    /// These tables.
    Writes(&'static [&'static str]),
    /// None, and why.
    Nothing(&'static str),
}
use Decided::{Nothing, Writes as Into};

const NO_MODEL_YET: &str = "no row shows it yet: its read model comes with the page that reads it";
const HAND_SHAKE: &str = "between objects only: the other side's rows say it";
const IN_OBJECT: &str = "asked of the object, which knows it as of now";

const ORGANIZATION: &[(&str, Decided)] = &[
    ("organization_created", Into(&["membership", "organization", "settings_version"])),
    ("settings_changed", Into(&["organization", "settings_version"])),
    ("role_granted", Into(&["membership"])),
    ("role_revoked", Into(&["membership"])),
    ("consignors_enrolled", Into(&["consignor"])),
    ("event_founded", Into(&["founded_event"])),
    ("event_ended", Into(&["founded_event"])),
    ("organization_suspended", Into(&["organization"])),
    ("organization_reinstated", Into(&["organization"])),
    ("support_opened", Nothing(IN_OBJECT)),
    ("support_closed", Nothing(IN_OBJECT)),
    ("host_added", Nothing("the edge keeps which host is whose")),
    ("host_removed", Nothing("the edge keeps which host is whose")),
    ("rights_acknowledged", Nothing(HAND_SHAKE)),
    ("tier_changed", Into(&["consignor"])),
    ("account_flagged", Into(&["consignor"])),
    ("account_linked", Into(&["consignor"])),
    ("consignor_erased", Into(&["consignor"])),
    ("referral_code_issued", Into(&["referral_code"])),
    ("referral_code_retired", Into(&["referral_code"])),
    ("participations_counted", Into(&["consignor"])),
    ("participation_uncounted", Into(&["consignor"])),
    ("ledger_posted", Into(&["consignor", "ledger_entry"])),
    ("head_witnessed", Nothing("for comparing logs, not for showing")),
    ("head_contradicted", Nothing(NO_MODEL_YET)),
    ("webhook_registered", Nothing(NO_MODEL_YET)),
    ("webhook_removed", Nothing(NO_MODEL_YET)),
    ("person_invited", Into(&["invitation"])),
    ("invitation_accepted", Into(&["invitation"])),
    ("invitation_withdrawn", Into(&["invitation"])),
];

const EVENT: &[(&str, Decided)] = &[
    ("event_created", Into(&["consignment_event"])),
    ("status_changed", Into(&["consignment_event"])),
    ("consignors_joined", Into(&["participation"])),
    ("items_listed", Into(&["consignment_event", "item"])),
    ("session_scheduled", Into(&["consignment_event", "planned_session"])),
    ("session_cancelled", Into(&["planned_session"])),
    ("session_opening", Into(&["planned_session"])),
    ("custody_handed_over", Into(&["item", "planned_session"])),
    ("custody_confirmed", Nothing(HAND_SHAKE)),
    ("items_taken_back", Into(&["item", "planned_session"])),
    ("registration_planned", Into(&["registration_plan"])),
    ("consignor_registered", Into(&["participation"])),
    ("consignor_queued", Into(&["participation"])),
    ("place_offered", Into(&["participation"])),
    ("place_offer_expired", Into(&["participation"])),
    ("participation_changed", Into(&["participation"])),
    ("participation_cancelled", Into(&["participation"])),
    ("consignor_erased", Into(&["participation"])),
    ("terms_changed", Nothing(HAND_SHAKE)),
    ("rights_known", Nothing(HAND_SHAKE)),
    ("fees_charged", Into(&["fee_entry"])),
    ("fee_paid", Into(&["fee_entry"])),
    ("fee_waived", Into(&["fee_entry"])),
    ("adjustment_made", Into(&["fee_entry"])),
    ("referrals_credited", Into(&["fee_entry"])),
    ("draft_saved", Into(&["item"])),
    ("draft_discarded", Into(&["item"])),
    ("items_edited", Into(&["item"])),
    ("tags_printed", Into(&["item"])),
    ("item_retagged", Into(&["item"])),
    ("items_checked_in", Into(&["item"])),
    ("items_rejected", Into(&["item"])),
    ("items_pulled", Into(&["item"])),
    ("items_reinstated", Into(&["item"])),
    ("items_departed", Into(&["item"])),
    ("items_transferred", Into(&["item"])),
    ("transfers_received", Into(&["consignment_event", "item"])),
    ("transfers_returned", Into(&["item"])),
    ("count_started", Into(&["stock_count"])),
    ("items_counted", Into(&["stock_count"])),
    ("count_compared", Into(&["count_difference", "item", "stock_count"])),
    ("count_finished", Into(&["stock_count"])),
    ("count_abandoned", Into(&["stock_count"])),
    ("slots_opened", Into(&["slot"])),
    ("slot_resized", Into(&["slot"])),
    ("slot_cancelled", Into(&["booking", "slot"])),
    ("booking_made", Into(&["booking"])),
    ("booking_queued", Into(&["booking"])),
    ("booking_offered", Into(&["booking"])),
    ("booking_confirmed", Into(&["booking"])),
    ("booking_offer_expired", Into(&["booking"])),
    ("booking_cancelled", Into(&["booking"])),
    ("booking_checked_in", Into(&["booking"])),
    ("booking_completed", Into(&["booking"])),
    ("booking_missed", Into(&["booking"])),
    ("reminder_due", Nothing("a mail is sent; nothing stands otherwise than before")),
    ("claim_accepted", Into(&["claim", "item"])),
    ("claim_contested", Into(&["claim"])),
    ("claim_resolved", Into(&["claim", "item"])),
    ("settlement_pinned", Into(&["settlement"])),
    ("statements_calculated", Into(&["settlement", "statement", "statement_part"])),
    ("settlement_calculated", Into(&["settlement"])),
    ("settlement_approved", Into(&["settlement"])),
    ("payouts_calculated", Into(&["carried_forward", "payout"])),
    ("payouts_approved", Into(&["payout"])),
    ("payout_paid", Into(&["payout"])),
    ("payout_voided", Into(&["payout"])),
    ("payout_reissued", Into(&["payout"])),
    ("payout_carried", Into(&["payout"])),
];

/// `share_estimate`, and the session's sums of shares, follow `receipt_line` by triggers.
const SESSION: &[(&str, Decided)] = &[
    ("session_scheduled", Into(&["sale_session"])),
    ("custody_taken", Into(&["sale_session"])),
    ("session_opened", Into(&["sale_session"])),
    ("session_paused", Into(&["sale_session"])),
    ("session_resumed", Into(&["sale_session"])),
    ("pairing_offered", Into(&["pairing"])),
    ("terminal_paired", Into(&["pairing", "terminal"])),
    ("terminal_revoked", Into(&["terminal"])),
    ("receipt_completed", Into(&["receipt", "receipt_line", "sale_session", "terminal"])),
    ("session_closing", Into(&["sale_session"])),
    ("custody_released", Into(&["sale_session"])),
    ("release_confirmed", Nothing(HAND_SHAKE)),
    ("session_closed", Into(&["sale_session"])),
    ("session_cancelled", Into(&["sale_session"])),
    ("terms_updated", Nothing("lines say the rate they were sold by")),
    ("terminal_rights_set", Into(&["terminal"])),
    ("terminal_acknowledged", Nothing(IN_OBJECT)),
    ("terminal_reported", Nothing(IN_OBJECT)),
    ("drawer_opened", Into(&["drawer"])),
    ("cash_moved", Into(&["cash_move", "drawer"])),
    ("drawer_closed", Into(&["drawer"])),
    ("basket_parked", Nothing(IN_OBJECT)),
    ("basket_recalled", Nothing(IN_OBJECT)),
    ("receipt_voided", Into(&["receipt", "receipt_line", "sale_session", "terminal"])),
    ("line_identified", Into(&["receipt_line"])),
    ("receipt_mail_asked", Nothing("a reaction's: its own rows say what became of the mail")),
    ("return_recorded", Into(&["goods_return", "receipt_line", "sale_session", "terminal"])),
    ("conflict_opened", Into(&["conflict_case", "receipt_line"])),
    ("conflict_resolved", Into(&["conflict_case", "receipt", "receipt_line", "sale_session", "terminal"])),
    ("claim_sent", Into(&["receipt_line"])),
    ("claim_answered", Into(&["receipt_line"])),
    ("online_order_taken", Into(&["receipt", "receipt_line", "sale_session"])),
    ("online_order_updated", Into(&["receipt"])),
    ("online_order_cancelled", Into(&["receipt", "receipt_line", "sale_session"])),
    ("online_refunded", Into(&["receipt_line", "sale_session"])),
];

#[derive(Deserialize)]
struct Golden {
    kind: String,
    version: u32,
    payload: String,
}

fn golden(name: &str) -> Vec<Golden> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The tables that `entry` writes; the statements are run too.
fn written(stream: &StreamId, entry: &Golden, database: &Database) -> BTreeSet<&'static str> {
    let raw = RawEntry {
        seq: 1,
        recorded_at: 1_800_000_000_000,
        command_id: String::new(),
        actor: "system:test".to_owned(),
        kind: entry.kind.clone(),
        version: entry.version,
        payload: entry.payload.clone(),
        hash: Hash::default(),
    };
    let mut writes = Writes::default();
    project(stream, &raw, &mut writes).unwrap();
    let statements = writes.into_statements();
    database.batch(&statements).unwrap_or_else(|error| panic!("{}: {error}", entry.kind));
    let tables = statements.iter().map(|statement| statement.sql.table);
    // Every entry stands in the history.
    tables.filter(|table| !table.starts_with("history_")).collect()
}

/// Golden entries that happen to leave out what would make them write all they may.
fn check<E: EventCodec>(table: &[(&str, Decided)], corpus: &str, stream: &StreamId, partly: &[&str]) {
    let kinds: Vec<&str> = E::KINDS.iter().map(|(kind, _)| *kind).collect();
    let decided: Vec<&str> = table.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, decided, "decide what each kind writes");
    let corpus = golden(corpus);
    for (kind, decided) in table {
        let found = corpus.iter().filter(|entry| entry.kind == *kind);
        let found: BTreeSet<&str> =
            found.flat_map(|entry| written(stream, entry, &Database::migrated())).collect();
        let expected: BTreeSet<&str> = match decided {
            Into(tables) => tables.iter().copied().collect(),
            Nothing(why) => {
                assert!(!why.is_empty());
                BTreeSet::new()
            }
        };
        let agrees = if partly.contains(kind) { found.is_subset(&expected) } else { found == expected };
        assert!(agrees, "{kind} writes {found:?}, not {expected:?}");
    }
}

const ORG: OrganizationId = OrganizationId(Uuid::from_u128(1));

#[test]
fn every_kind_of_the_organization_is_decided() {
    check::<organization::Event>(ORGANIZATION, "organization.ndjson", &StreamId::Organization(ORG), &[]);
}

#[test]
fn every_kind_of_the_event_is_decided() {
    let stream = StreamId::Event(ORG, EventId(Uuid::from_u128(2)));
    check::<consignment_event::Event>(EVENT, "event.ndjson", &stream, &["slot_cancelled"]);
}

#[test]
fn every_kind_of_the_session_is_decided() {
    let stream = StreamId::Session(ORG, SessionId(Uuid::from_u128(3)));
    let partly = ["receipt_voided", "return_recorded", "conflict_resolved", "claim_answered"];
    check::<sale_session::Event>(SESSION, "session.ndjson", &stream, &partly);
}
