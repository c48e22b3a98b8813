//! Lists, the same everywhere: pages by cursor, sorting, counting, freshness, CSV. A list is a [`Resource`]: a
//! statement that selects its rows, and what may be done with them. How one is written is its [`form`].

mod form;

use std::marker::PhantomData;

use axum::body::Body;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::ids::{EventId, SessionId};
use domain::stream::StreamId;
use futures_util::stream;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::IntoParams;
use worker::send::SendFuture;

use super::api::events::find_event;
use super::api::sessions::find_session;
use super::caller::Caller;
use super::edge::Edge;
use super::fresh::FreshQuery;
use super::order::{After, Order};
use super::page::{Page, PageQuery};
use super::problem::EdgeError;
use super::tenant::Tenant;

pub use form::{Format, Listing};

use form::{accepted, heading, lines};

/// Rows read at a time for a list as lines, which is the whole one: 100,000 rows take 200 of the 1,000 queries that
/// one request has.
const LINES_PAGE_ROWS: u16 = 500;

/// How a list is to look.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// What to sort by, a minus before it for descending (`-price_cents`). What a list can be sorted by is said
    /// in the problem that another word gets.
    #[param(example = "-price_cents")]
    pub sort: Option<String>,
    /// Whether to say how many there are in all (`total`); a count reads everything, so it is not made unasked.
    #[param(default = false)]
    pub count: Option<bool>,
    /// `csv` or `ndjson` for the whole list, one line each; so does `Accept: text/csv` or `application/x-ndjson`.
    #[param(inline)]
    pub format: Option<Format>,
}

/// What a list consists of.
#[derive(Debug)]
pub struct List {
    /// Selects every row. `?1` is the organization, `?2` a JSON object with the filters, `event` or `session`.
    pub select: &'static str,
    /// The column that no two rows share.
    pub key: &'static str,
    /// How it is sorted unless asked otherwise, as a caller would ask for it.
    pub default: &'static str,
    /// Columns to sort by, besides the key.
    pub sorts: &'static [&'static str],
    /// The columns of the CSV, as paths into the view.
    pub columns: &'static [&'static str],
}

/// Something that stands in lists.
pub trait Resource: Serialize + 'static {
    /// What one is called, for “no … here”.
    const NAME: &'static str;
    /// The list.
    const LIST: List;
    /// A row as selected.
    type Row: DeserializeOwned;

    /// From rows to what is shown; may look things up, all at once for a page.
    fn views(of: &Asking, rows: Vec<Self::Row>) -> impl Future<Output = Result<Vec<Self>, EdgeError>>
    where
        Self: Sized;
}

/// Rows that are shown as they are selected.
macro_rules! as_selected {
    () => {
        type Row = Self;

        async fn views(
            _: &crate::http::list::Asking,
            rows: Vec<Self>,
        ) -> Result<Vec<Self>, crate::http::problem::EdgeError> {
            Ok(rows)
        }
    };
}
pub(crate) use as_selected;

/// Whose list it is: its stream is the one that `min_seq` speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The organization's.
    Organization,
    /// An event's.
    Event(EventId),
    /// An event's reconciliation's.
    Reconciliation(EventId),
    /// A session's.
    Session(SessionId),
}

impl Of {
    /// The stream it is written from.
    #[must_use]
    pub fn stream(self, tenant: &Tenant) -> StreamId {
        match self {
            Self::Organization => tenant.organization(),
            Self::Event(event) => tenant.event(event),
            Self::Reconciliation(event) => tenant.reconciliation(event),
            Self::Session(session) => tenant.session(session),
        }
    }

    /// Adds its id to the parameters.
    fn name_in(self, parameters: &mut Map<String, Value>) {
        match self {
            Self::Organization => None,
            Self::Event(event) | Self::Reconciliation(event) => {
                parameters.insert("event".into(), event.to_string().into())
            }
            Self::Session(session) => parameters.insert("session".into(), session.to_string().into()),
        };
    }

    /// An empty list may mean that what it is of does not exist: then that is the answer.
    async fn must_exist(self, of: &Asking) -> Result<(), EdgeError> {
        match self {
            Self::Organization => Ok(()),
            Self::Event(event) | Self::Reconciliation(event) => {
                find_event(&of.edge, &of.tenant, event).await.map(drop)
            }
            Self::Session(session) => find_session(&of.edge, &of.tenant, session).await.map(drop),
        }
    }
}

/// Who asks, and where.
#[derive(Clone)]
pub struct Asking {
    /// The request's surroundings.
    pub edge: Edge,
    /// The organization.
    pub tenant: Tenant,
    /// Who asks.
    pub caller: Caller,
}

/// A request for a list.
pub struct Lists {
    asking: Asking,
    page: PageQuery,
    shape: ListQuery,
    fresh: FreshQuery,
    format: Format,
}

impl Lists {
    /// Answers with the rows of `of` that pass `filters`.
    ///
    /// # Errors
    /// 400 for cursors, limits and sorts that are none; 404 when `of` does not exist; 503 when the rows are not
    /// there yet or out of reach.
    pub async fn answer<R: Resource>(
        self,
        of: Of,
        filters: &impl Serialize,
    ) -> Result<Listing<R>, EdgeError> {
        let asking = self.asking;
        self.fresh.reach(&asking.edge, &asking.tenant, &of.stream(&asking.tenant)).await?;
        let mut parameters = parameters_of(filters)?;
        of.name_in(&mut parameters);
        let order = Order::read(&R::LIST, self.shape.sort.as_deref())?;
        let after: Option<After> = self.page.after()?;
        let after = after.map(|after| order.check(after)).transpose()?;
        let begun = after.is_some();
        let format = self.format;
        let rows = if format == Format::Json { self.page.rows()? } else { LINES_PAGE_ROWS };
        let reading = Reading { asking, parameters, order, rows, format, of: PhantomData::<fn() -> R> };
        let (items, next) = reading.page(after).await?;
        if items.is_empty() && !begun {
            of.must_exist(&reading.asking).await?;
        }
        if format != Format::Json {
            return Ok(Listing::Lines(format, reading.whole(&items, next)?));
        }
        let total = if self.shape.count == Some(true) { Some(reading.total().await?) } else { None };
        Ok(Listing::Json(Page::after(items, next.as_ref(), total)))
    }
}

impl Lists {
    /// Answers with a list that is in memory, as a whole and in its order; `place` tells its things apart.
    ///
    /// # Errors
    /// 400 for cursors and limits that are none.
    pub fn answer_from<R: Resource>(
        &self,
        mut items: Vec<R>,
        place: impl Fn(&R) -> String,
    ) -> Result<Listing<R>, EdgeError> {
        let total = (self.shape.count == Some(true)).then(|| u64::try_from(items.len()).unwrap_or(u64::MAX));
        if let Some(after) = self.page.after::<String>()? {
            let begin = items.iter().position(|item| place(item) == after).map_or(items.len(), |at| at + 1);
            items.drain(..begin);
        }
        if self.format != Format::Json {
            let mut all = heading::<R>(self.format)?;
            all.extend(lines(self.format, &items)?);
            return Ok(Listing::Lines(self.format, all.into()));
        }
        let rows = usize::from(self.page.rows()?);
        let last = items.get(rows.saturating_sub(1)).filter(|_| items.len() > rows).map(&place);
        items.truncate(rows);
        Ok(Listing::Json(Page::after(items, last.as_ref(), total)))
    }

    /// Who asks, and where.
    #[must_use]
    pub fn asking(&self) -> &Asking {
        &self.asking
    }

    /// Waits until the rows of `of` are as fresh as asked.
    ///
    /// # Errors
    /// 503 when they are not.
    pub async fn reach(&self, of: Of) -> Result<(), EdgeError> {
        let stream = of.stream(&self.asking.tenant);
        self.fresh.reach(&self.asking.edge, &self.asking.tenant, &stream).await
    }
}

/// Filters as the parameters of a statement.
pub(super) fn parameters_of(filters: &impl Serialize) -> Result<Map<String, Value>, EdgeError> {
    match serde_json::to_value(filters)? {
        Value::Object(parameters) => Ok(parameters),
        Value::Null => Ok(Map::new()),
        _ => Err(EdgeError::Internal("filters are an object".into())),
    }
}

/// A list that is being read.
struct Reading<R> {
    asking: Asking,
    parameters: Map<String, Value>,
    order: Order,
    rows: u16,
    format: Format,
    of: PhantomData<fn() -> R>,
}

#[derive(Deserialize)]
struct Total {
    total: u64,
}

impl<R: Resource> Reading<R> {
    /// The rows behind `after`, and where the next page begins.
    async fn page(&self, after: Option<After>) -> Result<(Vec<R>, Option<After>), EdgeError> {
        let mut parameters = self.parameters.clone();
        parameters.insert("limit".into(), (u32::from(self.rows) + 1).into());
        let sql = self.order.statement(R::LIST.select, after.is_some());
        if let Some(after) = after {
            after.name_in(&mut parameters);
        }
        let parameters = Value::Object(parameters).to_string();
        let rows = self.asking.tenant.rows(&self.asking.edge);
        let mut found: Vec<Map<String, Value>> = rows.listed(&sql, &parameters).await?;
        let more = found.len() > usize::from(self.rows);
        found.truncate(usize::from(self.rows));
        let next = found.last().filter(|_| more).map(|last| self.order.after(last));
        let rows: Result<Vec<R::Row>, _> =
            found.into_iter().map(|row| serde_json::from_value(Value::Object(row))).collect();
        Ok((R::views(&self.asking, rows?).await?, next))
    }

    async fn total(&self) -> Result<u64, EdgeError> {
        // Every statement takes both parameters, whether the list has filters or not.
        let sql = format!("SELECT COUNT(*) AS total FROM ({}) WHERE ?2 IS NOT NULL", R::LIST.select);
        let parameters = Value::Object(self.parameters.clone()).to_string();
        let found: Vec<Total> = self.asking.tenant.rows(&self.asking.edge).listed(&sql, &parameters).await?;
        Ok(found.first().map_or(0, |found| found.total))
    }

    /// The list as lines, page by page as it is sent.
    fn whole(self, first: &[R], next: Option<After>) -> Result<Body, EdgeError> {
        let mut begin = heading::<R>(self.format)?;
        begin.extend(lines(self.format, first)?);
        let rest = stream::unfold((self, Some(begin), next), |(reading, begin, next)| {
            SendFuture::new(async move {
                if let Some(begin) = begin {
                    return Some((Ok(begin), (reading, None, next)));
                }
                let after = next?;
                match reading
                    .page(Some(after))
                    .await
                    .and_then(|(items, next)| Ok((lines(reading.format, &items)?, next)))
                {
                    Ok((lines, next)) => Some((Ok(lines), (reading, None, next))),
                    // The connection breaks off: nobody takes a cut list for a whole one.
                    Err(error) => {
                        tracing::error!(%error, "list broken off");
                        Some((Err(error), (reading, None, None)))
                    }
                }
            })
        });
        Ok(Body::from_stream(rest))
    }
}

fn query<T: DeserializeOwned>(parts: &Parts) -> Result<T, EdgeError> {
    Query::try_from_uri(&parts.uri)
        .map(|Query(query)| query)
        .map_err(|rejection| EdgeError::bad_request("query_unreadable", rejection.body_text()))
}

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        Ok(Self {
            edge: Edge::from_request_parts(parts, state).await?,
            tenant: Tenant::from_request_parts(parts, state).await?,
            caller: Caller::from_request_parts(parts, state).await?,
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Lists {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        let shape: ListQuery = query(parts)?;
        let format = shape.format.unwrap_or_else(|| accepted(&parts.headers));
        let (page, fresh) = (query(parts)?, query(parts)?);
        Ok(Self { asking: Asking::from_request_parts(parts, state).await?, page, shape, fresh, format })
    }
}
