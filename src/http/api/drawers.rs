//! Cash-up: what was in each drawer, what should have been, and cash that moved without a sale.

use domain::ids::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfSession;
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;

/// A cash drawer while it was in use at a terminal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DrawerView {
    /// Position of the entry that opened it.
    pub opened_seq: u64,
    /// At which terminal.
    pub terminal: String,
    /// Its name.
    pub terminal_name: Option<String>,
    /// When it was opened.
    #[serde(deserialize_with = "row::instant")]
    pub opened_at: String,
    /// The change it began with.
    pub float_cents: i64,
    /// Put in less taken out, not by sales.
    pub moved_cents: i64,
    /// When it was counted; `null` while it is in use.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub closed_at: Option<String>,
    /// What was in it.
    pub counted_cents: Option<i64>,
    /// What should have been in it.
    pub expected_cents: Option<i64>,
    /// Counted less expected.
    pub difference_cents: Option<i64>,
}

impl Resource for DrawerView {
    const NAME: &'static str = "drawer";
    const LIST: List = List {
        select: "SELECT d.opened_seq, d.terminal, t.name AS terminal_name, d.opened_at, d.float_cents, d.moved_cents,
              d.closed_at, d.counted_cents, d.expected_cents, d.difference_cents
            FROM drawer d LEFT JOIN terminal t
              ON t.organization = d.organization AND t.session = d.session AND t.terminal = d.terminal
            WHERE d.organization = ?1 AND d.session = ?2->>'session'
              AND (?2->>'terminal' IS NULL OR d.terminal = ?2->>'terminal')
              AND (?2->>'open' IS NULL OR (d.closed_at IS NULL) = ?2->>'open')",
        key: "opened_seq",
        default: "opened_seq",
        sorts: &["terminal_name", "difference_cents", "closed_at"],
        columns: &[
            "terminal_name", "opened_at", "float_cents", "moved_cents", "closed_at", "counted_cents",
            "expected_cents", "difference_cents",
        ],
    };
    as_selected!();
}

/// Which drawers.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DrawerQuery {
    /// At a terminal.
    pub terminal: Option<String>,
    /// Only those in use, or only those that were counted.
    pub open: Option<bool>,
}

/// A session's cash drawers, in the order they were opened.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/drawers",
    tag = "cash",
    params(OfSession, DrawerQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<DrawerView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_drawers(
    lists: Lists,
    Named(session): Named<SessionId>,
    Asked(filters): Asked<DrawerQuery>,
) -> Result<Listing<DrawerView>, EdgeError> {
    lists.answer(Of::Session(session), &filters).await
}

/// Cash that moved without a sale.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CashMoveView {
    /// Position of its entry.
    pub seq: u64,
    /// At which terminal.
    pub terminal: String,
    /// Its name.
    pub terminal_name: Option<String>,
    /// Put in above zero, taken out below.
    pub amount_cents: i64,
    /// `bank_drop`, `change`, `expense` or `correction`.
    pub reason: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub recorded_at: String,
}

impl Resource for CashMoveView {
    const NAME: &'static str = "movement";
    const LIST: List = List {
        select: "SELECT m.seq, m.terminal, t.name AS terminal_name, m.amount_cents, m.reason, m.recorded_at
            FROM cash_move m LEFT JOIN terminal t
              ON t.organization = m.organization AND t.session = m.session AND t.terminal = m.terminal
            WHERE m.organization = ?1 AND m.session = ?2->>'session'",
        key: "seq",
        default: "-seq",
        sorts: &["terminal_name", "amount_cents", "reason"],
        columns: &["terminal_name", "amount_cents", "reason", "recorded_at", "seq"],
    };
    as_selected!();
}

/// Cash that was put into a session's drawers or taken out of them, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/cash-movements",
    tag = "cash",
    params(OfSession, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<CashMoveView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_cash_movements(
    lists: Lists,
    Named(session): Named<SessionId>,
) -> Result<Listing<CashMoveView>, EdgeError> {
    lists.answer(Of::Session(session), &()).await
}
