//! Consignors as the organization knows them, whatever event they take part in: their accounts, and the flags on these.

use domain::commission::Tier;
use domain::ids::ConsignorNumber;
use domain::organization::{AccountFlag, Command, Enrolment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consignors::names_of;
use crate::http::command::CommandHeaders;
use crate::http::decider::{Decider, Decision, Recorded};
use crate::http::extract::{Asked, Named, Told};
use crate::http::fresh::FreshQuery;
use crate::http::list::{Asking, List, ListQuery, Listing, Lists, Of, Resource};
use crate::http::looks::{Found, Looks};
use crate::http::page::{Page, PageQuery};
use crate::http::paths::OfAccount;
use crate::http::problem::{EdgeError, Problems};
use crate::http::{row, words};

/// A consignor's account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Their number, printed on their tags.
    #[schema(example = 101)]
    pub number: u32,
    /// Their name; `null` for callers who may not see personal data, and where none is kept.
    #[serde(default)]
    #[schema(required)]
    pub name: Option<String>,
    /// How they take part unless they choose otherwise.
    #[schema(example = "regular")]
    pub tier: String,
    /// When they got their number.
    #[serde(deserialize_with = "row::instant")]
    pub enrolled_at: String,
    /// Takes no part in new events.
    #[serde(deserialize_with = "row::flag")]
    pub barred: bool,
    /// A tax form is missing: payouts wait for it.
    #[serde(deserialize_with = "row::flag")]
    pub tax_form_missing: bool,
    /// Participations that count.
    pub participations: u32,
    /// Carried from event to event: positive is owed to them, negative by them.
    pub carried_cents: i64,
    /// What they may spend at the tills.
    pub store_credit_cents: i64,
    /// When their personal data was erased.
    #[serde(deserialize_with = "row::maybe_instant")]
    pub erased_at: Option<String>,
}

impl Resource for AccountView {
    const NAME: &'static str = "consignor";
    const LIST: List = List {
        select: "SELECT number, tier, enrolled_at, barred, tax_form_missing, participations, carried_cents,
              store_credit_cents, erased_at
            FROM consignor WHERE organization = ?1 AND (?2->>'tier' IS NULL OR tier = ?2->>'tier')
              AND (?2->>'barred' IS NULL OR barred = ?2->>'barred')",
        key: "number",
        default: "number",
        sorts: &["enrolled_at", "participations", "carried_cents", "store_credit_cents"],
        columns: &[
            "number",
            "name",
            "tier",
            "enrolled_at",
            "barred",
            "tax_form_missing",
            "participations",
            "carried_cents",
            "store_credit_cents",
            "erased_at",
        ],
    };
    type Row = Self;

    async fn views(of: &Asking, mut rows: Vec<Self>) -> Result<Vec<Self>, EdgeError> {
        let mut names = names_of(of, rows.iter().map(|row| row.number)).await?;
        for row in &mut rows {
            row.name = names.remove(&row.number);
        }
        Ok(rows)
    }
}

/// Which accounts.
#[derive(Debug, Deserialize, Serialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// How they take part: `regular` or `super`.
    pub tier: Option<String>,
    /// Only those who take no part in new events, or only the others.
    pub barred: Option<bool>,
}

/// The organization's consignors, by number.
#[utoipa::path(
    get,
    path = "/api/v1/consignors",
    tag = "consignors",
    params(AccountQuery, PageQuery, ListQuery, FreshQuery),
    responses((status = 200, content((Page<AccountView> = "application/json"), (String = "text/csv"), (String = "application/x-ndjson"))), Problems)
)]
#[worker::send]
pub async fn list_accounts(
    lists: Lists,
    Asked(filters): Asked<AccountQuery>,
) -> Result<Listing<AccountView>, EdgeError> {
    lists.answer(Of::Organization, &filters).await
}

/// One consignor's account.
#[utoipa::path(
    get,
    path = "/api/v1/consignors/{number}",
    tag = "consignors",
    params(OfAccount, FreshQuery),
    responses((status = 200, body = AccountView), Problems)
)]
#[worker::send]
pub async fn get_account(looks: Looks, Named(number): Named<u32>) -> Result<Found<AccountView>, EdgeError> {
    looks.one(Of::Organization, number).await
}

/// New accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccounts {
    /// At most 1,000.
    pub consignors: Vec<NewAccount>,
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The number on their tags.
    #[schema(example = 101)]
    pub number: u32,
    /// How they take part unless they choose otherwise.
    #[serde(default)]
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
}

/// Gives consignors their numbers; those who have one already are passed over.
#[utoipa::path(
    post,
    path = "/api/v1/consignors",
    tag = "consignors",
    params(CommandHeaders),
    request_body = NewAccounts,
    responses((status = 201, body = Recorded), Problems)
)]
#[worker::send]
pub async fn enrol_consignors(decider: Decider, Told(new): Told<NewAccounts>) -> Decision {
    let enrolment =
        |account: NewAccount| Enrolment { number: ConsignorNumber(account.number), tier: account.tier };
    let consignors = new.consignors.into_iter().map(enrolment).collect();
    Ok(decider.organization(Command::EnrolConsignors { consignors }).await?.created())
}

/// How somebody takes part from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTier {
    /// Unless they choose otherwise; running participations stay as they are.
    #[schema(schema_with = words::tiers)]
    pub tier: Tier,
}

/// Changes how an account takes part in events to come.
#[utoipa::path(
    put,
    path = "/api/v1/consignors/{number}/tier",
    tag = "consignors",
    params(OfAccount, CommandHeaders),
    request_body = NewTier,
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn change_tier(decider: Decider, Named(number): Named<u32>, Told(new): Told<NewTier>) -> Decision {
    let command = Command::ChangeTier { consignor: ConsignorNumber(number), tier: new.tier };
    Ok(decider.organization(command).await?.done())
}

/// Marks an account: `barred` or `tax_form_missing`.
#[utoipa::path(
    put,
    path = "/api/v1/consignors/{number}/flags/{flag}",
    tag = "consignors",
    params(OfAccount, ("flag" = String, Path, description = "`barred` or `tax_form_missing`"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn set_account_flag(decider: Decider, Named((number, flag)): Named<(u32, String)>) -> Decision {
    flag_account(&decider, number, &flag, true).await
}

/// Takes a mark from an account.
#[utoipa::path(
    delete,
    path = "/api/v1/consignors/{number}/flags/{flag}",
    tag = "consignors",
    params(OfAccount, ("flag" = String, Path, description = "`barred` or `tax_form_missing`"), CommandHeaders),
    responses((status = 200, body = Recorded), Problems)
)]
#[worker::send]
pub async fn clear_account_flag(decider: Decider, Named((number, flag)): Named<(u32, String)>) -> Decision {
    flag_account(&decider, number, &flag, false).await
}

async fn flag_account(decider: &Decider, number: u32, flag: &str, on: bool) -> Decision {
    let flag = match flag {
        "barred" => AccountFlag::Barred,
        "tax_form_missing" => AccountFlag::TaxFormMissing,
        _ => return Err(EdgeError::NotFound("flag")),
    };
    let command = Command::FlagAccount { consignor: ConsignorNumber(number), flag, on };
    Ok(decider.organization(command).await?.done())
}
