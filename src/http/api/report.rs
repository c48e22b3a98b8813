//! A session's report: what an organizer prints when the hall is dark.

use axum::Json;
use domain::ids::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sessions::find_session;
use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::paths::OfSession;
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;
use crate::http::tenant::Tenant;

/// A session in parts that each add up to the whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionReport {
    /// The session.
    pub session: String,
    /// ISO 4217 code of the amounts.
    pub currency: String,
    /// Sales by hour, as the log recorded them.
    pub hours: Vec<HourSum>,
    /// Sales by category, the largest first.
    pub categories: Vec<CategorySum>,
    /// What came in and went out, by way of payment.
    pub tenders: Vec<TenderFlow>,
    /// Lines that were not sold by the rules alone, by what was unusual.
    pub exceptions: Vec<ExceptionSum>,
}

/// Sales of an hour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HourSum {
    /// Its first instant.
    #[serde(deserialize_with = "row::instant")]
    pub hour: String,
    /// Receipts.
    pub receipts: u32,
    /// Lines.
    pub lines: u32,
    /// Sum of prices.
    pub gross_cents: i64,
}

/// Sales of a category.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CategorySum {
    /// The category; `null` for things that were not listed.
    pub category: Option<String>,
    /// Lines that stand.
    pub lines: u32,
    /// Their prices, less what was given back.
    pub net_cents: i64,
}

/// One way of payment.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TenderFlow {
    /// `cash`, `card`, `cheque` or `store_credit`.
    pub kind: String,
    /// Taken in for receipts, change taken off.
    pub taken_cents: i64,
    /// Paid back for returns and voids.
    pub returned_cents: i64,
}

/// What was unusual about lines.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ExceptionSum {
    /// `overridden`, `unlisted`, `marked`, `not_checked_in`, `keyed`.
    pub kind: String,
    /// The reason that was given, where one is.
    pub reason: Option<String>,
    /// Lines.
    pub lines: u32,
    /// Their prices.
    pub gross_cents: i64,
}

const HOURS: &str =
    "SELECT recorded_at / 3600000 * 3600000 AS hour, COUNT(*) AS receipts, SUM(lines) AS lines,
      SUM(gross_cents) AS gross_cents
    FROM receipt WHERE organization = ?1 AND session = ?2 AND standing <> 'dropped' GROUP BY 1 ORDER BY 1";

const CATEGORIES: &str =
    "SELECT i.category, COUNT(*) AS lines, SUM(l.price_cents - l.refunded_cents) AS net_cents
    FROM receipt_line l
    JOIN sale_session s ON s.organization = l.organization AND s.session = l.session
    LEFT JOIN item i ON i.organization = l.organization AND i.event = s.event AND i.tag = l.tag
    WHERE l.organization = ?1 AND l.session = ?2 AND l.standing <> 'gone'
    GROUP BY i.category ORDER BY net_cents DESC, i.category";

/// Voids pay back by the tenders of their receipt, change taken off cash.
const TENDERS: &str =
    "SELECT kind, SUM(taken_cents) AS taken_cents, SUM(returned_cents) AS returned_cents FROM (
      SELECT t.value ->> 'kind' AS kind, t.value ->> 'amount_cents' AS taken_cents,
          (r.standing = 'voided') * (t.value ->> 'amount_cents') AS returned_cents
        FROM receipt r, json_each(r.tenders) t
        WHERE r.organization = ?1 AND r.session = ?2 AND r.standing <> 'dropped'
      UNION ALL
      SELECT 'cash', -change_cents, (standing = 'voided') * -change_cents FROM receipt
        WHERE organization = ?1 AND session = ?2 AND standing <> 'dropped' AND change_cents <> 0
      UNION ALL
      SELECT t.value ->> 'kind', 0, t.value ->> 'amount_cents' FROM goods_return g, json_each(g.tenders) t
        WHERE g.organization = ?1 AND g.session = ?2
    ) GROUP BY kind ORDER BY kind";

const EXCEPTIONS: &str = "SELECT kind, reason, COUNT(*) AS lines, SUM(price_cents) AS gross_cents FROM (
      SELECT 'overridden' AS kind, overridden AS reason, price_cents FROM receipt_line
        WHERE organization = ?1 AND session = ?2 AND overridden IS NOT NULL
      UNION ALL SELECT 'unlisted', unlisted, price_cents FROM receipt_line
        WHERE organization = ?1 AND session = ?2 AND unlisted IS NOT NULL
      UNION ALL SELECT 'marked', marked, price_cents FROM receipt_line
        WHERE organization = ?1 AND session = ?2 AND marked IS NOT NULL
      UNION ALL SELECT 'not_checked_in', NULL, price_cents FROM receipt_line
        WHERE organization = ?1 AND session = ?2 AND not_checked_in = 1
      UNION ALL SELECT 'keyed', NULL, price_cents FROM receipt_line
        WHERE organization = ?1 AND session = ?2 AND keyed = 1
    ) GROUP BY kind, reason ORDER BY kind, reason";

/// A session's report.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/report",
    tag = "sessions",
    params(OfSession, FreshQuery),
    responses((status = 200, body = SessionReport), Problems)
)]
#[worker::send]
pub async fn session_report(
    edge: Edge,
    tenant: Tenant,
    Named(session): Named<SessionId>,
    Asked(fresh): Asked<FreshQuery>,
) -> Result<Json<SessionReport>, EdgeError> {
    fresh.reach(&edge, &tenant, &tenant.session(session)).await?;
    find_session(&edge, &tenant, session).await?;
    let (rows, id) = (tenant.rows(&edge), session.to_string());
    let of = [Value::Text(&id)];
    Ok(Json(SessionReport {
        currency: tenant.currency().to_owned(),
        hours: rows.all(HOURS, &of).await?,
        categories: rows.all(CATEGORIES, &of).await?,
        tenders: rows.all(TENDERS, &of).await?,
        exceptions: rows.all(EXCEPTIONS, &of).await?,
        session: id,
    }))
}
