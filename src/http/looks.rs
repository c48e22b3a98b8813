//! Reading one thing: found by its key in the list that it stands in, with its stream's position as `ETag`, so
//! that a command may say which state it means (`If-Match`).

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::stream::StreamId;
use projections::{GENERATION, checkpoint};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use worker::D1Type;

use super::fresh::FreshQuery;
use super::list::{Asking, Of, Resource};
use super::problem::EdgeError;
use crate::adapters::database::database;

/// A request for one thing.
pub struct Looks {
    asking: Asking,
    fresh: FreshQuery,
    /// The position that the caller has seen.
    none_match: Option<u64>,
}

#[derive(Deserialize)]
struct Place {
    seq: u64,
}

impl Looks {
    /// Who asks, and where.
    #[must_use]
    pub fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The resource of `of` under `key`.
    ///
    /// # Errors
    /// 404 when there is none; 503 when the rows are not there yet or out of reach.
    pub async fn one<R: Resource>(&self, of: Of, key: impl Into<Value>) -> Result<Found<R>, EdgeError> {
        let at = self.at(&of.stream(&self.asking.tenant)).await?;
        let sql = format!("SELECT * FROM ({}) WHERE {} = ?2->>'key' LIMIT 1", R::LIST.select, R::LIST.key);
        let mut parameters = Map::from_iter([("key".to_owned(), key.into())]);
        match of {
            Of::Organization => {}
            Of::Event(event) | Of::Reconciliation(event) => {
                parameters.insert("event".into(), event.to_string().into());
            }
            Of::Session(session) => {
                parameters.insert("session".into(), session.to_string().into());
            }
        }
        let parameters = Value::Object(parameters).to_string();
        let rows: Vec<R::Row> = self.asking.tenant.rows(&self.asking.edge).listed(&sql, &parameters).await?;
        let view = R::views(&self.asking, rows).await?.into_iter().next();
        view.map(|view| at.show(view)).ok_or(EdgeError::NotFound(R::NAME))
    }

    /// Where the rows of `stream` stand, once they are as fresh as asked. Read before the rows themselves: these
    /// may be newer, and then a command that stands on them is refused without need, never taken without right.
    ///
    /// # Errors
    /// 503 when the rows are not there yet or out of reach.
    pub async fn at(&self, stream: &StreamId) -> Result<Seen, EdgeError> {
        self.fresh.reach(&self.asking.edge, &self.asking.tenant, stream).await?;
        let name = stream.to_string();
        let statement = database(self.asking.edge.env())?
            .prepare(checkpoint::READ)
            .bind_refs(&[D1Type::Text(GENERATION), D1Type::Text(&name)])?;
        let places: Vec<Place> = statement.all().await?.results()?;
        Ok(Seen { seq: places.first().map_or(0, |place| place.seq), none_match: self.none_match })
    }
}

/// Where rows stood when they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    seq: u64,
    none_match: Option<u64>,
}

impl Seen {
    /// The answer that shows `view`.
    #[must_use]
    pub fn show<T>(self, view: T) -> Found<T> {
        Found { at: self, view }
    }
}

/// One thing, with its stream's position; nothing but that when the caller has seen it.
pub struct Found<T> {
    at: Seen,
    view: T,
}

impl<T: Serialize> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        let mut response = if self.at.none_match == Some(self.at.seq) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Json(self.view).into_response()
        };
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", self.at.seq)) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}

/// What cannot be one of our tags matches none of them.
fn none_match(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?.trim();
    text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

impl<S: Sync> FromRequestParts<S> for Looks {
    type Rejection = EdgeError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, EdgeError> {
        let Query(fresh) = Query::try_from_uri(&parts.uri)
            .map_err(|rejection| EdgeError::bad_request("query_unreadable", rejection.body_text()))?;
        let asking = Asking::from_request_parts(parts, state).await?;
        Ok(Self { asking, fresh, none_match: none_match(&parts.headers) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_tags_are_recognized() {
        let said = |value: &'static str| {
            none_match(&HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]))
        };
        assert_eq!(
            (said("\"12\""), said("W/\"12\""), said("12"), said("\"x\"")),
            (Some(12), Some(12), None, None)
        );
        let shown = |none_match| Seen { seq: 3, none_match }.show("body").into_response();
        assert_eq!(shown(Some(3)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(shown(Some(2)).status(), StatusCode::OK);
        assert_eq!(shown(None).headers()[header::ETAG], "\"3\"");
    }
}
