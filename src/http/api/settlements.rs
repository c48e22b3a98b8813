//! Settling an event: heads pinned, statements calculated, approved by a person.

use domain::consignment_event::Command;
use domain::consignment_event::settlement::{DespiteReason, SettleCommand};
use domain::ids::{EventId, SettlementId};
use domain::settlement::Pin;
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::find_event;
use crate::adapters::database::Value;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::{FreshQuery, settle};
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{OfEvent, SettlementOfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::{row, words};
use crate::settling::{self, Pinned, SettlingError};

impl From<SettlingError> for EdgeError {
    fn from(error: SettlingError) -> Self {
        match error {
            SettlingError::Submit(refused) => refused.into(),
            SettlingError::Log(lost) => lost.into(),
            SettlingError::Fold(_) | SettlingError::Short(_) => Self::Internal(error.to_string()),
        }
    }
}

/// The head of one log, at the moment the settlement was pinned.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PinView {
    /// The log.
    pub stream: String,
    /// Its last entry that counts.
    pub seq: u64,
    /// That entry's hash.
    pub hash: String,
}

/// Sums that must agree, because each was gathered by another way.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the API's amounts say their unit in their name")]
pub struct BalanceView {
    /// What shoppers paid, less what they got back.
    pub received_cents: i64,
    /// Tenders of offline receipts beyond what their lines came to.
    pub variance_cents: i64,
    /// Given back to shoppers for no line: the house bears it.
    pub borne_cents: i64,
    /// What shoppers paid for lines and did not get back, tax included.
    pub payable_cents: i64,
    /// Prices less what was given back of them.
    pub gross_cents: i64,
    /// Tax on them.
    pub tax_cents: i64,
    /// Consignors' shares.
    pub share_cents: i64,
    /// The house's shares.
    pub house_cents: i64,
    /// Charges less credits over all statements.
    pub charges_cents: i64,
    /// What all statements earn in this event.
    pub earned_cents: i64,
    /// Everything that does not agree; zero, or nobody can approve it.
    pub difference_cents: i64,
}

/// What a person should know before approving.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ChecksView {
    /// Conflicts that nobody resolved: their lines are not credited.
    pub open_conflicts: u32,
    /// Discrepancies with the store that nobody resolved.
    pub open_discrepancies: u32,
    /// Entries that name a line nobody sold.
    pub unmatched: u32,
}

/// A settlement of an event.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SettlementView {
    /// Its id.
    pub settlement: String,
    /// From 1, by event.
    pub number: u16,
    /// The approved settlement that it amends; `null` for an event's first.
    pub amends: Option<String>,
    /// `pinned`, `calculated`, `approved`, or `replaced` by a later one.
    #[schema(example = "calculated")]
    pub status: String,
    /// What it reads: every log, up to which entry.
    #[serde(deserialize_with = "row::json")]
    pub pins: Vec<PinView>,
    /// Statements on record.
    pub statements: u32,
    /// The trial balance, once calculated.
    #[serde(deserialize_with = "row::json")]
    pub balance: Option<BalanceView>,
    /// What a person should know, once calculated.
    #[serde(deserialize_with = "row::json")]
    pub checks: Option<ChecksView>,
    /// Who approved it so far.
    #[serde(deserialize_with = "row::json")]
    pub approvals: Vec<String>,
    /// When it was pinned.
    #[serde(deserialize_with = "row::instant")]
    pub pinned_at: String,
    /// When all statements were there.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub calculated_at: Option<String>,
    /// When it was approved.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub approved_at: Option<String>,
}

impl Resource for SettlementView {
    const NAME: &'static str = "settlement";
    const LIST: List = List {
        select: "SELECT settlement, number, amends, status, pins, statements, balance, checks, approvals, pinned_at,
              calculated_at, approved_at
            FROM settlement WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'status' IS NULL OR status = ?2->>'status')",
        // Ids name settlements; numbers order them.
        key: "settlement",
        default: "-number",
        sorts: &["number", "status", "pinned_at"],
        columns: &[
            "settlement", "number", "amends", "status", "statements", "balance.earned_cents",
            "balance.difference_cents", "checks.open_conflicts", "checks.open_discrepancies", "approvals",
            "pinned_at", "calculated_at", "approved_at",
        ],
    };
    as_selected!();
}

/// Which settlements.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SettlementQuery {
    /// `pinned`, `calculated`, `approved` or `replaced`.
    pub status: Option<String>,
}

/// The settlements of an event.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlements",
    tag = "settlements",
    params(OfEvent, SettlementQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<SettlementView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_settlements(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<SettlementQuery>,
) -> Result<Listing<SettlementView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One settlement.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/settlements/{settlement}",
    tag = "settlements",
    params(SettlementOfEvent, FreshQuery),
    responses((status = 200, body = SettlementView), Problems)
)]
#[worker::send]
pub async fn get_settlement(
    looks: Looks,
    Named((event, settlement)): Named<(EventId, SettlementId)>,
) -> Result<Found<SettlementView>, EdgeError> {
    looks.one(Of::Event(event), settlement.to_string()).await
}

#[derive(Deserialize)]
struct SessionOf {
    session: String,
}

const SELECT_SOLD: &str = "SELECT session FROM planned_session
    WHERE organization = ?1 AND event = ?2 AND opening_at IS NOT NULL ORDER BY number";

/// Every log that a settlement of `event` reads.
pub(super) async fn streams_of(
    edge: &Edge,
    tenant: &Tenant,
    event: EventId,
) -> Result<Vec<StreamId>, EdgeError> {
    let id = event.to_string();
    let sessions: Vec<SessionOf> = tenant.rows(edge).all(SELECT_SOLD, &[Value::Text(&id)]).await?;
    let mut streams = vec![tenant.organization(), tenant.event(event)];
    for SessionOf { session } in sessions {
        let session =
            session.parse().map_err(|_| EdgeError::Internal("a session's id cannot be read".into()))?;
        streams.push(tenant.session(session));
    }
    streams.push(tenant.reconciliation(event));
    Ok(streams)
}

/// Begins a settlement over the heads of all its logs as they stand now, and calculates it. One that nobody has
/// approved yet gives way. Should the answer not come, ask for the settlement, and run it again if it is `pinned`.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/settlements",
    tag = "settlements",
    params(OfEvent, CommandHeaders),
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn start_settlement(decider: Decider, Named(event): Named<EventId>) -> Decision {
    find_event(&decider.edge, &decider.tenant, event).await?;
    let settlement = SettlementId(decider.commanding.fresh_id("settlement"));
    let known = pinned(&decider.edge, &decider.tenant, event, settlement).await?;
    // A repeated request means the settlement that it began, over the heads of that time.
    let pins = if let Some(found) = known {
        found.pins
    } else {
        let streams = streams_of(&decider.edge, &decider.tenant, event).await?;
        settling::heads(decider.edge.env(), &streams).await?
    };
    let pin = SettleCommand::Pin { settlement, pins };
    let decided = decider.event(event, Command::Settle(Box::new(pin))).await?.made(&settlement);
    run(&decider, event, settlement).await?;
    Ok(decided.created())
}

#[derive(Deserialize)]
struct PinnedRow {
    status: String,
    pins: String,
    pages: usize,
}

struct KnownSettlement {
    open: bool,
    pins: Vec<Pin>,
    pages: usize,
}

const SELECT_PINNED: &str = "SELECT status, pins, pages FROM settlement
    WHERE organization = ?1 AND event = ?2 AND settlement = ?3";

async fn pinned(
    edge: &Edge,
    tenant: &Tenant,
    event: EventId,
    settlement: SettlementId,
) -> Result<Option<KnownSettlement>, EdgeError> {
    let (event, settlement) = (event.to_string(), settlement.to_string());
    let values = [Value::Text(&event), Value::Text(&settlement)];
    let found: Option<PinnedRow> = tenant.rows(edge).first(SELECT_PINNED, &values).await?;
    let known = |row: PinnedRow| -> Result<KnownSettlement, EdgeError> {
        Ok(KnownSettlement {
            open: row.status == "pinned",
            pins: serde_json::from_str(&row.pins)?,
            pages: row.pages,
        })
    };
    found.map(known).transpose()
}

/// Calculates what is pinned and not calculated yet.
async fn run(decider: &Decider, event: EventId, settlement: SettlementId) -> Result<(), EdgeError> {
    let found = pinned(&decider.edge, &decider.tenant, event, settlement).await?;
    let found = found.ok_or(EdgeError::NotFound("settlement"))?;
    if !found.open {
        return Ok(());
    }
    let stream = decider.tenant.event(event);
    let pinned = Pinned { stream: stream.clone(), settlement, pins: found.pins, pages: found.pages };
    let seq = settling::run(decider.edge.env(), pinned).await?;
    settle(&decider.edge, &stream, seq).await;
    Ok(())
}

/// Calculates a settlement that was cut off; one that is calculated already stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/settlements/{settlement}/run",
    tag = "settlements",
    params(SettlementOfEvent),
    responses((status = 200, body = SettlementView), Problems)
)]
#[worker::send]
pub async fn run_settlement(
    decider: Decider,
    looks: Looks,
    Named((event, settlement)): Named<(EventId, SettlementId)>,
) -> Result<Found<SettlementView>, EdgeError> {
    run(&decider, event, settlement).await?;
    looks.one(Of::Event(event), settlement.to_string()).await
}

/// An approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Why, although something is open; needed when `checks` says so.
    #[serde(default)]
    #[schema(schema_with = words::despite_reasons)]
    pub despite: Option<DespiteReason>,
    /// More words, kept apart from the log.
    #[serde(default)]
    pub note: Option<String>,
}

/// Approves a settlement: payouts follow. Where the settings ask for two persons, the second one's approval counts.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/settlements/{settlement}/approve",
    tag = "settlements",
    params(SettlementOfEvent, CommandHeaders),
    request_body = Approval,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn approve_settlement(
    decider: Decider,
    Named((event, settlement)): Named<(EventId, SettlementId)>,
    Told(approval): Told<Approval>,
) -> Decision {
    let note = decider.note(None, approval.note.as_deref()).await?;
    let command = SettleCommand::Approve { settlement, despite: approval.despite, note };
    Ok(decider.event(event, Command::Settle(Box::new(command))).await?.done())
}
