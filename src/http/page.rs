//! Lists come in pages; a cursor says where the next one begins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::EdgeError;

/// Rows in a page unless the caller asks for another number.
pub const PAGE_ROWS_DEFAULT: u16 = 50;

/// Most rows in a page: some 100 KB of JSON, quick to build and to show.
pub const PAGE_ROWS_MAX: u16 = 500;

/// Longest cursor that is read, bytes; ours stay far below.
const CURSOR_BYTES_MAX: usize = 512;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next_cursor` of the page before; leave out for the first page.
    pub cursor: Option<String>,
    /// Rows in the page, 1 to 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    pub limit: Option<u16>,
}

impl PageQuery {
    /// How many rows.
    ///
    /// # Errors
    /// 400 `limit_out_of_range`.
    pub fn rows(&self) -> Result<u16, EdgeError> {
        match self.limit {
            None => Ok(PAGE_ROWS_DEFAULT),
            Some(rows) if (1..=PAGE_ROWS_MAX).contains(&rows) => Ok(rows),
            Some(_) => {
                Err(EdgeError::bad_request("limit_out_of_range", format!("limit is 1 to {PAGE_ROWS_MAX}.")))
            }
        }
    }

    /// The key of the last row before this page.
    ///
    /// # Errors
    /// 400 `cursor_unreadable`.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, EdgeError> {
        let unreadable =
            || EdgeError::bad_request("cursor_unreadable", "cursor is not one that was given out here.");
        let Some(cursor) = &self.cursor else { return Ok(None) };
        if cursor.len() > CURSOR_BYTES_MAX {
            return Err(unreadable());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| unreadable())?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| unreadable())
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `null` at the end.
    pub next_cursor: Option<String>,
    /// How many there are in all; only when asked for with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A page with the place of its last row, if there is more behind it.
    pub fn after<K: Serialize>(items: Vec<T>, last: Option<&K>, total: Option<u64>) -> Self {
        Self { items, next_cursor: last.and_then(cursor_of), total }
    }

    /// Cuts `found`, which was asked for with one row more than the page holds: that row says whether there is
    /// a next page.
    pub fn cut<K: Serialize>(mut found: Vec<T>, rows: u16, key: impl Fn(&T) -> K) -> Self {
        let more = found.len() > usize::from(rows);
        found.truncate(usize::from(rows));
        let last = found.last().filter(|_| more).map(key);
        Self::after(found, last.as_ref(), None)
    }

    /// The same page of other things.
    pub fn map<U>(self, into: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(into).collect();
        Page { items, next_cursor: self.next_cursor, total: self.total }
    }

    /// The whole list on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, total: None }
    }
}

fn cursor_of<K: Serialize>(key: &K) -> Option<String> {
    serde_json::to_vec(key).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_with_the_cursor_of_its_last_row() {
        let page = Page::after(vec![1, 2], Some(&(2, "x")), None);
        let next = PageQuery { cursor: page.next_cursor, limit: None };
        assert_eq!(next.after::<(i32, String)>().unwrap(), Some((2, "x".into())));
        assert_eq!(Page::after(vec![1, 2], None::<&i32>, Some(2)).next_cursor, None);
    }

    #[test]
    fn invented_cursors_and_limits_are_refused() {
        let after =
            |cursor: &str| PageQuery { cursor: Some(cursor.into()), limit: None }.after::<(i32, String)>();
        for cursor in ["", "!", "AAAA", &"A".repeat(CURSOR_BYTES_MAX + 1)] {
            assert!(after(cursor).is_err(), "{cursor:.9}");
        }
        let rows = |limit| PageQuery { cursor: None, limit }.rows().ok();
        assert_eq!(
            (rows(None), rows(Some(0)), rows(Some(1)), rows(Some(500)), rows(Some(501))),
            (Some(50), None, Some(1), Some(500), None)
        );
    }
}
