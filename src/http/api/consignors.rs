//! Who takes part in an event, and what their sales are estimated to bring.

use axum::Json;
use domain::ids::EventId;
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::expect_event;
use crate::adapters::database::Value;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::vault::{Field, Vault};

/// A consignor in an event. Shares are estimates until the settlement: shifts may still be completed or missed,
/// and returns may come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsignorView {
    /// Their number.
    pub number: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    pub name: Option<String>,
    /// How they take part.
    #[schema(example = "regular")]
    pub tier: String,
    /// Items listed.
    pub items: u32,
    /// Of them, sold.
    pub sold: u32,
    /// Sum of the prices sold at.
    pub gross_cents: i64,
    /// Their estimated share of it.
    pub share_estimate_cents: i64,
    /// The house's estimated share of it.
    pub house_estimate_cents: i64,
}

#[derive(Deserialize)]
struct ConsignorRow {
    number: u32,
    tier: String,
    items: u32,
    sold: u32,
    gross_cents: i64,
    share_cents: i64,
    house_cents: i64,
}

const SELECT_CONSIGNORS: &str = "SELECT p.consignor AS number, p.tier,
      (SELECT COUNT(*) FROM item i
        WHERE i.organization = p.organization AND i.event = p.event AND i.consignor = p.consignor) AS items,
      COALESCE(SUM(e.lines), 0) AS sold, COALESCE(SUM(e.gross_cents), 0) AS gross_cents,
      COALESCE(SUM(e.share_cents), 0) AS share_cents, COALESCE(SUM(e.house_cents), 0) AS house_cents
    FROM participation p
    LEFT JOIN sale_session s ON s.organization = p.organization AND s.event = p.event
    LEFT JOIN share_estimate e
      ON e.organization = s.organization AND e.session = s.session AND e.consignor = p.consignor
    WHERE p.organization = ?1 AND p.event = ?2 AND p.standing IN ('active', 'left') AND p.consignor > CAST(?3 AS INTEGER)
    GROUP BY p.consignor ORDER BY p.consignor LIMIT ?4";

/// The vault's name for a consignor.
#[must_use]
pub fn consignor_subject(number: u32) -> String {
    format!("consignor:{number}")
}

/// An event's consignors, by number.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/consignors",
    tag = "consignors",
    params(("event" = String, Path, description = "The event's id"), PageQuery, FreshQuery),
    responses((status = 200, body = Page<ConsignorView>), Problems)
)]
#[worker::send]
pub async fn list_consignors(
    edge: Edge,
    tenant: Tenant,
    caller: Caller,
    Named(event): Named<EventId>,
    Asked(page): Asked<PageQuery>,
    Asked(fresh): Asked<FreshQuery>,
) -> Result<Json<Page<ConsignorView>>, EdgeError> {
    fresh.reach(&edge, &tenant, &tenant.event(event)).await?;
    let rows = page.rows()?;
    let after = page.after::<u32>()?.unwrap_or(0).to_string();
    let event_id = event.to_string();
    let values = [Value::Text(&event_id), Value::Text(&after), Value::Int(i32::from(rows) + 1)];
    let found: Vec<ConsignorRow> = tenant.rows(&edge).all(SELECT_CONSIGNORS, &values).await?;
    let page = Page::cut(found, rows, |row| row.number);
    let mut names = std::collections::BTreeMap::new();
    if caller.may(Permission::ReadPersonalData) && !page.items.is_empty() {
        let subjects: Vec<String> = page.items.iter().map(|row| consignor_subject(row.number)).collect();
        names = Vault::open(&edge, &tenant)?.get(&subjects).await?;
    }
    let page = page.map(|row| {
        let profile = names.remove(&consignor_subject(row.number));
        ConsignorView {
            number: row.number,
            name: profile.and_then(|mut profile| profile.fields.remove(&Field::Name)),
            tier: row.tier,
            items: row.items,
            sold: row.sold,
            gross_cents: row.gross_cents,
            share_estimate_cents: row.share_cents,
            house_estimate_cents: row.house_cents,
        }
    });
    expect_event(&edge, &tenant, event, page).await
}
