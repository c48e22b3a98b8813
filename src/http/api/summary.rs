//! A session in figures.

use axum::Json;
use domain::ids::SessionId;
use projections::GENERATION;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::terminals::{TerminalView, terminals_of};
use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;

/// A session in figures. Shares are estimates until the settlement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// The session.
    pub session: String,
    /// Its status.
    pub status: String,
    /// ISO 4217 code of the amounts.
    pub currency: String,
    /// Items taken into custody.
    pub items: u32,
    /// Receipts.
    pub receipts: u32,
    /// Lines, which is items sold.
    pub lines: u32,
    /// Sum of line prices.
    pub gross_cents: i64,
    /// Sum of taxes.
    pub tax_cents: i64,
    /// What shoppers paid.
    pub total_cents: i64,
    /// The consignors' estimated share.
    pub share_estimate_cents: i64,
    /// The house's estimated share.
    pub house_estimate_cents: i64,
    /// By way of payment; change is taken off cash.
    pub tenders: Vec<TenderSum>,
    /// By terminal.
    pub terminals: Vec<TerminalView>,
    /// The position of the session's log that these figures have reached at least.
    pub seq: u64,
}

/// What came in by one way of payment.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TenderSum {
    /// `cash`, `card`, `cheque` or `store_credit`.
    pub kind: String,
    /// How much, change taken off.
    pub amount_cents: i64,
}

#[derive(Deserialize)]
struct SessionRow {
    status: String,
    currency: String,
    items: u32,
    receipts: u32,
    lines: u32,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
    share_cents: i64,
    house_cents: i64,
}

#[derive(Deserialize)]
struct ReachedRow {
    seq: u64,
}

/// Read before the figures: they are as old as this, or newer.
const SELECT_REACHED: &str = "SELECT COALESCE(MAX(seq), 0) AS seq FROM checkpoint
    WHERE projection = ?3 AND stream = ?1 || '/session/' || ?2";

const SELECT_SESSION: &str =
    "SELECT status, currency, items, receipts, lines, gross_cents, tax_cents, total_cents,
      share_cents, house_cents
    FROM sale_session WHERE organization = ?1 AND session = ?2";

const SELECT_TENDERS: &str = "SELECT kind, SUM(amount_cents) AS amount_cents FROM (
      SELECT t.value ->> 'kind' AS kind, t.value ->> 'amount_cents' AS amount_cents
        FROM receipt r, json_each(r.tenders) t WHERE r.organization = ?1 AND r.session = ?2
      UNION ALL
      SELECT 'cash' AS kind, -change_cents AS amount_cents
        FROM receipt WHERE organization = ?1 AND session = ?2 AND change_cents <> 0
    ) GROUP BY kind ORDER BY kind";

/// A session in figures.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/summary",
    tag = "sessions",
    params(("session" = String, Path, description = "The session's id"), FreshQuery),
    responses((status = 200, body = Summary), Problems)
)]
#[worker::send]
pub async fn summary(
    edge: Edge,
    tenant: Tenant,
    Named(session): Named<SessionId>,
    Asked(fresh): Asked<FreshQuery>,
) -> Result<Json<Summary>, EdgeError> {
    fresh.reach(&edge, &tenant, &tenant.session(session)).await?;
    let (rows, id) = (tenant.rows(&edge), session.to_string());
    let reached: Option<ReachedRow> =
        rows.first(SELECT_REACHED, &[Value::Text(&id), Value::Text(GENERATION)]).await?;
    let found: Option<SessionRow> = rows.first(SELECT_SESSION, &[Value::Text(&id)]).await?;
    let row = found.ok_or(EdgeError::NotFound("session"))?;
    let tenders = rows.all(SELECT_TENDERS, &[Value::Text(&id)]).await?;
    Ok(Json(Summary {
        session: id,
        status: row.status,
        currency: row.currency,
        items: row.items,
        receipts: row.receipts,
        lines: row.lines,
        gross_cents: row.gross_cents,
        tax_cents: row.tax_cents,
        total_cents: row.total_cents,
        share_estimate_cents: row.share_cents,
        house_estimate_cents: row.house_cents,
        tenders,
        terminals: terminals_of(&edge, &tenant, session).await?,
        seq: reached.map_or(0, |reached| reached.seq),
    }))
}
