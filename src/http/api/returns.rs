//! Goods that shoppers bring back, and receipts that are voided whole.

use domain::ids::{ReceiptId, ReturnId, SessionId};
use domain::money::Cents;
use domain::sale_session::{AskedReturn, Command, ReturnLines, ReturnReason, Tender, VoidReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::receipts::TenderView;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{OfSession, ReceiptOfSession};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// Goods that were brought back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReturnView {
    /// Its id.
    pub id: String,
    /// Of which receipt.
    pub receipt: String,
    /// That receipt's number.
    pub number: u32,
    /// Position of its entry.
    pub seq: u64,
    /// Where; `null` when a person took it at a desk.
    pub terminal: Option<String>,
    /// That terminal's name.
    pub terminal_name: Option<String>,
    /// Who.
    pub actor: String,
    /// When, by the terminal's clock.
    #[serde(deserialize_with = "row::instant")]
    pub occurred_at: String,
    /// When, by the log's clock.
    #[serde(deserialize_with = "row::instant")]
    pub recorded_at: String,
    /// `faulty`, `not_as_described`, `mistake` or `goodwill`.
    pub reason: String,
    /// How many lines.
    pub lines: u32,
    /// Sum of their prices.
    pub gross_cents: i64,
    /// Sum of their taxes.
    pub tax_cents: i64,
    /// What the shopper got back.
    pub total_cents: i64,
    /// How.
    #[serde(deserialize_with = "row::json")]
    pub tenders: Vec<TenderView>,
}

impl Resource for ReturnView {
    const NAME: &'static str = "return";
    const LIST: List = List {
        select: "SELECT g.return_id AS id, g.receipt, g.number, g.seq, g.terminal, t.name AS terminal_name, g.actor,
              g.occurred_at, g.recorded_at, g.reason, g.lines, g.gross_cents, g.tax_cents, g.total_cents, g.tenders
            FROM goods_return g LEFT JOIN terminal t
              ON t.organization = g.organization AND t.session = g.session AND t.terminal = g.terminal
            WHERE g.organization = ?1 AND g.session = ?2->>'session'
              AND (?2->>'receipt' IS NULL OR g.receipt = ?2->>'receipt')
              AND (?2->>'reason' IS NULL OR g.reason = ?2->>'reason')",
        key: "seq",
        default: "-seq",
        sorts: &["number", "total_cents", "recorded_at", "reason"],
        columns: &[
            "id", "receipt", "number", "terminal_name", "actor", "occurred_at", "recorded_at", "reason", "lines",
            "gross_cents", "tax_cents", "total_cents", "tenders", "seq",
        ],
    };
    as_selected!();
}

/// Which returns.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReturnQuery {
    /// Of a receipt.
    pub receipt: Option<String>,
    /// For a reason.
    pub reason: Option<String>,
}

/// What was brought back to a session, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/returns",
    tag = "returns",
    params(OfSession, ReturnQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ReturnView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_returns(
    lists: Lists,
    Named(session): Named<SessionId>,
    Asked(filters): Asked<ReturnQuery>,
) -> Result<Listing<ReturnView>, EdgeError> {
    lists.answer(Of::Session(session), &filters).await
}

/// Goods to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// Of which receipt.
    #[schema(value_type = String, example = "0193f6a1-7c1e-7b6b-9d0e-3f1f6f1d2c3b")]
    pub receipt: ReceiptId,
    /// Which lines.
    pub lines: Vec<NewReturnLine>,
    /// Why.
    #[schema(schema_with = words::return_reasons)]
    pub reason: ReturnReason,
    /// How the money goes back: the price of the lines with their tax, in 1 to 8 parts.
    pub tenders: Vec<TenderView>,
}

/// A line to take back.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturnLine {
    /// Its number on the receipt, from 1.
    #[schema(minimum = 1, example = 1)]
    pub line: u16,
    /// Whether it goes back on the floor.
    pub restock: bool,
}

impl NewReturnLine {
    /// On paper lines begin at 1, in the log at 0.
    fn asked(self) -> Result<AskedReturn, EdgeError> {
        let line = self.line.checked_sub(1);
        let line = line.ok_or_else(|| EdgeError::bad_request("line_unknown", "Lines are counted from 1."))?;
        Ok(AskedReturn { line, restock: self.restock })
    }
}

/// Takes lines of a receipt back and pays for them, in the session or any time after it.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/returns",
    tag = "returns",
    params(OfSession, CommandHeaders),
    request_body = NewReturn,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn take_return(
    decider: Decider,
    Named(session): Named<SessionId>,
    Told(new): Told<NewReturn>,
) -> Decision {
    let id = ReturnId(decider.commanding.fresh_id("return"));
    let lines: Result<Vec<AskedReturn>, EdgeError> =
        new.lines.into_iter().map(NewReturnLine::asked).collect();
    let command = Command::ReturnLines(ReturnLines {
        id,
        receipt: new.receipt,
        lines: lines?,
        reason: new.reason,
        tenders: new
            .tenders
            .iter()
            .map(|tender| Tender { kind: tender.kind, amount: Cents(tender.amount_cents) })
            .collect(),
        occurred_at: decider.edge.now(),
    });
    Ok(decider.session(session, command).await?.made(&id).created())
}

/// Why a receipt is voided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVoid {
    /// Why.
    #[schema(schema_with = words::receipt_void_reasons)]
    pub reason: VoidReason,
}

/// Voids a whole receipt while its session still sells; its items are on the floor again.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/receipts/{receipt}/void",
    tag = "receipts",
    params(ReceiptOfSession, CommandHeaders),
    request_body = NewVoid,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn void_receipt(
    decider: Decider,
    Named((session, receipt)): Named<(SessionId, ReceiptId)>,
    Told(new): Told<NewVoid>,
) -> Decision {
    let command = Command::VoidReceipt { receipt, reason: new.reason };
    Ok(decider.session(session, command).await?.done())
}
