//! Codes by which consignors bring others along.

use domain::ids::ConsignorNumber;
use domain::organization::Command;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{List, ListQuery, Listing, Lists, Of, Resource, as_selected};
use crate::http::page::{Page, PageQuery};
use crate::http::problem::{EdgeError, Problems};
use crate::http::row;

/// A code by which a consignor brings others along.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReferralCodeView {
    /// Upper-case letters and digits.
    #[schema(example = "SPRING27")]
    pub code: String,
    /// Whose.
    pub consignor: u32,
    /// Since when.
    #[serde(deserialize_with = "row::instant")]
    pub issued_at: String,
    /// Since when it counts no more.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub retired_at: Option<String>,
}

impl Resource for ReferralCodeView {
    const NAME: &'static str = "referral code";
    const LIST: List = List {
        select: "SELECT code, consignor, issued_at, retired_at FROM referral_code WHERE organization = ?1
              AND (?2->>'consignor' IS NULL OR consignor = ?2->>'consignor')",
        key: "code",
        default: "code",
        sorts: &["consignor", "issued_at"],
        columns: &["code", "consignor", "issued_at", "retired_at"],
    };
    as_selected!();
}

/// Whose.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfConsignorQuery {
    /// A consignor's number.
    pub consignor: Option<u32>,
}

/// Codes by which consignors bring others along.
#[utoipa::path(
    get,
    path = "/api/v1/referral-codes",
    tag = "consignors",
    params(OfConsignorQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<ReferralCodeView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_referral_codes(
    lists: Lists,
    Asked(filters): Asked<OfConsignorQuery>,
) -> Result<Listing<ReferralCodeView>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// Whose a code is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferralCode {
    /// A consignor's number.
    #[schema(example = 101)]
    pub consignor: u32,
}

/// Gives a consignor a code to bring others along: 4 to 12 letters and digits, letter case does not count.
#[utoipa::path(
    put,
    path = "/api/v1/referral-codes/{code}",
    tag = "consignors",
    params(("code" = String, Path, description = "The code"), CommandHeaders),
    request_body = NewReferralCode,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn issue_referral_code(
    decider: Decider,
    Named(code): Named<String>,
    Told(new): Told<NewReferralCode>,
) -> Decision {
    let command = Command::IssueReferralCode { code, consignor: ConsignorNumber(new.consignor) };
    Ok(decider.organization(command).await?.done())
}

/// Lets a code count no more.
#[utoipa::path(
    delete,
    path = "/api/v1/referral-codes/{code}",
    tag = "consignors",
    params(("code" = String, Path, description = "The code"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn retire_referral_code(decider: Decider, Named(code): Named<String>) -> Decision {
    Ok(decider.organization(Command::RetireReferralCode { code }).await?.done())
}
