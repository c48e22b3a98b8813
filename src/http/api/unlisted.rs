//! Lines that named no item when they were sold: who finds out what they were says so.

use domain::ids::{ConsignorNumber, ReceiptId, SessionId};
use domain::sale_session::Command;
use domain::tag::Tag;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{LineOfReceipt, OfSession};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;

/// A line that nobody is credited for yet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UnlistedView {
    /// Where it stands: the receipt's number and the line on it, from 1.
    #[schema(example = "0000000017/003")]
    pub place: String,
    /// The receipt.
    pub receipt: String,
    /// Its number.
    pub number: u32,
    /// The line, from 1.
    pub line: u16,
    /// What was read or keyed, where there was something to read.
    pub read_tag: Option<String>,
    /// Why it named no item: `unknown_tag`, `no_tag`, …
    pub unlisted: String,
    /// What was charged.
    pub price_cents: i64,
    /// When the receipt was recorded.
    #[serde(deserialize_with = "row::instant")]
    pub recorded_at: String,
    /// The terminal's name.
    pub terminal_name: Option<String>,
}

impl Resource for UnlistedView {
    const NAME: &'static str = "line";
    const LIST: List = List {
        select: "SELECT printf('%010d/%03d', r.number, l.line) AS place, l.receipt, r.number, l.line, l.read_tag,
              l.unlisted, l.price_cents, r.recorded_at, t.name AS terminal_name
            FROM receipt_line l
            JOIN receipt r ON r.organization = l.organization AND r.session = l.session AND r.receipt = l.receipt
            LEFT JOIN terminal t
              ON t.organization = r.organization AND t.session = r.session AND t.terminal = r.terminal
            WHERE l.organization = ?1 AND l.session = ?2->>'session' AND l.unlisted IS NOT NULL
              AND l.consignor IS NULL AND l.standing = 'credited'",
        key: "place",
        default: "-place",
        sorts: &["price_cents", "recorded_at"],
        columns: &[
            "receipt", "number", "line", "read_tag", "unlisted", "price_cents", "recorded_at", "terminal_name",
        ],
    };
    as_selected!();
}

/// Lines of a session whose money stays with the house because nobody knows whose they were.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/unlisted-lines",
    tag = "receipts",
    params(OfSession, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<UnlistedView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_unlisted(
    lists: Lists,
    Named(session): Named<SessionId>,
) -> Result<Listing<UnlistedView>, EdgeError> {
    lists.answer(Of::Session(session), &()).await
}

/// What an unlisted line was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentification {
    /// The item, when it is one of the session's and unsold.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0010001234")]
    pub tag: Option<Tag>,
    /// Whose it was; with a tag, whatever the tag says.
    #[serde(default)]
    #[schema(example = 101)]
    pub consignor: Option<u32>,
}

/// Says what an unlisted line was; whoever owned it is credited.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/receipts/{receipt}/lines/{line}/identification",
    tag = "receipts",
    params(LineOfReceipt, CommandHeaders),
    request_body = NewIdentification,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn identify_line(
    decider: Decider,
    Named((session, receipt, line)): Named<(SessionId, ReceiptId, u16)>,
    Told(new): Told<NewIdentification>,
) -> Decision {
    let line = line.checked_sub(1).ok_or(EdgeError::NotFound("line"))?;
    let consignor = new.consignor.map(ConsignorNumber);
    let command = Command::IdentifyLine { receipt, line, tag: new.tag, consignor };
    Ok(decider.session(session, command).await?.done())
}
