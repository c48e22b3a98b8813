//! Conflicts: records of a session that cannot both be true, and how a person ends them.

use domain::ids::{CaseId, ConsignorNumber, ReceiptId, SessionId};
use domain::sale_session::{Command, Resolution};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::{ConflictOfSession, OfSession};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// Records that cannot both be true.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ConflictView {
    /// Its id.
    pub case: String,
    /// `double_sale`, `online_against_floor` or `receipt_id_reused`.
    pub kind: String,
    /// The item; `null` when it is about a whole receipt.
    pub tag: Option<String>,
    /// What the item is, where its description is known.
    pub title: Option<String>,
    /// The receipts, in the order of the log.
    #[serde(deserialize_with = "row::json")]
    pub receipts: Vec<String>,
    /// Position of the entry that found it.
    pub opened_seq: u64,
    /// When it was found.
    #[serde(deserialize_with = "row::instant")]
    pub opened_at: String,
    /// When it ended; `null` while it is open.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub resolved_at: Option<String>,
    /// Who ended it.
    pub resolved_by: Option<String>,
    /// How.
    #[serde(deserialize_with = "row::json")]
    pub resolution: Option<ResolutionView>,
    /// What shoppers get back.
    pub refund_cents: Option<i64>,
}

/// How a conflict ended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResolutionView {
    /// `keep_first_refund_second`, `keep_second_refund_first`, `two_items`, `one_basket` or `two_baskets`.
    pub how: String,
    /// Whose the second item was, for `two_items`; absent for the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignor: Option<u32>,
}

impl Resource for ConflictView {
    const NAME: &'static str = "conflict";
    const LIST: List = List {
        select: "SELECT c.case_id AS \"case\", c.kind, c.tag, c.receipts, c.opened_seq, c.opened_at, c.resolved_at,
              c.resolved_by, c.resolution, c.refund_cents, i.title
            FROM conflict_case c
            JOIN sale_session s ON s.organization = c.organization AND s.session = c.session
            LEFT JOIN item i ON i.organization = c.organization AND i.event = s.event AND i.tag = c.tag
            WHERE c.organization = ?1 AND c.session = ?2->>'session'
              AND (?2->>'open' IS NULL OR (c.resolved_seq IS NULL) = ?2->>'open')
              AND (?2->>'kind' IS NULL OR c.kind = ?2->>'kind')",
        key: "opened_seq",
        default: "-opened_seq",
        sorts: &["kind", "opened_at", "resolved_at"],
        columns: &[
            "case", "kind", "tag", "title", "receipts", "opened_seq", "opened_at", "resolved_at", "resolved_by",
            "resolution.how", "resolution.consignor", "refund_cents",
        ],
    };
    as_selected!();
}

/// Which conflicts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConflictQuery {
    /// Only open ones, or only those that ended.
    pub open: Option<bool>,
    /// A kind.
    pub kind: Option<String>,
}

/// A session's conflicts, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{session}/conflicts",
    tag = "conflicts",
    params(OfSession, ConflictQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ConflictView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_conflicts(
    lists: Lists,
    Named(session): Named<SessionId>,
    Asked(filters): Asked<ConflictQuery>,
) -> Result<Listing<ConflictView>, EdgeError> {
    lists.answer(Of::Session(session), &filters).await
}

/// How a conflict is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResolution {
    /// `keep_first_refund_second`: the line that holds the item keeps it, the other one's price goes back.
    /// `keep_second_refund_first`: the other way round. `two_items`: two things carried one tag.
    /// `one_basket`: the second body of a receipt was a bad copy. `two_baskets`: both happened.
    #[schema(schema_with = words::conflict_endings)]
    pub how: String,
    /// For `two_items`: whose the second one was; `null` for the house.
    #[serde(default)]
    #[schema(example = 101)]
    pub consignor: Option<u32>,
    /// The receipts that the conflict names: a resolution that was made looking at fewer is refused.
    #[schema(value_type = Vec<String>)]
    pub receipts: Vec<ReceiptId>,
}

impl NewResolution {
    fn read(&self) -> Result<Resolution, EdgeError> {
        let unknown =
            || EdgeError::bad_request("resolution_unknown", format!("{:?} ends no conflict.", self.how));
        let mut how = serde_json::json!({ "how": self.how });
        if let Some(consignor) = self.consignor {
            how["consignor"] = ConsignorNumber(consignor).0.into();
        }
        serde_json::from_value(how).map_err(|_| unknown())
    }
}

/// Ends a conflict, once.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{session}/conflicts/{conflict}/resolution",
    tag = "conflicts",
    params(ConflictOfSession, CommandHeaders),
    request_body = NewResolution,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn resolve_conflict(
    decider: Decider,
    Named((session, case)): Named<(SessionId, CaseId)>,
    Told(new): Told<NewResolution>,
) -> Decision {
    let command = Command::ResolveConflict { case, resolution: new.read()?, receipts: new.receipts };
    Ok(decider.session(session, command).await?.done())
}
