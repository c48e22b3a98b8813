//! Who takes part in an event, and what their sales are estimated to bring.

use std::collections::BTreeMap;

use domain::ids::EventId;
use domain::rights::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};
use crate::vault::{Field, Profile, Vault};

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

/// A consignor, as the rows know them.
#[derive(Deserialize)]
pub struct ConsignorRow {
    number: u32,
    tier: String,
    items: u32,
    sold: u32,
    gross_cents: i64,
    share_estimate_cents: i64,
    house_estimate_cents: i64,
}

/// The vault's name for a consignor.
#[must_use]
pub fn consignor_subject(number: u32) -> String {
    format!("consignor:{number}")
}

impl Resource for ConsignorView {
    const NAME: &'static str = "consignor";
    const LIST: List = List {
        select: "SELECT p.consignor AS number, p.tier,
              (SELECT COUNT(*) FROM item i WHERE i.organization = p.organization AND i.event = p.event
                AND i.consignor = p.consignor) AS items,
              COALESCE(SUM(e.lines), 0) AS sold, COALESCE(SUM(e.gross_cents), 0) AS gross_cents,
              COALESCE(SUM(e.share_cents), 0) AS share_estimate_cents,
              COALESCE(SUM(e.house_cents), 0) AS house_estimate_cents
            FROM participation p
            LEFT JOIN sale_session s ON s.organization = p.organization AND s.event = p.event
            LEFT JOIN share_estimate e
              ON e.organization = s.organization AND e.session = s.session AND e.consignor = p.consignor
            WHERE p.organization = ?1 AND p.event = ?2->>'event' AND p.standing IN ('active', 'left')
              AND (?2->>'tier' IS NULL OR p.tier = ?2->>'tier')
            GROUP BY p.consignor",
        key: "number",
        default: "number",
        sorts: &["items", "sold", "gross_cents", "share_estimate_cents", "tier"],
        columns: &[
            "number",
            "name",
            "tier",
            "items",
            "sold",
            "gross_cents",
            "share_estimate_cents",
            "house_estimate_cents",
        ],
    };
    type Row = ConsignorRow;

    async fn views(of: &Asking, rows: Vec<ConsignorRow>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.number)).await?;
        Ok(rows
            .into_iter()
            .map(|row| Self {
                number: row.number,
                name: names.remove(&row.number),
                tier: row.tier,
                items: row.items,
                sold: row.sold,
                gross_cents: row.gross_cents,
                share_estimate_cents: row.share_estimate_cents,
                house_estimate_cents: row.house_estimate_cents,
            })
            .collect())
    }
}

/// The names of consignors, for callers who may see personal data; nothing for others.
///
/// # Errors
/// 503 when the vault is out of reach.
pub async fn names_of(
    of: &Asking,
    numbers: impl Iterator<Item = u32>,
) -> Result<BTreeMap<u32, String>, EdgeError> {
    if !of.caller.may(Permission::ReadPersonalData) {
        return Ok(BTreeMap::new());
    }
    let subjects: BTreeMap<String, u32> = numbers.map(|number| (consignor_subject(number), number)).collect();
    if subjects.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted: Vec<String> = subjects.keys().cloned().collect();
    let profiles = Vault::open(&of.edge, &of.tenant)?.get(&wanted).await?;
    let name = |(subject, mut profile): (String, Profile)| {
        Some((*subjects.get(&subject)?, profile.fields.remove(&Field::Name)?))
    };
    Ok(profiles.into_iter().filter_map(name).collect())
}

/// Which consignors.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsignorQuery {
    /// How they take part: `regular` or `super`.
    pub tier: Option<String>,
}

/// An event's consignors, by number.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/consignors",
    tag = "consignors",
    params(OfEvent, ConsignorQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ConsignorView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_consignors(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<ConsignorQuery>,
) -> Result<Listing<ConsignorView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}
