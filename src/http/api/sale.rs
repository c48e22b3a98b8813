//! The sale itself.

use axum::http::HeaderMap;
use domain::ids::{ReceiptId, SessionId};
use domain::money::Cents;
use domain::sale_session::{self, AskedLine, Command, Event, ReceiptCompleted, SaleSession};
use domain::tag::Tag;
use serde::Deserialize;
use utoipa::ToSchema;

use super::receipts::{LineView, ReceiptView, TenderView};
use crate::http::command::{CommandHeaders, Commanding, Position, Reply, events_of, idempotency_key};
use crate::http::edge::Edge;
use crate::http::extract::{Named, Told};
use crate::http::problem::{EdgeError, Problems};
use crate::http::tenant::Tenant;
use crate::http::time::{instant, parse_instant};

/// A basket that was paid at a terminal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    /// Its id, a UUID v7 that the terminal made; also the idempotency key.
    #[schema(value_type = String, example = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b")]
    pub receipt: ReceiptId,
    /// Lines, 1 to 300.
    pub lines: Vec<NewLine>,
    /// Payment.
    pub tenders: Vec<TenderView>,
    /// What the shopper gets back.
    #[serde(default)]
    pub change_cents: i64,
    /// When, by the terminal's clock.
    #[schema(example = "2026-11-23T12:00:00.000Z")]
    pub occurred_at: String,
}

/// A line as the terminal rang it up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The item.
    #[schema(value_type = String, example = "0010001234")]
    pub tag: Tag,
    /// The price on the terminal's screen, before tax is added.
    pub price_cents: i64,
    /// Keyed by hand rather than scanned.
    #[serde(default)]
    pub keyed: bool,
}

impl From<&sale_session::Line> for LineView {
    fn from(line: &sale_session::Line) -> Self {
        Self {
            tag: line.tag.to_string(),
            title: None,
            consignor: line.consignor.0,
            printed_cents: line.printed.0,
            price_cents: line.price.0,
            reduction_bp: line.reduction.0,
            tax_cents: line.tax.0,
            rate_bp: line.rate.0,
            share_estimate_cents: line.share.0,
            house_estimate_cents: line.house.0,
            keyed: line.keyed,
            not_checked_in: line.not_checked_in,
        }
    }
}

/// Sells a basket. The receipt's id is the command's id: sending it again gets the first reply, and one item is
/// never sold twice.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/receipts",
    tag = "receipts",
    security(("terminal" = [])),
    params(("session" = String, Path, description = "The session's id"), CommandHeaders),
    request_body = NewReceipt,
    responses((status = 201, body = ReceiptView), Problems)
)]
#[worker::send]
pub async fn complete_receipt(
    edge: Edge,
    tenant: Tenant,
    commanding: Commanding,
    headers: HeaderMap,
    Named(session): Named<SessionId>,
    Told(new): Told<NewReceipt>,
) -> Result<Reply<ReceiptView>, EdgeError> {
    let id = new.receipt.to_string();
    if idempotency_key(&headers)?.is_some_and(|key| !key.eq_ignore_ascii_case(&id)) {
        return Err(EdgeError::bad_request(
            "idempotency_key_differs",
            "For a receipt, Idempotency-Key is the receipt's id.",
        ));
    }
    let command = Command::CompleteReceipt {
        receipt: new.receipt,
        lines: new
            .lines
            .iter()
            .map(|line| AskedLine::new(line.tag, Cents(line.price_cents), line.keyed))
            .collect(),
        unlisted: Vec::new(),
        tenders: new
            .tenders
            .iter()
            .map(|tender| sale_session::Tender { kind: tender.kind, amount: Cents(tender.amount_cents) })
            .collect(),
        change: Cents(new.change_cents),
        occurred_at: parse_instant(&new.occurred_at)?,
    };
    let accepted = commanding.named(id).send::<SaleSession>(&edge, &tenant.session(session), command).await?;
    let recorded_at = accepted.entries.first().map_or(edge.now(), |entry| entry.recorded_at);
    let completed = events_of::<SaleSession>(&accepted)?.into_iter().find_map(|happened| match happened {
        Event::ReceiptCompleted(receipt) => Some(receipt),
        _ => None,
    });
    let completed =
        completed.ok_or_else(|| EdgeError::Internal("the session's reply names no receipt".into()))?;
    let view = told(&completed, session, recorded_at, Position::from(&accepted));
    Ok(Reply::created(&accepted, view))
}

fn told(receipt: &ReceiptCompleted, session: SessionId, recorded_at: i64, position: Position) -> ReceiptView {
    let tenders = receipt.tenders.iter();
    ReceiptView {
        receipt: receipt.receipt.to_string(),
        number: receipt.number,
        session: session.to_string(),
        terminal: receipt.terminal.to_string(),
        terminal_name: None,
        occurred_at: instant(receipt.occurred_at),
        recorded_at: instant(recorded_at),
        lines: receipt.lines.iter().map(LineView::from).collect(),
        gross_cents: receipt.gross.0,
        tax_cents: receipt.tax.0,
        total_cents: receipt.total.0,
        tenders: tenders
            .map(|tender| TenderView { kind: tender.kind, amount_cents: tender.amount.0 })
            .collect(),
        change_cents: receipt.change.0,
        position,
    }
}
