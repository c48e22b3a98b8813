//! What the organization carries for its consignors from event to event, and their store credit, line by line.

use domain::ids::ConsignorNumber;
use domain::money::Cents;
use domain::organization::{Account, Command, LedgerReason, Posting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A line of a consignor's ledger.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LedgerLine {
    /// Where it stands: the entry of the organization's log and the line in it.
    #[schema(example = "0000000042.000")]
    pub line: String,
    /// Whose.
    pub consignor: u32,
    /// Which balance: `carried` or `store_credit`.
    pub account: String,
    /// Positive is a credit to the consignor.
    pub amount_cents: i64,
    /// The account's balance with it.
    pub balance_cents: i64,
    /// Why.
    #[schema(example = "negative_payout")]
    pub reason: String,
    /// The entry it stands on, as `stream#seq.line`; `null` for what a person posted.
    pub source: Option<String>,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    #[serde(deserialize_with = "row::instant")]
    pub posted_at: String,
}

impl Resource for LedgerLine {
    const NAME: &'static str = "line";
    const LIST: List = List {
        select:
            "SELECT printf('%010d.%03d', seq, line) AS line, consignor, account, amount_cents, balance_cents,
              reason, source, event, actor, posted_at
            FROM ledger_entry WHERE organization = ?1
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')
              AND (?2->>'account' IS NULL OR account = ?2->>'account')
              AND (?2->>'event' IS NULL OR event = ?2->>'event')",
        key: "line",
        default: "-line",
        sorts: &["amount_cents", "posted_at", "consignor"],
        columns: &[
            "line",
            "consignor",
            "account",
            "amount_cents",
            "balance_cents",
            "reason",
            "source",
            "event",
            "actor",
            "posted_at",
        ],
    };
    as_selected!();
}

/// Which lines.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
    /// `carried` or `store_credit`.
    pub account: Option<String>,
    /// An event's id.
    pub event: Option<String>,
}

/// The consignors' ledgers, newest line first.
#[utoipa::path(
    get,
    path = "/api/v1/ledger",
    tag = "consignors",
    params(LedgerQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<LedgerLine> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_ledger(
    lists: Lists,
    Asked(filters): Asked<LedgerQuery>,
) -> Result<Listing<LedgerLine>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// An amount for a ledger.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPosting {
    /// Whose.
    #[schema(example = 101)]
    pub consignor: u32,
    /// Which balance.
    #[serde(default)]
    #[schema(schema_with = words::ledger_accounts)]
    pub account: Account,
    /// Positive is a credit to the consignor.
    #[schema(example = 500)]
    pub amount_cents: i64,
    /// Why.
    #[schema(schema_with = words::posting_reasons)]
    pub reason: LedgerReason,
    /// More words, kept apart from the log with the consignor's data.
    #[serde(default)]
    pub note: Option<String>,
}

/// Posts an amount by hand, with a reason.
#[utoipa::path(
    post,
    path = "/api/v1/ledger",
    tag = "consignors",
    params(CommandHeaders),
    request_body = NewPosting,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn post_to_ledger(decider: Decider, Told(new): Told<NewPosting>) -> Decision {
    let consignor = ConsignorNumber(new.consignor);
    let note = decider.note(Some(consignor), new.note.as_deref()).await?;
    let posting = Posting {
        consignor,
        account: new.account,
        amount: Cents(new.amount_cents),
        reason: new.reason,
        source: None,
        event: None,
        note,
    };
    Ok(decider.organization(Command::Post { postings: vec![posting] }).await?.created())
}
