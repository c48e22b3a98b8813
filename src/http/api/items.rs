//! Items of an event.

use axum::Json;
use domain::ids::EventId;
use domain::stream::StreamId;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::expect_event;
use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;

/// Longest search text, characters: a title has at most 60.
const SEARCH_CHARS_MAX: usize = 100;

/// An item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemView {
    /// Its tag, ten digits.
    #[schema(example = "0010001234")]
    pub tag: String,
    /// Its tag as people read it.
    #[schema(example = "001-000123-4")]
    pub tag_label: String,
    /// Whose it is, by number.
    pub consignor: u32,
    /// Category code.
    pub category: String,
    /// What it is.
    pub title: String,
    /// Size, as on the label.
    pub size: String,
    /// Condition code.
    pub condition: String,
    /// Price on the tag.
    pub price_cents: i64,
    /// May be reduced.
    pub reduce: bool,
    /// To be donated if unsold.
    pub donate: bool,
    /// The consignor's own reference.
    pub reference: String,
    /// Where it is in its life.
    #[schema(example = "on_floor")]
    pub status: String,
    /// The session that has or last had it.
    pub session: Option<String>,
    /// What it was sold for, once it was.
    pub sold_cents: Option<i64>,
    /// When it was sold, by the log's clock.
    pub sold_at: Option<String>,
}

#[derive(Deserialize)]
struct ItemRow {
    tag: String,
    consignor: u32,
    category: String,
    title: String,
    size: String,
    condition: String,
    price_cents: i64,
    reduce: i64,
    donate: i64,
    reference: String,
    status: String,
    session: Option<String>,
    sold_cents: Option<i64>,
    sold_at: Option<i64>,
}

impl From<ItemRow> for ItemView {
    fn from(row: ItemRow) -> Self {
        let tag_label = Tag::parse(&row.tag).map_or_else(|_| row.tag.clone(), Tag::grouped);
        Self {
            tag_label,
            tag: row.tag,
            consignor: row.consignor,
            category: row.category,
            title: row.title,
            size: row.size,
            condition: row.condition,
            price_cents: row.price_cents,
            reduce: row.reduce != 0,
            donate: row.donate != 0,
            reference: row.reference,
            status: row.status,
            session: row.session,
            sold_cents: row.sold_cents,
            sold_at: row.sold_at.map(instant),
        }
    }
}

/// Which items.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Part of a title or reference, or the beginning of a tag.
    pub q: Option<String>,
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A status: `listed`, `checked_in`, `on_floor`, `sold`, …
    pub status: Option<String>,
}

/// A sale is the session's word, the rest the event's: they meet here, when read. While a session has the item, a
/// line that holds it makes it sold; once it is back, the event knows.
const SELECT_ITEMS: &str =
    "SELECT i.tag, i.consignor, i.category, i.title, i.size, i.condition, i.price_cents,
      i.reduce, i.donate, i.reference, i.session, l.price_cents AS sold_cents, r.recorded_at AS sold_at,
      CASE WHEN l.tag IS NOT NULL AND i.status = 'on_floor' THEN 'sold' ELSE i.status END AS status
    FROM item i
    LEFT JOIN receipt_line l ON l.organization = i.organization AND l.session = i.session AND l.tag = i.tag
      AND l.standing = 'credited'
    LEFT JOIN receipt r ON r.organization = l.organization AND r.session = l.session AND r.receipt = l.receipt
    WHERE i.organization = ?1 AND i.event = ?2 AND i.tag > ?3
      AND (?4 IS NULL OR i.consignor = CAST(?4 AS INTEGER))
      AND (?5 IS NULL OR CASE WHEN l.tag IS NOT NULL AND i.status = 'on_floor' THEN 'sold' ELSE i.status END = ?5)
      AND (?6 IS NULL OR instr(lower(i.title), ?6) > 0 OR instr(lower(i.reference), ?6) > 0
           OR instr(i.tag, ?7) > 0)
    ORDER BY i.tag LIMIT ?8";

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

/// The items of an event, by tag.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/items",
    tag = "items",
    params(("event" = String, Path, description = "The event's id"), ItemQuery, PageQuery, FreshQuery),
    responses((status = 200, body = Page<ItemView>), Problems)
)]
#[worker::send]
pub async fn list_items(
    edge: Edge,
    tenant: Tenant,
    Named(event): Named<EventId>,
    Asked(query): Asked<ItemQuery>,
    Asked(page): Asked<PageQuery>,
    Asked(fresh): Asked<FreshQuery>,
) -> Result<Json<Page<ItemView>>, EdgeError> {
    let own: StreamId = tenant.event(event);
    fresh.reach(&edge, &tenant, &own).await?;
    let search = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    if search.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
        return Err(EdgeError::bad_request(
            "search_too_long",
            format!("q has at most {SEARCH_CHARS_MAX} characters."),
        ));
    }
    // A tag may be keyed with its hyphens; text without a digit is no tag at all.
    let digits = search
        .as_ref()
        .map(|text| text.replace(['-', ' '], ""))
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (event_id, consignor) = (event.to_string(), query.consignor.map(|number| number.to_string()));
    let after = page.after::<String>()?.unwrap_or_default();
    let rows = page.rows()?;
    let values = [
        Value::Text(&event_id),
        Value::Text(&after),
        optional(consignor.as_deref()),
        optional(query.status.as_deref()),
        optional(search.as_deref()),
        Value::Text(digits.as_deref().unwrap_or("-")),
        Value::Int(i32::from(rows) + 1),
    ];
    let found: Vec<ItemRow> = tenant.rows(&edge).all(SELECT_ITEMS, &values).await?;
    let page = Page::cut(found, rows, |row| row.tag.clone()).map(ItemView::from);
    expect_event(&edge, &tenant, event, page).await
}
