//! Receipts: what was sold.

use std::collections::BTreeMap;

use axum::Json;
use domain::ids::{ReceiptId, SessionId};
use domain::sale_session::TenderKind;
use domain::stream::StreamId;
use domain::tenancy::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::{Rows, Value};
use crate::http::command::Position;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;

/// A part of a payment.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenderView {
    /// `cash`, `card`, `cheque` or `store_credit`.
    #[schema(value_type = String, example = "cash")]
    pub kind: TenderKind,
    /// How much was handed over.
    pub amount_cents: i64,
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// Its id.
    pub receipt: String,
    /// Its number in the session, from 1.
    pub number: u32,
    /// The session.
    pub session: String,
    /// The terminal.
    pub terminal: String,
    /// Its name; `null` in the reply to a sale.
    pub terminal_name: Option<String>,
    /// When, by the terminal's clock.
    pub occurred_at: String,
    /// When, by the log's clock.
    pub recorded_at: String,
    /// What was sold.
    pub lines: Vec<LineView>,
    /// Sum of prices.
    pub gross_cents: i64,
    /// Sum of taxes.
    pub tax_cents: i64,
    /// What the shopper paid.
    pub total_cents: i64,
    /// How.
    pub tenders: Vec<TenderView>,
    /// What they got back.
    pub change_cents: i64,
    #[serde(flatten)]
    /// Where it stands in the session's log.
    pub position: Position,
}

/// A line of a receipt. Shares are estimates until the settlement.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct LineView {
    /// The item's tag, ten digits.
    #[schema(example = "0010001234")]
    pub tag: String,
    /// What it is; `null` in the reply to a sale, which speaks before the catalogue is asked.
    pub title: Option<String>,
    /// Whose it was, by number.
    pub consignor: u32,
    /// Price printed on the tag.
    pub printed_cents: i64,
    /// Price sold at, before tax is added.
    pub price_cents: i64,
    /// Off the printed price.
    pub reduction_bp: u32,
    /// Tax on it.
    pub tax_cents: i64,
    /// The consignor's estimated rate.
    pub rate_bp: u32,
    /// The consignor's estimated share.
    pub share_estimate_cents: i64,
    /// The house's estimated share.
    pub house_estimate_cents: i64,
    /// The tag was keyed by hand.
    pub keyed: bool,
    /// No volunteer had seen the item come in.
    pub not_checked_in: bool,
}

/// A receipt, as the rows know it.
#[derive(Deserialize)]
pub struct ReceiptRow {
    receipt: String,
    session: String,
    number: u32,
    seq: u64,
    terminal: String,
    terminal_name: Option<String>,
    occurred_at: i64,
    recorded_at: i64,
    gross_cents: i64,
    tax_cents: i64,
    total_cents: i64,
    change_cents: i64,
    tenders: String,
}

macro_rules! select_receipts {
    ($where:literal) => {
        concat!(
            "SELECT r.receipt, r.session, r.number, r.seq, COALESCE(r.terminal, '') AS terminal, t.name AS terminal_name, r.occurred_at,
              r.recorded_at, r.gross_cents, r.tax_cents, r.total_cents, r.change_cents, r.tenders
            FROM receipt r
            LEFT JOIN terminal t
              ON t.organization = r.organization AND t.session = r.session AND t.terminal = r.terminal
            WHERE r.organization = ?1 AND ",
            $where
        )
    };
}

impl Resource for ReceiptView {
    const NAME: &'static str = "receipt";
    const LIST: List = List {
        select: select_receipts!(
            "r.session = ?2->>'session' AND (?2->>'terminal' IS NULL OR r.terminal = ?2->>'terminal')"
        ),
        key: "number",
        default: "-number",
        sorts: &["total_cents", "gross_cents", "occurred_at", "recorded_at", "terminal_name"],
        columns: &[
            "receipt",
            "number",
            "terminal_name",
            "occurred_at",
            "recorded_at",
            "gross_cents",
            "tax_cents",
            "total_cents",
            "change_cents",
            "tenders",
            "seq",
        ],
    };
    type Row = ReceiptRow;

    /// All are of one session: the list's.
    async fn views(of: &Asking, rows: Vec<ReceiptRow>) -> Result<Vec<Self>, EdgeError> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let session = session_of(first)?;
        with_lines(&of.edge, of.tenant.scope(), session, rows).await
    }
}

/// Which receipts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceiptQuery {
    /// The terminal that made them.
    pub terminal: Option<String>,
}

fn session_of(row: &ReceiptRow) -> Result<SessionId, EdgeError> {
    row.session.parse().map_err(|_| EdgeError::Internal("a receipt's session cannot be read".into()))
}

const SELECT_ONE: &str = select_receipts!("r.receipt = ?2 ORDER BY r.recorded_at LIMIT 1");

/// A line's flags come as 0 and 1, and its title from the event's rows. What the session did not know is the
/// house's: consignor 0, and its price is the only one there is.
const SELECT_LINES: &str =
    "SELECT l.receipt, COALESCE(l.read_tag, '') AS tag, i.title, COALESCE(l.consignor, 0) AS consignor,
      COALESCE(l.printed_cents, l.price_cents) AS printed_cents, l.price_cents, l.reduction_bp, l.tax_cents, l.rate_bp, l.share_cents, l.house_cents, l.keyed, l.not_checked_in
    FROM receipt_line l
    LEFT JOIN sale_session s ON s.organization = l.organization AND s.session = l.session
    LEFT JOIN item i ON i.organization = l.organization AND i.event = s.event AND i.tag = l.tag
    WHERE l.organization = ?1 AND l.session = ?2 AND l.receipt IN (SELECT value FROM json_each(?3))
    ORDER BY l.receipt, l.line";

#[derive(Deserialize)]
struct LineRow {
    receipt: String,
    tag: String,
    title: Option<String>,
    consignor: u32,
    printed_cents: i64,
    price_cents: i64,
    reduction_bp: u32,
    tax_cents: i64,
    rate_bp: u32,
    share_cents: i64,
    house_cents: i64,
    keyed: i64,
    not_checked_in: i64,
}

impl From<LineRow> for LineView {
    fn from(row: LineRow) -> Self {
        Self {
            tag: row.tag,
            title: row.title,
            consignor: row.consignor,
            printed_cents: row.printed_cents,
            price_cents: row.price_cents,
            reduction_bp: row.reduction_bp,
            tax_cents: row.tax_cents,
            rate_bp: row.rate_bp,
            share_estimate_cents: row.share_cents,
            house_estimate_cents: row.house_cents,
            keyed: row.keyed != 0,
            not_checked_in: row.not_checked_in != 0,
        }
    }
}

/// A session's receipts, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/receipts",
    tag = "receipts",
    params(
        ("session" = String, Path, description = "The session's id"), ReceiptQuery, PageQuery, ListQuery, FreshQuery
    ),
    responses((status = 200, content((Page<ReceiptView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_receipts(
    lists: Lists,
    Named(session): Named<SessionId>,
    Asked(filters): Asked<ReceiptQuery>,
) -> Result<Listing<ReceiptView>, EdgeError> {
    lists.answer(Of::Session(session), &filters).await
}

/// Receipts of one session with their lines, which are read all at once.
async fn with_lines(
    edge: &Edge,
    scope: &Scope,
    session: SessionId,
    receipts: Vec<ReceiptRow>,
) -> Result<Vec<ReceiptView>, EdgeError> {
    let ids: Vec<&str> = receipts.iter().map(|row| row.receipt.as_str()).collect();
    let (ids, session_id) = (serde_json::to_string(&ids)?, session.to_string());
    let found: Vec<LineRow> =
        Rows::of(edge.env(), scope).all(SELECT_LINES, &[Value::Text(&session_id), Value::Text(&ids)]).await?;
    let mut lines: BTreeMap<String, Vec<LineView>> = BTreeMap::new();
    for row in found {
        lines.entry(row.receipt.clone()).or_default().push(LineView::from(row));
    }
    let stream = StreamId::Session(scope.organization(), session).to_string();
    let views = receipts.into_iter().map(|row| ReceiptView {
        lines: lines.remove(&row.receipt).unwrap_or_default(),
        receipt: row.receipt,
        number: row.number,
        terminal: row.terminal,
        terminal_name: row.terminal_name,
        occurred_at: instant(row.occurred_at),
        recorded_at: instant(row.recorded_at),
        gross_cents: row.gross_cents,
        tax_cents: row.tax_cents,
        total_cents: row.total_cents,
        tenders: serde_json::from_str(&row.tenders).unwrap_or_default(),
        change_cents: row.change_cents,
        position: Position { stream: stream.clone(), seq: row.seq },
        session: row.session,
    });
    Ok(views.collect())
}

/// One receipt with its lines.
#[utoipa::path(
    get,
    path = "/api/v1/receipts/{receipt}",
    tag = "receipts",
    params(("receipt" = String, Path, description = "Its id"), FreshQuery),
    responses((status = 200, body = ReceiptView), Problems)
)]
#[worker::send]
pub async fn get_receipt(
    edge: Edge,
    tenant: Tenant,
    Named(receipt): Named<ReceiptId>,
    Asked(fresh): Asked<FreshQuery>,
) -> Result<Json<ReceiptView>, EdgeError> {
    if fresh.min_seq.is_some() && fresh.stream.is_none() {
        let detail = "A receipt's id does not say in which session it is: name the stream with min_seq.";
        return Err(EdgeError::bad_request("stream_missing", detail));
    }
    fresh.reach(&edge, &tenant, &tenant.organization()).await?;
    receipt_with_lines(&edge, tenant.scope(), receipt).await?.map(Json).ok_or(EdgeError::NotFound("receipt"))
}

/// The receipt with its lines, if the rows know it.
///
/// # Errors
/// [`EdgeError::Unavailable`].
pub async fn receipt_with_lines(
    edge: &Edge,
    scope: &Scope,
    receipt: ReceiptId,
) -> Result<Option<ReceiptView>, EdgeError> {
    let id = receipt.to_string();
    let row: Option<ReceiptRow> = Rows::of(edge.env(), scope).first(SELECT_ONE, &[Value::Text(&id)]).await?;
    let Some(row) = row else { return Ok(None) };
    let session = session_of(&row)?;
    Ok(with_lines(edge, scope, session, vec![row]).await?.into_iter().next())
}
