//! Items of an event.

use domain::consignment_event::items::ItemDraft;
use domain::ids::{ConsignorNumber, EventId};
use domain::money::Cents;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{ItemOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
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
    /// Price printed on its tag, which counts on the floor; `null` before a tag is printed.
    pub printed_cents: Option<i64>,
    /// How often it came from an earlier event.
    pub transfers: u8,
    /// When it was listed.
    pub listed_at: String,
}

/// An item as its consignor describes it.
#[derive(Deserialize)]
pub(super) struct Described {
    pub tag: String,
    consignor: u32,
    category: String,
    title: String,
    size: String,
    condition: String,
    price_cents: i64,
    reduce: i64,
    donate: i64,
    reference: String,
}

/// The columns of [`Described`], of the item called `i`.
macro_rules! described {
    () => {
        "i.tag, i.consignor, i.category, i.title, i.size, i.condition, i.price_cents, i.reduce, i.donate, i.reference"
    };
}
pub(super) use described;

impl Described {
    /// As it could be listed again.
    pub fn draft(&self) -> ItemDraft {
        ItemDraft {
            row: None,
            consignor: ConsignorNumber(self.consignor),
            category: self.category.clone(),
            title: self.title.clone(),
            size: self.size.clone(),
            condition: self.condition.clone(),
            price: Cents(self.price_cents),
            reduce: self.reduce != 0,
            donate: self.donate != 0,
            reference: self.reference.clone(),
        }
    }
}

/// An item, as its rows know it.
#[derive(Deserialize)]
pub struct ItemRow {
    #[serde(flatten)]
    described: Described,
    status: String,
    session: Option<String>,
    sold_cents: Option<i64>,
    sold_at: Option<i64>,
    printed_cents: Option<i64>,
    transfers: u8,
    listed_at: i64,
}

impl From<ItemRow> for ItemView {
    fn from(row: ItemRow) -> Self {
        let own = row.described;
        let tag_label = Tag::parse(&own.tag).map_or_else(|_| own.tag.clone(), Tag::grouped);
        Self {
            tag_label,
            tag: own.tag,
            consignor: own.consignor,
            category: own.category,
            title: own.title,
            size: own.size,
            condition: own.condition,
            price_cents: own.price_cents,
            reduce: own.reduce != 0,
            donate: own.donate != 0,
            reference: own.reference,
            status: row.status,
            session: row.session,
            sold_cents: row.sold_cents,
            sold_at: row.sold_at.map(instant),
            printed_cents: row.printed_cents,
            transfers: row.transfers,
            listed_at: instant(row.listed_at),
        }
    }
}

/// Which items.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Part of a title or reference, or of a tag.
    pub q: Option<String>,
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// A status: `listed`, `checked_in`, `on_floor`, `sold`, …
    pub status: Option<String>,
    /// A category code.
    pub category: Option<String>,
    /// The session that has or last had it.
    pub session: Option<String>,
    /// Lowest price on the tag.
    pub price_min_cents: Option<i64>,
    /// Highest price on the tag.
    pub price_max_cents: Option<i64>,
}

/// What the statement is told: the query, and what its text may be the tag of.
#[derive(Debug, Serialize)]
struct ItemFilters {
    #[serde(flatten)]
    query: ItemQuery,
    /// A tag may be keyed with its hyphens; text without a digit is no tag at all.
    digits: Option<String>,
}

impl Resource for ItemView {
    const NAME: &'static str = "item";
    /// A sale is the session's word, the rest the event's: they meet here, when read. While a session has the item,
    /// a line that holds it makes it sold; once it is back, the event knows. The index is named because without it each
    /// item has all lines of its session read.
    const LIST: List = List {
        select: concat!(
            "SELECT ",
            described!(),
            ", i.session, l.price_cents AS sold_cents, r.recorded_at AS sold_at,
              CASE WHEN l.tag IS NOT NULL AND i.status = 'on_floor' THEN 'sold' ELSE i.status END AS status,
              i.printed_cents, i.transfers, i.listed_at
            FROM item i
            LEFT JOIN receipt_line l INDEXED BY receipt_line_tag
              ON l.organization = i.organization AND l.session = i.session AND l.tag = i.tag
              AND l.standing = 'credited'
            LEFT JOIN receipt r ON r.organization = l.organization AND r.session = l.session AND r.receipt = l.receipt
            WHERE i.organization = ?1 AND i.event = ?2->>'event'
              AND (?2->>'consignor' IS NULL OR i.consignor = ?2->>'consignor')
              AND (?2->>'category' IS NULL OR i.category = ?2->>'category')
              AND (?2->>'session' IS NULL OR i.session = ?2->>'session')
              AND (?2->>'price_min_cents' IS NULL OR i.price_cents >= ?2->>'price_min_cents')
              AND (?2->>'price_max_cents' IS NULL OR i.price_cents <= ?2->>'price_max_cents')
              AND (?2->>'status' IS NULL OR CASE WHEN l.tag IS NOT NULL AND i.status = 'on_floor' THEN 'sold'
                    ELSE i.status END = ?2->>'status')
              AND (?2->>'q' IS NULL OR instr(lower(i.title), ?2->>'q') > 0 OR instr(lower(i.reference), ?2->>'q') > 0
                   OR instr(i.tag, COALESCE(?2->>'digits', '-')) > 0)"
        ),
        key: "tag",
        default: "tag",
        sorts: &["price_cents", "title", "consignor", "category", "status", "sold_at", "listed_at"],
        columns: &[
            "tag", "consignor", "category", "title", "size", "condition", "price_cents", "reduce", "donate",
            "reference", "status", "session", "sold_cents", "sold_at", "printed_cents", "transfers", "listed_at",
        ],
    };
    type Row = ItemRow;

    async fn views(_: &Asking, rows: Vec<ItemRow>) -> Result<Vec<Self>, EdgeError> {
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

/// The items of an event, by tag.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/items",
    tag = "items",
    params(OfEvent, ItemQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ItemView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_items(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(mut query): Asked<ItemQuery>,
) -> Result<Listing<ItemView>, EdgeError> {
    query.q = query.q.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    if query.q.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
        return Err(EdgeError::bad_request(
            "search_too_long",
            format!("q has at most {SEARCH_CHARS_MAX} characters."),
        ));
    }
    let digits = query.q.as_ref().map(|text| text.replace(['-', ' '], ""));
    let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    lists.answer(Of::Event(event), &ItemFilters { query, digits }).await
}

/// One item.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/items/{tag}",
    tag = "items",
    params(ItemOfEvent, FreshQuery),
    responses((status = 200, body = ItemView), Problems)
)]
#[worker::send]
pub async fn get_item(
    looks: Looks,
    Named((event, tag)): Named<(EventId, String)>,
) -> Result<Found<ItemView>, EdgeError> {
    let tag = Tag::parse(&tag).map_err(|_| EdgeError::NotFound("item"))?;
    looks.one(Of::Event(event), tag.to_string()).await
}
