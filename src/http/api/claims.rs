//! Claims: what sessions say of items whose custody had moved on, and how a person ends those that contradict the
//! event's record.

use domain::consignment_event::Command;
use domain::consignment_event::claims::ClaimResolution;
use domain::ids::{CaseId, EventId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{CaseOfEvent, OfEvent};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A session's claim about an item that it had given back, or never had.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClaimView {
    /// Its id; the session's own.
    pub case: String,
    /// The session that claims.
    pub session: String,
    /// What that session is called.
    pub session_name: Option<String>,
    /// `sold` (by a receipt that came late) or `returned`.
    pub kind: String,
    /// The item.
    pub tag: String,
    /// What the item is, where its description is known.
    pub title: Option<String>,
    /// The receipt (of the sale, or of the sale that was returned).
    pub receipt: String,
    /// The price on it.
    pub price_cents: i64,
    /// When, by the terminal's clock.
    #[serde(deserialize_with = "row::instant")]
    pub occurred_at: String,
    /// `accepted`, `contested` (a person is to say how it was), `upheld` or `dismissed`.
    pub status: String,
    /// What the item was when the claim came; `null` when the event knows no such item.
    pub found: Option<String>,
    /// The session that had the item or sold it, where that contradicts the claim.
    pub holder: Option<String>,
    /// What that session is called.
    pub holder_name: Option<String>,
    /// Position of the entry that took it.
    pub seq: u64,
    /// When it was taken.
    #[serde(deserialize_with = "row::instant")]
    pub taken_at: String,
    /// When a person ended it.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub resolved_at: Option<String>,
    /// Who did.
    pub resolved_by: Option<String>,
}

impl Resource for ClaimView {
    const NAME: &'static str = "claim";
    const LIST: List = List {
        select: "SELECT c.case_id AS \"case\", c.session, s.name AS session_name, c.kind, c.tag, i.title, c.receipt,
              c.price_cents, c.occurred_at, c.status, c.found, c.holder, h.name AS holder_name, c.seq, c.taken_at,
              c.resolved_at, c.resolved_by
            FROM claim c
            LEFT JOIN sale_session s ON s.organization = c.organization AND s.session = c.session
            LEFT JOIN sale_session h ON h.organization = c.organization AND h.session = c.holder
            LEFT JOIN item i ON i.organization = c.organization AND i.event = c.event AND i.tag = c.tag
            WHERE c.organization = ?1 AND c.event = ?2->>'event'
              AND (?2->>'status' IS NULL OR c.status = ?2->>'status')
              AND (?2->>'kind' IS NULL OR c.kind = ?2->>'kind')",
        key: "seq",
        default: "-seq",
        sorts: &["kind", "status", "taken_at", "resolved_at", "price_cents"],
        columns: &[
            "case", "session", "session_name", "kind", "tag", "title", "receipt", "price_cents", "occurred_at",
            "status", "found", "holder", "holder_name", "seq", "taken_at", "resolved_at", "resolved_by",
        ],
    };
    as_selected!();
}

/// Which claims.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// `accepted`, `contested`, `upheld` or `dismissed`.
    pub status: Option<String>,
    /// `sold` or `returned`.
    pub kind: Option<String>,
}

/// An event's claims, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/events/{event}/claims",
    tag = "claims",
    params(OfEvent, ClaimQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ClaimView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_claims(
    lists: Lists,
    Named(event): Named<EventId>,
    Asked(filters): Asked<ClaimQuery>,
) -> Result<Listing<ClaimView>, EdgeError> {
    lists.answer(Of::Event(event), &filters).await
}

/// How a claim is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimEnding {
    /// The session that claims.
    #[schema(value_type = String)]
    pub session: SessionId,
    /// `upheld`: it was so, and the item's consignor is credited (or the credit falls away). `dismissed`: what was
    /// sold was something else, and stays with the house until a person says whose it was.
    #[schema(schema_with = words::claim_endings)]
    pub how: ClaimResolution,
}

/// Ends a contested claim, once.
#[utoipa::path(
    post,
    path = "/api/v1/events/{event}/claims/{case}/resolution",
    tag = "claims",
    params(CaseOfEvent, CommandHeaders),
    request_body = ClaimEnding,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn resolve_claim(
    decider: Decider,
    Named((event, case)): Named<(EventId, CaseId)>,
    Told(ending): Told<ClaimEnding>,
) -> Decision {
    let command = Command::ResolveClaim { session: ending.session, case, resolution: ending.how };
    Ok(decider.event(event, command).await?.done())
}
