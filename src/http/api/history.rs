//! Any resource's story, from the logs: who, when, what, why, before and after.

use domain::ids::{EventId, ReceiptId, SessionId};
use domain::tag::Tag;
use projections::history::{Story, concerning, own_change};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfEvent;
use crate::http::problem::{EdgeError, Problems};
use crate::http::stories::{IndexRow, entries_of, stream_of};
use crate::http::time::{instant, parse_instant};

/// Entries in the story of one thing: an item has ten or so, a consignor of many events some hundreds.
const STORY_ENTRIES_MAX: u32 = 1_000;

/// One value that changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeView {
    /// The field.
    #[schema(example = "price")]
    pub field: String,
    /// What it was.
    #[schema(value_type = Object)]
    pub before: Value,
    /// What it is.
    #[schema(value_type = Object)]
    pub after: Value,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryView {
    /// Its place in the history, by time.
    pub place: String,
    /// The log that says it.
    #[schema(example = "0193f6a1-…/event/0193f6a2-…")]
    pub stream: String,
    /// The entry.
    pub seq: u64,
    /// When, by the log's clock.
    #[schema(example = "2027-03-27T10:00:00.000Z")]
    pub recorded_at: String,
    /// When, by the terminal's clock, where that was asked.
    pub occurred_at: Option<String>,
    /// Who: `person:…`, `terminal:…`, `system:…`, or the `stream:…` that handed it over.
    #[schema(example = "person:user_demo_olivia")]
    pub actor: String,
    /// What, for programs.
    #[schema(example = "items_edited")]
    pub kind: String,
    /// What, for people.
    #[schema(example = "Items edited")]
    pub title: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// What was different before.
    pub changes: Vec<ChangeView>,
    /// The command that caused it.
    pub command_id: String,
    /// The entry's own data, as the log holds it; in the story of one thing, of lists only what names it.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// An entry as the index knows it.
#[derive(Debug, Clone, Deserialize)]
pub struct HistoryRow {
    place: String,
    stream: String,
    seq: u64,
    recorded_at: i64,
    actor: String,
    kind: String,
    /// A refusal for want of a right, which no log holds: the edge wrote it down.
    denied: Option<String>,
}

macro_rules! select_history {
    ($from:literal, $where:literal) => {
        concat!(
            "SELECT printf('%015d/%s/%010d', h.recorded_at, h.stream, h.seq) AS place, h.stream, h.seq, h.recorded_at,
              h.actor, h.kind, h.denied
            FROM ",
            $from,
            " WHERE h.organization = ?1 AND (?2->>'kind' IS NULL OR h.kind = ?2->>'kind')
              AND (?2->>'actor' IS NULL OR h.actor = ?2->>'actor')
              AND (?2->>'from_ms' IS NULL OR h.recorded_at >= ?2->>'from_ms')
              AND (?2->>'to_ms' IS NULL OR h.recorded_at < ?2->>'to_ms') AND ",
            $where
        )
    };
}

impl Resource for HistoryView {
    const NAME: &'static str = "entry";
    const LIST: List = List {
        select: select_history!(
            "(SELECT organization, stream, seq, recorded_at, actor, kind, NULL AS denied FROM history_entry
              UNION ALL
              SELECT organization, printf('denied/%d/%s/%s %s/%s', hour, actor, method, route, needs), 0, last_at, actor,
                'access_denied', json_object('method', method, 'route', route, 'needs', needs, 'attempts', attempts,
                'request_id', request_id) FROM denied_access) h",
            "(?2->>'session' IS NULL OR h.stream = 'session/' || (?2->>'session'))
              AND (?2->>'event' IS NULL OR h.stream IN ('event/' || (?2->>'event'), 'reconciliation/' || (?2->>'event'))
                OR h.stream IN (SELECT 'session/' || p.session FROM planned_session p
                    WHERE p.organization = ?1 AND p.event = ?2->>'event'))"
        ),
        key: "place",
        default: "-place",
        sorts: &["kind", "actor"],
        columns: &[
            "recorded_at", "occurred_at", "actor", "kind", "title", "reason", "changes", "stream", "seq", "command_id",
            "data",
        ],
    };
    type Row = HistoryRow;

    async fn views(of: &Asking, rows: Vec<HistoryRow>) -> Result<Vec<Self>, EdgeError> {
        views_of(of, rows, None).await
    }
}

/// Tells rows; with a subject, which they must be the whole story of in order, also what changed.
async fn views_of(
    of: &Asking,
    rows: Vec<HistoryRow>,
    subject: Option<&str>,
) -> Result<Vec<HistoryView>, EdgeError> {
    let in_logs = |row: &&HistoryRow| row.denied.is_none();
    let index: Vec<IndexRow> = rows
        .iter()
        .filter(in_logs)
        .map(|row| IndexRow { stream: row.stream.clone(), seq: row.seq })
        .collect();
    let mut entries = entries_of(of, &index).await?;
    let mut story = Story::default();
    let view = |row: HistoryRow| {
        let entry = entries.remove(&(row.stream.clone(), row.seq));
        let mut data: Value =
            entry.as_ref().and_then(|entry| serde_json::from_str(&entry.payload).ok()).unwrap_or_default();
        let mut changes: Vec<_> = own_change(&data).into_iter().collect();
        if let Some(subject) = subject {
            changes.extend(story.take(subject, &data));
            data = concerning(subject, data);
        }
        let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
        HistoryView {
            place: row.place,
            stream: stream_of(of, &row.stream).map(|stream| stream.to_string()).unwrap_or_default(),
            seq: row.seq,
            recorded_at: instant(row.recorded_at),
            occurred_at: data.get("occurred_at").and_then(Value::as_i64).map(instant),
            actor: row.actor,
            title: title_of(&row.kind),
            kind: row.kind,
            reason: text("reason"),
            changes: changes
                .into_iter()
                .map(|change| ChangeView { field: change.field, before: change.before, after: change.after })
                .collect(),
            command_id: entry.map(|entry| entry.command_id).unwrap_or_default(),
            data,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// `items_checked_in` as people read it: `Items checked in`.
fn title_of(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Which of what happened.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// A kind of entry: `items_edited`, `receipt_completed`, …
    pub kind: Option<String>,
    /// Who: `person:…`, `terminal:…`, `system:…`, `stream:…`.
    pub actor: Option<String>,
    /// From when on, by the log's clock.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Before when, by the log's clock.
    #[param(format = DateTime)]
    pub to: Option<String>,
}

#[derive(Debug, Serialize)]
struct HistoryFilters {
    kind: Option<String>,
    actor: Option<String>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

impl HistoryQuery {
    fn filters(self) -> Result<HistoryFilters, EdgeError> {
        let moment = |text: Option<String>| text.as_deref().map(parse_instant).transpose();
        Ok(HistoryFilters {
            kind: self.kind,
            actor: self.actor,
            from_ms: moment(self.from)?,
            to_ms: moment(self.to)?,
        })
    }
}

/// Everything that happened in the organization, newest first; also who was refused what for want of a right.
#[utoipa::path(
    get,
    path = "/api/v1/history",
    tag = "history",
    params(HistoryQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn organization_history(
    lists: Lists,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    lists.answer(Of::Organization, &query.filters()?).await
}

/// Everything that happened in an event, in its sessions and in its reconciliation, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/history",
    tag = "history",
    params(OfEvent, HistoryQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn event_history(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    lists.answer(Of::Event(event), &query.filters()?).await
}

/// Everything that happened in a session, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/history",
    tag = "history",
    params(
        ("session" = String, Path, description = "The session's id"), HistoryQuery, PageQuery, ListQuery, FreshQuery
    ),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn session_history(
    lists: Lists,
    Named(session): Named<SessionId>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    lists.answer(Of::Session(session), &query.filters()?).await
}

/// The latest entries are kept when a story is longer than can be told at once.
const SELECT_STORY: &str = concat!(
    "SELECT * FROM (",
    select_history!(
        "history_subject s JOIN (SELECT *, NULL AS denied FROM history_entry) h
            ON h.organization = s.organization AND h.stream = s.stream AND h.seq = s.seq",
        "s.organization = ?1 AND s.subject = ?2->>'subject'"
    ),
    " ORDER BY place DESC LIMIT ?2->>'limit') ORDER BY place"
);

#[derive(Debug, Serialize)]
struct StoryFilters<'a> {
    subject: &'a str,
    limit: u32,
}

/// The story of one thing: read as a whole, so that before and after are known, then filtered.
async fn story(
    lists: &Lists,
    subject: &str,
    what: &'static str,
    query: HistoryQuery,
) -> Result<Listing<HistoryView>, EdgeError> {
    lists.reach(Of::Organization).await?;
    let of = lists.asking();
    let parameters = serde_json::to_string(&StoryFilters { subject, limit: STORY_ENTRIES_MAX })?;
    let rows: Vec<HistoryRow> = of.tenant.rows(&of.edge).listed(SELECT_STORY, &parameters).await?;
    if rows.is_empty() {
        return Err(EdgeError::NotFound(what));
    }
    let times: Vec<i64> = rows.iter().map(|row| row.recorded_at).collect();
    let told = views_of(of, rows, Some(subject)).await?;
    let filters = query.filters()?;
    let wanted = |(view, at): &(HistoryView, i64)| {
        filters.kind.as_ref().is_none_or(|kind| *kind == view.kind)
            && filters.actor.as_ref().is_none_or(|actor| *actor == view.actor)
            && filters.from_ms.is_none_or(|from| *at >= from)
            && filters.to_ms.is_none_or(|to| *at < to)
    };
    let told = told.into_iter().zip(times).filter(wanted).map(|(view, _)| view).collect();
    lists.answer_from(told, |view: &HistoryView| view.place.clone())
}

/// The story of an item, over all logs, from its first entry on: what happened to it, who did it, why, and what was
/// different before.
#[utoipa::path(
    get,
    path = "/api/v1/items/{tag}/history",
    tag = "history",
    params(
        ("tag" = String, Path, description = "The item's tag, ten digits, with hyphens or without"),
        HistoryQuery, PageQuery, ListQuery, FreshQuery
    ),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn item_history(
    lists: Lists,
    Named(tag): Named<String>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    let tag = Tag::parse(&tag).map_err(|_| EdgeError::NotFound("item"))?;
    story(&lists, &format!("item/{tag}"), "item", query).await
}

/// The story of a receipt: the sale, and everything that came after it.
#[utoipa::path(
    get,
    path = "/api/v1/receipts/{receipt}/history",
    tag = "history",
    params(
        ("receipt" = String, Path, description = "The receipt's id"), HistoryQuery, PageQuery, ListQuery, FreshQuery
    ),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn receipt_history(
    lists: Lists,
    Named(receipt): Named<ReceiptId>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    story(&lists, &format!("receipt/{receipt}"), "receipt", query).await
}

/// The story of a consignor, over all events: enrolled, registered, items, fees, bookings, sales, statements, payouts.
#[utoipa::path(
    get,
    path = "/api/v1/consignors/{number}/history",
    tag = "history",
    params(
        ("number" = u32, Path, description = "The consignor's number"), HistoryQuery, PageQuery, ListQuery, FreshQuery
    ),
    responses((status = 200, content((Page<HistoryView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn consignor_history(
    lists: Lists,
    Named(number): Named<u32>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Listing<HistoryView>, EdgeError> {
    story(&lists, &format!("consignor/{number}"), "consignor", query).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_become_titles() {
        assert_eq!(title_of("items_checked_in"), "Items checked in");
        assert_eq!(title_of(""), "");
    }
}
