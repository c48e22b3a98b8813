//! Stock counts: what is in the hall against what is on record.

use domain::consignment_event::Command;
use domain::ids::{CountId, EventId};
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{CountOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;

/// A stock count.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CountView {
    /// Its id.
    pub count: String,
    /// `counting`, `finished` or `abandoned`.
    #[schema(example = "counting")]
    pub status: String,
    /// Items that should be here.
    pub expected: u32,
    /// Tags seen so far.
    pub counted: u32,
    /// Differences found so far.
    pub differences: u32,
    /// When it began.
    #[serde(deserialize_with = "row::instant")]
    pub started_at: String,
    /// When it ended.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub ended_at: Option<String>,
}

impl Resource for CountView {
    const NAME: &'static str = "count";
    const LIST: List = List {
        select: "SELECT count, status, expected, counted, differences, started_at, ended_at FROM stock_count
            WHERE organization = ?1 AND event = ?2->>'event'
              AND (?2->>'status' IS NULL OR status = ?2->>'status')",
        key: "count",
        default: "-started_at",
        sorts: &["started_at", "status", "differences"],
        columns: &["count", "status", "expected", "counted", "differences", "started_at", "ended_at"],
    };
    as_selected!();
}

/// Which counts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountQuery {
    /// `counting`, `finished` or `abandoned`.
    pub status: Option<String>,
}

/// The stock counts of an event.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/counts",
    tag = "counts",
    params(OfEvent, CountQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<CountView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_counts(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<CountQuery>,
) -> Result<Listing<CountView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// One stock count.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/counts/{count}",
    tag = "counts",
    params(CountOfEvent, FreshQuery),
    responses((status = 200, body = CountView), Problems)
)]
#[worker::send]
pub async fn get_count(
    looks: Looks,
    Named((event, count)): Named<(EventId, CountId)>,
) -> Result<Found<CountView>, EdgeError> {
    looks.one(Of::Event(event), count.to_string()).await
}

/// Begins a stock count.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/counts",
    tag = "counts",
    params(OfEvent, CommandHeaders),
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn start_count(decider: Decider, Named(event): Named<EventId>) -> Decision {
    let count = CountId(decider.commanding.fresh_id("count"));
    Ok(decider.event(event, Command::StartCount { count }).await?.made(&count).created())
}

/// Tags that were seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenTags {
    /// At most 500; those seen before in this count are passed over.
    #[schema(value_type = Vec<String>)]
    pub tags: Vec<Tag>,
}

/// Notes tags that were seen in the hall.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/counts/{count}/tags",
    tag = "counts",
    params(CountOfEvent, CommandHeaders),
    request_body = SeenTags,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn count_items(
    decider: Decider,
    Named((event, count)): Named<(EventId, CountId)>,
    Told(seen): Told<SeenTags>,
) -> Decision {
    Ok(decider.event(event, Command::CountItems { count, tags: seen.tags }).await?.done())
}

/// Compares the next 500 items with what was seen: what is missing is marked so, what turned up is checked in.
/// Repeat it, each time under a key of its own, until the count is `finished`.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/counts/{count}/compare",
    tag = "counts",
    params(CountOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn compare_count(decider: Decider, Named((event, count)): Named<(EventId, CountId)>) -> Decision {
    Ok(decider.event(event, Command::CompareCount { count }).await?.done())
}

/// Gives a count up; nothing changes.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/counts/{count}/abandon",
    tag = "counts",
    params(CountOfEvent, CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn abandon_count(decider: Decider, Named((event, count)): Named<(EventId, CountId)>) -> Decision {
    Ok(decider.event(event, Command::AbandonCount { count }).await?.done())
}

/// One difference.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CountDifferenceView {
    /// The tag.
    pub tag: String,
    /// What is different.
    #[schema(example = "missing_on_floor")]
    pub difference: String,
    /// `missing`, `found` or `unexpected`.
    pub class: String,
    /// When it was found.
    #[serde(deserialize_with = "row::instant")]
    pub found_at: String,
}

impl Resource for CountDifferenceView {
    const NAME: &'static str = "difference";
    const LIST: List = List {
        select: "SELECT tag, difference, class, found_at FROM count_difference
            WHERE organization = ?1 AND event = ?2->>'event' AND count = ?2->>'count'
              AND (?2->>'class' IS NULL OR class = ?2->>'class')",
        key: "tag",
        default: "tag",
        sorts: &["difference", "class", "found_at"],
        columns: &["tag", "difference", "class", "found_at"],
    };
    as_selected!();
}

/// Which differences.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DifferenceQuery {
    /// `missing`, `found` or `unexpected`.
    pub class: Option<String>,
}

#[derive(Debug, Serialize)]
struct DifferenceFilters {
    count: String,
    class: Option<String>,
}

/// What a count found to differ.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/counts/{count}/differences",
    tag = "counts",
    params(CountOfEvent, DifferenceQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<CountDifferenceView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_count_differences(
    lists: Lists,
    Named((event, count)): Named<(EventId, CountId)>,
    Asked(query): Asked<DifferenceQuery>,
) -> Result<Listing<CountDifferenceView>, EdgeError> {
    let filters = DifferenceFilters { count: count.to_string(), class: query.class };
    lists.answer(Of::Event(event), &filters).await
}
