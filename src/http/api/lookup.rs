//! Finding the receipt that a shopper brings goods back with: by its number, or by a tag in hand.

use axum::Json;
use domain::ids::SessionId;
use domain::sale_session::TenderKind;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::adapters::database::Value;
use crate::http::edge::Edge;
use crate::http::extract::{Asked, Named};
use crate::http::fresh::reach;
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::instant;
use crate::objects::client::read_log;

/// What the shopper has in hand; one of them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LookupQuery {
    /// The number on the receipt.
    pub number: Option<u32>,
    /// The tag on the item; the receipt that sold it last.
    #[param(value_type = Option<String>)]
    pub tag: Option<Tag>,
}

/// A receipt as the returns desk needs it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundReceipt {
    /// Its id.
    pub receipt: String,
    /// Its number in the session.
    pub number: u32,
    /// Where it was made; `null` for an online order.
    pub terminal_name: Option<String>,
    /// When, by the terminal's clock.
    pub occurred_at: String,
    /// `stands`, `voided` or `dropped`.
    pub standing: String,
    /// True for an order of the online store: its money goes back there.
    pub online: bool,
    /// What the shopper paid.
    pub total_cents: i64,
    /// How.
    #[schema(value_type = Vec<super::receipts::TenderView>)]
    pub tenders: Vec<FoundTender>,
    /// What they got back at once.
    pub change_cents: i64,
    /// All of it.
    pub lines: Vec<FoundLine>,
}

/// A part of its payment.
#[derive(Debug, Deserialize, Serialize)]
pub struct FoundTender {
    kind: TenderKind,
    amount_cents: i64,
}

/// A line of it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct FoundLine {
    /// Its place on the receipt, from 0: what a return names.
    pub line: u16,
    /// The tag, where it could be read.
    pub tag: Option<String>,
    /// What it is, where the session knew it.
    pub title: Option<String>,
    /// Charged, before tax was added.
    pub price_cents: i64,
    /// Charged tax.
    pub tax_cents: i64,
    /// `credited`, `contested`, `claimed` or `gone` (taken back already).
    pub standing: String,
}

#[derive(Deserialize)]
struct Row {
    receipt: String,
    number: u32,
    terminal_name: Option<String>,
    occurred_at: i64,
    standing: String,
    online: i64,
    total_cents: i64,
    tenders: String,
    change_cents: i64,
}

const SELECT_RECEIPT: &str = "SELECT r.receipt, r.number, t.name AS terminal_name, r.occurred_at, r.standing,
      r.shop IS NOT NULL AS online, r.total_cents, r.tenders, r.change_cents
    FROM receipt r
    LEFT JOIN terminal t ON t.organization = r.organization AND t.session = r.session AND t.terminal = r.terminal
    WHERE r.organization = ?1 AND r.session = ?2 AND (r.number = CAST(?3 AS INTEGER) OR (?4 <> '' AND r.receipt IN (
      SELECT l.receipt FROM receipt_line l
      WHERE l.organization = ?1 AND l.session = ?2 AND (l.tag = ?4 OR (l.tag IS NULL AND l.read_tag = ?4)))))
    ORDER BY r.standing = 'stands' DESC, r.number DESC LIMIT 1";

const SELECT_LINES: &str = "SELECT l.line - 1 AS line, COALESCE(l.tag, l.read_tag) AS tag, i.title, l.price_cents, l.tax_cents, l.standing
    FROM receipt_line l
    LEFT JOIN sale_session s ON s.organization = l.organization AND s.session = l.session
    LEFT JOIN item i ON i.organization = l.organization AND i.event = s.event AND i.tag = l.tag
    WHERE l.organization = ?1 AND l.session = ?2 AND l.receipt = ?3 ORDER BY l.line";

/// Finds one receipt of the session. What was recorded a moment ago is found, too.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/receipt-lookup",
    tag = "receipts",
    params(("session" = String, Path, description = "The session's id"), LookupQuery),
    responses((status = 200, body = FoundReceipt), Problems)
)]
#[worker::send]
pub async fn look_up_receipt(
    edge: Edge,
    tenant: Tenant,
    Named(session): Named<SessionId>,
    Asked(asked): Asked<LookupQuery>,
) -> Result<Json<FoundReceipt>, EdgeError> {
    if asked.number.is_some() == asked.tag.is_some() {
        return Err(EdgeError::bad_request(
            "lookup_unclear",
            "Name a receipt's number or a tag, one of them.",
        ));
    }
    let stream = tenant.session(session);
    let head = read_log(edge.env(), &stream, 1, 1).await?.head.seq;
    reach(&edge, &stream, head).await?;
    let session = session.to_string();
    let number = asked.number.unwrap_or_default().to_string();
    let tag = asked.tag.map(|tag| tag.to_string()).unwrap_or_default();
    let rows = tenant.rows(&edge);
    let values = [Value::Text(&session), Value::Text(&number), Value::Text(&tag)];
    let row: Row = rows.first(SELECT_RECEIPT, &values).await?.ok_or(EdgeError::NotFound("receipt"))?;
    let lines: Vec<FoundLine> =
        rows.all(SELECT_LINES, &[Value::Text(&session), Value::Text(&row.receipt)]).await?;
    Ok(Json(FoundReceipt {
        receipt: row.receipt,
        number: row.number,
        terminal_name: row.terminal_name,
        occurred_at: instant(row.occurred_at),
        standing: row.standing,
        online: row.online != 0,
        total_cents: row.total_cents,
        tenders: serde_json::from_str(&row.tenders).unwrap_or_default(),
        change_cents: row.change_cents,
        lines,
    }))
}
