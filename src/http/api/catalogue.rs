//! What a terminal needs to ring up baskets: the session's items at a position of its log, and its rules.

use axum::http::HeaderMap;
use axum::response::Response;
use domain::consignment_event::SessionScheduled as SessionPlan;
use domain::ids::SessionId;
use domain::journal::EventCodec;
use domain::markdown::MarkdownSchedule;
use domain::sale_session::Event;
use domain::stream::StreamId;
use domain::tax::TaxRule;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::cache::Version;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::reach;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::objects::client::read_log;

/// Rows that the database puts into one JSON text: some 500 KB, below its 2 MB for a value.
const CATALOGUE_PAGE_ITEMS: i32 = 5_000;

/// Pages read for one catalogue: 100,000 items, a large sale's whole hall.
const CATALOGUE_PAGES_MAX: usize = 20;

/// Entries read to find what came in: a till that was away for longer fetches the whole catalogue.
const ARRIVAL_ENTRIES_MAX: u64 = 5_000;

/// Entries asked for at a time; the session gives fewer where they are large.
const ARRIVAL_PAGE_ENTRIES: u32 = 1_000;

/// What a session sells by; terminals hand `tax` and `markdown` to the pricing module as they are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SellingRules {
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// IANA zone in which days begin and end.
    pub time_zone: String,
    /// Tax rule.
    #[schema(value_type = Object)]
    pub tax: TaxRule,
    /// Markdown schedule.
    #[schema(value_type = Object)]
    pub markdown: MarkdownSchedule,
    /// Version of the commission plan that estimates are made by.
    pub plan_version: u32,
}

/// The session's items at a position of its log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Catalogue {
    /// The position; listen from here on.
    pub position: u64,
    /// False when only what came in since the position asked for is listed.
    pub whole: bool,
    /// `[tag, title, size, price_cents, consignor, flags]`; flags: 1 may be reduced, 2 donated if unsold,
    /// 4 not taxed, 16 marked missing, 32 rejected at check-in, 64 sold.
    #[schema(value_type = Vec<Vec<Object>>, example = json!([["0010001234", "Rain boots", "9", 850, 17, 1]]))]
    pub items: Vec<Box<RawValue>>,
    /// What the session sells by.
    pub settings: SellingRules,
}

#[derive(Deserialize)]
struct PageRow {
    rows: i32,
    last_tag: Option<String>,
    items: String,
}

/// The index is named because without it each item has all lines of its session read.
const SELECT_PAGE: &str = "SELECT COUNT(*) AS rows, MAX(tag) AS last_tag,
      json_group_array(json_array(tag, title, size, price_cents, consignor, flags)) AS items
    FROM (
      SELECT i.tag, i.title, i.size, COALESCE(i.printed_cents, i.price_cents) AS price_cents, i.consignor,
        COALESCE(i.printed_reduce, i.reduce) + 2 * COALESCE(i.printed_donate, i.donate)
          + CASE WHEN i.category IN (SELECT value FROM json_each(?4)) THEN 4 ELSE 0 END
          + CASE i.marked WHEN 'missing' THEN 16 WHEN 'rejected' THEN 32 ELSE 0 END
          + CASE WHEN EXISTS (SELECT 1 FROM receipt_line l INDEXED BY receipt_line_tag WHERE l.organization = i.organization
                              AND l.session = i.session AND l.tag = i.tag AND l.standing <> 'gone')
                 THEN 64 ELSE 0 END AS flags
      FROM item i WHERE i.organization = ?1 AND i.event = ?5 AND i.session = ?2 AND i.tag > ?3
        AND (?7 = '' OR i.tag IN (SELECT value FROM json_each(?7))) ORDER BY i.tag LIMIT ?6
    )";

/// Which part.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CatalogueQuery {
    /// Only items that came into the session behind this position of its log.
    #[serde(default)]
    #[param(default = 0)]
    pub since: u64,
}

/// The session's items at a position of its log, and its rules. Listening from that position on misses nothing;
/// what is heard twice says the same twice.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/catalogue",
    tag = "terminals",
    params(("session" = String, Path, description = "The session's id"), CatalogueQuery),
    responses((status = 200, body = Catalogue), Problems)
)]
#[worker::send]
pub async fn catalogue(
    edge: Edge,
    tenant: Tenant,
    Named(session): Named<SessionId>,
    Asked(asked): Asked<CatalogueQuery>,
    headers: HeaderMap,
) -> Result<Response, EdgeError> {
    let plan = planned(&edge, &tenant, session).await?;
    // First the session's position, then the event's rows: whatever the session had taken into custody by then,
    // the event had handed over before.
    let (own, event) = (tenant.session(session), tenant.event(plan.event));
    let position = read_log(edge.env(), &own, 1, 1).await?.head.seq;
    let behind = read_log(edge.env(), &event, 1, 1).await?.head.seq;
    let rest = format!("{session}/event-{behind}/since-{}", asked.since);
    let version = Version::new(&edge, tenant.scope(), "catalogue", position, &rest);
    let list = Listing { edge: &edge, tenant: &tenant, session, plan, since: asked.since, position, behind };
    version.answer(&headers, list.made()).await
}

/// A catalogue to be put together.
struct Listing<'a> {
    edge: &'a Edge,
    tenant: &'a Tenant,
    session: SessionId,
    plan: SessionPlan,
    since: u64,
    /// Where the session's log stands.
    position: u64,
    /// Where the event's log stands.
    behind: u64,
}

impl Listing<'_> {
    async fn made(self) -> Result<Catalogue, EdgeError> {
        let Self { edge, tenant, session, plan, since, position, behind } = self;
        let (own, event) = (tenant.session(session), tenant.event(plan.event));
        reach(edge, &own, position).await?;
        reach(edge, &event, behind).await?;
        let arrived = arrivals(edge, &own, since, position).await?;
        let exempt = serde_json::to_string(&plan.tax.exempt)?;
        let (session_id, event_id) = (session.to_string(), plan.event.to_string());
        let (mut items, mut after) = (Vec::new(), String::new());
        for _ in 0..CATALOGUE_PAGES_MAX {
            let values = [
                Value::Text(&session_id),
                Value::Text(&after),
                Value::Text(&exempt),
                Value::Text(&event_id),
                Value::Int(CATALOGUE_PAGE_ITEMS),
                Value::Text(arrived.as_deref().unwrap_or_default()),
            ];
            let Some(page) = tenant.rows(edge).first::<PageRow>(SELECT_PAGE, &values).await? else { break };
            items.extend(serde_json::from_str::<Vec<Box<RawValue>>>(&page.items)?);
            match page.last_tag {
                Some(tag) if page.rows == CATALOGUE_PAGE_ITEMS => after = tag,
                _ => break,
            }
        }
        let whole = arrived.is_none();
        Ok(Catalogue { position, whole, items, settings: rules_of(tenant, plan) })
    }
}

/// The tags that came in behind `since`, as a JSON array; none when all items are asked for, or when so much has
/// happened since then that all of them are less work.
async fn arrivals(
    edge: &Edge,
    session: &StreamId,
    since: u64,
    position: u64,
) -> Result<Option<String>, EdgeError> {
    if since == 0 || position.saturating_sub(since) > ARRIVAL_ENTRIES_MAX {
        return Ok(None);
    }
    let (mut tags, mut from) = (Vec::new(), since + 1);
    while from <= position {
        let page = read_log(edge.env(), session, from, ARRIVAL_PAGE_ENTRIES).await?;
        let Some(last) = page.entries.last() else { break };
        from = last.seq + 1;
        for entry in page.entries.iter().filter(|entry| entry.kind == "custody_taken") {
            let decoded = Event::decode(entry).map_err(|error| EdgeError::Internal(error.to_string()))?;
            if let Event::CustodyTaken(taken) = decoded.event {
                tags.extend(taken.items.iter().map(|item| item.tag.to_string()));
            }
        }
    }
    Ok(Some(serde_json::to_string(&tags)?))
}

/// What a session sells by, as it was planned.
///
/// # Errors
/// 404 when there is no such session.
pub async fn selling_rules(
    edge: &Edge,
    tenant: &Tenant,
    session: SessionId,
) -> Result<SellingRules, EdgeError> {
    planned(edge, tenant, session).await.map(|plan| rules_of(tenant, plan))
}

/// The session's first entry says what it sells by.
async fn planned(edge: &Edge, tenant: &Tenant, session: SessionId) -> Result<SessionPlan, EdgeError> {
    let page = read_log(edge.env(), &tenant.session(session), 1, 1).await?;
    let entry = page.entries.first().ok_or(EdgeError::NotFound("session"))?;
    match Event::decode(entry) {
        Ok(decoded) => match decoded.event {
            Event::SessionScheduled(scheduled) => Ok(scheduled.0),
            _ => Err(EdgeError::Internal("the session's log does not begin with its plan".into())),
        },
        Err(error) => Err(EdgeError::Internal(error.to_string())),
    }
}

fn rules_of(tenant: &Tenant, plan: SessionPlan) -> SellingRules {
    SellingRules {
        currency: plan.currency,
        time_zone: tenant.time_zone().to_owned(),
        plan_version: plan.plan.version,
        tax: plan.tax,
        markdown: plan.markdown,
    }
}
